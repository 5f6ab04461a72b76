/*
 * The network's configuration in force, as config compiled it from the JSON
 * document: region "netconf", written by config only, read by firewall, INET,
 * the console and the appliance's services. No secrets: those are in alertconf.h
 * and webconf.h.
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

#define NETCONF_RULES_MAX 256 /* in the document */
#define NETCONF_VERSION   3u

enum netconf_zone {
	ZONE_NONE = 0, /* the port is not used */
	ZONE_LAN = 1,  /* LAN ports are bridged */
	ZONE_WAN = 2,
	ZONE_HOST = 3, /* the appliance itself */
	ZONE_ANY = 4,  /* in rules */
};

struct netconf_interface {
	uint32_t address;     /* 0: none */
	uint32_t prefix_bits; /* 0 to 32 */
};

enum netconf_action {
	RULE_DENY = 0,
	RULE_ALLOW = 1,
};

/* First match decides; behind the last: LAN to anywhere, host to anywhere allowed, all else denied.
 */
struct netconf_rule {
	uint8_t action;               /* enum netconf_action */
	uint8_t from_zone, to_zone;   /* enum netconf_zone */
	uint8_t protocol;             /* of IP; 0: any */
	uint32_t source, source_mask; /* address & mask == source; mask 0: any */
	uint32_t destination, destination_mask;
	uint16_t source_port_low, source_port_high; /* 0 to 65535: any */
	uint16_t destination_port_low, destination_port_high;
	uint16_t number;  /* of the rule in the document, from 0, for counters */
	uint16_t matches; /* with its lists: how many rules it stands for, to be shown; 1: no lists
			   */
};

/*
 * Lists in rules: where a rule of the document names several sources, destinations
 * or ports, it stands for one rule of each combination of them, all at its place.
 * Of what it has a list of, its own field is the first.
 */
#define NETCONF_MATCHES_MAX  10000 /* rules that those of the document stand for */
#define NETCONF_NETWORKS_MAX 2816  /* in all lists */
#define NETCONF_PORTS_MAX    256   /* likewise */
/*
 * A rule's kind is its two masks, and of which of protocol and ports it wants exactly one: the
 * firewall looks once for each kind (rule_index.h), however many rules are of it.
 */
#define NETCONF_KINDS_MAX 256

struct netconf_network {
	uint32_t address, mask;
};

struct netconf_ports {
	uint16_t low, high;
};

struct netconf_span {
	uint16_t first, count; /* in `networks` or `ports`; 0: the rule has no list of them */
};

struct netconf_rule_lists {
	struct netconf_span source, destination;
	struct netconf_span source_port, destination_port;
};

struct netconf_lists {
	struct netconf_rule_lists rules[NETCONF_RULES_MAX];
	struct netconf_network networks[NETCONF_NETWORKS_MAX];
	struct netconf_ports ports[NETCONF_PORTS_MAX];
};

/* Where the WAN's address comes from. */
enum netconf_wan_mode {
	WAN_STATIC = 0, /* wan and gateway are as here; wan.address 0: none */
	WAN_DHCP = 1,   /* wan and gateway are 0 here: see wanlease.h */
};

/* 64 in the document; one that is of TCP and UDP is two here. */
#define NETCONF_FORWARDS_MAX 128

/*
 * What arrives from the WAN for the WAN address and port_low to port_high goes to
 * `address`, to the port as far from inside_low as it was from port_low. Enabled
 * ones of one protocol do not overlap, and none ends beyond port 65535.
 */
struct netconf_forward {
	uint8_t protocol;             /* 6: TCP, 17: UDP */
	uint8_t enabled;              /* 0 or 1 */
	uint16_t port_low, port_high; /* on the WAN; from 1 */
	uint16_t inside_low;
	uint32_t address; /* a host of the LAN, not the appliance */
	uint32_t number;  /* of the forward in the document, from 0, for counters */
};

#define NETCONF_RESERVATIONS_MAX 48
#define NETCONF_UPSTREAMS_MAX    4
#define NETCONF_POOL_MAX         128u /* addresses that the DHCP server gives out */

struct netconf_reservation {
	uint32_t address;
	uint8_t mac[6];
	uint8_t reserved[2];
	char name[32]; /* a lower-case label; "": what the client calls itself */
};

struct netconf_dhcp {         /* the server on the LAN */
	uint32_t enabled;     /* 0 or 1 */
	uint32_t first, last; /* the pool */
	uint32_t lease_s;
	uint32_t reservation_count;
	struct netconf_reservation reservations[NETCONF_RESERVATIONS_MAX];
};

struct netconf_dns {
	uint32_t upstream_count;
	uint32_t upstreams[NETCONF_UPSTREAMS_MAX]; /* the first first; none: the lease's (WAN_DHCP)
						    */
	char domain[32];                           /* of the LAN: a lower-case label */
};

#define NETCONF_HOST_BYTES       64 /* a name of 63 characters, and the zero */
#define NETCONF_TIME_SERVERS_MAX 4

struct netconf_time {
	uint32_t enabled; /* whether servers are asked */
	uint32_t server_count;
	char servers[NETCONF_TIME_SERVERS_MAX][NETCONF_HOST_BYTES]; /* IPv4 address or name */
	int32_t utc_offset_minutes; /* of local time, for people; -720 to 840 */
	char zone[32];              /* what local time is called, such as CET */
};

enum netconf_syslog_protocol {
	SYSLOG_UDP = 0, /* RFC 5426 */
	SYSLOG_TCP = 1, /* RFC 6587 */
};

struct netconf_syslog {
	uint32_t server; /* 0: nothing is sent */
	uint16_t port;
	uint16_t protocol; /* enum netconf_syslog_protocol */
	uint32_t level;    /* enum log_level of the least urgent that is sent */
};

/*
 * A reader takes what it knows of; a change of this structure changes the version.
 * `serial` counts the changes of what is in this region since boot. It is not the
 * serial of the document's history (config.h).
 */
struct netconf {
	uint32_t crc32;
	uint32_t version; /* NETCONF_VERSION */
	uint32_t serial;
	uint32_t zone[NETQ_PORTS_MAX]; /* enum netconf_zone of port0, ... */
	struct netconf_interface lan, wan;
	uint32_t wan_mode; /* enum netconf_wan_mode */
	uint32_t gateway;  /* on the WAN; 0: none */
	uint32_t nat;      /* 1: LAN to WAN is translated to the WAN address */
	uint32_t rule_count;
	struct netconf_rule rules[NETCONF_RULES_MAX];
	struct netconf_dhcp dhcp;
	struct netconf_dns dns;
	uint32_t forward_count;
	struct netconf_forward forwards[NETCONF_FORWARDS_MAX];
	struct netconf_time time;
	struct netconf_syslog syslog;
	char hostname[NETCONF_HOST_BYTES]; /* a lower-case label */
	uint32_t lists_crc32;              /* of all of the netconf_lists that belong to it */
};

/* lists[i] belongs to copies[i]; only the firewall needs it. */
struct netconf_region {
	uint32_t current; /* 0 or 1; anything else: none yet */
	struct netconf copies[2];
	struct netconf_lists lists[2];
};

#define NETCONF_REGION_BYTES 81920u
_Static_assert(sizeof(struct netconf_region) <= NETCONF_REGION_BYTES, "region size");

#endif
