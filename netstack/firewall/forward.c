#include "netstack/firewall/forward.h"

#include "netstack/firewall/arp.h"
#include "netstack/firewall/checksum.h"
#include "netstack/firewall/conn_tcp.h"
#include "netstack/firewall/conn_udp.h"
#include "netstack/firewall/flow.h"
#include "netstack/firewall/icmp_error.h"
#include "netstack/firewall/icmp_related.h"
#include "netstack/firewall/route.h"

static const mac_t mac_broadcast = { { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff } };

/* One hop less in the TTL's byte is this in the sum: ~0x0100 (RFC 1624, equation 3). */
#define TTL_DELTA 0xfeffu

static struct fw_verdict to_interface(const struct packet *p, uint16_t interface)
{
	return (struct fw_verdict){ .outcome = FW_FORWARD,
				    .bytes = (uint16_t)(ETHERNET_HEADER_BYTES + p->ip_bytes),
				    .interface = interface,
				    .ports = FW_PORT_BIT(FW_PORT_HOST) };
}

/* To INET, for the interface whose address it is. */
static struct fw_verdict to_host(const struct firewall *fw, const struct packet *p,
				 uint32_t destination)
{
	return to_interface(p, destination == fw->settings.wan.address ? FW_INTERFACE_WAN
								       : FW_INTERFACE_LAN);
}

struct fw_verdict forward_to_wan_host(const struct packet *p)
{
	return to_interface(p, FW_INTERFACE_WAN);
}

/* Which ports lead to `mac`: on the bridge perhaps all. */
static uint32_t ports_to(const struct firewall *fw, uint8_t zone, const mac_t *mac)
{
	uint8_t port;

	if (zone == ZONE_WAN || fw->settings.lan_port_count == 1)
		return fw_zone_ports(fw, zone);
	port = bridge_lookup(&fw->bridge, mac, fw->now_s);
	return port == FW_PORT_NONE || (FW_PORT_BIT(port) & fw->settings.lan_ports) == 0
		       ? fw->settings.lan_ports
		       : FW_PORT_BIT(port);
}

static struct fw_verdict to_station(const struct firewall *fw, const struct packet *p, uint8_t zone,
				    const mac_t *mac)
{
	struct ethernet_header *ethernet = packet_ethernet(p);
	const mac_t *own = fw_zone_mac(fw, zone);

	if (own == NULL)
		return fw_verdict_drop(DROP_PORT_NOT_READY);
	ethernet->destination = *mac;
	ethernet->source = *own;
	be16_set(&ethernet->type, ETHERTYPE_IPV4);
	return (struct fw_verdict){ .outcome = FW_FORWARD,
				    .bytes = (uint16_t)(ETHERNET_HEADER_BYTES + p->ip_bytes),
				    .ports = ports_to(fw, zone, mac) };
}

static struct fw_verdict wait_for(struct firewall *fw, const struct packet *p, uint16_t interface,
				  uint16_t hop)
{
	if (!queue_add_waiting(&fw->queue, p, interface, hop, NEIGHBOUR_PENDING_MAX))
		return fw_verdict_drop(DROP_NEIGHBOUR_QUEUE);
	return (struct fw_verdict){ .outcome = FW_DEFER };
}

/* A drop that the sender is told of. */
static struct fw_verdict refuse(struct firewall *fw, const struct packet *p, enum fw_reason reason)
{
	switch (reason) {
	case DROP_IP_TTL: icmp_error_send(fw, p, ICMP_TIME_EXCEEDED, 0, 0); break;
	case DROP_NO_ROUTE:
		icmp_error_send(fw, p, ICMP_UNREACHABLE, ICMP_UNREACHABLE_NET, 0);
		break;
	case DROP_NEIGHBOUR_FAILED:
		icmp_error_send(fw, p, ICMP_UNREACHABLE, ICMP_UNREACHABLE_HOST, 0);
		break;
	case DROP_RULE_DENIED:
	case DROP_DEFAULT_DENIED:
		/* To the WAN we are as silent as if there was nobody. */
		if (p->in_zone != ZONE_WAN)
			icmp_error_send(fw, p, ICMP_UNREACHABLE, ICMP_UNREACHABLE_PROHIBITED, 0);
		break;
	default: /* no error is defined for the others, or none is deserved */ break;
	}
	return fw_verdict_drop(reason);
}

/* Is the packet, going to `route`, too old or too long? */
static enum fw_reason hop_check(struct firewall *fw, const struct packet *p,
				const struct route *route)
{
	if (p->in_zone != ZONE_HOST && p->ttl <= 1)
		return DROP_IP_TTL;
	if (route->zone == ZONE_NONE)
		return DROP_NO_ROUTE;
	if (p->ip_bytes <= route->mtu_bytes)
		return FW_REASON_NONE;
	if (p->dont_fragment)
		icmp_error_send(fw, p, ICMP_UNREACHABLE, ICMP_UNREACHABLE_FRAGMENTATION,
				(uint16_t)route->mtu_bytes);
	return DROP_IP_MTU;
}

static enum fw_reason flow_track(struct firewall *fw, struct conn *conn, unsigned d,
				 const struct packet *p)
{
	if (p->kind == PACKET_ICMP_ERROR)
		return FW_REASON_NONE; /* and does not keep its flow alive: RFC 5508, REQ-11 */
	conn->last_seen_s = fw->now_s;
	if (p->kind == PACKET_TCP)
		return conn_tcp_track(&fw->conns, conn, d, p);
	if (p->kind != PACKET_FRAGMENT)
		conn_udp_track(&fw->conns, conn, d);
	return FW_REASON_NONE;
}

static void flow_translate(const struct conn *conn, unsigned d, const struct packet *p)
{
	if (!conn->translated)
		return;
	if (p->kind == PACKET_ICMP_ERROR)
		icmp_related_translate(conn, d, p);
	else
		nat_translate(conn, d, p);
}

static void hop_count(const struct packet *p)
{
	struct ipv4_header *ip = packet_ip(p);

	if (p->in_zone == ZONE_HOST)
		return;
	ip->ttl--;
	checksum_update(&ip->checksum, TTL_DELTA);
}

static struct fw_verdict flow_to_host(struct firewall *fw, struct conn *conn, unsigned d,
				      const struct packet *p)
{
	enum fw_reason reason = flow_track(fw, conn, d, p);

	if (reason != FW_REASON_NONE)
		return fw_verdict_drop(reason);
	flow_translate(conn, d, p);
	return to_host(fw, p, conn->key[!d].source);
}

/*
 * The one way out for packets of flows. Nothing is changed, in packet or flow,
 * before the next hop is known, so that a packet that waits can start again.
 */
static struct fw_verdict forward_flow(struct firewall *fw, const struct packet *p, uint32_t node,
				      uint16_t interface)
{
	struct conn *conn = conn_of_node(&fw->conns, node);
	unsigned d = conn_node_direction(node);
	struct neighbour *neighbour;
	struct route route;
	enum fw_reason reason;

	if (conn->epoch != fw->epoch && flow_recheck(fw, conn) != FW_REASON_NONE) {
		flow_end(fw, conn);
		return fw_verdict_drop(DROP_FLOW_REVOKED);
	}
	if (packet_is_first_fragment(p))
		fragment_remember(&fw->fragments, &fw->conns, p, node, fw->now_s);
	if (conn->key[!d].zone == ZONE_HOST)
		return flow_to_host(fw, conn, d, p);
	route = route_find(&fw->settings, conn->key[!d].source);
	reason = hop_check(fw, p, &route);
	if (reason == FW_REASON_NONE)
		reason = arp_resolve(fw, route.zone, route.next_hop, &conn->hop[d], &neighbour);
	if (reason != FW_REASON_NONE)
		return refuse(fw, p, reason);
	if (neighbour == NULL)
		return wait_for(fw, p, interface, conn->hop[d]);
	reason = flow_track(fw, conn, d, p);
	if (reason != FW_REASON_NONE)
		return fw_verdict_drop(reason);
	flow_translate(conn, d, p);
	hop_count(p);
	return to_station(fw, p, route.zone, &neighbour->mac);
}

/* Source and destination of what no flow vouches for. */
static enum fw_reason addresses_check(const struct firewall *fw, const struct packet *p)
{
	enum fw_reason reason = route_source_check(&fw->settings, p);

	if (reason != FW_REASON_NONE)
		return reason;
	return route_destination_check(&fw->settings, p->key.destination);
}

static struct fw_verdict forward_fragment(struct firewall *fw, const struct packet *p,
					  uint16_t interface)
{
	uint32_t node = fragment_lookup(&fw->fragments, &fw->conns, p, fw->now_s);

	if (node == CONN_NONE)
		return fw_verdict_drop(DROP_FRAGMENT_UNKNOWN);
	return forward_flow(fw, p, node, interface);
}

static struct fw_verdict forward_related(struct firewall *fw, const struct packet *p,
					 uint16_t interface)
{
	uint32_t node;
	enum fw_reason reason = icmp_related_find(fw, p, &node);

	if (reason != FW_REASON_NONE)
		return fw_verdict_drop(reason);
	return forward_flow(fw, p, node, interface);
}

/* A first packet that goes nowhere leaves no flow behind for others to be related to. */
static struct fw_verdict forward_first(struct firewall *fw, const struct packet *p, uint32_t node,
				       uint16_t interface)
{
	struct fw_verdict verdict = forward_flow(fw, p, node, interface);
	struct conn *conn = conn_of_node(&fw->conns, node);

	if (verdict.outcome == FW_DROP && conn->state != FW_CONN_FREE)
		flow_end(fw, conn);
	return verdict;
}

struct fw_verdict forward_input(struct firewall *fw, struct packet *p, uint16_t interface)
{
	uint32_t node = CONN_NONE;
	enum fw_reason reason;

	if (p->kind <= PACKET_ICMP_QUERY || p->kind == PACKET_OTHER)
		node = conn_lookup(&fw->conns, &p->key);
	if (node != CONN_NONE)
		return forward_flow(fw, p, node, interface);
	reason = addresses_check(fw, p);
	if (reason != FW_REASON_NONE)
		return fw_verdict_drop(reason);
	if (p->kind == PACKET_FRAGMENT)
		return forward_fragment(fw, p, interface);
	if (p->kind == PACKET_ICMP_ERROR)
		return forward_related(fw, p, interface);
	reason = flow_open(fw, p, &node);
	if (reason != FW_REASON_NONE)
		return refuse(fw, p, reason);
	return forward_first(fw, p, node, interface);
}

struct fw_verdict forward_own(struct firewall *fw, struct packet *p)
{
	uint32_t destination = be32_get(&packet_ip(p)->destination);
	struct route route = route_find(&fw->settings, destination);
	struct neighbour *neighbour;
	uint16_t hint = 0;
	enum fw_reason reason;

	p->ip_bytes = (uint16_t)(p->frame_bytes - ETHERNET_HEADER_BYTES);
	if (route.zone == ZONE_HOST)
		return to_host(fw, p, destination);
	if (route.zone == ZONE_NONE)
		return fw_verdict_drop(DROP_NO_ROUTE);
	reason = arp_resolve(fw, route.zone, route.next_hop, &hint, &neighbour);
	if (reason != FW_REASON_NONE)
		return fw_verdict_drop(reason);
	if (neighbour == NULL)
		return wait_for(fw, p, 0, hint);
	return to_station(fw, p, route.zone, &neighbour->mac);
}

/* INET's DHCP client has no address yet (RFC 2131, 4.1). */
static bool is_dhcp_question(const struct firewall *fw, const struct packet *p, uint8_t zone)
{
	return zone == ZONE_WAN && fw->settings.wan_dhcp && p->kind == PACKET_UDP &&
	       p->key.source_port == UDP_PORT_DHCP_CLIENT &&
	       p->key.destination_port == UDP_PORT_DHCP_SERVER;
}

struct fw_verdict forward_host_broadcast(struct firewall *fw, struct packet *p, uint16_t interface)
{
	uint8_t zone = interface == FW_INTERFACE_WAN ? ZONE_WAN : ZONE_LAN;
	const struct settings_interface *own = fw_zone_interface(fw, zone);

	if (p->key.source == 0 ? !is_dhcp_question(fw, p, zone) : p->key.source != own->address)
		return fw_verdict_drop(DROP_HOST_SOURCE);
	if (p->key.destination != IPV4_LIMITED_BROADCAST &&
	    !settings_is_directed_broadcast(own, p->key.destination))
		return fw_verdict_drop(DROP_IP_BROADCAST);
	return to_station(fw, p, zone, &mac_broadcast);
}
