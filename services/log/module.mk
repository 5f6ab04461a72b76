log_core := $(addprefix services/log/, journal.c ring.c syslog.c sender.c) \
	$(addprefix services/runtime/, logring.c civil.c crc32.c)

services += log
log_sources := $(addprefix services/log/, log.c shelf.c) $(log_core) \
	$(addprefix services/runtime/, wallclock.c netconf_copy.c)

unit_tests += log log_sender log_journal log_shelf
log_test_sources := tests/unit/log_test.c $(log_core) tests/unit/log_sockets.c
log_sender_test_sources := tests/unit/log_sender_test.c $(log_core) tests/unit/log_sockets.c
log_journal_test_sources := tests/unit/log_journal_test.c services/log/journal.c
log_shelf_test_sources := tests/unit/log_shelf_test.c tests/unit/store_fake.c $(addprefix services/log/, journal.c ring.c shelf.c) \
	$(addprefix services/runtime/, crc32.c logring.c wear.c writeback.c)

fuzz_targets += log
log_fuzz_sources := tests/fuzz/log_fuzz.c $(filter-out services/log/sender.c,$(log_core))
