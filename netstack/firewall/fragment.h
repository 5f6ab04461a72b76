/*
 * Fragments behind the first have no ports: which flow they belong to is
 * remembered from the first, by (source, destination, id, protocol, zone).
 *
 * So fragments of a datagram pass if its first came first, which is how all
 * common stacks send; others are dropped with a reason. Reassembly on the way
 * (for those that come out of order) is not done. A fixed table of sets of four,
 * the oldest is overwritten.
 */
#ifndef FIREWALL_FRAGMENT_H
#define FIREWALL_FRAGMENT_H

#include "netstack/firewall/packet.h"

#define FRAGMENT_SETS      64u
#define FRAGMENT_WAYS      4u
#define FRAGMENT_TIMEOUT_S 30u /* RFC 1122, 3.3.2 leaves 60 to 120 s to the last receiver */

struct fragment_entry {
	uint32_t source, destination;
	uint16_t id;
	uint8_t protocol, zone;
	uint32_t node;   /* of the flow, or CONN_NONE: never used */
	uint32_t serial; /* of the flow: the record may be another's by now */
	uint32_t seen_s;
};

struct fragment_table {
	uint64_t secret;
	struct fragment_entry entries[FRAGMENT_SETS][FRAGMENT_WAYS];
};

/* The first fragment `p` belongs to the flow of `node`. */
void fragment_remember(struct fragment_table *table, const struct conn_table *conns,
		       const struct packet *p, uint32_t node, uint32_t now_s);

/* The node of the flow that a later fragment belongs to, or CONN_NONE. */
uint32_t fragment_lookup(const struct fragment_table *table, const struct conn_table *conns,
			 const struct packet *p, uint32_t now_s);

#endif
