dnsd_core := $(addprefix appliance/dnsd/, cache.c message.c names.c upstreams.c) \
	services/runtime/wanlease.c services/runtime/crc32.c

services += dnsd
dnsd_sources := $(addprefix appliance/dnsd/, dnsd.c forward.c stream.c) $(dnsd_core) \
	services/runtime/netconf_copy.c services/runtime/random.c

unit_tests += dnsd
dnsd_test_sources := tests/unit/dnsd_test.c $(dnsd_core)

fuzz_targets += dnsd
dnsd_fuzz_sources := tests/fuzz/dnsd_fuzz.c $(dnsd_core)
