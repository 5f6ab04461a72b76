/*
 * Two transmit buffers in the card's memory, used in turn: one is filled while
 * the other is sent. Index i of the queue lies in buffer (i - tx_base) % 2.
 *
 * Interrupts for completed frames are only on while some are left in flight at
 * the end of a pass.
 */
#include "drivers/net/ne2k/ne2k.h"
#include "drivers/net/ne2k/registers.h"

#define ROUNDS_MAX 32u /* of one frame, before the receiver gets its turn */
#define TX_EVENTS  (ISR_PTX | ISR_TXE)

void transmitter_init(struct nic *nic)
{
	ne2k.tx_base = nic->txq.submitted;
	ne2k.transmitting = false;
}

static uint8_t page_of(uint32_t index)
{
	return (uint8_t)(MEMORY_START + (index - ne2k.tx_base) % TX_BUFFERS * TX_BUFFER_PAGES);
}

static void transmission_ended(struct nic *nic, uint32_t events, uint32_t how)
{
	if ((events & TX_EVENTS) == 0)
		return;
	ne2k.transmitting = false;
	tx_queue_complete(&nic->txq, (how & TSR_PTX) != 0);
}

static bool transmission_start(struct nic *nic)
{
	struct tx_frame frame = tx_queue_frame(&nic->txq, nic->txq.consumed);
	const struct port_access *events, *how;
	struct io io;

	/* The length was checked when it was loaded; it may have been changed since. */
	if (frame.length_bytes < TX_FRAME_MIN || frame.length_bytes > NETQ_FRAME_MAX)
		frame.length_bytes = TX_FRAME_MIN;
	io_begin(&io, nic->base);
	io_write(&io, NE_ISR, 1, TX_EVENTS);
	io_write(&io, NE_TPSR, 1, page_of(nic->txq.consumed));
	io_write(&io, NE_TBCR0, 1, frame.length_bytes & 0xffu);
	io_write(&io, NE_TBCR0 + 1, 1, (uint32_t)frame.length_bytes >> 8);
	io_write(&io, NE_CR, 1, CR_RUN | CR_TXP);
	events = io_read(&io, NE_ISR, 1);
	how = io_read(&io, NE_TSR, 1);
	if (!io_run(&io))
		return false;
	ne2k.transmitting = true;
	transmission_ended(nic, events->value, how->value);
	return true;
}

static bool transmission_look(struct nic *nic)
{
	const struct port_access *events, *how;
	struct io io;

	io_begin(&io, nic->base);
	events = io_read(&io, NE_ISR, 1);
	how = io_read(&io, NE_TSR, 1);
	if (!io_run(&io) || events->value == ISR_ABSENT)
		return false;
	transmission_ended(nic, events->value, how->value);
	return true;
}

static bool frame_load(struct nic *nic, const struct tx_frame *frame)
{
	unsigned unit = ne2k.data_width;
	unsigned bytes = (frame->length_bytes + unit - 1) / unit * unit;
	uint16_t address = (uint16_t)(page_of(nic->txq.submitted) * PAGE_BYTES_CARD);

	if (!remote_write(nic, address, unit, nic->tx + frame->offset, bytes))
		return false;
	tx_queue_submit(&nic->txq);
	return true;
}

/* False: the kernel refused something. */
static bool interrupts_set(struct nic *nic)
{
	uint8_t wanted = ne2k.interrupts & (uint8_t)~TX_EVENTS;

	if (ne2k.transmitting)
		wanted |= TX_EVENTS;
	if (wanted == ne2k.interrupts)
		return true;
	ne2k.interrupts = wanted;
	return port_write((uint16_t)(nic->base + NE_IMR), 1, wanted) == OK;
}

/* One step of sending. 0: nothing can be done now; NIC_SOON: done, go on. */
static unsigned step(struct nic *nic, bool look)
{
	struct tx_queue *queue = &nic->txq;
	struct tx_frame frame;

	if (ne2k.transmitting && look && !transmission_look(nic))
		return NIC_BROKEN;
	if (!ne2k.transmitting && tx_queue_in_flight(queue) != 0)
		return transmission_start(nic) ? NIC_SOON : NIC_BROKEN;
	if (tx_queue_in_flight(queue) < TX_BUFFERS && tx_queue_next(queue, &frame))
		return frame_load(nic, &frame) ? NIC_SOON : NIC_BROKEN;
	return 0;
}

unsigned transmitter_submit(struct nic *nic)
{
	unsigned result = NIC_SOON;

	if (ne2k.state != NE2K_RUNNING)
		return 0;
	for (unsigned round = 0; round < 2 * ROUNDS_MAX && result == NIC_SOON; round++) {
		bool look = round % 4 == 0;

		if (look)
			service_breathe_if_long(); /* each port is a wait, where it is emulated */
		result = step(nic, look);
	}
	if (result == 0 && ne2k.transmitting)
		result = transmission_look(nic) ? 0 : NIC_BROKEN;
	return interrupts_set(nic) ? result : NIC_BROKEN;
}
