/*
 * INET's end of the packet path: the driver's part of services/proto/netq.h on
 * the pseudo-port "host", whose packets are bare IP. No IPC here: what the
 * caller has to tell the firewall or RS is returned.
 *
 * The firewall's indices and descriptors are hostile until checked.
 */
#ifndef INET_HOSTQ_H
#define INET_HOSTQ_H

#include "kernel/abi/table.h"
#include "services/proto/netq.h"

#include <stddef.h>

#define HOSTQ_SLOT_BYTES 2048u
#define HOSTQ_SLOTS      128u /* of the region host.rx */
#define HOSTQ_RX_BYTES   (HOSTQ_SLOTS * HOSTQ_SLOT_BYTES)
#define HOSTQ_PACKET_MIN 20u /* an IPv4 header */
#define HOSTQ_INTERFACES 2u

_Static_assert(HOSTQ_SLOTS <= NETQ_RX_SLOTS, "a descriptor for each slot");

struct hostq {
	struct netq_driver *own;
	const struct netq_firewall *peer;
	uint8_t *out_slots;      /* region host.rx: ours to fill */
	const uint8_t *in_slots; /* region host.tx */
	uint32_t produced;       /* of our packets; */
	uint32_t published;      /* of them, visible to the firewall */
	uint32_t peer_consumed;  /* as last found sane */
	uint32_t consumed;       /* of the firewall's packets */
	bool peer_insane;        /* its rx_consumed; complained of once */
	enum complaint complaint;
	uint64_t full, malformed; /* packets dropped */
};

struct hostq_packet {
	const uint8_t *bytes; /* in shared memory: copy, then look */
	uint16_t length_bytes;
	uint16_t interface;
};

/* Takes up the indices where a former life left them, as far as they make sense. */
void hostq_init(struct hostq *q, struct netq_driver *own, const struct netq_firewall *peer,
		uint8_t *out_slots, const uint8_t *in_slots);
void hostq_link_up(struct hostq *q, const char *model);

/* The slot for the next packet to send, HOSTQ_SLOT_BYTES long; NULL: full. */
uint8_t *hostq_slot(struct hostq *q);
void hostq_put(struct hostq *q, uint16_t length_bytes, uint16_t interface);
/* Publishes what was put; true: notify the firewall. */
bool hostq_flush(struct hostq *q);

/* The next packet from the firewall, until hostq_release; false: none. */
bool hostq_take(struct hostq *q, struct hostq_packet *packet);
void hostq_release(struct hostq *q);
/* Drops all that waits, unseen. */
void hostq_skip(struct hostq *q);
/* Asks for a notification; false: a packet has arrived meanwhile. */
bool hostq_arm(struct hostq *q);

/* What to tell RS about the firewall, once; COMPLAINT_NONE: nothing. */
enum complaint hostq_complaint_take(struct hostq *q);

#endif
