#include "drivers/net/nic.h"

#include "services/runtime/kernel.h"
#include "services/runtime/wish.h"

#include <string.h>

#define IRQ_INDEX 0u

/* --- Receive mode -------------------------------------------------------------- */

/* Copies what the firewall asks for; its count is checked, its addresses may be anything. */
static void mode_read(struct nic *nic)
{
	const struct netq_firewall *theirs = nic->theirs;
	uint32_t count;

	nic->mode.sequence = netq_load(&theirs->mode_sequence);
	nic->mode.promiscuous = __atomic_load_n(&theirs->promiscuous, __ATOMIC_RELAXED) != 0;
	count = __atomic_load_n(&theirs->multicast_count, __ATOMIC_RELAXED);
	memset(nic->mode.filter, 0, sizeof nic->mode.filter);
	for (uint32_t i = 0; i < count && i < NETQ_MULTICAST_MAX; i++) {
		uint8_t address[6];

		memcpy(address, theirs->multicast[i], sizeof address);
		multicast_filter_add(nic->mode.filter, address);
	}
}

static void restart_request(struct nic *nic)
{
	if (nic->restart_due)
		return;
	nic->restart_due = true;
	nic->restart_by_us = nic->now_us + NIC_DRAIN_US;
}

static void mode_refresh(struct nic *nic)
{
	if (netq_load(&nic->theirs->mode_sequence) == nic->mode.sequence)
		return;
	mode_read(nic);
	if (!nic->gone && !nic->ops->mode_set(nic))
		restart_request(nic);
}

static uint64_t earliest(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* --- Activity ------------------------------------------------------------------- */

static bool is_active(const struct nic *nic)
{
	return nic->now_us < nic->active_us + NIC_ACTIVE_US;
}

/* Likewise for link and registers, and together with them. */
static uint64_t next_link_us(const struct nic *nic)
{
	return service_rest_until_us(nic->now_us, is_active(nic) ? NIC_LINK_US : SERVICE_REST_US);
}

/*
 * The longer the pause, the longer until the next look, and in a pause all drivers look at the same
 * times. While frames come or go nothing is divided for it.
 */
static uint64_t next_look_us(const struct nic *nic)
{
	uint64_t pause_us = nic->now_us - nic->active_us;

	if (pause_us < NIC_WATCH_US)
		return nic->now_us + NIC_WATCH_US;
	if (pause_us < NIC_PAUSE_US)
		return service_rest_until_us(nic->now_us, NIC_PAUSE_US);
	return next_link_us(nic);
}

/* Frames came or went since the last pass, or are on their way. */
static void activity_note(struct nic *nic)
{
	uint32_t moved = nic->rxq.produced + nic->txq.submitted + nic->txq.consumed;

	if (moved == nic->moved && tx_queue_in_flight(&nic->txq) == 0 &&
	    rx_queue_outstanding(&nic->rxq) == 0)
		return;
	nic->moved = moved;
	nic->active_us = nic->now_us;
	nic->look_at_us = earliest(nic->look_at_us, nic->now_us + NIC_WATCH_US);
	if (nic->link_at_us > nic->now_us + NIC_LINK_US)
		nic->link_at_us = next_link_us(nic);
}

/* --- Link, and the device itself ----------------------------------------------- */

static void link_publish(struct nic *nic, enum netq_link link, uint32_t speed_mbit)
{
	bool changed = nic->own->link != (uint32_t)link;

	nic->own->speed_mbit = speed_mbit;
	nic->own->link = link;
	if (!changed)
		return;
	if (link == NETQ_LINK_UP)
		log_notice("link up, %u Mbit/s", (unsigned)speed_mbit);
	else if (link == NETQ_LINK_DOWN)
		log_notice("link down");
	service_notify(nic->rxq.firewall_slot);
}

static void link_refresh(struct nic *nic)
{
	uint32_t speed_mbit = 0;
	enum netq_link link = nic->ops->link_read(nic, &speed_mbit);

	nic->link_at_us = next_link_us(nic);
	link_publish(nic, link, speed_mbit);
}

static void device_lost(struct nic *nic, const char *why)
{
	if (!nic->gone)
		log_error("the %s is gone: %s", nic->ops->name, why);
	nic->gone = true;
	nic->restart_due = false;
	nic->look_at_us = nic->now_us + NIC_RETURN_US;
	link_publish(nic, NETQ_LINK_DOWN, 0);
}

/*
 * Nothing received since the last look: a quiet network, or a receiver that is
 * not as it was set up. What registers do not tell, the firewall finds
 * (netstack/firewall/silence.h).
 */
static void silence_check(struct nic *nic)
{
	uint64_t rx_frames = nic->own->statistics.rx_frames;
	bool silent = rx_frames == nic->rx_frames;

	nic->rx_frames = rx_frames;
	if (!silent || nic->gone || nic->restart_due || nic->ops->holds(nic))
		return;
	log_warning("the %s is not as it was set up: reset", nic->ops->name);
	restart_request(nic);
}

static void device_running(struct nic *nic)
{
	nic->gone = nic->restart_due = nic->rx_stopped = false;
	nic->tx_moved_us = nic->look_at_us = nic->active_us = nic->now_us;
	netq_store(&nic->own->ready, 1);
	link_refresh(nic);
}

static void device_setup(struct nic *nic)
{
	enum status status;

	tx_queue_rewind(&nic->txq);
	status = nic->ops->setup(nic);
	if (status == OK)
		device_running(nic);
	else
		device_lost(nic, status_text(status));
}

/*
 * A reset loses what lies unread in the device's ring, so it waits until the
 * firewall has read all, but no longer than NIC_DRAIN_US.
 */
static void device_restart_if_due(struct nic *nic)
{
	if (!nic->restart_due || nic->gone)
		return;
	if (rx_queue_outstanding(&nic->rxq) != 0 && nic->now_us < nic->restart_by_us)
		return;
	nic->own->statistics.device_resets++;
	device_setup(nic);
}

/* --- Receiving and sending ------------------------------------------------------ */

static void events_serve(struct nic *nic, unsigned events)
{
	if ((events & NIC_LINK) != 0)
		link_refresh(nic);
	if ((events & NIC_BROKEN) != 0)
		restart_request(nic);
	if ((events & NIC_SOON) != 0)
		nic->look_at_us = nic->now_us + NIC_HELD_US;
}

static void frames_take(struct nic *nic)
{
	if (nic->rx_stopped)
		return;
	switch (nic->ops->rx_take(nic, nic->ops->rx_batch)) {
	case NIC_RX_EMPTY: break;
	case NIC_RX_MORE: nic->look_at_us = nic->now_us; break;
	case NIC_RX_HELD: nic->look_at_us = nic->now_us + NIC_HELD_US; break;
	case NIC_RX_BROKEN:
		log_warning("the receive ring makes no sense: reset");
		nic->rx_stopped = true;
		restart_request(nic);
		break;
	}
	rx_queue_publish(&nic->rxq);
}

static void device_look(struct nic *nic)
{
	unsigned events;

	nic->look_at_us = next_look_us(nic);
	events = nic->ops->handle_irq(nic);
	if ((events & NIC_GONE) != 0) {
		device_lost(nic, "its registers read as ones");
		return;
	}
	events_serve(nic, events);
	frames_take(nic);
}

/* Frames in flight, and none completed for long: the transmitter hangs, or has no link. */
static void tx_stall_check(struct nic *nic, uint32_t consumed_before)
{
	if (tx_queue_in_flight(&nic->txq) == 0 || nic->txq.consumed != consumed_before)
		nic->tx_moved_us = nic->now_us;
	if (nic->now_us < nic->tx_moved_us + NIC_TX_TIMEOUT_US || nic->restart_due)
		return;
	nic->tx_moved_us = nic->now_us;
	link_refresh(nic);
	if (nic->own->link == NETQ_LINK_DOWN) {
		tx_queue_discard(&nic->txq);
	} else {
		nic->own->statistics.tx_timeouts++;
		log_warning("the transmitter hangs: reset");
	}
	restart_request(nic);
}

/* True: there is more to send at once. */
static bool frames_send(struct nic *nic)
{
	uint32_t consumed_before = nic->txq.consumed;
	unsigned result = 0;

	if (tx_queue_refresh(&nic->txq) || tx_queue_in_flight(&nic->txq) != 0)
		result = nic->ops->tx_submit(nic);
	if ((result & NIC_BROKEN) != 0)
		restart_request(nic);
	tx_stall_check(nic, consumed_before);
	if ((result & NIC_SOON) != 0)
		return true;
	/* Only who has handed over everything asks to be told of more. */
	return nic->txq.submitted == nic->txq.produced && tx_queue_arm(&nic->txq);
}

/* --- Life ------------------------------------------------------------------------ */

static void irq_acknowledge(struct nic *nic)
{
	if (!nic->irq_pending)
		return;
	nic->irq_pending = false;
	if (irq_ack(IRQ_INDEX) != OK)
		log_warning("the interrupt could not be acknowledged");
}

/* Nothing can be sent; what is still given to us must not wait for the device's return. */
static uint64_t gone_work(struct nic *nic)
{
	irq_acknowledge(nic);
	(void)tx_queue_refresh(&nic->txq);
	tx_queue_discard(&nic->txq);
	if (nic->now_us >= nic->look_at_us) {
		nic->look_at_us = nic->now_us + NIC_RETURN_US;
		device_setup(nic);
		if (!nic->gone)
			log_notice("the %s is back", nic->ops->name);
	}
	return nic->look_at_us;
}

static uint64_t deadline(const struct nic *nic)
{
	uint64_t next_us = earliest(nic->look_at_us, nic->link_at_us);
	if (tx_queue_in_flight(&nic->txq) != 0)
		next_us = earliest(next_us, nic->tx_moved_us + NIC_TX_TIMEOUT_US);
	if (nic->restart_due)
		next_us = earliest(next_us, nic->now_us + NIC_HELD_US);
	return next_us;
}

uint64_t nic_work(struct nic *nic, uint64_t now_us)
{
	bool more = false;

	nic->now_us = now_us;
	if (nic->gone)
		return gone_work(nic);
	rx_queue_refresh(&nic->rxq);
	mode_refresh(nic);
	/* Before its registers are judged, and perhaps written again. */
	if (nic->irq_pending || now_us >= nic->look_at_us || now_us >= nic->link_at_us)
		device_look(nic);
	if (!nic->gone && now_us >= nic->link_at_us) {
		link_refresh(nic);
		silence_check(nic);
	}
	if (!nic->gone && !nic->restart_due)
		more = frames_send(nic);
	device_restart_if_due(nic);
	irq_acknowledge(nic);
	activity_note(nic);
	return more ? now_us : deadline(nic);
}

void nic_interrupt(struct nic *nic)
{
	nic->irq_pending = true;
	nic->own->statistics.interrupts++;
}

static void regions_attach(struct nic *nic)
{
	uint32_t firewall = service_slot("firewall");

	nic->own = region("drv", sizeof *nic->own);
	nic->theirs = region("fw", sizeof *nic->theirs);
	nic->rx = region("rx", NETQ_RX_BYTES);
	nic->tx = region("tx", NETQ_TX_BYTES);
	nic->rx_physical = (uint32_t)region_find("rx")->physical;
	nic->tx_physical = (uint32_t)region_find("tx")->physical;
	rx_queue_attach(&nic->rxq, nic->own, nic->theirs, firewall);
	tx_queue_attach(&nic->txq, nic->own, nic->theirs, firewall);
}

void nic_start(struct nic *nic, const struct nic_ops *ops)
{
	const struct device_info *device = &service_info()->device;

	*nic = (struct nic){ .ops = ops, .base = device->port_base };
	nic->isa = device->bus == DEVICE_ISA;
	nic->now_us = time_us();
	regions_attach(nic);
	mode_read(nic);
	if (service_info()->restarted != 0 && netq_load(&nic->own->ready) == 1 &&
	    !wish_device_reset() && ops->adopt(nic)) {
		log_notice("carries on with the %s as it runs", ops->name);
		device_running(nic);
	} else {
		device_setup(nic);
	}
	if (irq_enable(IRQ_INDEX) != OK)
		log_error("no interrupt: the device is only looked at every %u ms",
			  NIC_WATCH_US / 1000u);
	/* Signals of the former life may have been lost with it. */
	service_notify(nic->rxq.firewall_slot);
}
