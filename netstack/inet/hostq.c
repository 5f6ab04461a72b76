/* See hostq.h; the queues and their signals are explained in services/proto/netq.h. */
#include "netstack/inet/hostq.h"

#include <string.h>

void hostq_init(struct hostq *q, struct netq_driver *own, const struct netq_firewall *peer,
		uint8_t *out_slots, const uint8_t *in_slots)
{
	*q = (struct hostq){
		.own = own, .peer = peer, .out_slots = out_slots, .in_slots = in_slots
	};
	uint32_t consumed = netq_load(&peer->rx_consumed);
	q->produced = own->rx_produced;
	/* Our own memory may have been written wild before we died: then start empty. */
	if (q->produced - consumed > HOSTQ_SLOTS)
		q->produced = consumed;
	q->published = q->produced;
	q->peer_consumed = consumed;
	netq_store(&own->rx_produced, q->produced);

	uint32_t filled = netq_load(&peer->tx_produced);
	q->consumed = own->tx_consumed;
	if (filled - q->consumed > NETQ_TX_SLOTS)
		q->consumed = filled;
	netq_store(&own->tx_consumed, q->consumed);
}

void hostq_link_up(struct hostq *q, const char *model)
{
	memset(q->own->model, 0, sizeof(q->own->model));
	strncpy(q->own->model, model, sizeof(q->own->model) - 1);
	memset(q->own->mac, 0, sizeof(q->own->mac));
	q->own->speed_mbit = 0;
	q->own->link = NETQ_LINK_UP;
	netq_store(&q->own->ready, 1);
}

enum complaint hostq_complaint_take(struct hostq *q)
{
	enum complaint complaint = q->complaint;
	q->complaint = COMPLAINT_NONE;
	return complaint;
}

static void update_peer_consumed(struct hostq *q)
{
	uint32_t consumed = netq_load(&q->peer->rx_consumed);
	/* It can only move forward, and not past what it has been shown. */
	bool sane = consumed - q->peer_consumed <= q->published - q->peer_consumed;
	if (sane)
		q->peer_consumed = consumed;
	else if (!q->peer_insane)
		q->complaint = COMPLAINT_RING_INDEX;
	q->peer_insane = !sane;
}

uint8_t *hostq_slot(struct hostq *q)
{
	if (q->produced - q->peer_consumed >= HOSTQ_SLOTS)
		update_peer_consumed(q);
	if (q->produced - q->peer_consumed >= HOSTQ_SLOTS) {
		q->full++;
		q->own->statistics.rx_queue_full++;
		return NULL;
	}
	return q->out_slots + (size_t)(q->produced % HOSTQ_SLOTS) * HOSTQ_SLOT_BYTES;
}

void hostq_put(struct hostq *q, uint16_t length_bytes, uint16_t interface)
{
	struct netq_rx_desc *desc = &q->own->rx[q->produced % NETQ_RX_SLOTS];

	desc->offset = q->produced % HOSTQ_SLOTS * HOSTQ_SLOT_BYTES;
	desc->length_bytes = length_bytes;
	desc->interface = interface;
	q->produced++;
	q->own->statistics.rx_frames++;
	q->own->statistics.rx_bytes += length_bytes;
}

bool hostq_flush(struct hostq *q)
{
	uint32_t before = q->published;

	if (before == q->produced)
		return false;
	q->published = q->produced;
	netq_store(&q->own->rx_produced, q->produced);
	netq_barrier();
	return netq_wakes(before, q->produced, netq_load(&q->peer->rx_wake));
}

static bool incoming(struct hostq *q)
{
	uint32_t filled = netq_load(&q->peer->tx_produced);

	if (filled - q->consumed <= NETQ_TX_SLOTS)
		return filled != q->consumed;
	/* Which packets it means cannot be known: skip them all and start afresh. */
	q->complaint = COMPLAINT_RING_INDEX;
	q->consumed = filled;
	netq_store(&q->own->tx_consumed, filled);
	return false;
}

bool hostq_take(struct hostq *q, struct hostq_packet *packet)
{
	/* Bounded: each turn that does not return has consumed one of NETQ_TX_SLOTS. */
	while (incoming(q)) {
		uint32_t index = q->consumed % NETQ_TX_SLOTS;
		const volatile struct netq_tx_desc *desc = &q->peer->tx[index];
		packet->length_bytes = desc->length_bytes;
		packet->interface = desc->interface;
		packet->bytes = q->in_slots + (size_t)index * NETQ_TX_SLOT_BYTES;
		if (packet->length_bytes >= HOSTQ_PACKET_MIN &&
		    packet->length_bytes <= NETQ_TX_SLOT_BYTES &&
		    packet->interface < HOSTQ_INTERFACES)
			return true;
		q->malformed++;
		q->own->statistics.tx_errors++;
		q->complaint = COMPLAINT_RING_BUFFER;
		hostq_release(q);
	}
	return false;
}

void hostq_release(struct hostq *q)
{
	q->own->statistics.tx_frames++;
	q->consumed++;
	netq_store(&q->own->tx_consumed, q->consumed);
}

void hostq_skip(struct hostq *q)
{
	q->consumed = netq_load(&q->peer->tx_produced);
	netq_store(&q->own->tx_consumed, q->consumed);
}

bool hostq_arm(struct hostq *q)
{
	netq_store(&q->own->tx_wake, q->consumed);
	netq_barrier();
	return !incoming(q);
}
