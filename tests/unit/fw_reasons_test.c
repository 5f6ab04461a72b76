/*
 * Every drop reason has a test: a case that raises exactly this counter, by
 * one, and leaves every other alone. A reason added without a case fails
 * every_reason_has_a_case.
 */
#include "netstack/wire/arp.h"
#include "tests/unit/fw_rings.h"

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

/* Sends the one packet; what it needs before must drop nothing. */
typedef void (*case_t)(struct world *w);

static struct frame f;

static void lan(struct world *w)
{
	world_send(w, LAN_PORT, &f);
}

static void wan(struct world *w)
{
	world_send(w, WAN_PORT, &f);
}

static void udp(void)
{
	frame_udp(&f, CLIENT, 5000, SERVER, 53, 100);
}

static void tcp(uint8_t flags, unsigned data_bytes)
{
	frame_tcp(&f, CLIENT, 5000, SERVER, 80, flags, 1000, 0, data_bytes);
}

static struct tcp_header *tcp_of(void)
{
	return frame_l4(&f);
}

static struct udp_header *udp_of(void)
{
	return frame_l4(&f);
}

static void fragment(unsigned offset_bytes, bool more, unsigned data_bytes)
{
	frame_udp(&f, CLIENT, 5000, SERVER, 53, data_bytes);
	be16_set(&frame_ip(&f)->fragment,
		 (uint16_t)(offset_bytes / 8 | (more ? IPV4_MORE_FRAGMENTS : 0)));
	frame_seal_ip(&f);
}

/* --- The appliance itself --- */

static void case_no_configuration(struct world *w)
{
	w->fw.settings.valid = false;
	udp();
	lan(w);
}

static void case_port_unused(struct world *w)
{
	udp();
	world_send(w, 4, &f);
}

static void case_port_not_ready(struct world *w)
{
	w->fw.mac_known = 0;
	udp();
	lan(w);
}

static void with_rings(struct world *w, void (*disturb)(struct rings *r))
{
	struct rings *r = rings_new();
	struct frame sent = f;

	disturb(r);
	memset(r->w->fw.dropped, 0, sizeof r->w->fw.dropped);
	f = sent;
	udp();
	ring_receive(r, LAN_PORT, &f);
	fw_ports_work(&r->ports);
	memcpy(w->fw.dropped, r->w->fw.dropped, sizeof w->fw.dropped);
	rings_free(r);
}

static void link_down(struct rings *r)
{
	r->ring[WAN_PORT].driver.link = NETQ_LINK_DOWN;
	fw_port_refresh(&r->ports, WAN_PORT);
}

static void tx_full(struct rings *r)
{
	udp();
	for (unsigned i = 0; i < NETQ_TX_SLOTS; i++) {
		ring_receive(r, LAN_PORT, &f);
		fw_ports_work(&r->ports);
	}
	ring_receive(r, LAN_PORT, &f); /* waits, but not for ever */
	fw_ports_work(&r->ports);
	r->w->fw.now_ms += FW_PORT_HOLD_MS;
	fw_ports_work(&r->ports);
}

/* The frame that follows has killed twice. */
static void quarantined(struct rings *r)
{
	udp();
	(void)quarantine_blame(&r->quarantine, f.buffer, f.bytes, LAN_PORT, 0);
	(void)quarantine_blame(&r->quarantine, f.buffer, f.bytes, LAN_PORT, 0);
}

static void case_quarantined(struct world *w)
{
	with_rings(w, quarantined);
}

static void case_port_link_down(struct world *w)
{
	with_rings(w, link_down);
}

static void case_tx_full(struct world *w)
{
	with_rings(w, tx_full);
}

static void case_queue_full(struct world *w)
{
	while (queue_add_ready(&w->fw.queue, FW_PORT_RAW) != NULL)
		;
	frame_arp(&f, ARP_REQUEST, &mac_client, CLIENT, LAN_ADDRESS);
	lan(w);
}

/* --- Ethernet --- */

static void case_frame_short(struct world *w)
{
	udp();
	f.bytes = 13;
	lan(w);
}

static void case_frame_long(struct world *w)
{
	udp();
	f.bytes = 1515;
	lan(w);
}

static void case_frame_vlan(struct world *w)
{
	udp();
	memmove(f.buffer + 16, f.buffer + 12, f.bytes - 12);
	memcpy(f.buffer + 12, (uint8_t[]){ 0x81, 0x00, 0x00, 0x05 }, 4);
	f.bytes += 4;
	lan(w);
}

static void case_frame_source(struct world *w)
{
	udp();
	f.buffer[6] |= 1;
	lan(w);
}

static void case_frame_type(struct world *w)
{
	udp();
	f.buffer[12] = 0x86;
	f.buffer[13] = 0xdd;
	lan(w);
}

static void case_frame_not_for_us(struct world *w)
{
	frame_udp(&f, SERVER, 53, WAN_ADDRESS, 5000, 10);
	frame_ethernet(&f, &mac_client2, &mac_gateway, ETHERTYPE_IPV4);
	wan(w);
}

/* --- ARP --- */

static void case_arp_malformed(struct world *w)
{
	frame_arp(&f, ARP_REQUEST, &mac_client, CLIENT, LAN_ADDRESS);
	f.buffer[14 + 4] = 8;
	lan(w);
}

static void case_arp_spoofed(struct world *w)
{
	frame_arp(&f, ARP_REQUEST, &mac_client, SERVER, LAN_ADDRESS);
	lan(w);
}

static void case_arp_conflict(struct world *w)
{
	frame_arp(&f, ARP_REQUEST, &mac_client, LAN_ADDRESS, CLIENT2);
	lan(w);
}

/* --- IPv4 --- */

static void case_ip_short(struct world *w)
{
	udp();
	f.bytes = 14 + 19;
	lan(w);
}

static void case_ip_version(struct world *w)
{
	udp();
	frame_ip(&f)->version_ihl = 0x65;
	lan(w);
}

static void case_ip_header_length(struct world *w)
{
	udp();
	frame_ip(&f)->version_ihl = 0x44;
	lan(w);
}

static void case_ip_total_length(struct world *w)
{
	udp();
	be16_set(&frame_ip(&f)->total_bytes, 1000);
	frame_seal_ip(&f);
	lan(w);
}

static void case_ip_checksum(struct world *w)
{
	udp();
	frame_ip(&f)->checksum.byte[0] ^= 0x10;
	lan(w);
}

static void case_ip_options(struct world *w)
{
	udp();
	frame_ip(&f)->version_ihl = 0x47;
	memcpy(frame_ip(&f) + 1, (uint8_t[]){ 131, 7, 4, 1, 2, 3, 4, 0 }, 8);
	frame_seal_ip(&f);
	lan(w);
}

static void case_ip_source(struct world *w)
{
	frame_udp(&f, 0x7f000001, 5000, SERVER, 53, 10);
	frame_from_lan(&f);
	lan(w);
}

static void case_ip_spoofed(struct world *w)
{
	frame_udp(&f, CLIENT, 5000, WAN_ADDRESS, 53, 10);
	frame_from_wan(&f);
	wan(w);
}

static void case_ip_destination(struct world *w)
{
	frame_udp(&f, CLIENT, 5000, 0xf0000001, 53, 10);
	lan(w);
}

static void case_ip_broadcast(struct world *w)
{
	frame_udp(&f, SERVER, 5000, LAN_ADDRESS | 0xff, 53, 10);
	wan(w);
}

static void case_ip_multicast(struct world *w)
{
	frame_udp(&f, CLIENT, 5000, 0xe0000105, 53, 10);
	lan(w);
}

static void case_ip_ttl(struct world *w)
{
	udp();
	frame_ip(&f)->ttl = 1;
	frame_seal_ip(&f);
	lan(w);
}

static void case_ip_mtu(struct world *w)
{
	w->fw.settings.wan.mtu_bytes = 100;
	udp();
	lan(w);
}

static void case_fragment_odd(struct world *w)
{
	fragment(0, true, 93);
	lan(w);
}

static void case_fragment_tiny(struct world *w)
{
	fragment(8, false, 96);
	lan(w);
}

static void case_fragment_unknown(struct world *w)
{
	fragment(800, false, 96);
	lan(w);
}

/* --- TCP, UDP, ICMP --- */

static void case_tcp_header(struct world *w)
{
	tcp(TCP_SYN, 0);
	tcp_of()->data_offset = 6 << 4;
	frame_seal(&f);
	lan(w);
}

static void case_tcp_flags(struct world *w)
{
	tcp(TCP_SYN | TCP_FIN, 0);
	lan(w);
}

static void case_tcp_checksum(struct world *w)
{
	tcp(TCP_SYN, 0);
	tcp_of()->checksum.byte[1] ^= 1;
	lan(w);
}

static void case_tcp_no_flow(struct world *w)
{
	tcp(TCP_ACK, 0);
	lan(w);
}

static void case_tcp_window(struct world *w)
{
	tcp(TCP_SYN, 0);
	lan(w);
	frame_tcp(&f, SERVER, 80, WAN_ADDRESS, 5000, TCP_SYN | TCP_ACK, 7000, 1001, 0);
	wan(w);
	tcp(TCP_ACK, 0);
	be32_set(&tcp_of()->sequence, 1001);
	be32_set(&tcp_of()->acknowledgement, 7001);
	frame_seal(&f);
	lan(w);
	frame_tcp(&f, SERVER, 80, WAN_ADDRESS, 5000, TCP_RST, 7001 + (1 << 24), 0, 0);
	wan(w);
}

static void case_udp_length(struct world *w)
{
	udp();
	be16_set(&udp_of()->length_bytes, 109);
	frame_seal(&f);
	lan(w);
}

static void case_udp_checksum(struct world *w)
{
	udp();
	udp_of()->checksum.byte[0] ^= 1;
	lan(w);
}

static void case_port_zero(struct world *w)
{
	frame_udp(&f, CLIENT, 5000, SERVER, 0, 10);
	lan(w);
}

static void case_icmp_header(struct world *w)
{
	frame_echo(&f, ICMP_ECHO_REQUEST, CLIENT, SERVER, 1, 0);
	be16_set(&frame_ip(&f)->total_bytes, 27);
	frame_seal(&f);
	lan(w);
}

static void case_icmp_checksum(struct world *w)
{
	frame_echo(&f, ICMP_ECHO_REQUEST, CLIENT, SERVER, 1, 10);
	f.buffer[45] ^= 1;
	lan(w);
}

static void case_icmp_type(struct world *w)
{
	frame_echo(&f, ICMP_REDIRECT, CLIENT, SERVER, 1, 10);
	lan(w);
}

static void case_icmp_embedded(struct world *w)
{
	struct frame about;

	frame_udp(&about, WAN_ADDRESS, 5000, SERVER, 53, 10);
	frame_icmp_error(&f, ICMP_UNREACHABLE, 3, SERVER, WAN_ADDRESS, &about, 27);
	wan(w);
}

static void case_icmp_no_flow(struct world *w)
{
	struct frame about;

	frame_udp(&about, WAN_ADDRESS, 5000, SERVER, 53, 10);
	frame_icmp_error(&f, ICMP_UNREACHABLE, 3, SERVER, WAN_ADDRESS, &about, 28);
	wan(w);
}

/* --- Policy --- */

static void rule_only(struct world *w, struct netconf_rule rule)
{
	w->netconf.rules[0] = rule;
	w->netconf.rule_count = 1;
	assert_null(world_configure(w));
}

static void case_rule_denied(struct world *w)
{
	rule_only(w, world_rule(RULE_DENY, ZONE_LAN, ZONE_WAN));
	udp();
	lan(w);
}

static void case_default_denied(struct world *w)
{
	frame_tcp(&f, SERVER, 80, WAN_ADDRESS, 22, TCP_SYN, 1, 0, 0);
	wan(w);
}

static void case_flow_revoked(struct world *w)
{
	udp();
	lan(w);
	rule_only(w, world_rule(RULE_DENY, ZONE_LAN, ZONE_WAN));
	lan(w);
}

static void case_flow_table_full(struct world *w)
{
	while (conn_allocate(&w->fw.conns) != NULL)
		;
	udp();
	lan(w);
}

static void case_nat_exhausted(struct world *w)
{
	w->fw.nat.free_head = 0;
	udp();
	lan(w);
}

static void case_nat_collision(struct world *w)
{
	udp();
	lan(w);
	frame_udp(&f, WAN_ADDRESS, 5000, SERVER2, 53, 10);
	world_send(w, FW_PORT_HOST, &f);
}

static void case_no_route(struct world *w)
{
	w->netconf.gateway = 0;
	assert_null(world_configure(w));
	udp();
	lan(w);
}

static void case_neighbour_failed(struct world *w)
{
	frame_udp(&f, CLIENT, 5000, WAN_ADDRESS + 7, 53, 10);
	lan(w);
	assert_int_equal(w->verdict.outcome, FW_DEFER);
	while (neighbour_find(&w->fw.neighbours, ZONE_WAN, WAN_ADDRESS + 7) != NEIGHBOUR_NONE &&
	       w->fw.neighbours.entries[neighbour_find(&w->fw.neighbours, ZONE_WAN,
						       WAN_ADDRESS + 7)]
			       .state != FW_NEIGHBOUR_FAILED) {
		world_pass_time(w, 100000);
		fw_tick(&w->fw);
	}
	while (world_take(w)) /* the one that has waited is among them */
		;
}

static void case_neighbour_queue(struct world *w)
{
	for (unsigned i = 0; i < NEIGHBOUR_PENDING_MAX + 1; i++) {
		frame_udp(&f, CLIENT, 5000, WAN_ADDRESS + 7, 53, 10);
		lan(w);
	}
}

/* By DHCP, and no lease; a rule that allows everything does not help. */
static void case_wan_no_address(struct world *w)
{
	w->netconf.wan = (struct netconf_interface){ 0 };
	w->netconf.gateway = 0;
	w->netconf.wan_mode = WAN_DHCP;
	w->netconf.rules[0] = world_rule(RULE_ALLOW, ZONE_ANY, ZONE_ANY);
	w->netconf.rule_count = 1;
	if (world_configure(w) != NULL)
		abort();
	frame_udp(&f, SERVER, 53, CLIENT, 5000, 10);
	frame_from_wan(&f);
	wan(w);
}

static void case_host_source(struct world *w)
{
	frame_udp(&f, CLIENT, 5000, SERVER, 53, 10);
	world_send(w, FW_PORT_HOST, &f);
}

static const case_t cases[FW_REASON_COUNT] = {
	[DROP_NO_CONFIGURATION] = case_no_configuration,
	[DROP_PORT_UNUSED] = case_port_unused,
	[DROP_PORT_NOT_READY] = case_port_not_ready,
	[DROP_PORT_LINK_DOWN] = case_port_link_down,
	[DROP_TX_FULL] = case_tx_full,
	[DROP_QUEUE_FULL] = case_queue_full,
	[DROP_QUARANTINED] = case_quarantined,
	[DROP_FRAME_SHORT] = case_frame_short,
	[DROP_FRAME_LONG] = case_frame_long,
	[DROP_FRAME_VLAN] = case_frame_vlan,
	[DROP_FRAME_SOURCE] = case_frame_source,
	[DROP_FRAME_TYPE] = case_frame_type,
	[DROP_FRAME_NOT_FOR_US] = case_frame_not_for_us,
	[DROP_ARP_MALFORMED] = case_arp_malformed,
	[DROP_ARP_SPOOFED] = case_arp_spoofed,
	[DROP_ARP_CONFLICT] = case_arp_conflict,
	[DROP_IP_SHORT] = case_ip_short,
	[DROP_IP_VERSION] = case_ip_version,
	[DROP_IP_HEADER_LENGTH] = case_ip_header_length,
	[DROP_IP_TOTAL_LENGTH] = case_ip_total_length,
	[DROP_IP_CHECKSUM] = case_ip_checksum,
	[DROP_IP_OPTIONS] = case_ip_options,
	[DROP_IP_SOURCE] = case_ip_source,
	[DROP_IP_SPOOFED] = case_ip_spoofed,
	[DROP_IP_DESTINATION] = case_ip_destination,
	[DROP_IP_BROADCAST] = case_ip_broadcast,
	[DROP_IP_MULTICAST] = case_ip_multicast,
	[DROP_IP_TTL] = case_ip_ttl,
	[DROP_IP_MTU] = case_ip_mtu,
	[DROP_FRAGMENT_ODD] = case_fragment_odd,
	[DROP_FRAGMENT_TINY] = case_fragment_tiny,
	[DROP_FRAGMENT_UNKNOWN] = case_fragment_unknown,
	[DROP_TCP_HEADER] = case_tcp_header,
	[DROP_TCP_FLAGS] = case_tcp_flags,
	[DROP_TCP_CHECKSUM] = case_tcp_checksum,
	[DROP_TCP_NO_FLOW] = case_tcp_no_flow,
	[DROP_TCP_WINDOW] = case_tcp_window,
	[DROP_UDP_LENGTH] = case_udp_length,
	[DROP_UDP_CHECKSUM] = case_udp_checksum,
	[DROP_PORT_ZERO] = case_port_zero,
	[DROP_ICMP_HEADER] = case_icmp_header,
	[DROP_ICMP_CHECKSUM] = case_icmp_checksum,
	[DROP_ICMP_TYPE] = case_icmp_type,
	[DROP_ICMP_EMBEDDED] = case_icmp_embedded,
	[DROP_ICMP_NO_FLOW] = case_icmp_no_flow,
	[DROP_RULE_DENIED] = case_rule_denied,
	[DROP_DEFAULT_DENIED] = case_default_denied,
	[DROP_FLOW_REVOKED] = case_flow_revoked,
	[DROP_FLOW_TABLE_FULL] = case_flow_table_full,
	[DROP_NAT_EXHAUSTED] = case_nat_exhausted,
	[DROP_NAT_COLLISION] = case_nat_collision,
	[DROP_NO_ROUTE] = case_no_route,
	[DROP_NEIGHBOUR_FAILED] = case_neighbour_failed,
	[DROP_NEIGHBOUR_QUEUE] = case_neighbour_queue,
	[DROP_HOST_SOURCE] = case_host_source,
	[DROP_WAN_NO_ADDRESS] = case_wan_no_address,
};

static void every_reason_has_a_case(void **state)
{
	unsigned missing = 0;

	(void)state;
	for (unsigned reason = 1; reason < FW_REASON_COUNT; reason++) {
		if (cases[reason] != NULL)
			continue;
		print_error("no case for %s\n", fw_reason_word(reason));
		missing++;
	}
	assert_int_equal(missing, 0);
}

static void every_case_counts_its_reason_once_and_no_other(void **state)
{
	unsigned wrong = 0;

	(void)state;
	for (unsigned reason = 1; reason < FW_REASON_COUNT; reason++) {
		struct world *w = world_new();

		cases[reason](w);
		for (unsigned other = 0; other < FW_REASON_COUNT; other++) {
			if (w->fw.dropped[other] == (other == reason))
				continue;
			print_error("case %s counted %s %u times\n", fw_reason_word(reason),
				    fw_reason_word(other), (unsigned)w->fw.dropped[other]);
			wrong++;
		}
		world_free(w);
	}
	assert_int_equal(wrong, 0);
}

/* What is dropped opens no flow and leaves no binding behind. */
static void dropped_openers_leave_nothing_behind(void **state)
{
	static const enum fw_reason openers[] = {
		DROP_TCP_CHECKSUM, DROP_TCP_NO_FLOW,    DROP_UDP_CHECKSUM,  DROP_ICMP_CHECKSUM,
		DROP_RULE_DENIED,  DROP_DEFAULT_DENIED, DROP_NAT_EXHAUSTED, DROP_NO_ROUTE,
		DROP_FLOW_REVOKED, DROP_HOST_SOURCE,    DROP_IP_SPOOFED,
	};

	(void)state;
	for (unsigned i = 0; i < sizeof openers / sizeof *openers; i++) {
		struct world *w = world_new();

		cases[openers[i]](w);
		assert_int_equal(w->fw.conns.used, 0);
		assert_int_equal(w->fw.nat.used, 0);
		world_free(w);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_reason_has_a_case),
		cmocka_unit_test(every_case_counts_its_reason_once_and_no_other),
		cmocka_unit_test(dropped_openers_leave_nothing_behind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
