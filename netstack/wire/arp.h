/* ARP for IPv4 over Ethernet (RFC 826). */
#ifndef WIRE_ARP_H
#define WIRE_ARP_H

#include "netstack/wire/ethernet.h"

#define ARP_HARDWARE_ETHERNET 1u
#define ARP_REQUEST           1u
#define ARP_REPLY             2u

struct arp_packet {
	be16_t hardware;        /* ARP_HARDWARE_ETHERNET */
	be16_t protocol;        /* ETHERTYPE_IPV4 */
	uint8_t hardware_bytes; /* 6 */
	uint8_t protocol_bytes; /* 4 */
	be16_t operation;
	mac_t sender_mac;
	be32_t sender_address;
	mac_t target_mac;
	be32_t target_address;
};

_Static_assert(sizeof(struct arp_packet) == 28, "layout");

#endif
