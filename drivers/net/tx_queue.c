#include "drivers/net/tx_queue.h"

#include "services/runtime/service.h"

static void tx_queue_complain(struct tx_queue *queue, enum complaint complaint)
{
	if (queue->complained)
		return;
	queue->complained = true;
	service_complain(queue->firewall_slot, complaint);
}

void tx_queue_attach(struct tx_queue *queue, struct netq_driver *own,
		     const struct netq_firewall *theirs, uint32_t firewall_slot)
{
	*queue = (struct tx_queue){ .own = own, .theirs = theirs, .firewall_slot = firewall_slot };
	queue->produced = netq_load(&theirs->tx_produced);
	queue->consumed = netq_load(&own->tx_consumed);
	/* Our last life damaged its own index: the queue counts as empty. */
	if (queue->produced - queue->consumed > NETQ_TX_SLOTS) {
		queue->consumed = queue->produced;
		netq_store(&own->tx_consumed, queue->consumed);
	}
	queue->submitted = queue->produced = queue->consumed;
}

bool tx_queue_refresh(struct tx_queue *queue)
{
	uint32_t produced = netq_load(&queue->theirs->tx_produced);

	if (produced == queue->produced)
		return queue->produced != queue->submitted;
	/* Not beyond the slots there are, and not behind what it has said before. */
	if (produced - queue->consumed > NETQ_TX_SLOTS ||
	    produced - queue->consumed < queue->produced - queue->consumed) {
		tx_queue_complain(queue, COMPLAINT_RING_INDEX);
		return queue->produced != queue->submitted;
	}
	queue->produced = produced;
	queue->complained = false;
	return true;
}

struct tx_frame tx_queue_frame(const struct tx_queue *queue, uint32_t index)
{
	const struct netq_tx_desc *desc = &queue->theirs->tx[index % NETQ_TX_SLOTS];

	return (struct tx_frame){
		.offset = index % NETQ_TX_SLOTS * NETQ_TX_SLOT_BYTES,
		.length_bytes = __atomic_load_n(&desc->length_bytes, __ATOMIC_RELAXED),
	};
}

bool tx_queue_next(struct tx_queue *queue, struct tx_frame *frame)
{
	while (queue->submitted != queue->produced) {
		*frame = tx_queue_frame(queue, queue->submitted);
		if (frame->length_bytes >= TX_FRAME_MIN && frame->length_bytes <= NETQ_FRAME_MAX)
			return true;
		if (tx_queue_in_flight(queue) != 0)
			return false; /* frames are completed in their order */
		tx_queue_complain(queue, COMPLAINT_RING_BUFFER);
		queue->skipped++;
		queue->submitted++;
		tx_queue_complete(queue, false);
	}
	return false;
}

void tx_queue_complete(struct tx_queue *queue, bool sent)
{
	struct netq_statistics *statistics = &queue->own->statistics;

	if (sent) {
		statistics->tx_frames++;
		statistics->tx_bytes += tx_queue_frame(queue, queue->consumed).length_bytes;
	} else {
		statistics->tx_errors++;
	}
	queue->consumed++;
	netq_store(&queue->own->tx_consumed, queue->consumed);
}

void tx_queue_rewind(struct tx_queue *queue)
{
	queue->submitted = queue->consumed;
}

void tx_queue_discard(struct tx_queue *queue)
{
	queue->own->statistics.tx_errors += queue->produced - queue->consumed;
	queue->consumed = queue->submitted = queue->produced;
	netq_store(&queue->own->tx_consumed, queue->consumed);
}

bool tx_queue_arm(struct tx_queue *queue)
{
	if (queue->own->tx_wake != queue->submitted) {
		netq_store(&queue->own->tx_wake, queue->submitted);
		netq_barrier();
	}
	return tx_queue_refresh(queue);
}
