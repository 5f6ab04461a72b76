/*
 * Four transmit descriptors, used in turn. Each is pointed at the frame where it
 * lies in portN.tx, which the firewall leaves alone until it is consumed.
 *
 * Index i of the queue is always sent by descriptor (i - tx_base) % 4, and the
 * device remembers the address it was given: so the next life can tell which
 * frames had been handed over, and the device which of them are sent.
 *
 * Interrupts for completed frames are only on while some are left in flight at
 * the end of a pass.
 */
#include "drivers/net/io.h"
#include "drivers/net/rtl8139/registers.h"
#include "drivers/net/rtl8139/rtl8139.h"

#define ROUNDS_MAX 16u /* of four frames, before the receiver gets its turn */
#define TX_EVENTS  (INT_TOK | INT_TER)

static unsigned descriptor_of(uint32_t index)
{
	return (index - rtl8139.tx_base) % RTL_TX_DESCRIPTORS;
}

bool transmitter_init(struct nic *nic)
{
	struct io io;

	rtl8139.tx_base = nic->txq.submitted;
	rtl8139.tx_skipped = nic->txq.skipped;
	io_begin(&io, nic->base);
	/* No frame's address, so that the next life does not take a frame for handed over. */
	for (unsigned i = 0; i < RTL_TX_DESCRIPTORS; i++)
		io_write(&io, RTL_TSAD0 + 4 * i, 4, nic->rx_physical);
	return io_run(&io);
}

/* One descriptor's bits of the summary, shifted down by its number. */
enum ended { ENDED_OWN = 0x1, ENDED_ABORTED = 0x10, ENDED_UNDERRUN = 0x100, ENDED_OK = 0x1000 };

/*
 * Completes, oldest first, what the summary of descriptors says is done. OWN
 * alone says only that the frame is in the FIFO. After an underrun the chip has
 * sent it again by itself [5.2]. False: 16 collisions, the chip stands still.
 */
static bool completed_take(struct nic *nic, uint32_t summary)
{
	struct tx_queue *queue = &nic->txq;

	while (tx_queue_in_flight(queue) != 0) {
		unsigned ended = summary >> descriptor_of(queue->consumed);
		bool aborted = (ended & ENDED_ABORTED) != 0;

		if (!aborted &&
		    ((ended & ENDED_OWN) == 0 || (ended & (ENDED_OK | ENDED_UNDERRUN)) == 0))
			return true;
		tx_queue_complete(queue, !aborted);
		if (aborted)
			return false;
	}
	return true;
}

bool transmitter_adopt(struct nic *nic)
{
	const struct port_access *address[RTL_TX_DESCRIPTORS], *summary;
	struct tx_queue *queue = &nic->txq;
	struct io io;

	(void)tx_queue_refresh(queue);
	io_begin(&io, nic->base);
	for (unsigned i = 0; i < RTL_TX_DESCRIPTORS; i++)
		address[i] = io_read(&io, RTL_TSAD0 + 4 * i, 4);
	summary = io_read(&io, RTL_TSAD_ALL, 2);
	if (!io_run(&io))
		return false;
	for (unsigned i = 0; i < RTL_TX_DESCRIPTORS && queue->submitted != queue->produced; i++) {
		struct tx_frame frame = tx_queue_frame(queue, queue->submitted);

		if (address[descriptor_of(queue->submitted)]->value !=
		    nic->tx_physical + frame.offset)
			break;
		tx_queue_submit(queue);
	}
	return completed_take(nic, summary->value);
}

/* A frame that is dropped takes no descriptor. It is dropped only when nothing is in flight. */
static void skipped_follow(struct nic *nic)
{
	uint32_t skipped = nic->txq.skipped - rtl8139.tx_skipped;

	if (skipped == 0)
		return;
	rtl8139.tx_base += skipped;
	rtl8139.tx_skipped = nic->txq.skipped;
	rtl8139_note(nic);
}

/* Adds what there is to send and has a descriptor free; how many frames. */
static unsigned frames_add(struct nic *nic, struct io *io)
{
	struct tx_queue *queue = &nic->txq;
	unsigned added = 0;
	struct tx_frame frame;

	while (tx_queue_in_flight(queue) < RTL_TX_DESCRIPTORS && tx_queue_next(queue, &frame)) {
		unsigned descriptor;

		skipped_follow(nic);
		descriptor = descriptor_of(queue->submitted);
		io_write(io, RTL_TSAD0 + 4 * descriptor, 4, nic->tx_physical + frame.offset);
		io_write(io, RTL_TSD0 + 4 * descriptor, 4, TSD_THRESHOLD | frame.length_bytes);
		tx_queue_submit(queue);
		added++;
	}
	return added;
}

/* The last look of a pass: what is still in flight has to interrupt when it is done. */
static unsigned flight_watch(struct nic *nic)
{
	bool flying = tx_queue_in_flight(&nic->txq) != 0;
	uint16_t silent = rtl8139.interrupts & (uint16_t)~TX_EVENTS;
	uint16_t wanted = flying ? silent | TX_EVENTS : silent;
	const struct port_access *summary;
	struct io io;

	if (!flying && wanted == rtl8139.interrupts)
		return 0;
	io_begin(&io, nic->base);
	/* Taken back before we look: what is done later interrupts. */
	io_write(&io, RTL_ISR, 2, TX_EVENTS);
	summary = io_read(&io, RTL_TSAD_ALL, 2);
	if (wanted != rtl8139.interrupts)
		io_write(&io, RTL_IMR, 2, wanted);
	rtl8139.interrupts = wanted;
	return io_run(&io) && completed_take(nic, summary->value) ? 0 : NIC_BROKEN;
}

/* As many as there are descriptors for; true if that changed anything. */
static bool frames_submit(struct nic *nic, unsigned *failure)
{
	const struct port_access *summary;
	struct io io;

	io_begin(&io, nic->base);
	if (frames_add(nic, &io) == 0)
		return false;
	summary = io_read(&io, RTL_TSAD_ALL, 2);
	if (!io_run(&io) || !completed_take(nic, summary->value))
		*failure = NIC_BROKEN;
	return true;
}

unsigned transmitter_submit(struct nic *nic)
{
	struct tx_queue *queue = &nic->txq;
	unsigned failure = 0;

	for (unsigned round = 0; round < ROUNDS_MAX && failure == 0; round++) {
		uint32_t consumed = queue->consumed;

		service_breathe_if_long(); /* each port is a wait, where it is emulated */
		if (frames_submit(nic, &failure))
			continue;
		failure = flight_watch(nic);
		if (consumed == queue->consumed || queue->submitted == queue->produced)
			return failure;
	}
	return failure != 0 ? failure : NIC_SOON;
}
