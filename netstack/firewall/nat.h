/*
 * Source NAT: which port of the WAN address stands for which endpoint inside.
 *
 * Mapping is endpoint-independent (RFC 4787, REQ-1; RFC 5382, REQ-1): all flows
 * of one inside endpoint share one binding, counted by reference. Filtering is
 * by whole flow, the strictest of RFC 4787, REQ-8's choices. The port inside is
 * kept if it is free outside; otherwise one of the same range is chosen (below
 * 1024, or from 1024 on: REQ-3a), starting at a place that outsiders cannot
 * guess (RFC 6056). Never are two endpoints overloaded on one port (REQ-3).
 *
 * The appliance's own flows on the WAN reserve their port in the same way.
 * ICMP ids are treated as ports (RFC 5508, REQ-1).
 *
 * Not kept: built anew from the flow records at every start.
 */
#ifndef FIREWALL_NAT_H
#define FIREWALL_NAT_H

#include "netstack/firewall/packet.h"

#define NAT_BINDINGS_MAX 65536u /* binding 0 is never used: they are numbered in 16 bits */

struct nat_binding {
	uint32_t address;                   /* inside */
	uint16_t port;                      /* inside */
	uint16_t outside;                   /* port */
	uint16_t references;                /* flows; 0: free */
	uint16_t next_inside, next_outside; /* in their buckets; free list in next_inside */
	uint8_t protocol;
	uint8_t reserved;
};
_Static_assert(sizeof(struct nat_binding) == 16, "four to a cache line");

/* Where the tables lie: memory of their maker's, see flow_room.h. */
struct nat_room {
	struct nat_binding *bindings;
	uint16_t *inside, *outside; /* 2^bucket_bits each: heads of chains */
	uint32_t capacity;          /* bindings, with the unused first; NAT_BINDINGS_MAX at most */
	uint32_t bucket_bits;
};

struct nat {
	struct nat_room room;
	uint32_t fresh;     /* bindings from here on have never been used, */
	uint32_t free_head; /* and those below that are free are in this list */
	uint32_t used;
	uint64_t secret;
};

/* An endpoint inside. */
struct nat_endpoint {
	uint32_t address;
	uint16_t port;
	uint8_t protocol;
};

void nat_init(struct nat *nat, const struct nat_room *room, uint64_t secret);

/* True if flows of this protocol are told apart by ports (or ids). */
bool nat_protocol_has_ports(uint8_t protocol);

/*
 * References the endpoint's binding, made if need be, and gives its port outside.
 * DROP_NAT_EXHAUSTED if there is no port or no room left.
 */
enum fw_reason nat_acquire(struct nat *nat, struct nat_endpoint inside, uint16_t *outside);

/*
 * References the binding of `inside` to exactly the port `outside`, made if need be. False if the
 * endpoint is bound to another, or the port to another endpoint, or there is no room.
 */
bool nat_acquire_exactly(struct nat *nat, struct nat_endpoint inside, uint16_t outside);

/* Gives a reference back; the binding ends with the last. */
void nat_release(struct nat *nat, struct nat_endpoint inside);

/* Computes both directions' checksum deltas from the record's keys. */
void nat_deltas_set(struct conn *conn);

/*
 * Rewrites the packet of direction `d` to what it has to look like where it goes out: addresses,
 * ports or id, checksums. A fragment that is not the first has only its addresses rewritten.
 */
void nat_translate(const struct conn *conn, unsigned d, const struct packet *p);

#endif
