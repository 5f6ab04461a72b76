/*
 * The driver's end of the queue of frames to send; services/proto/netq.h is the
 * contract. Three indices, each at most the next:
 *
 *	consumed	sent, or given up; the firewall may use the slots again
 *	submitted	handed to the device
 *	produced	the firewall's, as last checked
 *
 * A driver that restarts or resets its device submits again from `consumed`.
 */
#ifndef NET_TX_QUEUE_H
#define NET_TX_QUEUE_H

#include "services/proto/netq.h"

#include <stdbool.h>
#include <stdint.h>

/* Real devices do not pad; the firewall has done it. */
#define TX_FRAME_MIN 60u

struct tx_queue {
	struct netq_driver *own;
	const struct netq_firewall *theirs;
	uint32_t firewall_slot;
	uint32_t consumed, submitted, produced;
	uint32_t skipped; /* frames dropped without the device ever seeing them */
	bool complained;  /* about the present disorder */
};

struct tx_frame {
	uint32_t offset; /* in portN.tx */
	uint16_t length_bytes;
};

void tx_queue_attach(struct tx_queue *queue, struct netq_driver *own,
		     const struct netq_firewall *theirs, uint32_t firewall_slot);

/* Takes note of what the firewall has added; true if there is something to submit. */
bool tx_queue_refresh(struct tx_queue *queue);

/*
 * The next frame to submit. False: there is none, or it waits until those in
 * flight are through. A frame of an impossible length is dropped with a complaint.
 */
bool tx_queue_next(struct tx_queue *queue, struct tx_frame *frame);

/* The frame that tx_queue_next gave has been handed to the device. */
static inline void tx_queue_submit(struct tx_queue *queue)
{
	queue->submitted++;
}

static inline uint32_t tx_queue_in_flight(const struct tx_queue *queue)
{
	return queue->submitted - queue->consumed;
}

/* Where the frame of that index lies; its length is only good for counting. */
struct tx_frame tx_queue_frame(const struct tx_queue *queue, uint32_t index);

/* The oldest in flight is done, well or not. */
void tx_queue_complete(struct tx_queue *queue, bool sent);

/* The device has been reset: nothing is in flight, all of it is to be submitted again. */
void tx_queue_rewind(struct tx_queue *queue);

/* Gives up whatever waits: there is no link, and stale frames help nobody. */
void tx_queue_discard(struct tx_queue *queue);

/* Asks to be told of the next frame, then looks once more; true: there is one already. */
bool tx_queue_arm(struct tx_queue *queue);

#endif
