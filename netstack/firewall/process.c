/* Where a packet enters the core: Ethernet, bridge, and which way it takes. */
#include "netstack/firewall/arp.h"
#include "netstack/firewall/forward.h"
#include "netstack/firewall/frame.h"
#include "netstack/firewall/fw.h"
#include "netstack/firewall/route.h"

#include <string.h>

static struct fw_verdict flood(const struct packet *p, uint32_t ports, enum fw_reason if_none)
{
	if (ports == 0)
		return fw_verdict_drop(if_none);
	return (struct fw_verdict){ .outcome = FW_FORWARD,
				    .bytes = p->frame_bytes,
				    .ports = ports };
}

/* Why a group frame that nobody else on its side can get goes nowhere. */
static enum fw_reason group_reason(const struct packet *p, uint16_t type)
{
	const struct ipv4_header *ip = packet_ip(p);

	if (type != ETHERTYPE_IPV4)
		return DROP_FRAME_TYPE;
	if (p->frame_bytes < ETHERNET_HEADER_BYTES + IPV4_HEADER_BYTES)
		return DROP_IP_SHORT;
	return route_is_multicast(be32_get(&ip->destination)) ? DROP_IP_MULTICAST
							      : DROP_IP_BROADCAST;
}

/* Who has no address yet may ask a DHCP server (RFC 2131, 4.1), and nobody else. */
static enum fw_reason broadcast_source_check(const struct firewall *fw, const struct packet *p)
{
	if (p->key.source == 0)
		return p->key.destination_port == UDP_PORT_DHCP_SERVER ? FW_REASON_NONE
								       : DROP_IP_SOURCE;
	return route_source_check(&fw->settings, p);
}

/* An IP broadcast on the LAN that INET may hear: DHCP is one. */
static bool broadcast_is_for_host(const struct firewall *fw, const struct packet *p)
{
	const struct settings *settings = &fw->settings;

	if (p->kind != PACKET_UDP || packet_is_first_fragment(p))
		return false;
	if (p->key.destination != IPV4_LIMITED_BROADCAST &&
	    !settings_is_directed_broadcast(&settings->lan, p->key.destination))
		return false;
	if (broadcast_source_check(fw, p) != FW_REASON_NONE)
		return false;
	return packet_checksum_check(p) == FW_REASON_NONE &&
	       rules_decide(settings, &p->key, ZONE_HOST).reason == FW_REASON_NONE;
}

static struct fw_verdict lan_ip_group_input(struct firewall *fw, struct packet *p, uint32_t others)
{
	enum fw_reason reason = packet_parse(p);

	if (reason != FW_REASON_NONE)
		return fw_verdict_drop(reason);
	if (broadcast_is_for_host(fw, p))
		others |= FW_PORT_BIT(FW_PORT_HOST);
	return flood(p, others, group_reason(p, ETHERTYPE_IPV4));
}

static struct fw_verdict lan_group_input(struct firewall *fw, struct packet *p, uint16_t type)
{
	uint32_t others = fw->settings.lan_ports & ~FW_PORT_BIT(p->in_port);

	if (type == ETHERTYPE_IPV4)
		return lan_ip_group_input(fw, p, others);
	if (type == ETHERTYPE_ARP) {
		struct fw_verdict verdict = arp_input(fw, p);

		if (verdict.outcome != FW_FORWARD)
			return verdict;
		if (others == 0)
			return (struct fw_verdict){ .outcome = FW_CONSUME };
	}
	return flood(p, others, group_reason(p, type));
}

/* Addressed to us as the LAN's router. */
static struct fw_verdict lan_own_input(struct firewall *fw, struct packet *p, uint16_t type)
{
	enum fw_reason reason;

	if (type == ETHERTYPE_ARP)
		return arp_input(fw, p);
	if (type != ETHERTYPE_IPV4)
		return fw_verdict_drop(DROP_FRAME_TYPE);
	reason = packet_parse(p);
	if (reason != FW_REASON_NONE)
		return fw_verdict_drop(reason);
	return forward_input(fw, p, 0);
}

/* From one LAN station to another. */
static struct fw_verdict lan_switch(struct firewall *fw, const struct packet *p)
{
	uint32_t others = fw->settings.lan_ports & ~FW_PORT_BIT(p->in_port);
	uint8_t port;

	if (others != 0) {
		port = bridge_lookup(&fw->bridge, &packet_ethernet(p)->destination, fw->now_s);
		if (port != FW_PORT_NONE)
			others &= FW_PORT_BIT(port);
	}
	return flood(p, others, DROP_FRAME_NOT_FOR_US);
}

static struct fw_verdict lan_input(struct firewall *fw, struct packet *p, uint16_t type)
{
	const struct ethernet_header *ethernet = packet_ethernet(p);
	const mac_t *own = fw_zone_mac(fw, ZONE_LAN);

	if (own == NULL)
		return fw_verdict_drop(DROP_PORT_NOT_READY);
	if (frame_mac_same(&ethernet->source, own))
		return fw_verdict_drop(DROP_FRAME_SOURCE);
	if (fw->settings.lan_port_count > 1)
		bridge_learn(&fw->bridge, &ethernet->source, p->in_port, fw->now_s);
	if (frame_mac_same(&ethernet->destination, own))
		return lan_own_input(fw, p, type);
	if (p->group)
		return lan_group_input(fw, p, type);
	return lan_switch(fw, p);
}

/* Before the lease is ours, its answers come to us under the address offered. */
static bool is_our_dhcp_destination(const struct settings *settings, uint32_t address)
{
	if (address == IPV4_LIMITED_BROADCAST || settings_is_own(settings, address))
		return true;
	return settings->wan.address == 0 &&
	       route_destination_check(settings, address) == FW_REASON_NONE;
}

/* A provider may have chosen our LAN's addresses: INET has to hear of it to say so. */
static bool is_possible_dhcp_server(const struct settings *settings, const struct packet *p)
{
	enum fw_reason reason = route_source_check(settings, p);

	return reason == FW_REASON_NONE || reason == DROP_IP_SPOOFED;
}

/* A DHCP server's answer to INET (RFC 2131, 4.1); the WAN's mode allows it, no rule need. */
static bool is_dhcp_answer(const struct firewall *fw, const struct packet *p)
{
	return fw->settings.wan_dhcp && p->kind == PACKET_UDP &&
	       p->key.destination_port == UDP_PORT_DHCP_CLIENT &&
	       p->key.source_port == UDP_PORT_DHCP_SERVER && !packet_is_first_fragment(p) &&
	       is_our_dhcp_destination(&fw->settings, p->key.destination) &&
	       is_possible_dhcp_server(&fw->settings, p) &&
	       packet_checksum_check(p) == FW_REASON_NONE;
}

static struct fw_verdict wan_own_input(struct firewall *fw, struct packet *p, uint16_t type)
{
	enum fw_reason reason;

	if (type == ETHERTYPE_ARP)
		return arp_input(fw, p);
	if (type != ETHERTYPE_IPV4)
		return fw_verdict_drop(DROP_FRAME_TYPE);
	reason = packet_parse(p);
	if (reason != FW_REASON_NONE)
		return fw_verdict_drop(reason);
	if (is_dhcp_answer(fw, p))
		return forward_to_wan_host(p);
	if (fw->settings.wan.address == 0)
		return fw_verdict_drop(DROP_WAN_NO_ADDRESS);
	return forward_input(fw, p, 0);
}

static struct fw_verdict wan_group_input(struct firewall *fw, struct packet *p, uint16_t type)
{
	if (type == ETHERTYPE_ARP) {
		struct fw_verdict verdict = arp_input(fw, p);

		if (verdict.outcome == FW_FORWARD)
			verdict = (struct fw_verdict){ .outcome = FW_CONSUME };
		return verdict;
	}
	if (fw->settings.wan_dhcp && type == ETHERTYPE_IPV4 && packet_parse(p) == FW_REASON_NONE &&
	    is_dhcp_answer(fw, p))
		return forward_to_wan_host(p);
	return fw_verdict_drop(group_reason(p, type));
}

static struct fw_verdict wan_input(struct firewall *fw, struct packet *p, uint16_t type)
{
	const struct ethernet_header *ethernet = packet_ethernet(p);
	const mac_t *own = fw_zone_mac(fw, ZONE_WAN);

	if (own == NULL)
		return fw_verdict_drop(DROP_PORT_NOT_READY);
	if (frame_mac_same(&ethernet->source, own))
		return fw_verdict_drop(DROP_FRAME_SOURCE);
	if (frame_mac_same(&ethernet->destination, own))
		return wan_own_input(fw, p, type);
	if (!p->group)
		return fw_verdict_drop(DROP_FRAME_NOT_FOR_US);
	return wan_group_input(fw, p, type);
}

static struct fw_verdict host_input(struct firewall *fw, struct packet *p, uint16_t interface)
{
	enum fw_reason reason;

	if (p->frame_bytes > ETHERNET_HEADER_BYTES + ETHERNET_PAYLOAD_MAX)
		return fw_verdict_drop(DROP_FRAME_LONG);
	reason = packet_parse(p);
	if (reason != FW_REASON_NONE)
		return fw_verdict_drop(reason);
	if (route_is_broadcast(&fw->settings, p->key.destination))
		return forward_host_broadcast(fw, p, interface);
	return forward_input(fw, p, interface);
}

static struct fw_verdict port_input(struct firewall *fw, struct packet *p)
{
	uint16_t type;
	enum fw_reason reason;

	if (p->in_zone == ZONE_NONE)
		return fw_verdict_drop(DROP_PORT_UNUSED);
	reason = frame_parse(p, &type);
	if (reason != FW_REASON_NONE)
		return fw_verdict_drop(reason);
	return p->in_zone == ZONE_LAN ? lan_input(fw, p, type) : wan_input(fw, p, type);
}

static void verdict_count(struct firewall *fw, const struct fw_verdict *verdict)
{
	switch ((enum fw_outcome)verdict->outcome) {
	case FW_FORWARD: fw->forwarded++; return;
	case FW_DROP: fw->dropped[verdict->reason]++; return;
	case FW_DEFER: fw->deferred++; return;
	case FW_CONSUME: fw->consumed++; return;
	}
}

struct fw_verdict fw_process(struct firewall *fw, unsigned in_port, uint8_t *buffer, unsigned bytes,
			     uint16_t interface)
{
	struct packet p = { .buffer = buffer, .in_port = (uint8_t)in_port };
	struct fw_verdict verdict;

	if (!fw->settings.valid) {
		verdict = fw_verdict_drop(DROP_NO_CONFIGURATION);
	} else if (in_port == FW_PORT_HOST) {
		p.in_zone = ZONE_HOST;
		p.frame_bytes = (uint16_t)(ETHERNET_HEADER_BYTES + bytes);
		verdict = host_input(fw, &p, interface);
	} else {
		p.in_zone = fw->settings.zone[in_port];
		p.frame_bytes = (uint16_t)bytes;
		verdict = port_input(fw, &p);
	}
	verdict_count(fw, &verdict);
	return verdict;
}

bool fw_process_queued(struct firewall *fw, uint8_t *buffer, struct fw_verdict *verdict)
{
	const struct queue_entry *entry = queue_take(&fw->queue);
	struct packet own = { .buffer = buffer, .in_port = FW_PORT_SELF };

	if (entry == NULL)
		return false;
	memcpy(buffer, entry->frame, entry->bytes);
	switch (entry->in_port) {
	case FW_PORT_RAW:
		*verdict = (struct fw_verdict){ .outcome = FW_FORWARD,
						.bytes = entry->bytes,
						.ports = entry->ports };
		return true;
	case FW_PORT_SELF:
		own.frame_bytes = entry->bytes;
		*verdict = forward_own(fw, &own);
		verdict_count(fw, verdict);
		return true;
	case FW_PORT_HOST:
		*verdict = fw_process(fw, FW_PORT_HOST, buffer,
				      entry->bytes - ETHERNET_HEADER_BYTES, entry->interface);
		return true;
	default: *verdict = fw_process(fw, entry->in_port, buffer, entry->bytes, 0); return true;
	}
}
