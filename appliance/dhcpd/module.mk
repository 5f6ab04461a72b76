dhcpd_core := $(addprefix appliance/dhcpd/, archive.c leases.c message.c server.c)

services += dhcpd
dhcpd_sources := appliance/dhcpd/dhcpd.c appliance/dhcpd/keeper.c appliance/dhcpd/shelf.c $(dhcpd_core) \
	$(addprefix services/runtime/, crc32.c netconf_copy.c)

unit_tests += dhcpd dhcpd_archive
dhcpd_test_sources := tests/unit/dhcpd_test.c $(dhcpd_core)
dhcpd_archive_test_sources := tests/unit/dhcpd_archive_test.c $(addprefix appliance/dhcpd/, archive.c leases.c)

fuzz_targets += dhcpd
dhcpd_fuzz_sources := tests/fuzz/dhcpd_fuzz.c $(dhcpd_core)
