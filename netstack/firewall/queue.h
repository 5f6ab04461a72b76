/*
 * Packets that are not on their way through at the moment: those that wait for
 * a neighbour's answer, and those that the firewall itself makes.
 *
 * A waiting packet is kept as it was received and starts again from the
 * beginning once the neighbour is known (or known not to answer). So there is
 * one path for packets only, and it may be taken twice.
 *
 * A fixed pool. Those that wait may not use all of it, so that there is always
 * room to ask.
 */
#ifndef FIREWALL_QUEUE_H
#define FIREWALL_QUEUE_H

#include "netstack/firewall/packet.h"

#define QUEUE_ENTRIES     48u
#define QUEUE_WAITING_MAX 32u
#define QUEUE_FRAME_BYTES (ETHERNET_HEADER_BYTES + ETHERNET_PAYLOAD_MAX)

/* Where a packet comes from, besides the ports. */
#define FW_PORT_SELF FW_PORTS /* an IP packet made by the firewall itself: only to be routed */
#define FW_PORT_RAW  (FW_PORTS + 1) /* a frame made by the firewall, for the ports in `ports` */

enum queue_state {
	QUEUE_FREE = 0,
	QUEUE_WAITING = 1, /* for neighbour `hop` */
	QUEUE_READY = 2,
};

struct queue_entry {
	uint8_t state; /* enum queue_state */
	uint8_t in_port;
	uint16_t bytes; /* with the Ethernet header */
	uint16_t hop;
	uint16_t interface; /* from INET */
	uint32_t ports;     /* FW_PORT_RAW: a bit a port */
	uint32_t order;     /* ready ones leave in this order */
	uint8_t frame[QUEUE_FRAME_BYTES];
};

struct queue {
	uint32_t ready, waiting;
	uint32_t order;
	struct queue_entry entries[QUEUE_ENTRIES];
};

/* A ready entry to be filled in before the next call here, or NULL. */
struct queue_entry *queue_add_ready(struct queue *queue, uint8_t in_port);

/* Keeps the packet until neighbour `hop` is ready; false: no room for one more. */
bool queue_add_waiting(struct queue *queue, const struct packet *p, uint16_t interface,
		       uint16_t hop, unsigned limit);

/* All that wait for `hop` may go on. */
void queue_release(struct queue *queue, uint16_t hop);

/* Takes out the oldest ready entry: valid until the next addition. NULL: none. */
const struct queue_entry *queue_take(struct queue *queue);

#endif
