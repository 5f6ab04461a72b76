/*
 * The driver's end of the queue of received frames; services/proto/netq.h is
 * the contract. Descriptors lie in memory that only the driver writes, so they
 * also tell its next life which frames are still to be read, and where.
 */
#ifndef NET_RX_QUEUE_H
#define NET_RX_QUEUE_H

#include "services/proto/netq.h"

#include <stdbool.h>
#include <stdint.h>

struct rx_queue {
	struct netq_driver *own;
	const struct netq_firewall *theirs;
	uint32_t firewall_slot;
	uint32_t produced;  /* with what is not published yet */
	uint32_t published; /* as in own->rx_produced */
	uint32_t consumed;  /* theirs, as last checked */
	bool complained;    /* about the present disorder */
};

/* Goes on where the last life stopped; an index that fits the other side's in no way is mended. */
void rx_queue_attach(struct rx_queue *queue, struct netq_driver *own,
		     const struct netq_firewall *theirs, uint32_t firewall_slot);

/* Looks how far the firewall has come; complains, and changes nothing, if that makes no sense. */
void rx_queue_refresh(struct rx_queue *queue);

/* Frames that the firewall has not consumed; their buffers are not ours. */
static inline uint32_t rx_queue_outstanding(const struct rx_queue *queue)
{
	return queue->produced - queue->consumed;
}

/* Room for one more? Asks the firewall only if it seems full. */
bool rx_queue_has_room(struct rx_queue *queue);

/* Appends a frame, to be published; there has to be room. */
void rx_queue_put(struct rx_queue *queue, uint32_t offset, uint16_t length_bytes);

/* Publishes what was appended, and wakes the firewall if it asked for that. */
void rx_queue_publish(struct rx_queue *queue);

/* The frame of that index; of those outstanding and the one before. */
struct netq_rx_desc rx_queue_desc(const struct rx_queue *queue, uint32_t index);

/*
 * Room for `bytes` in a region of `region_bytes` that is used as a ring behind
 * the frames outstanding. False: it is full.
 */
bool rx_queue_place(const struct rx_queue *queue, uint32_t region_bytes, uint32_t bytes,
		    uint32_t *offset);

#endif
