/* What a sound packet is dropped for: rules, flows, translation and the way to its next hop. */
#include "tests/unit/fw_cases.h"

#include <stdlib.h>

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
	w->fw.nat.fresh = w->fw.nat.room.capacity;
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

const drop_case_t fw_cases_policy[FW_REASON_COUNT] = {
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
