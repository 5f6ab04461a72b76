/* Whole packets through the core: translation, forwarding, delivery. */
#include "netstack/wire/arp.h"
#include "tests/unit/fw_checks.h"

#include <string.h>

static void lan_to_wan_is_translated_and_routed(void **state)
{
	struct world *w = *state;
	struct frame f;

	frame_udp(&f, CLIENT, 5000, SERVER, 53, 33);
	frame_ip(&f)->tos = 0xb8;
	frame_seal(&f);
	world_send(w, LAN_PORT, &f);
	assert_forwarded(w, WAN_PORT);
	assert_int_equal(be32_get(&frame_ip(&w->out)->source), WAN_ADDRESS);
	assert_int_equal(be32_get(&frame_ip(&w->out)->destination), SERVER);
	assert_int_equal(frame_ip(&w->out)->ttl, 63);
	assert_int_equal(frame_ip(&w->out)->tos, 0xb8);
	assert_memory_equal(w->out.buffer, &mac_gateway, 6);
	assert_memory_equal(w->out.buffer + 6, &mac_wan, 6);
	assert_int_equal(be16_get(&((struct udp_header *)frame_l4(&w->out))->source_port), 5000);
}

static void answers_come_back_to_the_client(void **state)
{
	struct world *w = *state;
	struct frame f;

	frame_udp(&f, CLIENT, 5000, SERVER, 53, 33);
	world_send(w, LAN_PORT, &f);
	frame_udp(&f, SERVER, 53, WAN_ADDRESS, 5000, 200);
	world_send(w, WAN_PORT, &f);
	assert_forwarded(w, LAN_PORT);
	assert_int_equal(be32_get(&frame_ip(&w->out)->destination), CLIENT);
	assert_memory_equal(w->out.buffer, &mac_client, 6);
}

static void udp_without_checksum_stays_without(void **state)
{
	struct world *w = *state;
	struct frame f;

	frame_udp(&f, CLIENT, 5000, SERVER, 53, 33);
	be16_set(&((struct udp_header *)frame_l4(&f))->checksum, 0);
	world_send(w, LAN_PORT, &f);
	assert_forwarded(w, WAN_PORT);
	assert_int_equal(be16_get(&((struct udp_header *)frame_l4(&w->out))->checksum), 0);
}

static void payload_damaged_before_us_stays_damaged(void **state)
{
	struct world *w = *state;
	struct frame f;

	frame_udp(&f, CLIENT, 5000, SERVER, 53, 33);
	world_send(w, LAN_PORT, &f);
	f.buffer[60] ^= 4;
	world_send(w, LAN_PORT, &f);
	assert_int_equal(w->verdict.outcome, FW_FORWARD);
	assert_false(frame_sums_hold(w->out.buffer + 14, w->out.bytes - 14));
}

static void ethernet_padding_is_cut_off(void **state)
{
	struct world *w = *state;
	struct frame f;

	frame_udp(&f, CLIENT, 5000, SERVER, 53, 1);
	memset(f.buffer + f.bytes, 0x5a, 60 - f.bytes);
	f.bytes = 60;
	world_send(w, LAN_PORT, &f);
	assert_forwarded(w, WAN_PORT);
	assert_int_equal(w->out.bytes, 14 + 20 + 8 + 1);
}

static void priority_tag_is_taken_out(void **state)
{
	struct world *w = *state;
	struct frame f;

	frame_udp(&f, CLIENT, 5000, SERVER, 53, 100);
	memmove(f.buffer + 16, f.buffer + 12, f.bytes - 12);
	memcpy(f.buffer + 12, (uint8_t[]){ 0x81, 0x00, 0xa0, 0x00 }, 4);
	f.bytes += 4;
	world_send(w, LAN_PORT, &f);
	assert_forwarded(w, WAN_PORT);
	assert_int_equal(w->out.bytes, 14 + 20 + 8 + 100);
}

static void tcp_connection_opens_and_carries_data(void **state)
{
	struct world *w = *state;
	struct frame f;

	tcp_syn(w, 40000);
	frame_tcp(&f, SERVER, 80, WAN_ADDRESS, 40000, TCP_ACK | TCP_PSH, 5001, 1001, 1400);
	world_send(w, WAN_PORT, &f);
	assert_forwarded(w, LAN_PORT);
	frame_tcp(&f, CLIENT, 40000, SERVER, 80, TCP_ACK, 1001, 6401, 0);
	world_send(w, LAN_PORT, &f);
	assert_forwarded(w, WAN_PORT);
}

static void flows_survive_a_restart_with_the_same_ports(void **state)
{
	struct world *w = *state;
	struct frame f;

	for (uint16_t port = 20000; port < 21000; port++)
		tcp_syn(w, port);
	world_restart(w);
	assert_int_equal(w->fw.conns.restored, 1000);
	assert_int_equal(w->fw.conns.discarded, 0);
	for (uint16_t port = 20000; port < 21000; port++) {
		frame_tcp(&f, CLIENT, port, SERVER, 80, TCP_ACK, 1001, 5001, 10);
		world_send(w, LAN_PORT, &f);
		assert_forwarded(w, WAN_PORT);
		assert_int_equal(be16_get(&((struct tcp_header *)frame_l4(&w->out))->source_port),
				 port);
		frame_tcp(&f, SERVER, 80, WAN_ADDRESS, port, TCP_ACK, 5001, 1011, 100);
		world_send(w, WAN_PORT, &f);
		assert_forwarded(w, LAN_PORT);
	}
}

static void damaged_flow_records_are_dropped_at_a_restart(void **state)
{
	struct world *w = *state;
	struct frame f;

	tcp_syn(w, 20000);
	tcp_syn(w, 20001);
	w->flows->conns[1].key[0].source ^= 1;
	world_restart(w);
	assert_int_equal(w->fw.conns.restored, 1);
	assert_int_equal(w->fw.conns.discarded, 1);
	frame_tcp(&f, SERVER, 80, WAN_ADDRESS, 20000, TCP_ACK, 5001, 1001, 100);
	world_send(w, WAN_PORT, &f);
	assert_dropped(w, DROP_TCP_NO_FLOW);
}

static void nothing_passes_between_restart_and_configuration(void **state)
{
	struct world *w = *state;
	struct frame f;

	tcp_syn(w, 20000);
	world_restart_begin(w);
	frame_tcp(&f, SERVER, 80, WAN_ADDRESS, 20000, TCP_ACK, 5001, 1001, 100);
	world_send(w, WAN_PORT, &f);
	assert_dropped(w, DROP_NO_CONFIGURATION);
}

static void fragments_follow_their_first(void **state)
{
	struct world *w = *state;
	struct frame f;

	frame_udp(&f, CLIENT, 5000, SERVER, 53, 1472);
	be16_set(&((struct udp_header *)frame_l4(&f))->length_bytes, 3000);
	be16_set(&frame_ip(&f)->fragment, IPV4_MORE_FRAGMENTS);
	frame_seal_ip(&f);
	world_send(w, LAN_PORT, &f);
	assert_forwarded(w, WAN_PORT);
	be16_set(&frame_ip(&f)->fragment, 1480 / 8);
	frame_seal_ip(&f);
	world_send(w, LAN_PORT, &f);
	assert_forwarded(w, WAN_PORT);
	assert_int_equal(be32_get(&frame_ip(&w->out)->source), WAN_ADDRESS);
	/* Behind the IP header nothing was touched. */
	assert_memory_equal(w->out.buffer + 34, f.buffer + 34, 1400);
	world_pass_time(w, 31000000);
	world_send(w, LAN_PORT, &f);
	assert_dropped(w, DROP_FRAGMENT_UNKNOWN);
}

static void reassembled_checksum_is_right_after_translation(void **state)
{
	struct world *w = *state;
	struct frame whole, f;
	uint8_t joined[20 + 8 + 2000];

	frame_udp(&whole, CLIENT, 5000, SERVER, 53, 1992);
	memcpy(joined, whole.buffer + 14, 20);
	for (unsigned part = 0; part < 2; part++) {
		f = whole;
		memmove(f.buffer + 34, whole.buffer + 34 + part * 1000, 1000);
		f.bytes = 14 + 20 + 1000;
		be16_set(&frame_ip(&f)->total_bytes, 1020);
		be16_set(&frame_ip(&f)->fragment, part == 0 ? IPV4_MORE_FRAGMENTS : 1000 / 8);
		frame_seal_ip(&f);
		world_send(w, LAN_PORT, &f);
		assert_forwarded(w, WAN_PORT);
		memcpy(joined, w->out.buffer + 14, 20);
		memcpy(joined + 20 + part * 1000, w->out.buffer + 34, 1000);
	}
	f = whole;
	memcpy(f.buffer + 14, joined, 2020);
	be16_set(&frame_ip(&f)->total_bytes, 2020);
	be16_set(&frame_ip(&f)->fragment, 0);
	frame_seal_ip(&f);
	assert_true(frame_sums_hold(f.buffer + 14, 2020));
}

static void host_hears_ping_from_the_lan_and_answers(void **state)
{
	struct world *w = *state;
	struct frame f;

	frame_echo(&f, ICMP_ECHO_REQUEST, CLIENT, LAN_ADDRESS, 9, 56);
	world_send(w, LAN_PORT, &f);
	assert_forwarded(w, FW_PORT_HOST);
	assert_int_equal(w->verdict.interface, FW_INTERFACE_LAN);
	frame_echo(&f, ICMP_ECHO_REPLY, LAN_ADDRESS, CLIENT, 9, 56);
	world_send(w, FW_PORT_HOST, &f);
	assert_forwarded(w, LAN_PORT);
	assert_int_equal(frame_ip(&w->out)->ttl, 64);
	assert_memory_equal(w->out.buffer + 6, &mac_lan, 6);
}

static void host_is_closed_to_the_wan_but_for_answers(void **state)
{
	struct world *w = *state;
	struct frame f;

	frame_echo(&f, ICMP_ECHO_REQUEST, SERVER, WAN_ADDRESS, 9, 56);
	world_send(w, WAN_PORT, &f);
	assert_dropped(w, DROP_DEFAULT_DENIED);
	assert_false(world_take(w));
	frame_tcp(&f, WAN_ADDRESS, 50000, SERVER, 80, TCP_SYN, 1, 0, 0);
	world_send(w, FW_PORT_HOST, &f);
	assert_forwarded(w, WAN_PORT);
	frame_tcp(&f, SERVER, 80, WAN_ADDRESS, 50000, TCP_SYN | TCP_ACK, 1, 2, 0);
	world_send(w, WAN_PORT, &f);
	assert_forwarded(w, FW_PORT_HOST);
	assert_int_equal(w->verdict.interface, FW_INTERFACE_WAN);
}

static void lan_stations_are_switched(void **state)
{
	struct world *w = *state;
	struct frame f;

	frame_udp(&f, CLIENT, 1, CLIENT2, 2, 10);
	frame_ethernet(&f, &mac_client2, &mac_client, ETHERTYPE_IPV4);
	world_send(w, LAN_PORT, &f);
	assert_int_equal(w->verdict.outcome, FW_FORWARD); /* unknown: flooded */
	assert_int_equal(w->verdict.ports, FW_PORT_BIT(LAN_PORT2));
	frame_ethernet(&f, &mac_client, &mac_client2, ETHERTYPE_IPV4);
	world_send(w, LAN_PORT2, &f);
	assert_int_equal(w->verdict.ports, FW_PORT_BIT(LAN_PORT));
	assert_memory_equal(w->out.buffer, f.buffer, f.bytes);
	frame_ethernet(&f, &mac_client, &mac_client2, ETHERTYPE_IPV4);
	world_send(w, LAN_PORT, &f); /* both behind one port now */
	assert_dropped(w, DROP_FRAME_NOT_FOR_US);
}

static void dhcp_broadcast_reaches_host_and_other_lan_ports(void **state)
{
	struct world *w = *state;
	struct frame f;

	frame_udp(&f, 0, 68, IPV4_LIMITED_BROADCAST, 67, 300);
	frame_ethernet(&f, &mac_all, &mac_client, ETHERTYPE_IPV4);
	world_send(w, LAN_PORT, &f);
	assert_int_equal(w->verdict.outcome, FW_FORWARD);
	assert_int_equal(w->verdict.ports, FW_PORT_BIT(LAN_PORT2) | FW_PORT_BIT(FW_PORT_HOST));
}

/* From 0.0.0.0 nobody is answered but by a DHCP server. */
static void broadcast_without_source_reaches_host_for_dhcp_alone(void **state)
{
	struct world *w = *state;
	struct frame f;

	frame_udp(&f, 0, 4000, IPV4_LIMITED_BROADCAST, 7, 20);
	frame_ethernet(&f, &mac_all, &mac_client, ETHERTYPE_IPV4);
	world_send(w, LAN_PORT, &f);
	assert_int_equal(w->verdict.ports, FW_PORT_BIT(LAN_PORT2));
	frame_udp(&f, CLIENT, 4000, IPV4_LIMITED_BROADCAST, 7, 20);
	frame_ethernet(&f, &mac_all, &mac_client, ETHERTYPE_IPV4);
	world_send(w, LAN_PORT, &f);
	assert_int_equal(w->verdict.ports, FW_PORT_BIT(LAN_PORT2) | FW_PORT_BIT(FW_PORT_HOST));
}

static void wan_to_lan_passes_only_by_rule(void **state)
{
	struct world *w = *state;
	struct frame f;

	frame_tcp(&f, SERVER, 4000, CLIENT, 22, TCP_SYN, 1, 0, 0);
	world_send(w, WAN_PORT, &f);
	assert_dropped(w, DROP_DEFAULT_DENIED);
	w->netconf.rules[0] = world_rule(RULE_ALLOW, ZONE_WAN, ZONE_LAN);
	w->netconf.rules[0].protocol = IPPROTO_TCP_NUMBER;
	w->netconf.rules[0].destination_port_low = 22;
	w->netconf.rules[0].destination_port_high = 22;
	w->netconf.rule_count = 1;
	assert_null(world_configure(w));
	world_send(w, WAN_PORT, &f);
	assert_forwarded(w, LAN_PORT);
	assert_int_equal(w->fw.rule_hits[0], 1);
	frame_tcp(&f, SERVER, 4000, CLIENT, 23, TCP_SYN, 1, 0, 0);
	world_send(w, WAN_PORT, &f);
	assert_dropped(w, DROP_DEFAULT_DENIED);
}

static void new_rules_end_the_flows_they_forbid(void **state)
{
	struct world *w = *state;
	struct frame f;

	tcp_syn(w, 20000);
	frame_udp(&f, CLIENT, 5000, SERVER, 53, 33);
	world_send(w, LAN_PORT, &f);
	assert_int_equal(w->fw.conns.used, 2);
	w->netconf.rules[0] = world_rule(RULE_DENY, ZONE_LAN, ZONE_WAN);
	w->netconf.rules[0].protocol = IPPROTO_TCP_NUMBER;
	w->netconf.rule_count = 1;
	assert_null(world_configure(w));
	frame_tcp(&f, SERVER, 80, WAN_ADDRESS, 20000, TCP_ACK, 5001, 1001, 100);
	world_send(w, WAN_PORT, &f);
	assert_dropped(w, DROP_FLOW_REVOKED);
	assert_int_equal(w->fw.conns.used, 1);
	frame_udp(&f, CLIENT, 5000, SERVER, 53, 33);
	world_send(w, LAN_PORT, &f);
	assert_forwarded(w, WAN_PORT);
}

static void silent_flows_that_new_rules_forbid_end_too(void **state)
{
	struct world *w = *state;

	tcp_syn(w, 20000);
	w->netconf.rules[0] = world_rule(RULE_DENY, ZONE_ANY, ZONE_ANY);
	w->netconf.rule_count = 1;
	assert_null(world_configure(w));
	world_run(w, 1);
	assert_int_equal(w->fw.conns.used, 0);
	assert_int_equal(w->fw.nat.used, 0);
}

static void without_nat_addresses_stay(void **state)
{
	struct world *w = *state;
	struct frame f;

	w->netconf.nat = 0;
	assert_null(world_configure(w));
	frame_udp(&f, CLIENT, 5000, SERVER, 53, 33);
	world_send(w, LAN_PORT, &f);
	assert_forwarded(w, WAN_PORT);
	assert_int_equal(be32_get(&frame_ip(&w->out)->source), CLIENT);
}

static void bad_configuration_changes_nothing(void **state)
{
	struct world *w = *state;
	uint32_t serial = w->fw.settings.serial;

	w->netconf.serial++;
	w->netconf.gateway = SERVER;
	assert_non_null(world_configure(w));
	assert_int_equal(w->fw.settings.serial, serial);
	w->netconf.gateway = GATEWAY;
	w->netconf.crc32 ^= 1;
	assert_non_null(fw_configure(&w->fw, &w->netconf, &w->lists));
	assert_int_equal(w->fw.settings.serial, serial);
	assert_null(world_configure(w));
	assert_int_equal(w->fw.settings.serial, serial + 1);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)
	const struct CMUnitTest tests[] = {
		TEST(lan_to_wan_is_translated_and_routed),
		TEST(answers_come_back_to_the_client),
		TEST(udp_without_checksum_stays_without),
		TEST(payload_damaged_before_us_stays_damaged),
		TEST(ethernet_padding_is_cut_off),
		TEST(priority_tag_is_taken_out),
		TEST(tcp_connection_opens_and_carries_data),
		TEST(flows_survive_a_restart_with_the_same_ports),
		TEST(damaged_flow_records_are_dropped_at_a_restart),
		TEST(nothing_passes_between_restart_and_configuration),
		TEST(fragments_follow_their_first),
		TEST(reassembled_checksum_is_right_after_translation),
		TEST(host_hears_ping_from_the_lan_and_answers),
		TEST(host_is_closed_to_the_wan_but_for_answers),
		TEST(lan_stations_are_switched),
		TEST(dhcp_broadcast_reaches_host_and_other_lan_ports),
		TEST(broadcast_without_source_reaches_host_for_dhcp_alone),
		TEST(wan_to_lan_passes_only_by_rule),
		TEST(new_rules_end_the_flows_they_forbid),
		TEST(silent_flows_that_new_rules_forbid_end_too),
		TEST(without_nat_addresses_stay),
		TEST(bad_configuration_changes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
