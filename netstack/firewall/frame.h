/* The Ethernet side of a frame: checked before anything else. */
#ifndef FIREWALL_FRAME_H
#define FIREWALL_FRAME_H

#include "netstack/firewall/packet.h"

/*
 * Checks the Ethernet header of p->buffer, p->frame_bytes; takes out a
 * priority tag; sets p->group. *type is the frame's type, host order.
 */
enum fw_reason frame_parse(struct packet *p, uint16_t *type);

static inline bool frame_mac_same(const mac_t *a, const mac_t *b)
{
	return __builtin_memcmp(a, b, sizeof *a) == 0;
}

static inline bool frame_mac_is_group(const mac_t *mac)
{
	return (mac->byte[0] & MAC_GROUP_BIT) != 0;
}

/* An address that one station may have: no group, not all zeros. */
bool frame_mac_is_station(const mac_t *mac);

#endif
