/*
 * The network's configuration in force, as config compiled it from the JSON
 * document: region "netconf", written by config only, read by firewall, INET
 * and the console.
 *
 * Two copies; `current` names the valid one. A reader copies it, checks the
 * CRC-32 (zlib's, of the bytes after `crc32`) and its own bounds, and keeps the
 * last good one if that fails. Config notifies the readers of a change.
 *
 * IPv4 addresses and ports are in host byte order here: 192.168.1.1 is
 * 0xc0a80101.
 */
#ifndef PROTO_NETCONF_H
#define PROTO_NETCONF_H

#include "services/proto/netq.h"

#include <stdint.h>

#define NETCONF_RULES_MAX 256
#define NETCONF_VERSION 1u

enum netconf_zone {
	ZONE_NONE = 0, /* the port is not used */
	ZONE_LAN = 1, /* LAN ports are bridged */
	ZONE_WAN = 2,
	ZONE_HOST = 3, /* the appliance itself */
	ZONE_ANY = 4, /* in rules */
};

struct netconf_interface {
	uint32_t address; /* 0: none */
	uint32_t prefix_bits; /* 0 to 32 */
};

enum netconf_action {
	RULE_DENY = 0,
	RULE_ALLOW = 1,
};

/* First match decides; behind the last: LAN to anywhere, host to anywhere allowed, all else denied. */
struct netconf_rule {
	uint8_t action; /* enum netconf_action */
	uint8_t from_zone, to_zone; /* enum netconf_zone */
	uint8_t protocol; /* of IP; 0: any */
	uint32_t source, source_mask; /* address & mask == source; mask 0: any */
	uint32_t destination, destination_mask;
	uint16_t source_port_low, source_port_high; /* 0 to 65535: any */
	uint16_t destination_port_low, destination_port_high;
	uint32_t number; /* of the rule in the document, from 0, for counters */
};

#define NETCONF_RESERVATIONS_MAX 48
#define NETCONF_UPSTREAMS_MAX 4
#define NETCONF_POOL_MAX 128u /* addresses that the DHCP server gives out */

struct netconf_reservation {
	uint32_t address;
	uint8_t mac[6];
	uint8_t reserved[2];
	char name[32]; /* a lower-case label; "": what the client calls itself */
};

struct netconf_dhcp { /* the server on the LAN */
	uint32_t enabled; /* 0 or 1 */
	uint32_t first, last; /* the pool */
	uint32_t lease_s;
	uint32_t reservation_count;
	struct netconf_reservation reservations[NETCONF_RESERVATIONS_MAX];
};

struct netconf_dns {
	uint32_t upstream_count;
	uint32_t upstreams[NETCONF_UPSTREAMS_MAX]; /* the first is asked first */
	char domain[32]; /* of the LAN: a lower-case label */
};

struct netconf {
	uint32_t crc32;
	uint32_t version; /* NETCONF_VERSION */
	uint32_t serial; /* counts the configurations since boot */
	uint32_t zone[NETQ_PORTS_MAX]; /* enum netconf_zone of port0, ... */
	struct netconf_interface lan, wan;
	uint32_t gateway; /* on the WAN; 0: none */
	uint32_t nat; /* 1: LAN to WAN is translated to the WAN address */
	uint32_t rule_count;
	struct netconf_rule rules[NETCONF_RULES_MAX];
	struct netconf_dhcp dhcp;
	struct netconf_dns dns;
};

struct netconf_region {
	uint32_t current; /* 0 or 1; anything else: none yet */
	struct netconf copies[2];
};

#define NETCONF_REGION_BYTES 24576u
_Static_assert(sizeof(struct netconf_region) <= NETCONF_REGION_BYTES, "region size");

#endif
