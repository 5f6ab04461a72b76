# The firewall service, its unit tests and its fuzz target.

fw_core := $(addprefix netstack/firewall/, \
	arp.c bridge.c checksum.c conn.c conn_tcp.c conn_udp.c flow.c flow_room.c forward.c fragment.c \
	frame.c fw.c icmp_error.c icmp_related.c nat.c neighbour.c packet.c port_forward.c process.c queue.c \
	route.c rule_index.c rule_table.c rules.c settings.c translate.c) \
	$(addprefix services/runtime/, crc32.c rule_kinds.c rule_lists.c)

fw_port := $(addprefix netstack/firewall/, fw_port.c fw_port_watch.c quarantine.c silence.c)

services += firewall
firewall_sources := $(fw_core) $(addprefix netstack/firewall/, firewall.c snapshot.c) $(fw_port) \
	services/runtime/wanlease.c

fw_test_sources := $(fw_core) tests/unit/fw_world.c

unit_tests += fw_forward fw_icmp fw_reasons fw_warm fw_conn fw_nat fw_neighbour fw_port fw_port_forward fw_wan
fw_port_forward_test_sources := tests/unit/fw_port_forward_test.c $(fw_test_sources)
fw_wan_test_sources := tests/unit/fw_wan_test.c $(fw_test_sources)
fw_warm_test_sources := tests/unit/fw_warm_test.c $(fw_test_sources)
fw_icmp_test_sources := tests/unit/fw_icmp_test.c $(fw_test_sources)
fw_forward_test_sources := tests/unit/fw_forward_test.c $(fw_test_sources)
fw_reasons_test_sources := tests/unit/fw_reasons_test.c \
	$(addprefix tests/unit/, fw_cases_link.c fw_cases_packet.c fw_cases_policy.c) $(fw_test_sources) \
	tests/unit/fw_rings.c $(fw_port)
fw_conn_test_sources := tests/unit/fw_conn_test.c $(fw_test_sources)
fw_nat_test_sources := tests/unit/fw_nat_test.c $(fw_test_sources)
fw_neighbour_test_sources := tests/unit/fw_neighbour_test.c $(fw_test_sources)
fw_port_test_sources := tests/unit/fw_port_test.c $(fw_test_sources) tests/unit/fw_rings.c \
	$(fw_port) netstack/firewall/snapshot.c
unit_tests += fw_torn
fw_torn_test_sources := tests/unit/fw_torn_test.c tests/unit/stepped.c $(fw_test_sources)
unit_tests += fw_silence
fw_silence_test_sources := tests/unit/fw_silence_test.c $(fw_test_sources) tests/unit/fw_rings.c \
	$(fw_port)
unit_tests += fw_quarantine
fw_quarantine_test_sources := tests/unit/fw_quarantine_test.c $(fw_test_sources) \
	tests/unit/fw_rings.c $(fw_port)

unit_tests += fw_rules
fw_rules_test_sources := tests/unit/fw_rules_test.c tests/unit/fw_linear.c $(fw_test_sources)

fuzz_targets += fw_rules
fw_rules_fuzz_sources := tests/fuzz/fw_rules_fuzz.c tests/unit/fw_linear.c \
	netstack/firewall/rule_index.c services/runtime/rule_kinds.c

fuzz_targets += fw_frame
fw_frame_fuzz_sources := tests/fuzz/fw_frame_fuzz.c $(fw_test_sources)
