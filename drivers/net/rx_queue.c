#include "drivers/net/rx_queue.h"

#include "services/runtime/service.h"

#define PLACE_ALIGNMENT 64u /* a frame starts on a cache line */

void rx_queue_attach(struct rx_queue *queue, struct netq_driver *own,
		     const struct netq_firewall *theirs, uint32_t firewall_slot)
{
	*queue = (struct rx_queue){ .own = own, .theirs = theirs, .firewall_slot = firewall_slot };
	queue->consumed = netq_load(&theirs->rx_consumed);
	queue->produced = netq_load(&own->rx_produced);
	/* Our last life damaged its own index: the queue counts as empty. */
	if (queue->produced - queue->consumed > NETQ_RX_SLOTS) {
		queue->produced = queue->consumed;
		netq_store(&own->rx_produced, queue->produced);
	}
	queue->published = queue->produced;
}

void rx_queue_refresh(struct rx_queue *queue)
{
	uint32_t consumed = netq_load(&queue->theirs->rx_consumed);

	if (consumed - queue->consumed <= queue->published - queue->consumed) {
		queue->consumed = consumed;
		queue->complained = false;
	} else if (!queue->complained) {
		queue->complained = true;
		service_complain(queue->firewall_slot, COMPLAINT_RING_INDEX);
	}
}

bool rx_queue_has_room(struct rx_queue *queue)
{
	if (rx_queue_outstanding(queue) < NETQ_RX_SLOTS)
		return true;
	rx_queue_refresh(queue);
	return rx_queue_outstanding(queue) < NETQ_RX_SLOTS;
}

void rx_queue_put(struct rx_queue *queue, uint32_t offset, uint16_t length_bytes)
{
	struct netq_rx_desc *desc = &queue->own->rx[queue->produced % NETQ_RX_SLOTS];

	desc->offset = offset;
	desc->length_bytes = length_bytes;
	desc->interface = 0;
	queue->produced++;
	queue->own->statistics.rx_frames++;
	queue->own->statistics.rx_bytes += length_bytes;
}

/* Publish, full barrier, look at the wake index: netq.h. */
void rx_queue_publish(struct rx_queue *queue)
{
	uint32_t before = queue->published;

	if (before == queue->produced)
		return;
	netq_store(&queue->own->rx_produced, queue->produced);
	queue->published = queue->produced;
	netq_barrier();
	if (netq_wakes(before, queue->produced, netq_load(&queue->theirs->rx_wake)))
		service_notify(queue->firewall_slot);
}

struct netq_rx_desc rx_queue_desc(const struct rx_queue *queue, uint32_t index)
{
	return queue->own->rx[index % NETQ_RX_SLOTS];
}

bool rx_queue_place(const struct rx_queue *queue, uint32_t region_bytes, uint32_t bytes,
		    uint32_t *offset)
{
	*offset = 0;
	if (rx_queue_outstanding(queue) == 0)
		return bytes <= region_bytes;
	struct netq_rx_desc oldest = rx_queue_desc(queue, queue->consumed);
	struct netq_rx_desc newest = rx_queue_desc(queue, queue->produced - 1);
	uint32_t head = newest.offset + newest.length_bytes;

	head = (head + PLACE_ALIGNMENT - 1) & ~(PLACE_ALIGNMENT - 1);
	if (newest.offset < oldest.offset) { /* what is outstanding goes round the end */
		*offset = head;
		return head + bytes <= oldest.offset;
	}
	if (head + bytes <= region_bytes) {
		*offset = head;
		return true;
	}
	return bytes <= oldest.offset;
}
