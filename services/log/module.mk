log_core := $(addprefix services/log/, ring.c syslog.c sender.c) \
	$(addprefix services/runtime/, logring.c civil.c crc32.c)

services += log
log_sources := services/log/log.c $(log_core) \
	$(addprefix services/runtime/, wallclock.c netconf_copy.c)

unit_tests += log log_sender
log_test_sources := tests/unit/log_test.c $(log_core) tests/unit/log_sockets.c
log_sender_test_sources := tests/unit/log_sender_test.c $(log_core) tests/unit/log_sockets.c

fuzz_targets += log
log_fuzz_sources := tests/fuzz/log_fuzz.c $(filter-out services/log/sender.c,$(log_core))
