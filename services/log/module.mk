log_core := $(addprefix services/log/, ring.c syslog.c sender.c) \
	$(addprefix services/runtime/, logring.c civil.c crc32.c)


unit_tests += log
log_test_sources := tests/unit/log_test.c $(filter-out services/log/sender.c,$(log_core))

