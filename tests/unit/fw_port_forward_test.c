/* Port forwards: from the WAN, from the LAN by the WAN's address, and what must not be. */
#include "tests/unit/fw_checks.h"

#include <stdlib.h>
#include <string.h>

#define WEB_OUTSIDE 8080
#define WEB_INSIDE  80
#define GAME_LOW    5000
#define GAME_HIGH   5009
#define GAME_INSIDE 6000

static struct frame f;

static struct netconf_forward forward(uint8_t protocol, uint16_t low, uint16_t high,
				      uint32_t address, uint16_t inside_low)
{
	return (struct netconf_forward){ .protocol = protocol,
					 .enabled = 1,
					 .port_low = low,
					 .port_high = high,
					 .inside_low = inside_low,
					 .address = address };
}

static int setup(void **state)
{
	struct world *w = world_new();

	world_introduce(w, LAN_PORT, &mac_client2, CLIENT2);
	w->netconf.forwards[0] =
		forward(IPPROTO_TCP_NUMBER, WEB_OUTSIDE, WEB_OUTSIDE, CLIENT, WEB_INSIDE);
	w->netconf.forwards[1] =
		forward(IPPROTO_UDP_NUMBER, GAME_LOW, GAME_HIGH, CLIENT, GAME_INSIDE);
	w->netconf.forward_count = 2;
	assert_null(world_configure(w));
	world_discard_queued(w);
	*state = w;
	return 0;
}

static void assert_went_to(struct world *w, unsigned zone_port, uint32_t from, uint16_t from_port,
			   uint32_t to, uint16_t to_port)
{
	const struct ipv4_header *ip = frame_ip(&w->out);
	const struct udp_header *ports = frame_l4(&w->out); /* TCP's lie at the same place */

	assert_int_equal(w->verdict.outcome, FW_FORWARD);
	assert_true((w->verdict.ports & FW_PORT_BIT(zone_port)) != 0);
	assert_int_equal(be32_get(&ip->source), from);
	assert_int_equal(be16_get(&ports->source_port), from_port);
	assert_int_equal(be32_get(&ip->destination), to);
	assert_int_equal(be16_get(&ports->destination_port), to_port);
	assert_true(frame_sums_hold(w->out.buffer + 14, w->out.bytes - 14));
}

static void syn_from_wan(struct world *w, uint16_t from_port, uint16_t port)
{
	frame_tcp(&f, SERVER, from_port, WAN_ADDRESS, port, TCP_SYN, 1000, 0, 0);
	frame_from_wan(&f);
	world_send(w, WAN_PORT, &f);
}

static void answer_from_inside(struct world *w, uint32_t to, uint16_t to_port)
{
	frame_tcp(&f, CLIENT, WEB_INSIDE, to, to_port, TCP_SYN | TCP_ACK, 7000, 1001, 0);
	frame_from_lan(&f);
	world_send(w, LAN_PORT, &f);
}

static void tcp_from_the_wan_goes_in_and_answers_come_back(void **state)
{
	struct world *w = *state;

	syn_from_wan(w, 4000, WEB_OUTSIDE);
	assert_went_to(w, LAN_PORT, SERVER, 4000, CLIENT, WEB_INSIDE);
	answer_from_inside(w, SERVER, 4000);
	assert_went_to(w, WAN_PORT, WAN_ADDRESS, WEB_OUTSIDE, SERVER, 4000);
	frame_tcp(&f, SERVER, 4000, WAN_ADDRESS, WEB_OUTSIDE, TCP_ACK, 1001, 7001, 100);
	frame_from_wan(&f);
	world_send(w, WAN_PORT, &f);
	assert_went_to(w, LAN_PORT, SERVER, 4000, CLIENT, WEB_INSIDE);
	assert_int_equal(w->fw.conns.used, 1);
}

static void a_range_keeps_its_order(void **state)
{
	struct world *w = *state;

	for (uint16_t port = GAME_LOW; port <= GAME_HIGH; port++) {
		frame_udp(&f, SERVER, 4000, WAN_ADDRESS, port, 20);
		frame_from_wan(&f);
		world_send(w, WAN_PORT, &f);
		assert_went_to(w, LAN_PORT, SERVER, 4000, CLIENT,
			       (uint16_t)(GAME_INSIDE + (port - GAME_LOW)));
	}
}

static void what_no_forward_names_stays_out(void **state)
{
	struct world *w = *state;

	syn_from_wan(w, 4000, WEB_OUTSIDE + 1);
	assert_dropped(w, DROP_DEFAULT_DENIED);
	syn_from_wan(w, 4000, WEB_OUTSIDE - 1);
	assert_dropped(w, DROP_DEFAULT_DENIED);
	syn_from_wan(w, 4000, GAME_LOW); /* that is UDP's */
	assert_dropped(w, DROP_DEFAULT_DENIED);
	frame_udp(&f, SERVER, 4000, WAN_ADDRESS, GAME_HIGH + 1, 20);
	frame_from_wan(&f);
	world_send(w, WAN_PORT, &f);
	assert_dropped(w, DROP_DEFAULT_DENIED);
	frame_tcp(&f, SERVER, 4000, CLIENT, WEB_INSIDE, TCP_SYN, 1, 0, 0); /* not by our address */
	frame_from_wan(&f);
	world_send(w, WAN_PORT, &f);
	assert_dropped(w, DROP_DEFAULT_DENIED);
}

static void a_disabled_forward_is_none(void **state)
{
	struct world *w = *state;

	w->netconf.forwards[0].enabled = 0;
	assert_null(world_configure(w));
	syn_from_wan(w, 4000, WEB_OUTSIDE);
	assert_dropped(w, DROP_DEFAULT_DENIED);
}

/* Rules see what is delivered: the host's address and port. */
static void a_rule_that_denies_comes_before_the_forward(void **state)
{
	struct world *w = *state;
	struct netconf_rule *rule = &w->netconf.rules[0];

	*rule = world_rule(RULE_DENY, ZONE_WAN, ZONE_LAN);
	rule->source = SERVER2;
	rule->source_mask = ~0u;
	w->netconf.rule_count = 1;
	assert_null(world_configure(w));
	syn_from_wan(w, 4000, WEB_OUTSIDE); /* from another */
	assert_went_to(w, LAN_PORT, SERVER, 4000, CLIENT, WEB_INSIDE);
	*rule = world_rule(RULE_DENY, ZONE_WAN, ZONE_ANY);
	rule->destination = CLIENT;
	rule->destination_mask = ~0u;
	rule->protocol = IPPROTO_TCP_NUMBER;
	rule->destination_port_low = rule->destination_port_high = WEB_INSIDE;
	assert_null(world_configure(w));
	syn_from_wan(w, 4001, WEB_OUTSIDE);
	assert_dropped(w, DROP_RULE_DENIED);
	frame_tcp(&f, SERVER, 4000, WAN_ADDRESS, WEB_OUTSIDE, TCP_ACK, 1001, 7001, 0);
	frame_from_wan(&f);
	world_send(w, WAN_PORT, &f); /* of the connection that was allowed before */
	assert_dropped(w, DROP_FLOW_REVOKED);
}

/* --- From the LAN itself ---------------------------------------------------------------------- */

static uint16_t hairpin(struct world *w, uint32_t client, const mac_t *mac, uint16_t port)
{
	frame_tcp(&f, client, port, WAN_ADDRESS, WEB_OUTSIDE, TCP_SYN, 1000, 0, 0);
	frame_ethernet(&f, &mac_lan, mac, ETHERTYPE_IPV4);
	world_send(w, LAN_PORT, &f);
	assert_int_equal(w->verdict.outcome, FW_FORWARD);
	uint16_t shown = be16_get(&((struct tcp_header *)frame_l4(&w->out))->source_port);
	assert_went_to(w, LAN_PORT, WAN_ADDRESS, shown, CLIENT, WEB_INSIDE);
	return shown;
}

static void a_lan_client_gets_there_by_the_wan_address(void **state)
{
	struct world *w = *state;
	uint16_t shown = hairpin(w, CLIENT2, &mac_client2, 4000);

	answer_from_inside(w, WAN_ADDRESS, shown);
	assert_went_to(w, LAN_PORT, WAN_ADDRESS, WEB_OUTSIDE, CLIENT2, 4000);
	assert_memory_equal(w->out.buffer, &mac_client2, sizeof mac_client2);
}

/* RFC 4787, REQ-9: even who asks for itself. */
static void a_host_gets_to_itself(void **state)
{
	struct world *w = *state;
	uint16_t shown = hairpin(w, CLIENT, &mac_client, 4000);

	answer_from_inside(w, WAN_ADDRESS, shown);
	assert_went_to(w, LAN_PORT, WAN_ADDRESS, WEB_OUTSIDE, CLIENT, 4000);
}

static void two_clients_with_one_port_are_told_apart(void **state)
{
	struct world *w = *state;

	assert_int_not_equal(hairpin(w, CLIENT, &mac_client, 4000),
			     hairpin(w, CLIENT2, &mac_client2, 4000));
}

static void without_a_forward_the_wan_address_is_the_appliance(void **state)
{
	struct world *w = *state;

	frame_tcp(&f, CLIENT, 4000, WAN_ADDRESS, 443, TCP_SYN, 1000, 0, 0);
	frame_from_lan(&f);
	world_send(w, LAN_PORT, &f);
	assert_int_equal(w->verdict.ports, FW_PORT_BIT(FW_PORT_HOST));
	assert_int_equal(w->verdict.interface, FW_INTERFACE_WAN);
}

/* --- Lives and changes ------------------------------------------------------------------------ */

static void forwarded_connections_outlive_the_firewall(void **state)
{
	struct world *w = *state;
	uint16_t shown;

	syn_from_wan(w, 4000, WEB_OUTSIDE);
	answer_from_inside(w, SERVER, 4000);
	shown = hairpin(w, CLIENT2, &mac_client2, 4001);
	for (int life = 0; life < 3; life++) {
		world_restart(w);
		assert_int_equal(w->fw.conns.restored, 2);
		frame_tcp(&f, SERVER, 4000, WAN_ADDRESS, WEB_OUTSIDE, TCP_ACK, 1001, 7001, 50);
		frame_from_wan(&f);
		world_send(w, WAN_PORT, &f);
		assert_went_to(w, LAN_PORT, SERVER, 4000, CLIENT, WEB_INSIDE);
		answer_from_inside(w, WAN_ADDRESS, shown);
		assert_went_to(w, LAN_PORT, WAN_ADDRESS, WEB_OUTSIDE, CLIENT2, 4001);
	}
	assert_int_equal(hairpin(w, CLIENT2, &mac_client2, 4001), shown);
}

static void a_forward_taken_away_ends_its_connections(void **state)
{
	struct world *w = *state;

	syn_from_wan(w, 4000, WEB_OUTSIDE);
	hairpin(w, CLIENT2, &mac_client2, 4001);
	assert_int_equal(w->fw.conns.used, 2);
	w->netconf.forwards[0].address = CLIENT2;
	assert_null(world_configure(w));
	frame_tcp(&f, SERVER, 4000, WAN_ADDRESS, WEB_OUTSIDE, TCP_ACK, 1001, 7001, 0);
	frame_from_wan(&f);
	world_send(w, WAN_PORT, &f);
	assert_dropped(w, DROP_FLOW_REVOKED);
	world_run(w, 8);
	assert_int_equal(w->fw.conns.used, 0);
	assert_int_equal(w->fw.nat.used, 0);
}

static void another_wan_address_ends_the_connections_to_the_first(void **state)
{
	const struct settings_lease first = { WAN_ADDRESS, 24, GATEWAY };
	const struct settings_lease second = { WAN_ADDRESS + 1, 24, GATEWAY };
	struct world *w = *state;

	w->netconf.wan_mode = WAN_DHCP;
	w->netconf.wan = (struct netconf_interface){ 0 };
	w->netconf.gateway = 0;
	assert_null(world_configure(w));
	fw_lease_set(&w->fw, &first);
	syn_from_wan(w, 4000, WEB_OUTSIDE);
	assert_went_to(w, LAN_PORT, SERVER, 4000, CLIENT, WEB_INSIDE);
	fw_lease_set(&w->fw, &second);
	world_run(w, 8);
	assert_int_equal(w->fw.conns.used, 0);
}

/* --- ICMP about them ------------------------------------------------------------------------ */

/* An error from inside shows nothing of the inside; one from the WAN keeps its sender. */
static void errors_about_them_are_translated(void **state)
{
	struct world *w = *state;
	struct frame in, out;

	syn_from_wan(w, 4000, WEB_OUTSIDE);
	in = w->out;
	frame_icmp_error(&f, ICMP_UNREACHABLE, 1, CLIENT, SERVER, &in, 28);
	frame_from_lan(&f);
	world_send(w, LAN_PORT, &f);
	assert_int_equal(w->verdict.ports, FW_PORT_BIT(WAN_PORT));
	assert_int_equal(be32_get(&frame_ip(&w->out)->source), WAN_ADDRESS);
	assert_true(frame_sums_hold(w->out.buffer + 14, w->out.bytes - 14));

	answer_from_inside(w, SERVER, 4000);
	out = w->out;
	frame_icmp_error(&f, ICMP_UNREACHABLE, 1, GATEWAY, WAN_ADDRESS, &out, 28);
	frame_from_wan(&f);
	world_send(w, WAN_PORT, &f);
	assert_true((w->verdict.ports & FW_PORT_BIT(LAN_PORT)) != 0);
	assert_int_equal(be32_get(&frame_ip(&w->out)->source), GATEWAY);
	assert_int_equal(be32_get(&frame_ip(&w->out)->destination), CLIENT);
	assert_true(frame_sums_hold(w->out.buffer + 14, w->out.bytes - 14));
}

/* --- Configurations that are refused, and collisions ---------------------------------------- */

static void assert_refused(struct world *w, struct netconf_forward wrong)
{
	w->netconf.forwards[1] = wrong;
	w->netconf.forward_count = 2;
	assert_non_null(world_configure(w));
}

static void senseless_forwards_are_refused(void **state)
{
	const uint8_t tcp = IPPROTO_TCP_NUMBER;
	struct netconf_forward strange = forward(tcp, 1, 1, CLIENT, 1);
	struct world *w = *state;

	assert_refused(w, forward(tcp, 1, 1, LAN_ADDRESS, 1)); /* the appliance */
	assert_refused(w, forward(tcp, 1, 1, LAN_ADDRESS & ~255u, 1));
	assert_refused(w, forward(tcp, 1, 1, LAN_ADDRESS | 255u, 1));
	assert_refused(w, forward(tcp, 1, 1, WAN_ADDRESS, 1)); /* itself */
	assert_refused(w, forward(tcp, 1, 1, SERVER, 1));
	assert_refused(w, forward(tcp, 1, 1, 0, 1));
	assert_refused(w, forward(tcp, 0, 1, CLIENT, 1));
	assert_refused(w, forward(tcp, 1, 1, CLIENT, 0));
	assert_refused(w, forward(tcp, 2, 1, CLIENT, 1));
	assert_refused(w, forward(tcp, 1, 100, CLIENT, 65500));
	assert_refused(w, forward(IPPROTO_ICMP_NUMBER, 1, 1, CLIENT, 1));
	assert_refused(w, forward(0, 1, 1, CLIENT, 1));
	assert_refused(w, forward(tcp, 8000, 8080, CLIENT2, 1)); /* overlaps the other */
	assert_refused(w, forward(tcp, 8080, 9000, CLIENT2, 1));
	assert_refused(w, forward(tcp, 1, 65535, CLIENT2, 1));
	strange.enabled = 2;
	assert_refused(w, strange);
	w->netconf.forwards[1] = forward(tcp, 8081, 8081, CLIENT2, 1);
	w->netconf.forward_count = NETCONF_FORWARDS_MAX + 1;
	assert_non_null(world_configure(w));
	w->netconf.forward_count = 2;
	assert_null(world_configure(w));
	syn_from_wan(w, 4000, WEB_OUTSIDE);
	assert_went_to(w, LAN_PORT, SERVER, 4000, CLIENT, WEB_INSIDE);
}

/* Two forwards to one place: a client that uses both with one port could not be told apart. */
static void answers_that_could_not_be_told_apart_are_not_begun(void **state)
{
	struct world *w = *state;

	w->netconf.forwards[1] = forward(IPPROTO_TCP_NUMBER, 8081, 8081, CLIENT, WEB_INSIDE);
	assert_null(world_configure(w));
	syn_from_wan(w, 4000, WEB_OUTSIDE);
	assert_went_to(w, LAN_PORT, SERVER, 4000, CLIENT, WEB_INSIDE);
	syn_from_wan(w, 4000, 8081);
	assert_dropped(w, DROP_NAT_COLLISION);
	syn_from_wan(w, 4001, 8081);
	assert_went_to(w, LAN_PORT, SERVER, 4001, CLIENT, WEB_INSIDE);
}

static void a_spoofed_sender_is_not_forwarded(void **state)
{
	struct world *w = *state;

	frame_tcp(&f, CLIENT2, 4000, WAN_ADDRESS, WEB_OUTSIDE, TCP_SYN, 1000, 0, 0);
	frame_from_wan(&f);
	world_send(w, WAN_PORT, &f);
	assert_dropped(w, DROP_IP_SPOOFED);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, world_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(tcp_from_the_wan_goes_in_and_answers_come_back),
		TEST(a_range_keeps_its_order),
		TEST(what_no_forward_names_stays_out),
		TEST(a_disabled_forward_is_none),
		TEST(a_rule_that_denies_comes_before_the_forward),
		TEST(a_lan_client_gets_there_by_the_wan_address),
		TEST(a_host_gets_to_itself),
		TEST(two_clients_with_one_port_are_told_apart),
		TEST(without_a_forward_the_wan_address_is_the_appliance),
		TEST(forwarded_connections_outlive_the_firewall),
		TEST(a_forward_taken_away_ends_its_connections),
		TEST(another_wan_address_ends_the_connections_to_the_first),
		TEST(errors_about_them_are_translated),
		TEST(senseless_forwards_are_refused),
		TEST(answers_that_could_not_be_told_apart_are_not_begun),
		TEST(a_spoofed_sender_is_not_forwarded),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
