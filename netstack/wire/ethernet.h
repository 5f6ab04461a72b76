/* Ethernet II frames (IEEE 802.3, 3.2) and the 802.1Q tag (IEEE 802.1Q, 9.6). */
#ifndef WIRE_ETHERNET_H
#define WIRE_ETHERNET_H

#include "netstack/wire/bytes.h"

#define MAC_BYTES             6
#define ETHERNET_HEADER_BYTES 14u
#define ETHERNET_TAG_BYTES    4u
#define ETHERNET_PAYLOAD_MAX  1500u
#define ETHERNET_FRAME_MIN    60u /* without the check sequence */

#define ETHERTYPE_IPV4 0x0800u
#define ETHERTYPE_ARP  0x0806u
#define ETHERTYPE_VLAN 0x8100u

#define MAC_GROUP_BIT 0x01u /* in the first byte: multicast or broadcast */
#define VLAN_ID_MASK  0x0fffu

typedef struct mac {
	uint8_t byte[MAC_BYTES];
} mac_t;

struct ethernet_header {
	mac_t destination;
	mac_t source;
	be16_t type;
};

/* Follows the source address; the frame's own type comes after it. */
struct ethernet_tag {
	be16_t type;    /* ETHERTYPE_VLAN */
	be16_t control; /* priority 3, drop eligible 1, VLAN id 12 bits */
};

_Static_assert(sizeof(mac_t) == 6, "layout");
_Static_assert(sizeof(struct ethernet_header) == ETHERNET_HEADER_BYTES, "layout");
_Static_assert(sizeof(struct ethernet_tag) == ETHERNET_TAG_BYTES, "layout");

#endif
