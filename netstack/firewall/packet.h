/*
 * One packet while we look at it: the buffer it was copied to, and the checked
 * facts. Nobody but us can write to the buffer, so what was checked stays true.
 *
 * The buffer has FW_BUFFER_BYTES bytes. The Ethernet header is at 0 and the IP
 * header always at 14: a priority tag (802.1Q, VLAN 0) is taken out, and what
 * comes from INET without Ethernet header is put there.
 */
#ifndef FIREWALL_PACKET_H
#define FIREWALL_PACKET_H

#include "netstack/firewall/conn.h"
#include "netstack/wire/ethernet.h"
#include "netstack/wire/icmp.h"
#include "netstack/wire/ipv4.h"
#include "netstack/wire/tcp.h"
#include "netstack/wire/udp.h"
#include "services/proto/fwreason.h"

#include <stdbool.h>

#define FW_BUFFER_BYTES NETQ_TX_SLOT_BYTES

enum packet_kind {
	PACKET_TCP,
	PACKET_UDP,
	PACKET_ICMP_QUERY, /* echo request or reply */
	PACKET_ICMP_ERROR,
	PACKET_OTHER,    /* protocols without ports that we know of */
	PACKET_FRAGMENT, /* not the first of its datagram: no ports */
};

struct packet {
	uint8_t *buffer;
	uint16_t frame_bytes; /* with the Ethernet header */
	uint8_t in_port;
	uint8_t in_zone;
	bool group; /* sent to an Ethernet group address */

	/* Set by packet_parse */
	uint8_t kind; /* enum packet_kind */
	uint8_t ttl;
	uint8_t tcp_flags;
	uint16_t ip_bytes;        /* all of it, as the header says, and it is there */
	uint16_t header_bytes;    /* of IP, with options */
	uint16_t l4_bytes;        /* behind the IP header */
	uint16_t fragment_offset; /* in bytes */
	uint16_t fragment_id;
	bool more_fragments;
	bool dont_fragment;
	union conn_key key; /* ports: 0 where there are none; ICMP query: see conn.h */
};

static inline struct ethernet_header *packet_ethernet(const struct packet *p)
{
	return (struct ethernet_header *)p->buffer;
}

static inline struct ipv4_header *packet_ip(const struct packet *p)
{
	return (struct ipv4_header *)(p->buffer + ETHERNET_HEADER_BYTES);
}

static inline void *packet_l4(const struct packet *p)
{
	return p->buffer + ETHERNET_HEADER_BYTES + p->header_bytes;
}

static inline bool packet_is_first_fragment(const struct packet *p)
{
	return p->more_fragments && p->fragment_offset == 0;
}

/*
 * Checks IP and transport headers of a packet whose buffer, frame_bytes,
 * in_port and in_zone are set, and fills in the rest. The result is
 * FW_REASON_NONE, or why the packet has to be dropped.
 */
enum fw_reason packet_parse(struct packet *p);

/*
 * Checks the TCP, UDP or ICMP checksum. We do so only for packets that would
 * change what we know (open or end a flow, report an error); for the rest it is
 * the receiver's business (RFC 1812, 1.1.3), as the incremental update keeps a
 * wrong checksum wrong. A first fragment cannot be checked and passes.
 */
enum fw_reason packet_checksum_check(const struct packet *p);

#endif
