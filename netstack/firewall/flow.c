#include "netstack/firewall/flow.h"

#include "netstack/firewall/conn_tcp.h"
#include "netstack/firewall/conn_udp.h"
#include "netstack/firewall/port_forward.h"
#include "netstack/firewall/route.h"

static struct nat_endpoint flow_inside(const struct conn *conn)
{
	const union conn_key *key = &conn->key[0];

	return (struct nat_endpoint){ key->source, key->source_port, key->protocol };
}

/* Can a packet of this kind be the first of a flow? */
static enum fw_reason opener_check(const struct packet *p)
{
	if (p->kind == PACKET_TCP && (p->tcp_flags & (TCP_SYN | TCP_ACK)) != TCP_SYN)
		return DROP_TCP_NO_FLOW;
	if (p->kind == PACKET_ICMP_QUERY) {
		const struct icmp_header *icmp = packet_l4(p);

		if (icmp->type != ICMP_ECHO_REQUEST)
			return DROP_ICMP_NO_FLOW;
	}
	return packet_checksum_check(p);
}

/* Is the flow from LAN or host to WAN to be translated? */
static bool flow_wants_nat(const struct settings *settings, const union conn_key *key,
			   uint8_t to_zone)
{
	return settings->nat && settings->wan.address != 0 && to_zone == ZONE_WAN &&
	       key->zone != ZONE_WAN && key->source != settings->wan.address;
}

/* What the configuration makes of a flow. */
struct flow_plan {
	union conn_key delivered; /* its first packet where it goes out, but for the source */
	uint8_t to_zone;
	bool forwarded;  /* by a port forward */
	bool source_nat; /* it goes out with the WAN's address */
};

static struct flow_plan plan_make(const struct settings *settings, const union conn_key *key)
{
	const struct netconf_forward *forward = port_forward_find(settings, key);
	struct flow_plan plan = { .delivered = *key, .forwarded = forward != NULL };

	if (forward == NULL) {
		plan.to_zone = route_find(settings, key->destination).zone;
		plan.source_nat = flow_wants_nat(settings, key, plan.to_zone);
		return plan;
	}
	plan.delivered.destination = forward->address;
	plan.delivered.destination_port = port_forward_inside(forward, key->destination_port);
	plan.to_zone = ZONE_LAN;
	/* Or the host would answer a client of its own LAN directly, and not as whom it asked. */
	plan.source_nat = key->zone == ZONE_LAN;
	return plan;
}

/* The first rule that matches what is delivered; a forward stands for a rule behind the last. */
static struct rules_decision plan_decide(const struct settings *settings,
					 const struct flow_plan *plan)
{
	struct rules_decision decision = rules_decide(settings, &plan->delivered, plan->to_zone);

	if (plan->forwarded && decision.rule == RULES_DEFAULT)
		decision.reason = FW_REASON_NONE;
	return decision;
}

/* Gives the flow its port on the WAN; the appliance's own must keep theirs. */
static enum fw_reason flow_bind(struct firewall *fw, struct conn *conn,
				const struct flow_plan *plan)
{
	union conn_key *answer = &conn->key[1];
	enum fw_reason reason = FW_REASON_NONE;

	conn->translated = plan->forwarded || plan->source_nat;
	if (plan->source_nat) {
		answer->destination = fw->settings.wan.address;
		if (nat_protocol_has_ports(answer->protocol)) {
			reason =
				nat_acquire(&fw->nat, flow_inside(conn), &answer->destination_port);
			conn->bound = reason == FW_REASON_NONE;
		}
	} else if (conn->key[0].zone == ZONE_HOST && answer->zone == ZONE_WAN &&
		   nat_protocol_has_ports(answer->protocol)) {
		conn->bound =
			nat_acquire_exactly(&fw->nat, flow_inside(conn), answer->destination_port);
		reason = conn->bound ? FW_REASON_NONE : DROP_NAT_COLLISION;
	}
	return reason;
}

static void flow_unbind(struct firewall *fw, struct conn *conn)
{
	if (conn->bound)
		nat_release(&fw->nat, flow_inside(conn));
	conn->bound = 0;
}

static enum fw_reason flow_enter(struct firewall *fw, const struct packet *p,
				 const struct flow_plan *plan, uint32_t *node)
{
	struct conn *conn = conn_allocate(&fw->conns);
	enum fw_reason reason;

	if (conn == NULL)
		return DROP_FLOW_TABLE_FULL;
	conn->key[0] = p->key;
	conn->key[1] = conn_key_reverse(&plan->delivered, plan->to_zone);
	reason = flow_bind(fw, conn, plan);
	if (reason == FW_REASON_NONE && conn_lookup(&fw->conns, &conn->key[1]) != CONN_NONE)
		reason = DROP_NAT_COLLISION;
	if (reason != FW_REASON_NONE) {
		flow_unbind(fw, conn);
		conn_abandon(&fw->conns, conn);
		return reason;
	}
	nat_deltas_set(conn);
	if (p->kind == PACKET_TCP)
		conn_tcp_start(conn, p);
	else
		conn_udp_start(conn, p);
	conn->epoch = fw->epoch;
	*node = conn_open(&fw->conns, conn, fw->now_s);
	return FW_REASON_NONE;
}

enum fw_reason flow_open(struct firewall *fw, const struct packet *p, uint32_t *node)
{
	struct rules_decision decision;
	enum fw_reason reason = opener_check(p);
	struct flow_plan plan;

	if (reason != FW_REASON_NONE)
		return reason;
	plan = plan_make(&fw->settings, &p->key);
	if (plan.to_zone == ZONE_NONE)
		return DROP_NO_ROUTE;
	if (plan.to_zone == ZONE_HOST && p->in_zone == ZONE_HOST)
		return DROP_IP_DESTINATION; /* INET talks to itself by itself */
	decision = plan_decide(&fw->settings, &plan);
	if (decision.rule != RULES_DEFAULT)
		fw->rule_hits[decision.rule]++;
	if (decision.reason != FW_REASON_NONE)
		return decision.reason;
	return flow_enter(fw, p, &plan, node);
}

enum fw_reason flow_recheck(struct firewall *fw, struct conn *conn)
{
	const struct settings *settings = &fw->settings;
	const union conn_key *key = &conn->key[0];
	struct flow_plan plan = plan_make(settings, key);
	union conn_key answer = conn_key_reverse(&plan.delivered, plan.to_zone);

	if (plan.source_nat) {
		answer.destination = settings->wan.address;
		answer.destination_port = conn->key[1].destination_port;
	}
	if (!conn_key_same(&answer, &conn->key[1]))
		return DROP_FLOW_REVOKED;
	if (key->zone == ZONE_HOST && !settings_is_own(settings, key->source))
		return DROP_FLOW_REVOKED;
	if (key->zone != ZONE_HOST &&
	    settings_on_interface(&settings->lan, key->source) != (key->zone == ZONE_LAN))
		return DROP_FLOW_REVOKED;
	if (plan_decide(settings, &plan).reason != FW_REASON_NONE)
		return DROP_FLOW_REVOKED;
	conn->epoch = fw->epoch;
	return FW_REASON_NONE;
}

void flow_end(struct firewall *fw, struct conn *conn)
{
	flow_unbind(fw, conn);
	conn_close(&fw->conns, conn);
}

void flow_adopt(struct firewall *fw)
{
	struct conn *conn = conn_adopt(&fw->conns);

	if (conn == NULL || !conn->bound ||
	    nat_acquire_exactly(&fw->nat, flow_inside(conn), conn->key[1].destination_port))
		return;
	conn_close(&fw->conns, conn);
	fw->conns.restored--;
	fw->conns.discarded++;
}

/* Whether it had to ask again. */
static bool record_sweep(struct firewall *fw, struct conn *conn)
{
	if (conn_expired(conn, fw->now_s)) {
		flow_end(fw, conn);
		return false;
	}
	if (conn->epoch == fw->epoch || !fw->settings.valid)
		return false;
	if (flow_recheck(fw, conn) != FW_REASON_NONE)
		flow_end(fw, conn);
	return true;
}

void flow_sweep(struct firewall *fw)
{
	uint32_t index = fw->sweep_next, rechecks = 0;

	for (uint32_t i = 0; i < FW_SWEEP_RECORDS && rechecks < FW_SWEEP_RECHECKS; i++, index++) {
		if (index >= fw->conns.fresh || fw->conns.used == 0) {
			index = 0;
			fw->swept = true;
			break;
		}
		if (index != CONN_NONE && fw->conns.records[index].state != FW_CONN_FREE)
			rechecks += record_sweep(fw, &fw->conns.records[index]);
	}
	fw->sweep_next = index;
}
