#include "netstack/firewall/arp.h"

#include "netstack/firewall/frame.h"
#include "netstack/wire/arp.h"

static const mac_t mac_broadcast = { { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff } };

/* What both ends of an ARP exchange say of themselves. */
struct arp_end {
	const mac_t *mac;
	uint32_t address;
};

static void arp_send(struct firewall *fw, uint16_t operation, struct arp_end sender,
		     struct arp_end target, const mac_t *to, uint32_t ports)
{
	struct queue_entry *entry = queue_add_ready(&fw->queue, FW_PORT_RAW);
	struct ethernet_header *ethernet;
	struct arp_packet *arp;

	if (entry == NULL) {
		fw->dropped[DROP_QUEUE_FULL]++;
		return;
	}
	ethernet = (struct ethernet_header *)entry->frame;
	arp = (struct arp_packet *)(ethernet + 1);
	entry->ports = ports;
	entry->bytes = sizeof *ethernet + sizeof *arp;
	ethernet->destination = *to;
	ethernet->source = *sender.mac;
	be16_set(&ethernet->type, ETHERTYPE_ARP);
	be16_set(&arp->hardware, ARP_HARDWARE_ETHERNET);
	be16_set(&arp->protocol, ETHERTYPE_IPV4);
	arp->hardware_bytes = MAC_BYTES;
	arp->protocol_bytes = sizeof(be32_t);
	be16_set(&arp->operation, operation);
	arp->sender_mac = *sender.mac;
	be32_set(&arp->sender_address, sender.address);
	arp->target_mac = *target.mac;
	be32_set(&arp->target_address, target.address);
}

static void arp_request(struct firewall *fw, const struct neighbour *neighbour)
{
	static const mac_t unknown;
	const mac_t *own = fw_zone_mac(fw, neighbour->zone);
	/* A known neighbour is asked directly first: RFC 1122, 2.3.2.1 (2). */
	const mac_t *to = neighbour->state == FW_NEIGHBOUR_PROBING && neighbour->tries < 2
				  ? &neighbour->mac
				  : &mac_broadcast;

	if (own == NULL)
		return;
	arp_send(fw, ARP_REQUEST,
		 (struct arp_end){ own, fw_zone_interface(fw, neighbour->zone)->address },
		 (struct arp_end){ &unknown, neighbour->address }, to,
		 fw_zone_ports(fw, neighbour->zone));
}

bool arp_question(struct firewall *fw, uint8_t port, uint32_t address, const mac_t *mac)
{
	static const mac_t unknown;
	uint8_t zone = fw->settings.zone[port];
	const struct settings_interface *interface = fw_zone_interface(fw, zone);
	const mac_t *own = fw_zone_mac(fw, zone);

	if (own == NULL || !settings_on_interface(interface, address))
		return false;
	arp_send(fw, ARP_REQUEST, (struct arp_end){ own, interface->address },
		 (struct arp_end){ &unknown, address }, mac != NULL ? mac : &mac_broadcast,
		 FW_PORT_BIT(port));
	return true;
}

void arp_announce(struct firewall *fw, uint8_t zone)
{
	const mac_t *own = fw_zone_mac(fw, zone);
	uint32_t address = fw_zone_interface(fw, zone)->address;
	static const mac_t unknown;

	if (own != NULL && address != 0)
		arp_send(fw, ARP_REQUEST, (struct arp_end){ own, address },
			 (struct arp_end){ &unknown, address }, &mac_broadcast,
			 fw_zone_ports(fw, zone));
}

static enum fw_reason arp_check(const struct firewall *fw, const struct packet *p)
{
	const struct arp_packet *arp = (const void *)(p->buffer + ETHERNET_HEADER_BYTES);
	const struct settings_interface *interface = fw_zone_interface(fw, p->in_zone);
	uint32_t sender, host_bits;
	uint16_t operation;

	if (p->frame_bytes < ETHERNET_HEADER_BYTES + sizeof *arp)
		return DROP_ARP_MALFORMED;
	operation = be16_get(&arp->operation);
	if (be16_get(&arp->hardware) != ARP_HARDWARE_ETHERNET ||
	    be16_get(&arp->protocol) != ETHERTYPE_IPV4 || arp->hardware_bytes != MAC_BYTES ||
	    arp->protocol_bytes != sizeof(be32_t) ||
	    (operation != ARP_REQUEST && operation != ARP_REPLY))
		return DROP_ARP_MALFORMED;
	if (!frame_mac_same(&arp->sender_mac, &packet_ethernet(p)->source))
		return DROP_ARP_SPOOFED;
	sender = be32_get(&arp->sender_address);
	if (sender == 0 && operation == ARP_REQUEST)
		return FW_REASON_NONE; /* a probe: RFC 5227, 2.1.1 */
	if (sender == interface->address && sender != 0)
		return DROP_ARP_CONFLICT;
	host_bits = sender & ~interface->mask;
	if (!settings_on_interface(interface, sender) || host_bits == 0 ||
	    host_bits == ~interface->mask)
		return DROP_ARP_SPOOFED;
	return FW_REASON_NONE;
}

/* The merge of RFC 826: update who is known, add only who asks for us. */
static void arp_learn(struct firewall *fw, const struct packet *p, bool asks_us)
{
	const struct arp_packet *arp = (const void *)(p->buffer + ETHERNET_HEADER_BYTES);
	uint32_t sender = be32_get(&arp->sender_address);
	uint16_t index;

	if (sender == 0)
		return;
	index = neighbour_find(&fw->neighbours, p->in_zone, sender);
	if (index == NEIGHBOUR_NONE && asks_us)
		index = neighbour_make(&fw->neighbours, p->in_zone, sender, fw->now_ms);
	if (index == NEIGHBOUR_NONE)
		return;
	neighbour_confirm(&fw->neighbours.entries[index], &arp->sender_mac, fw->now_ms);
	queue_release(&fw->queue, index);
}

struct fw_verdict arp_input(struct firewall *fw, const struct packet *p)
{
	const struct arp_packet *arp = (const void *)(p->buffer + ETHERNET_HEADER_BYTES);
	const struct settings_interface *interface = fw_zone_interface(fw, p->in_zone);
	const mac_t *own = fw_zone_mac(fw, p->in_zone);
	enum fw_reason reason = arp_check(fw, p);
	bool asks_us;

	if (reason != FW_REASON_NONE)
		return fw_verdict_drop(reason);
	asks_us = be16_get(&arp->operation) == ARP_REQUEST && interface->address != 0 &&
		  be32_get(&arp->target_address) == interface->address;
	arp_learn(fw, p, asks_us);
	if (asks_us && own != NULL)
		arp_send(fw, ARP_REPLY, (struct arp_end){ own, interface->address },
			 (struct arp_end){ &arp->sender_mac, be32_get(&arp->sender_address) },
			 &arp->sender_mac, FW_PORT_BIT(p->in_port));
	if (asks_us || !p->group)
		return (struct fw_verdict){ .outcome = FW_CONSUME };
	return (struct fw_verdict){ .outcome = FW_FORWARD, .bytes = p->frame_bytes };
}

/* Asks for the neighbour if it is time to, or gives up. */
static void neighbour_ask(struct firewall *fw, uint16_t index)
{
	struct neighbour *neighbour = &fw->neighbours.entries[index];

	if ((int32_t)(fw->now_ms - neighbour->next_ms) < 0)
		return;
	if (neighbour->tries >= NEIGHBOUR_TRIES) {
		neighbour->state = FW_NEIGHBOUR_FAILED;
		neighbour->next_ms = fw->now_ms + NEIGHBOUR_FAILED_MS;
		queue_release(&fw->queue, index);
		return;
	}
	arp_request(fw, neighbour);
	neighbour->tries++;
	neighbour->next_ms = fw->now_ms + NEIGHBOUR_RETRY_MS;
}

/* A neighbour that is not fresh is about to be used. */
static enum fw_reason neighbour_refresh(struct firewall *fw, uint16_t index,
					struct neighbour **result)
{
	struct neighbour *neighbour = &fw->neighbours.entries[index];

	if (neighbour->state == FW_NEIGHBOUR_REACHABLE) {
		neighbour->state = FW_NEIGHBOUR_PROBING;
		neighbour->tries = 0;
		neighbour->next_ms = fw->now_ms;
	}
	if (neighbour->state != FW_NEIGHBOUR_FAILED)
		neighbour_ask(fw, index);
	if (neighbour->state == FW_NEIGHBOUR_FAILED)
		return DROP_NEIGHBOUR_FAILED;
	*result = neighbour->state == FW_NEIGHBOUR_PROBING ? neighbour : NULL;
	return FW_REASON_NONE;
}

enum fw_reason arp_resolve(struct firewall *fw, uint8_t zone, uint32_t next_hop, uint16_t *hint,
			   struct neighbour **neighbour)
{
	struct neighbour *entries = fw->neighbours.entries;

	if (!neighbour_is(&entries[*hint], zone, next_hop)) {
		*hint = neighbour_make(&fw->neighbours, zone, next_hop, fw->now_ms);
		entries[*hint].pinned = zone == ZONE_WAN && next_hop == fw->settings.gateway;
	}
	entries[*hint].used_ms = fw->now_ms;
	*neighbour = &entries[*hint];
	if (neighbour_is_fresh(*neighbour, fw->now_ms))
		return FW_REASON_NONE;
	*neighbour = NULL;
	return neighbour_refresh(fw, *hint, neighbour);
}

static void neighbour_tick(struct firewall *fw, uint16_t index)
{
	struct neighbour *neighbour = &fw->neighbours.entries[index];

	switch ((enum fw_neighbour_state)neighbour->state) {
	case FW_NEIGHBOUR_INCOMPLETE:
	case FW_NEIGHBOUR_PROBING: neighbour_ask(fw, index); return;
	case FW_NEIGHBOUR_FAILED:
		if ((int32_t)(fw->now_ms - neighbour->next_ms) >= 0)
			neighbour->state = FW_NEIGHBOUR_EMPTY;
		return;
	case FW_NEIGHBOUR_REACHABLE:
		if (fw->now_ms - neighbour->used_ms >= NEIGHBOUR_UNUSED_MS &&
		    fw->now_ms - neighbour->confirmed_ms >= NEIGHBOUR_UNUSED_MS)
			neighbour->state = FW_NEIGHBOUR_EMPTY;
		return;
	case FW_NEIGHBOUR_EMPTY:
	case FW_NEIGHBOUR_STATE_COUNT: return;
	}
}

bool arp_tick(struct firewall *fw)
{
	const struct neighbour_table *table = &fw->neighbours;
	bool waits = false;

	for (uint16_t index = 0; (index = neighbour_next(table, index)) < NEIGHBOURS; index++) {
		const struct neighbour *neighbour = &table->entries[index];

		neighbour_tick(fw, index);
		waits |= neighbour->state == FW_NEIGHBOUR_INCOMPLETE ||
			 neighbour->state == FW_NEIGHBOUR_PROBING;
	}
	return waits;
}
