#include "netstack/firewall/fw_port.h"

#include "netstack/firewall/kill_packet.h"
#include "services/runtime/service.h"

#include <string.h>

/* --- What the other side says ------------------------------------------------------------ */

/* Frames received and not consumed; 0 if the index makes no sense. */
uint32_t fw_port_rx_filled(struct fw_port *port)
{
	uint32_t filled = netq_load(&port->regions.driver->rx_produced) - port->rx_consumed;

	if (filled <= NETQ_RX_SLOTS)
		return filled;
	fw_port_complain(port, COMPLAINT_RING_INDEX);
	return 0;
}

/* Has the transmit queue room? Looks at the other side's index only if it seems full. */
static bool port_tx_has_room(const struct fw_ports *ports, struct fw_port *port)
{
	uint32_t outstanding = port->tx_produced - port->tx_consumed;
	uint32_t consumed;

	if (outstanding < ports->tx_limit)
		return true;
	consumed = netq_load(&port->regions.driver->tx_consumed);
	if (consumed - port->tx_consumed > outstanding) {
		fw_port_complain(port, COMPLAINT_RING_INDEX);
		return false;
	}
	if (consumed != port->tx_consumed)
		port->tx_moved_ms = ports->fw->now_ms;
	port->tx_consumed = consumed;
	return port->tx_produced - consumed < ports->tx_limit;
}

/*
 * Does the next frame wait until the queue of this port drains? When a driver
 * dies or has used up its budget, its queue is full in a millisecond or two,
 * long before it is back; what waits in the receive ring meanwhile is not lost.
 * But only for FW_PORT_HOLD_MS each time the queue gets full: frames for other
 * ports wait behind, and a port that is slow, or gone, must not hold them up.
 */
static bool port_tx_holds(const struct fw_ports *ports, struct fw_port *port)
{
	if (!port->attached || port->link == NETQ_LINK_DOWN)
		return false;
	if (port_tx_has_room(ports, port)) {
		if (port->tx_produced - port->tx_consumed <= NETQ_TX_SLOTS / 2)
			port->tx_congested = false;
		return false;
	}
	if (!port->tx_congested) {
		port->tx_congested = true;
		port->tx_full_ms = ports->fw->now_ms;
	}
	return ports->fw->now_ms - port->tx_full_ms < FW_PORT_HOLD_MS;
}

static uint8_t *port_tx_slot(const struct fw_port *port)
{
	return port->regions.tx + (size_t)(port->tx_produced % NETQ_TX_SLOTS) * NETQ_TX_SLOT_BYTES;
}

/* --- Sending ------------------------------------------------------------------------------ */

/* Why a port cannot take a frame now, or FW_REASON_NONE. */
static enum fw_reason port_tx_check(const struct fw_ports *ports, unsigned index)
{
	const struct fw_port *port = &ports->ports[index];

	if (!port->attached)
		return DROP_PORT_NOT_READY;
	if (index == FW_PORT_HOST)
		return FW_REASON_NONE;
	if ((ports->fw->mac_known & FW_PORT_BIT(index)) == 0)
		return DROP_PORT_NOT_READY;
	return port->link == NETQ_LINK_DOWN ? DROP_PORT_LINK_DOWN : FW_REASON_NONE;
}

/* Publishes the frame in the next slot. Short ones are padded, so that nothing stale leaves. */
static void port_tx_commit(struct fw_port *port, unsigned bytes, uint16_t interface, bool pad)
{
	struct netq_tx_desc *desc = &port->regions.own->tx[port->tx_produced % NETQ_TX_SLOTS];

	if (pad && bytes < ETHERNET_FRAME_MIN) {
		memset(port_tx_slot(port) + bytes, 0, ETHERNET_FRAME_MIN - bytes);
		bytes = ETHERNET_FRAME_MIN;
	}
	desc->length_bytes = (uint16_t)bytes;
	desc->interface = interface;
	port->tx_frames++;
	port->tx_bytes += bytes;
	port->tx_produced++;
	netq_store(&port->regions.own->tx_produced, port->tx_produced);
}

static inline void word_copy(uint8_t *to, const uint8_t *from)
{
	uint64_t word;

	__builtin_memcpy(&word, from, sizeof word);
	__builtin_memcpy(to, &word, sizeof word);
}

/* By words of eight bytes; the last word may overlap the one before. At least 8 bytes. */
static inline void frame_copy(uint8_t *to, const uint8_t *from, unsigned bytes)
{
	const uint8_t *last = from + bytes - 8;
	uint8_t *to_last = to + bytes - 8;

	for (; bytes >= 32; bytes -= 32, to += 32, from += 32) {
		word_copy(to, from);
		word_copy(to + 8, from + 8);
		word_copy(to + 16, from + 16);
		word_copy(to + 24, from + 24);
	}
	for (; bytes >= 8; bytes -= 8, to += 8, from += 8)
		word_copy(to, from);
	word_copy(to_last, last);
}

/* Sends what lies in `buffer` by one port; it may lie in that port's next slot already. */
static void port_send(struct fw_ports *ports, unsigned index, const uint8_t *buffer,
		      const struct fw_verdict *verdict)
{
	struct fw_port *port = &ports->ports[index];
	enum fw_reason reason = port_tx_check(ports, index);
	unsigned skipped = index == FW_PORT_HOST ? ETHERNET_HEADER_BYTES : 0;
	unsigned bytes = verdict->bytes - skipped;

	if (reason == FW_REASON_NONE && !port_tx_has_room(ports, port))
		reason = DROP_TX_FULL;
	if (reason != FW_REASON_NONE) {
		ports->fw->dropped[reason]++;
		port->dropped++;
		return;
	}
	if (buffer + skipped != port_tx_slot(port))
		frame_copy(port_tx_slot(port), buffer + skipped, bytes);
	port_tx_commit(port, bytes, verdict->interface, index != FW_PORT_HOST);
	ports->unsignalled |= FW_PORT_BIT(index);
}

/* Of several ports, those that can take a frame: an empty socket is no loss to be counted. */
static uint32_t ports_ready(const struct fw_ports *ports, uint32_t wanted)
{
	uint32_t ready = 0;

	for (unsigned index = 0; wanted >> index != 0; index++)
		if ((wanted & FW_PORT_BIT(index)) != 0 &&
		    port_tx_check(ports, index) == FW_REASON_NONE)
			ready |= FW_PORT_BIT(index);
	return ready;
}

/* To several ports: that in whose slot the frame lies comes last, as sending gives the slot away.
 */
static void ports_send(struct fw_ports *ports, const struct fw_verdict *verdict, uint8_t *buffer,
		       unsigned guess)
{
	bool several = (verdict->ports & (verdict->ports - 1)) != 0;
	uint32_t targets = several ? ports_ready(ports, verdict->ports) : verdict->ports;
	uint32_t others = targets & ~FW_PORT_BIT(guess);

	if (targets == 0)
		ports->fw->dropped[DROP_PORT_NOT_READY]++;
	for (unsigned index = 0; others != 0; index++, others >>= 1)
		if ((others & 1u) != 0)
			port_send(ports, index, buffer, verdict);
	if ((targets & FW_PORT_BIT(guess)) != 0)
		port_send(ports, guess, buffer, verdict);
}

/* Publish, full barrier, look at the wake index: netq.h. */
static void port_tx_signal(struct fw_port *port)
{
	uint32_t before = port->tx_signalled;

	if (before == port->tx_produced)
		return;
	netq_barrier();
	port->tx_signalled = port->tx_produced;
	if (netq_wakes(before, port->tx_produced, netq_load(&port->regions.driver->tx_wake)))
		service_notify(port->slot);
}

static void ports_signal(struct fw_ports *ports)
{
	uint32_t unsignalled = ports->unsignalled;

	ports->unsignalled = 0;
	for (; unsignalled != 0; unsignalled &= unsignalled - 1)
		port_tx_signal(&ports->ports[__builtin_ctz(unsignalled)]);
}

/* --- Receiving ---------------------------------------------------------------------------- */

/* Where to copy the next frame from `port` to. */
static uint8_t *port_buffer(struct fw_ports *ports, const struct fw_port *port)
{
	struct fw_port *guess = &ports->ports[port->guess];

	if (guess->attached && port_tx_has_room(ports, guess))
		return port_tx_slot(guess);
	return ports->staging;
}

/* The next descriptor, read once, as it may change under our eyes. */
struct netq_rx_desc fw_port_rx_desc(const struct fw_port *port)
{
	const struct netq_rx_desc *shared =
		&port->regions.driver->rx[port->rx_consumed % NETQ_RX_SLOTS];
	struct netq_rx_desc desc = {
		.offset = __atomic_load_n(&shared->offset, __ATOMIC_RELAXED),
		.length_bytes = __atomic_load_n(&shared->length_bytes, __ATOMIC_RELAXED),
		.interface = __atomic_load_n(&shared->interface, __ATOMIC_RELAXED),
	};

	return desc;
}

bool fw_port_desc_is_within(const struct fw_port *port, const struct netq_rx_desc *desc)
{
	return desc->offset <= port->regions.rx_bytes &&
	       desc->length_bytes <= port->regions.rx_bytes - desc->offset;
}

static void port_rx_drop(struct fw_ports *ports, struct fw_port *port, enum fw_reason reason)
{
	ports->fw->dropped[reason]++;
	port->dropped++;
}

static void port_rx_take(struct fw_ports *ports, unsigned index)
{
	struct fw_port *port = &ports->ports[index];
	struct netq_rx_desc desc = fw_port_rx_desc(port);
	unsigned skipped = index == FW_PORT_HOST ? ETHERNET_HEADER_BYTES : 0;
	unsigned guess = port->guess;
	struct fw_verdict verdict;
	uint8_t *buffer;

	port->rx_frames++;
	port->rx_bytes += desc.length_bytes;
	if (!fw_port_desc_is_within(port, &desc)) {
		fw_port_complain(port, COMPLAINT_RING_BUFFER);
		port_rx_drop(ports, port, DROP_FRAME_LONG);
		return;
	}
	if (desc.length_bytes < NETQ_FRAME_MIN) {
		port_rx_drop(ports, port, DROP_FRAME_SHORT);
		return;
	}
	if (desc.length_bytes > NETQ_FRAME_MAX - skipped) {
		port_rx_drop(ports, port, DROP_FRAME_LONG);
		return;
	}
	buffer = port_buffer(ports, port);
	frame_copy(buffer + skipped, port->regions.rx + desc.offset, desc.length_bytes);
	if (!quarantine_is_empty(ports->quarantine) &&
	    quarantine_holds(ports->quarantine, buffer + skipped, desc.length_bytes)) {
		port_rx_drop(ports, port, DROP_QUARANTINED);
		return;
	}
	kill_packet_obey(buffer, desc.length_bytes + skipped);
	verdict = fw_process(ports->fw, index, buffer, desc.length_bytes, desc.interface);
	if (verdict.outcome == FW_DROP)
		port->dropped++;
	if (verdict.outcome != FW_FORWARD)
		return;
	ports_send(ports, &verdict, buffer, guess);
	if (verdict.ports != FW_PORT_BIT(guess))
		port->guess = (uint8_t)__builtin_ctz(verdict.ports);
}

/* The next frame of a port. False: it waits for room where it goes. */
static bool port_rx_next(struct fw_ports *ports, unsigned index)
{
	struct fw_port *port = &ports->ports[index];

	if (port_tx_holds(ports, &ports->ports[port->guess]))
		return false;
	port_rx_take(ports, index);
	port->rx_consumed++;
	netq_store(&port->regions.own->rx_consumed, port->rx_consumed);
	return true;
}

/* A batch of one port; true if there may be more. Consumed only when it has been dealt with. */
static bool port_rx_batch(struct fw_ports *ports, unsigned index)
{
	struct fw_port *port = &ports->ports[index];
	uint32_t filled = fw_port_rx_filled(port);
	uint32_t count = filled < FW_PORT_BATCH ? filled : FW_PORT_BATCH;
	bool held = false;

	if (count == 0)
		return false;
	netq_store(&ports->quarantine->at_port, index + 1);
	for (uint32_t i = 0; i < count && !held; i++) {
		held = !port_rx_next(ports, index);
		if (i % FW_PORT_BREATH == 0)
			service_breathe_if_long();
	}
	netq_store(&ports->quarantine->at_port, 0);
	if (held) {
		ports->held |= FW_PORT_BIT(index);
		return false;
	}
	port->complained = false;
	return filled > count;
}

/* Asks to be told of the next frame, then looks once more; true: there is one already. */
static bool port_rx_arm(struct fw_port *port)
{
	if (port->regions.own->rx_wake != port->rx_consumed) {
		netq_store(&port->regions.own->rx_wake, port->rx_consumed);
		netq_barrier();
	}
	return fw_port_rx_filled(port) != 0;
}

/* Our own packets: answers, questions, errors, and those that have waited. */
static void ports_send_queued(struct fw_ports *ports)
{
	struct fw_verdict verdict;

	ports->tx_limit = NETQ_TX_SLOTS;
	for (unsigned i = 0; i < QUEUE_ENTRIES; i++) {
		if (!fw_process_queued(ports->fw, ports->staging, &verdict))
			break;
		if (verdict.outcome == FW_FORWARD)
			ports_send(ports, &verdict, ports->staging, FW_PORT_HOST);
	}
	ports->tx_limit = FW_PORT_TX_LIMIT;
}

bool fw_ports_work(struct fw_ports *ports)
{
	bool more = false;

	ports->held = 0;
	for (unsigned i = 0; i < FW_PORTS; i++) {
		unsigned index = (ports->turn + i) % FW_PORTS;

		if (!ports->ports[index].attached)
			continue;
		more |= port_rx_batch(ports, index);
		if (ports->fw->queue.ready > 0)
			ports_send_queued(ports);
		ports_signal(ports);
	}
	ports->turn = (ports->turn + 1) % FW_PORTS;
	if (more || ports->fw->queue.ready > 0)
		return true;
	for (unsigned index = 0; index < FW_PORTS; index++)
		if (ports->ports[index].attached && (ports->held & FW_PORT_BIT(index)) == 0)
			more |= port_rx_arm(&ports->ports[index]);
	return more;
}
