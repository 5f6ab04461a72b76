# The runtime that is linked into every service; without floating point, so that it fits all.

runtime_directory := services/runtime
runtime_sources := $(addprefix $(runtime_directory)/, \
	start.S kernel.c port.c service.c turn.c call.c info.c wish.c clock.c log.c libc.c crash.c socket.c ds.c store.c \
	writeback.c wear.c crc32.c)

unit_tests += runtime_info runtime_turn runtime_wish
runtime_tested := tests/unit/runtime_world.c \
	$(addprefix $(runtime_directory)/, info.c clock.c log.c)
runtime_info_test_sources := tests/unit/runtime_info_test.c $(runtime_tested)
runtime_turn_test_sources := tests/unit/runtime_turn_test.c $(runtime_tested) \
	$(addprefix $(runtime_directory)/, service.c turn.c call.c kernel.c port.c)

runtime_wish_test_sources := tests/unit/runtime_wish_test.c services/runtime/wish.c $(runtime_tested)

unit_tests += runtime_wanlease
runtime_wanlease_test_sources := tests/unit/runtime_wanlease_test.c services/runtime/wanlease.c services/runtime/crc32.c

unit_tests += civil wallclock event
civil_test_sources := tests/unit/civil_test.c services/runtime/civil.c
wallclock_test_sources := tests/unit/wallclock_test.c \
	$(addprefix $(runtime_directory)/, wallclock.c crc32.c)
event_test_sources := tests/unit/event_test.c services/runtime/event_kind.c

unit_tests += runtime_socket runtime_writeback
runtime_socket_test_sources := tests/unit/runtime_socket_test.c $(runtime_tested) \
	$(addprefix services/runtime/, call.c kernel.c port.c socket.c)
runtime_writeback_test_sources := tests/unit/runtime_writeback_test.c tests/unit/store_fake.c \
	$(addprefix services/runtime/, wear.c writeback.c)
