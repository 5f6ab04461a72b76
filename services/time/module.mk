time_core := $(addprefix services/time/, sntp.c discipline.c schedule.c) \
	$(addprefix services/runtime/, wallclock.c civil.c crc32.c dnsname.c)

services += time
time_sources := $(addprefix services/time/, time.c exchange.c) $(time_core) \
	$(addprefix services/runtime/, event.c netconf_copy.c random.c resolver.c)

unit_tests += time dnsname
time_test_sources := tests/unit/time_test.c $(time_core)
dnsname_test_sources := tests/unit/dnsname_test.c services/runtime/dnsname.c

fuzz_targets += sntp dnsname
sntp_fuzz_sources := tests/fuzz/sntp_fuzz.c $(time_core)
dnsname_fuzz_sources := tests/fuzz/dnsname_fuzz.c services/runtime/dnsname.c
