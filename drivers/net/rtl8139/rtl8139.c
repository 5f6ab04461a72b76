/* Setting the RTL8139 up, taking it over, its events, link and receive mode. */
#include "drivers/net/rtl8139/rtl8139.h"

#include "drivers/net/io.h"
#include "drivers/net/notes.h"
#include "drivers/net/rtl8139/registers.h"

#include <string.h>

#define RX_EVENTS   (INT_ROK | INT_RER)
#define RARE_EVENTS (INT_RXOVW | INT_LINK | INT_FOVW | INT_SERR)
/*
 * A full ring does not interrupt: what fills it has, and we look at it again and again until the
 * firewall has read half of it. QEMU drops frames only if someone wants that interrupt, and keeps
 * them in the host's queue if not, so that a death in front of a flood loses none.
 */
#define INTERRUPTS    ((RX_EVENTS | RARE_EVENTS) & ~INT_RXOVW)
#define RELEASE_BYTES 4096u /* less is not worth telling the device, unless it has run out */
#define OVERFLOWS_MAX 8u    /* with an empty ring: the receiver will not recover by itself */

#define RCR_FIXED (RCR_WRAP | RCR_MXDMA | RCR_RBLEN_32K | RCR_RXFTH_WHOLE)

struct rtl8139 rtl8139;

enum fact { FACT_BASE, FACT_RX_PHYSICAL, FACT_TX_PHYSICAL, FACT_RX_EPOCH, FACT_TX_BASE };

static uint32_t mode_bits(const struct nic *nic)
{
	uint32_t bits = RCR_APM | RCR_AB | RCR_AM;

	return nic->mode.promiscuous ? bits | RCR_AAP : bits;
}

static uint32_t filter_word(const struct nic *nic, unsigned word)
{
	uint32_t value;

	if (nic->mode.promiscuous)
		return UINT32_MAX;
	memcpy(&value, nic->mode.filter + 4 * word, sizeof value);
	return value;
}

static void filter_write(struct nic *nic, struct io *io)
{
	io_write(io, RTL_MAR0, 4, filter_word(nic, 0));
	io_write(io, RTL_MAR0 + 4, 4, filter_word(nic, 1));
}

/* --- Set-up ---------------------------------------------------------------------- */

/* Bounded by RESET_US. */
static bool device_reset(struct nic *nic)
{
	uint16_t command = (uint16_t)(nic->base + RTL_CR);
	uint64_t end_us = time_us() + RESET_US;
	uint32_t value = CR_RST;

	if (port_write(command, 1, CR_RST) != OK)
		return false;
	do {
		if (port_read(command, 1, &value) != OK)
			return false;
		if ((value & CR_RST) == 0)
			return true;
	} while (time_us() < end_us);
	return false;
}

/* MAC and model. False: no station has such an address. */
static bool device_identify(struct nic *nic)
{
	const struct port_access *low, *high, *version;
	struct io io;
	uint8_t mac[8];

	io_begin(&io, nic->base);
	low = io_read(&io, RTL_IDR0, 4);
	high = io_read(&io, RTL_IDR0 + 4, 4);
	version = io_read(&io, RTL_TCR, 4);
	if (!io_run(&io))
		return false;
	memcpy(mac, &low->value, 4);
	memcpy(mac + 4, &high->value, 4);
	if ((mac[0] & 1u) != 0 || (low->value == 0 && (high->value & 0xffffu) == 0))
		return false;
	memcpy(nic->own->mac, mac, sizeof nic->own->mac);
	strcpy(nic->own->model,
	       (version->value & TCR_VERSION) == TCR_8139CP ? "RTL8139C+" : "RTL8139");
	return true;
}

/*
 * The ring's place comes before the receiver is on, or the device would write to
 * address 0; the configuration registers only take effect when it is [5.9, 5.10].
 */
static bool device_configure(struct nic *nic)
{
	struct io io;

	rtl8139.interrupts = INTERRUPTS;
	io_begin(&io, nic->base);
	io_write(&io, RTL_RBSTART, 4, nic->rx_physical);
	io_write(&io, RTL_RCR, 4, RCR_FIXED);
	io_write(&io, RTL_CR, 1, CR_RE | CR_TE);
	io_write(&io, RTL_TCR, 4, TCR_IFG | TCR_MXDMA);
	io_write(&io, RTL_RCR, 4, RCR_FIXED);
	io_write(&io, RTL_CAPR, 2, (0u - CAPR_LEAD) & 0xffffu);
	io_write(&io, RTL_MPC, 4, 0);
	io_write(&io, RTL_MULINT, 2, 0);
	filter_write(nic, &io);
	io_write(&io, RTL_ISR, 2, 0xffffu);
	io_write(&io, RTL_IMR, 2, rtl8139.interrupts);
	io_write(&io, RTL_RCR, 4, RCR_FIXED | mode_bits(nic));
	return io_run(&io);
}

void rtl8139_note(struct nic *nic)
{
	uint32_t facts[NOTES_FACTS] = { 0 };

	facts[FACT_BASE] = nic->base;
	facts[FACT_RX_PHYSICAL] = nic->rx_physical;
	facts[FACT_TX_PHYSICAL] = nic->tx_physical;
	facts[FACT_RX_EPOCH] = rtl8139.rx_epoch;
	facts[FACT_TX_BASE] = rtl8139.tx_base;
	notes_write(nic->own, facts);
}

/* Is the device as we set it up? With where it is told to read and write its ring. */
static bool registers_hold(struct nic *nic, uint32_t *read_position, uint32_t *write_position)
{
	const struct port_access *start, *command, *read, *write, *mode, *events, *mac[2];
	struct io io;

	io_begin(&io, nic->base);
	mac[0] = io_read(&io, RTL_IDR0, 4);
	mac[1] = io_read(&io, RTL_IDR0 + 4, 4);
	start = io_read(&io, RTL_RBSTART, 4);
	command = io_read(&io, RTL_CR, 1);
	read = io_read(&io, RTL_CAPR, 2);
	write = io_read(&io, RTL_CBR, 2);
	mode = io_read(&io, RTL_RCR, 4);
	events = io_read(&io, RTL_ISR, 2);
	if (!io_run(&io) || events->value == ISR_ABSENT || (events->value & INT_SERR) != 0)
		return false;
	if (start->value != nic->rx_physical || mode->value != (RCR_FIXED | mode_bits(nic)) ||
	    memcmp(&mac[0]->value, nic->own->mac, 4) != 0 ||
	    memcmp(&mac[1]->value, nic->own->mac + 4, 2) != 0)
		return false;
	*read_position = (read->value + CAPR_LEAD) & (RING_BYTES - 1);
	*write_position = write->value;
	return (command->value & (CR_RE | CR_TE | CR_RST)) == (CR_RE | CR_TE);
}

static enum status rtl8139_setup(struct nic *nic)
{
	uint32_t read_position, write_position;

	notes_forget(nic->own);
	if (!device_reset(nic) || !device_identify(nic))
		return E_DEVICE;
	ring_init(nic);
	if (!transmitter_init(nic) || !device_configure(nic))
		return E_DEVICE;
	rtl8139_note(nic);
	rtl8139.readable = registers_hold(nic, &read_position, &write_position);
	return OK;
}

/* --- Taking over ------------------------------------------------------------------ */

static bool facts_hold(const struct nic *nic, const uint32_t facts[NOTES_FACTS])
{
	return facts[FACT_BASE] == nic->base && facts[FACT_RX_PHYSICAL] == nic->rx_physical &&
	       facts[FACT_TX_PHYSICAL] == nic->tx_physical;
}

/* Interrupts and filter again; CAPR too, as a full ring only moves on when it is written. */
static bool device_resume(struct nic *nic)
{
	struct io io;

	rtl8139.interrupts = INTERRUPTS;
	rtl8139.rx_released = ring_release_position(nic);
	io_begin(&io, nic->base);
	filter_write(nic, &io);
	io_write(&io, RTL_CAPR, 2, (rtl8139.rx_released - CAPR_LEAD) & 0xffffu);
	io_write(&io, RTL_IMR, 2, rtl8139.interrupts);
	return io_run(&io);
}

static bool rtl8139_adopt(struct nic *nic)
{
	uint32_t facts[NOTES_FACTS], read_position, write_position;

	if (!notes_read(nic->own, facts) || !facts_hold(nic, facts))
		return false;
	rtl8139.rx_epoch = facts[FACT_RX_EPOCH];
	rtl8139.tx_base = facts[FACT_TX_BASE];
	rtl8139.tx_skipped = nic->txq.skipped;
	rtl8139.readable = registers_hold(nic, &read_position, &write_position);
	return rtl8139.readable && ring_adopt(nic, read_position, write_position) &&
	       transmitter_adopt(nic) && device_resume(nic);
}

/* --- Events ------------------------------------------------------------------------ */

/* Overflows while the firewall is behind are no wonder; with an empty ring they are. */
static unsigned overflow_serve(struct nic *nic)
{
	bool empty =
		rtl8139.rx_position == rtl8139.rx_end && rtl8139.rx_released == rtl8139.rx_position;

	nic->own->statistics.rx_overflow++;
	rtl8139.rx_short = true;
	rtl8139.overflows = empty ? rtl8139.overflows + 1 : 0;
	return rtl8139.overflows >= OVERFLOWS_MAX ? NIC_BROKEN : NIC_SOON;
}

static unsigned rare_events_serve(struct nic *nic, uint32_t events)
{
	unsigned result = 0;

	if (port_write((uint16_t)(nic->base + RTL_ISR), 2, events & RARE_EVENTS) != OK)
		return NIC_BROKEN;
	if ((events & (INT_RXOVW | INT_FOVW)) != 0)
		result |= overflow_serve(nic);
	if ((events & INT_LINK) != 0)
		result |= NIC_LINK;
	if ((events & INT_SERR) != 0)
		result |= NIC_BROKEN;
	return result;
}

/*
 * The common events are taken back before CBR is read, so that a frame that
 * arrives behind it interrupts; the rare ones only once they have been seen.
 */
static unsigned rtl8139_handle_irq(struct nic *nic)
{
	uint32_t release = ring_release_position(nic);
	const struct port_access *events, *end;
	struct io io;

	if (((release - rtl8139.rx_released) & (RING_BYTES - 1)) <
	    (rtl8139.rx_short ? 1 : RELEASE_BYTES))
		release = rtl8139.rx_released;
	io_begin(&io, nic->base);
	if (release != rtl8139.rx_released)
		io_write(&io, RTL_CAPR, 2, (release - CAPR_LEAD) & 0xffffu);
	events = io_read(&io, RTL_ISR, 2);
	io_write(&io, RTL_ISR, 2, RX_EVENTS | INT_TOK | INT_TER);
	end = io_read(&io, RTL_CBR, 2);
	if (!io_run(&io))
		return NIC_BROKEN;
	if (events->value == ISR_ABSENT)
		return NIC_GONE;
	if (release != rtl8139.rx_released)
		rtl8139.rx_short = false;
	rtl8139.rx_released = release;
	if (end->value >= RING_BYTES || (end->value & 3u) != 0)
		return NIC_BROKEN;
	rtl8139.rx_end = end->value;
	return (events->value & RARE_EVENTS) != 0 ? rare_events_serve(nic, events->value) : 0;
}

static enum netq_link rtl8139_link_read(struct nic *nic, uint32_t *speed_mbit)
{
	uint32_t media;

	if (port_read((uint16_t)(nic->base + RTL_MSR), 1, &media) != OK || media == MSR_ABSENT)
		return NETQ_LINK_UNKNOWN;
	*speed_mbit = (media & MSR_SPEED_10) != 0 ? 10 : 100;
	return (media & MSR_LINK_DOWN) != 0 ? NETQ_LINK_DOWN : NETQ_LINK_UP;
}

/* The filter can change at any time; writing RCR restarts the ring on some of these chips. */
static bool rtl8139_mode_set(struct nic *nic)
{
	const struct port_access *mode;
	struct io io;

	io_begin(&io, nic->base);
	mode = io_read(&io, RTL_RCR, 4);
	filter_write(nic, &io);
	return io_run(&io) && mode->value == (RCR_FIXED | mode_bits(nic));
}

/* A chip whose registers did not read as written from the start is not judged by them. */
static bool rtl8139_holds(struct nic *nic)
{
	uint32_t read_position, write_position;
	struct io io;

	if (rtl8139.readable && (!registers_hold(nic, &read_position, &write_position) ||
				 read_position != rtl8139.rx_released))
		return false;
	io_begin(&io, nic->base);
	filter_write(nic, &io);
	io_write(&io, RTL_IMR, 2, rtl8139.interrupts);
	return io_run(&io);
}

const struct nic_ops rtl8139_ops = {
	.name = "RTL8139",
	.rx_batch = 64,
	.adopt = rtl8139_adopt,
	.setup = rtl8139_setup,
	.handle_irq = rtl8139_handle_irq,
	.rx_take = ring_take,
	.tx_submit = transmitter_submit,
	.link_read = rtl8139_link_read,
	.mode_set = rtl8139_mode_set,
	.holds = rtl8139_holds,
};
