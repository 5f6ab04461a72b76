/*
 * Setting the NE2000 up, taking it over, its events and receive mode.
 *
 * When the ring overflows, the chip has to be stopped, emptied and started in a
 * certain order, or it may lock up [DP8390D, 11.0]:
 *
 *	running --(ISR_OVW)--> stopped --(1.6 ms)--> loopback --(frames taken)--> running
 *
 * A transmission that was cut off by it is started again at the end.
 */
#include "drivers/net/ne2k/ne2k.h"

#include "drivers/net/ne2k/registers.h"
#include "drivers/net/notes.h"

#include <string.h>

#define RX_EVENTS (ISR_PRX | ISR_RXE | ISR_OVW | ISR_CNT)

struct ne2k ne2k;

enum fact { FACT_BASE, FACT_RX_STOP, FACT_DATA_WIDTH };

static uint8_t mode_bits(const struct nic *nic)
{
	return nic->mode.promiscuous ? RCR_AB | RCR_AM | RCR_PRO : RCR_AB | RCR_AM;
}

/* On page 1. */
static void filter_write(struct nic *nic, struct io *io)
{
	for (unsigned i = 0; i < MULTICAST_FILTER_BYTES; i++)
		io_write(io, NE_MAR0 + i, 1, nic->mode.promiscuous ? 0xffu : nic->mode.filter[i]);
}

/* --- Set-up ---------------------------------------------------------------------- */

/* Bounded by RESET_US. */
static bool card_reset(struct nic *nic)
{
	uint16_t port = (uint16_t)(nic->base + NE_RESET);
	uint64_t end_us = time_us() + RESET_US;
	uint32_t value;

	if (port_read(port, 1, &value) != OK || port_write(port, 1, value) != OK)
		return false;
	do {
		if (port_read((uint16_t)(nic->base + NE_ISR), 1, &value) != OK)
			return false;
		if ((value & ISR_RST) != 0)
			return value != ISR_ABSENT;
	} while (time_us() < end_us);
	return false;
}

/* Nothing received, nothing sent, words. */
static bool card_quiet(struct nic *nic)
{
	struct io io;

	io_begin(&io, nic->base);
	io_write(&io, NE_CR, 1, CR_STOP);
	io_write(&io, NE_DCR, 1, DCR_WORDS);
	io_write(&io, NE_RBCR0, 1, 0);
	io_write(&io, NE_RBCR0 + 1, 1, 0);
	io_write(&io, NE_RCR, 1, RCR_MON);
	io_write(&io, NE_TCR, 1, TCR_LOOP);
	io_write(&io, NE_IMR, 1, 0);
	io_write(&io, NE_ISR, 1, 0xffu);
	return io_run(&io);
}

/* MAC and model. False: no station has such an address. */
static bool card_identify(struct nic *nic)
{
	uint16_t prom[PROM_WORDS];
	uint8_t any = 0;

	if (!remote_read(nic, 0, 2, prom, sizeof prom))
		return false;
	for (unsigned i = 0; i < sizeof nic->own->mac; i++) {
		nic->own->mac[i] = (uint8_t)prom[i];
		any |= nic->own->mac[i];
	}
	strcpy(nic->own->model, nic->isa ? "NE2000 ISA" : "NE2000 PCI");
	return any != 0 && (nic->own->mac[0] & 1u) == 0;
}

static bool card_configure(struct nic *nic)
{
	struct io io;

	ne2k.interrupts = RX_EVENTS;
	io_begin(&io, nic->base);
	io_write(&io, NE_CR, 1, CR_STOP);
	io_write(&io, NE_PSTART, 1, RING_START);
	io_write(&io, NE_PSTOP, 1, ne2k.rx_stop);
	io_write(&io, NE_BNRY, 1, ne2k.rx_boundary);
	io_write(&io, NE_ISR, 1, 0xffu);
	io_write(&io, NE_CR, 1, CR_STOP | CR_PAGE1);
	for (unsigned i = 0; i < sizeof nic->own->mac; i++)
		io_write(&io, NE_PAR0 + i, 1, nic->own->mac[i]);
	io_write(&io, NE_CURR, 1, ne2k.rx_current);
	filter_write(nic, &io);
	io_write(&io, NE_CR, 1, CR_RUN);
	io_write(&io, NE_TCR, 1, 0);
	io_write(&io, NE_RCR, 1, mode_bits(nic));
	io_write(&io, NE_IMR, 1, ne2k.interrupts);
	return io_run(&io);
}

/* Is the card as we set it up? With the ring's boundary, and the page it writes next. */
static bool registers_hold(struct nic *nic, uint8_t *boundary_page, uint8_t *current_page)
{
	const struct port_access *boundary, *current, *start, *stop, *mac[6];
	struct io io;

	io_begin(&io, nic->base);
	io_write(&io, NE_CR, 1, CR_RUN);
	boundary = io_read(&io, NE_BNRY, 1);
	io_write(&io, NE_CR, 1, CR_RUN | CR_PAGE1);
	current = io_read(&io, NE_CURR, 1);
	for (unsigned i = 0; i < 6; i++)
		mac[i] = io_read(&io, NE_PAR0 + i, 1);
	io_write(&io, NE_CR, 1, CR_RUN | CR_PAGE2);
	start = io_read(&io, NE_PSTART_READ, 1);
	stop = io_read(&io, NE_PSTOP_READ, 1);
	io_write(&io, NE_CR, 1, CR_RUN);
	if (!io_run(&io) || start->value != RING_START || stop->value != ne2k.rx_stop)
		return false;
	for (unsigned i = 0; i < 6; i++)
		if (mac[i]->value != nic->own->mac[i])
			return false;
	*boundary_page = (uint8_t)boundary->value;
	*current_page = (uint8_t)current->value;
	return true;
}

static enum status ne2k_setup(struct nic *nic)
{
	uint32_t facts[NOTES_FACTS] = { 0 };
	uint8_t boundary, current;

	notes_forget(nic->own);
	memset(&ne2k, 0, sizeof ne2k);
	ne2k.rx_stop = MEMORY_END_16K;
	ne2k.data_width = 2;
	ring_init(nic);
	transmitter_init(nic);
	if (!card_reset(nic) || !card_quiet(nic) || !card_identify(nic) || !remote_explore(nic) ||
	    !card_configure(nic))
		return E_DEVICE;
	facts[FACT_BASE] = nic->base;
	facts[FACT_RX_STOP] = ne2k.rx_stop;
	facts[FACT_DATA_WIDTH] = ne2k.data_width;
	notes_write(nic->own, facts);
	ne2k.readable = registers_hold(nic, &boundary, &current);
	return OK;
}

/* --- Taking over ------------------------------------------------------------------ */

/* A frame that our former life was sending may take that long: 1518 bytes at 10 Mbit/s, twice. */
#define TX_END_US 2500u

/* Bounded by TX_END_US. False: the card does not run, or does not end. */
static bool transmission_wait(struct nic *nic)
{
	uint64_t end_us = time_us() + TX_END_US;
	uint32_t command;

	do {
		if (port_read((uint16_t)(nic->base + NE_CR), 1, &command) != OK ||
		    (command & (CR_STP | CR_STA)) != CR_STA)
			return false;
		if ((command & CR_TXP) == 0)
			return true;
	} while (time_us() < end_us);
	return false;
}

/* Interrupts off and on again, so that one that is pending arrives as an edge. */
static bool card_resume(struct nic *nic)
{
	struct io io;

	ne2k.interrupts = RX_EVENTS;
	io_begin(&io, nic->base);
	io_write(&io, NE_CR, 1, CR_RUN | CR_PAGE1);
	filter_write(nic, &io);
	io_write(&io, NE_CR, 1, CR_RUN);
	io_write(&io, NE_DCR, 1, DCR_WORDS);
	io_write(&io, NE_TCR, 1, 0);
	io_write(&io, NE_RCR, 1, mode_bits(nic));
	io_write(&io, NE_IMR, 1, 0);
	io_write(&io, NE_IMR, 1, ne2k.interrupts);
	return io_run(&io);
}

static bool ne2k_adopt(struct nic *nic)
{
	uint32_t facts[NOTES_FACTS];
	uint8_t boundary, current;

	memset(&ne2k, 0, sizeof ne2k);
	if (!notes_read(nic->own, facts) || facts[FACT_BASE] != nic->base)
		return false;
	ne2k.rx_stop = (uint8_t)facts[FACT_RX_STOP];
	ne2k.data_width = (uint8_t)facts[FACT_DATA_WIDTH];
	transmitter_init(nic);
	ne2k.readable = transmission_wait(nic) && registers_hold(nic, &boundary, &current);
	return ne2k.readable && ring_adopt(nic, boundary, current) && card_resume(nic);
}

/* --- Events ------------------------------------------------------------------------ */

/* Steps 1 to 3 of the datasheet's recovery; the wait is done by coming back later. */
static unsigned overflow_begin(struct nic *nic, uint32_t command, uint32_t events)
{
	nic->own->statistics.rx_overflow++;
	ne2k.resend = (command & CR_TXP) != 0 && (events & (ISR_PTX | ISR_TXE)) == 0;
	ne2k.state = NE2K_STOPPED;
	if (port_write((uint16_t)(nic->base + NE_CR), 1, CR_STOP) != OK)
		return NIC_BROKEN;
	ne2k.stopped_until_us = time_us() + OVERFLOW_STOP_US;
	return NIC_SOON;
}

/* Steps 4 to 7: started where nothing can arrive, so that the ring can be emptied. */
static unsigned overflow_loopback(struct nic *nic)
{
	const struct port_access *current;
	struct io io;

	if (nic->now_us < ne2k.stopped_until_us)
		return NIC_SOON;
	io_begin(&io, nic->base);
	io_write(&io, NE_RBCR0, 1, 0);
	io_write(&io, NE_RBCR0 + 1, 1, 0);
	io_write(&io, NE_TCR, 1, TCR_LOOP);
	io_write(&io, NE_CR, 1, CR_RUN | CR_PAGE1);
	current = io_read(&io, NE_CURR, 1);
	io_write(&io, NE_CR, 1, CR_RUN);
	if (!io_run(&io))
		return NIC_BROKEN;
	ne2k.rx_current = (uint8_t)current->value;
	ne2k.state = NE2K_LOOPBACK;
	return NIC_SOON;
}

/* Steps 9 to 11. */
static bool overflow_end(struct nic *nic)
{
	struct io io;

	io_begin(&io, nic->base);
	io_write(&io, NE_ISR, 1, ISR_OVW);
	io_write(&io, NE_TCR, 1, 0);
	if (ne2k.resend)
		io_write(&io, NE_CR, 1, CR_RUN | CR_TXP);
	ne2k.resend = false;
	ne2k.state = NE2K_RUNNING;
	return io_run(&io);
}

/* Reading them clears them. */
static void counters_read(struct nic *nic)
{
	const struct port_access *damaged, *missed;
	struct io io;

	io_begin(&io, nic->base);
	damaged = io_read(&io, NE_CNTR1, 1);
	missed = io_read(&io, NE_CNTR2, 1);
	if (!io_run(&io))
		return;
	nic->own->statistics.rx_crc += damaged->value;
	nic->own->statistics.rx_overflow += missed->value;
}

/*
 * The common events are taken back before CURR is read, so that a frame that
 * arrives behind it interrupts. The mask goes off and on, as on ISA only an edge
 * interrupts, and an event that came meanwhile would make none.
 */
static unsigned ne2k_handle_irq(struct nic *nic)
{
	const struct port_access *command, *events, *current;
	struct io io;

	if (ne2k.state == NE2K_STOPPED)
		return overflow_loopback(nic);
	if (ne2k.state == NE2K_LOOPBACK && !overflow_end(nic))
		return NIC_BROKEN;
	io_begin(&io, nic->base);
	command = io_read(&io, NE_CR, 1);
	io_write(&io, NE_CR, 1, CR_RUN);
	io_write(&io, NE_IMR, 1, 0);
	events = io_read(&io, NE_ISR, 1);
	io_write(&io, NE_ISR, 1, ISR_PRX | ISR_RXE | ISR_CNT);
	io_write(&io, NE_CR, 1, CR_RUN | CR_PAGE1);
	current = io_read(&io, NE_CURR, 1);
	io_write(&io, NE_CR, 1, CR_RUN);
	io_write(&io, NE_IMR, 1, ne2k.interrupts);
	if (!io_run(&io))
		return NIC_BROKEN;
	if (events->value == ISR_ABSENT && current->value == ISR_ABSENT)
		return NIC_GONE;
	if ((command->value & CR_STP) != 0 || current->value < RING_START ||
	    current->value >= ne2k.rx_stop)
		return NIC_BROKEN;
	ne2k.rx_current = (uint8_t)current->value;
	if ((events->value & (ISR_RXE | ISR_CNT)) != 0)
		counters_read(nic);
	return (events->value & ISR_OVW) != 0 ? overflow_begin(nic, command->value, events->value)
					      : 0;
}

/* The DP8390 knows nothing of its link. */
static enum netq_link ne2k_link_read(struct nic *nic, uint32_t *speed_mbit)
{
	(void)nic;
	*speed_mbit = 10;
	return NETQ_LINK_UNKNOWN;
}

static bool ne2k_mode_set(struct nic *nic)
{
	struct io io;

	io_begin(&io, nic->base);
	io_write(&io, NE_CR, 1, CR_RUN | CR_PAGE1);
	filter_write(nic, &io);
	io_write(&io, NE_CR, 1, CR_RUN);
	io_write(&io, NE_RCR, 1, mode_bits(nic));
	return io_run(&io);
}

/*
 * What cannot be read is written again; not while the chip sends or is stopped,
 * as this could disturb it. A card without page 2 is not judged by it.
 */
static bool ne2k_holds(struct nic *nic)
{
	uint8_t boundary, current;

	if (ne2k.state != NE2K_RUNNING || ne2k.transmitting)
		return true;
	if (ne2k.readable &&
	    (!registers_hold(nic, &boundary, &current) || boundary != ne2k.rx_boundary))
		return false;
	return card_resume(nic);
}

const struct nic_ops ne2k_ops = {
	.name = "NE2000",
	.rx_batch = 8, /* the processor moves every byte */
	.adopt = ne2k_adopt,
	.setup = ne2k_setup,
	.handle_irq = ne2k_handle_irq,
	.rx_take = ring_take,
	.tx_submit = transmitter_submit,
	.link_read = ne2k_link_read,
	.mode_set = ne2k_mode_set,
	.holds = ne2k_holds,
};
