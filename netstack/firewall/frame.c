#include "netstack/firewall/frame.h"

#include <string.h>

bool frame_mac_is_station(const mac_t *mac)
{
	static const mac_t zero;

	return !frame_mac_is_group(mac) && !frame_mac_same(mac, &zero);
}

/* VLAN 0 carries only a priority (802.1Q, 6.9): take the tag out. Other VLANs are not ours. */
static enum fw_reason frame_untag(struct packet *p, uint16_t *type)
{
	struct ethernet_header *ethernet = packet_ethernet(p);
	struct ethernet_tag tag;

	if (p->frame_bytes < ETHERNET_HEADER_BYTES + ETHERNET_TAG_BYTES)
		return DROP_FRAME_SHORT;
	memcpy(&tag, &ethernet->type, sizeof tag);
	if ((be16_get(&tag.control) & VLAN_ID_MASK) != 0)
		return DROP_FRAME_VLAN;
	memmove(&ethernet->type, (uint8_t *)&ethernet->type + sizeof tag,
		p->frame_bytes - (sizeof *ethernet + sizeof tag - sizeof ethernet->type));
	p->frame_bytes = (uint16_t)(p->frame_bytes - sizeof tag);
	*type = be16_get(&ethernet->type);
	return *type == ETHERTYPE_VLAN ? DROP_FRAME_VLAN : FW_REASON_NONE;
}

enum fw_reason frame_parse(struct packet *p, uint16_t *type)
{
	const struct ethernet_header *ethernet = packet_ethernet(p);

	if (p->frame_bytes < ETHERNET_HEADER_BYTES)
		return DROP_FRAME_SHORT;
	*type = be16_get(&ethernet->type);
	if (*type == ETHERTYPE_VLAN) {
		enum fw_reason reason = frame_untag(p, type);

		if (reason != FW_REASON_NONE)
			return reason;
	}
	if (p->frame_bytes > ETHERNET_HEADER_BYTES + ETHERNET_PAYLOAD_MAX)
		return DROP_FRAME_LONG;
	if (!frame_mac_is_station(&ethernet->source))
		return DROP_FRAME_SOURCE;
	p->group = frame_mac_is_group(&ethernet->destination);
	return FW_REASON_NONE;
}
