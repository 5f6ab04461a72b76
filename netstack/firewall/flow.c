#include "netstack/firewall/flow.h"

#include "netstack/firewall/conn_tcp.h"
#include "netstack/firewall/conn_udp.h"
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

/* Gives the flow its port on the WAN; the appliance's own must keep theirs. */
static enum fw_reason flow_bind(struct firewall *fw, struct conn *conn)
{
	union conn_key *answer = &conn->key[1];
	enum fw_reason reason = FW_REASON_NONE;

	if (flow_wants_nat(&fw->settings, &conn->key[0], answer->zone)) {
		conn->translated = 1;
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

static enum fw_reason flow_enter(struct firewall *fw, const struct packet *p, uint8_t to_zone,
				 uint32_t *node)
{
	struct conn *conn = conn_allocate(&fw->conns);
	enum fw_reason reason;

	if (conn == NULL)
		return DROP_FLOW_TABLE_FULL;
	conn->key[0] = p->key;
	conn->key[1] = conn_key_reverse(&p->key, to_zone);
	reason = flow_bind(fw, conn);
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
	uint8_t to_zone;

	if (reason != FW_REASON_NONE)
		return reason;
	to_zone = route_find(&fw->settings, p->key.destination).zone;
	if (to_zone == ZONE_NONE)
		return DROP_NO_ROUTE;
	if (to_zone == ZONE_HOST && p->in_zone == ZONE_HOST)
		return DROP_IP_DESTINATION; /* INET talks to itself by itself */
	decision = rules_decide(&fw->settings, &p->key, to_zone);
	if (decision.rule != RULES_DEFAULT)
		fw->rule_hits[decision.rule]++;
	if (decision.reason != FW_REASON_NONE)
		return decision.reason;
	return flow_enter(fw, p, to_zone, node);
}

enum fw_reason flow_recheck(struct firewall *fw, struct conn *conn)
{
	const struct settings *settings = &fw->settings;
	const union conn_key *key = &conn->key[0];
	uint8_t to_zone = route_find(settings, key->destination).zone;

	if (to_zone != conn->key[1].zone ||
	    flow_wants_nat(settings, key, to_zone) != (conn->translated != 0) ||
	    (conn->translated && conn->key[1].destination != settings->wan.address))
		return DROP_FLOW_REVOKED;
	if (key->zone == ZONE_HOST && !settings_is_own(settings, key->source))
		return DROP_FLOW_REVOKED;
	if (key->zone != ZONE_HOST &&
	    settings_on_interface(&settings->lan, key->source) != (key->zone == ZONE_LAN))
		return DROP_FLOW_REVOKED;
	if (rules_decide(settings, key, to_zone).reason != FW_REASON_NONE)
		return DROP_FLOW_REVOKED;
	conn->epoch = fw->epoch;
	return FW_REASON_NONE;
}

void flow_end(struct firewall *fw, struct conn *conn)
{
	flow_unbind(fw, conn);
	conn_close(&fw->conns, conn);
}

void flow_restore_all(struct firewall *fw)
{
	for (uint32_t index = 1; index < fw->conns.high_water; index++) {
		struct conn *conn = &fw->conns.records[index];

		if (conn->state == FW_CONN_FREE || !conn->bound)
			continue;
		if (nat_acquire_exactly(&fw->nat, flow_inside(conn), conn->key[1].destination_port))
			continue;
		conn_close(&fw->conns, conn);
		fw->conns.restored--;
		fw->conns.discarded++;
	}
}

void flow_sweep(struct firewall *fw)
{
	uint32_t index = fw->sweep_next;

	for (uint32_t i = 0; i < FW_SWEEP_RECORDS; i++, index++) {
		struct conn *conn;

		if (index >= fw->conns.high_water) {
			index = 0;
			break;
		}
		conn = &fw->conns.records[index];
		if (index == CONN_NONE || conn->state == FW_CONN_FREE)
			continue;
		if (conn_expired(conn, fw->now_s))
			flow_end(fw, conn);
		else if (conn->epoch != fw->epoch && fw->settings.valid &&
			 flow_recheck(fw, conn) != FW_REASON_NONE)
			flow_end(fw, conn);
	}
	fw->sweep_next = index;
}
