log_core := $(addprefix services/log/, journal.c ring.c syslog.c sender.c) \
	$(addprefix services/runtime/, logring.c civil.c crc32.c)
log_shelf := services/log/shelf.c $(addprefix services/runtime/, wear.c writeback.c)

services += log
log_sources := services/log/log.c $(log_core) $(log_shelf) \
	$(addprefix services/runtime/, wallclock.c netconf_copy.c)

unit_tests += log log_sender log_journal log_shelf
log_test_sources := tests/unit/log_test.c $(log_core) tests/unit/log_sockets.c
log_sender_test_sources := tests/unit/log_sender_test.c $(log_core) tests/unit/log_sockets.c
log_journal_test_sources := tests/unit/log_journal_test.c services/log/journal.c
log_shelf_test_sources := tests/unit/log_shelf_test.c tests/unit/store_fake.c $(log_shelf) \
	$(addprefix services/log/, journal.c ring.c) $(addprefix services/runtime/, logring.c crc32.c)

fuzz_targets += log
log_fuzz_sources := tests/fuzz/log_fuzz.c $(filter-out services/log/sender.c,$(log_core))
