/* Attaching ports, watching what their drivers say and do, and telling them how to receive. */
#include "netstack/firewall/fw_port.h"

#include <string.h>

void fw_ports_init(struct fw_ports *ports, struct firewall *fw, struct quarantine *quarantine)
{
	memset(ports, 0, sizeof *ports);
	ports->fw = fw;
	ports->quarantine = quarantine;
	ports->tx_limit = FW_PORT_TX_LIMIT;
}

void fw_port_complain(struct fw_port *port, enum complaint complaint)
{
	if (port->complained)
		return;
	port->complained = true;
	port->complaints++;
	service_complain(port->slot, complaint);
}

void fw_port_refresh(struct fw_ports *ports, unsigned index)
{
	struct fw_port *port = &ports->ports[index];
	const struct netq_driver *driver = port->regions.driver;
	uint32_t link;
	mac_t mac;

	if (!port->attached || index == FW_PORT_HOST || netq_load(&driver->ready) != 1)
		return;
	link = __atomic_load_n(&driver->link, __ATOMIC_RELAXED);
	port->link = link <= NETQ_LINK_UP ? (uint8_t)link : NETQ_LINK_UNKNOWN;
	port->speed_mbit = __atomic_load_n(&driver->speed_mbit, __ATOMIC_RELAXED);
	memcpy(&mac, driver->mac, sizeof mac);
	if (!fw_mac_set(ports->fw, index, &mac))
		fw_port_complain(port, COMPLAINT_PROTOCOL);
}

/* Our indices of the former life, made to fit if they do not: then the queue counts as empty. */
static void port_indices_restore(struct fw_port *port)
{
	const struct netq_driver *driver = port->regions.driver;
	uint32_t rx_produced = netq_load(&driver->rx_produced);

	port->tx_produced = netq_load(&port->regions.own->tx_produced);
	port->tx_consumed = netq_load(&driver->tx_consumed);
	port->rx_consumed = netq_load(&port->regions.own->rx_consumed);
	if (port->tx_produced - port->tx_consumed > NETQ_TX_SLOTS)
		port->tx_produced = port->tx_consumed;
	if (rx_produced - port->rx_consumed > NETQ_RX_SLOTS)
		port->rx_consumed = rx_produced;
	netq_store(&port->regions.own->tx_produced, port->tx_produced);
	netq_store(&port->regions.own->rx_consumed, port->rx_consumed);
}

void fw_port_attach(struct fw_ports *ports, unsigned index, uint32_t slot,
		    const struct fw_port_regions *regions, bool restarted)
{
	struct fw_port *port = &ports->ports[index];

	port->attached = true;
	port->slot = slot;
	port->regions = *regions;
	port->guess = (uint8_t)(index == FW_PORT_GUESS ? 0 : FW_PORT_GUESS);
	if (restarted)
		port_indices_restore(port);
	/* One before what is wanted, so that the first round arms with a barrier. */
	port->regions.own->rx_wake = port->rx_consumed - 1;
	port->tx_signalled = port->tx_produced;
	port->tx_moved_ms = port->silence.heard_ms = ports->fw->now_ms;
	fw_port_refresh(ports, index);
	if (restarted)
		service_notify(slot);
}

void fw_ports_mode_set(struct fw_ports *ports)
{
	const struct settings *settings = &ports->fw->settings;

	for (unsigned index = 0; index < NETQ_PORTS_MAX; index++) {
		struct fw_port *port = &ports->ports[index];
		uint32_t promiscuous =
			settings->zone[index] == ZONE_LAN && settings->lan_port_count > 1;

		if (!port->attached || port->regions.own->promiscuous == promiscuous)
			continue;
		port->regions.own->promiscuous = promiscuous;
		netq_store(&port->regions.own->mode_sequence, port->regions.own->mode_sequence + 1);
		service_notify(port->slot);
	}
}

/* Frames to send, a link, and none sent for long: the device is alive but silent. */
static void port_stall_check(struct fw_ports *ports, struct fw_port *port, bool rested)
{
	uint32_t now_ms = ports->fw->now_ms;
	uint32_t consumed = netq_load(&port->regions.driver->tx_consumed);

	if (consumed != port->tx_consumed || consumed == port->tx_produced || rested) {
		if (consumed - port->tx_consumed <= port->tx_produced - port->tx_consumed)
			port->tx_consumed = consumed;
		port->tx_moved_ms = now_ms;
		return;
	}
	if (port->link != NETQ_LINK_UP || now_ms - port->tx_moved_ms < FW_PORT_STALL_MS)
		return;
	port->tx_moved_ms = now_ms;
	port->complaints++;
	service_complain(port->slot, COMPLAINT_STALLED);
}

static struct silence_signs silence_signs_of(const struct fw_ports *ports, unsigned index)
{
	const struct fw_port *port = &ports->ports[index];
	const struct netq_driver *driver = port->regions.driver;

	return (struct silence_signs){
		.listens = netq_load(&driver->ready) == 1 && port->link != NETQ_LINK_DOWN,
		.all_sent = netq_load(&driver->tx_consumed) == port->tx_produced,
		.quiet = ports->fw->now_ms - ports->carried_ms >= SILENCE_QUIET_MS,
		.rx_produced = netq_load(&driver->rx_produced),
		.tx_produced = port->tx_produced,
	};
}

/*
 * A link, neighbours that were asked, and nothing received: silence.h. Returns in how many
 * milliseconds it is to be looked at again.
 */
static uint32_t port_silence_check(struct fw_ports *ports, unsigned index)
{
	struct fw_port *port = &ports->ports[index];
	struct silence_signs signs = silence_signs_of(ports, index);

	switch (silence_look(&port->silence, &signs, ports->fw->now_ms)) {
	case SILENCE_NOTHING: break;
	case SILENCE_ASK: silence_ask(&port->silence, ports->fw, (uint8_t)index); break;
	case SILENCE_BLAME:
		port->complaints++;
		service_complain(port->slot, COMPLAINT_SILENT);
		break;
	}
	return silence_due_in_ms(&port->silence, &signs, ports->fw->now_ms);
}

/* Packets, that is, not our own questions. */
static void carried_note(struct fw_ports *ports)
{
	uint64_t carried = ports->fw->forwarded + ports->fw->deferred;

	if (carried != ports->carried)
		ports->carried_ms = ports->fw->now_ms;
	ports->carried = carried;
}

uint32_t fw_ports_tick(struct fw_ports *ports)
{
	/* Then what waits may have come a moment ago: its time begins now. */
	bool rested = ports->fw->now_ms - ports->ticked_ms > 2 * FW_TICK_MS;
	uint32_t next_ms = UINT32_MAX;

	ports->ticked_ms = ports->fw->now_ms;
	carried_note(ports);
	for (unsigned index = 0; index < NETQ_PORTS_MAX; index++) {
		uint32_t port_next_ms;

		if (!ports->ports[index].attached)
			continue;
		fw_port_refresh(ports, index);
		port_stall_check(ports, &ports->ports[index], rested);
		port_next_ms = port_silence_check(ports, index);
		next_ms = port_next_ms < next_ms ? port_next_ms : next_ms;
	}
	return next_ms;
}

bool fw_ports_moved(struct fw_ports *ports)
{
	uint32_t before = ports->moved;
	bool sending = false;

	ports->moved = 0;
	for (unsigned index = 0; index < FW_PORTS; index++) {
		const struct fw_port *port = &ports->ports[index];

		if (!port->attached)
			continue;
		ports->moved += port->rx_consumed + port->tx_produced;
		sending |= netq_load(&port->regions.driver->tx_consumed) != port->tx_produced;
	}
	return ports->moved != before || sending;
}

bool fw_ports_blame(struct fw_ports *ports, uint64_t now_us)
{
	uint32_t at = netq_load(&ports->quarantine->at_port);
	const uint8_t *frame = NULL;
	struct netq_rx_desc desc = { 0 };

	if (at != 0 && at <= FW_PORTS && ports->ports[at - 1].attached) {
		struct fw_port *port = &ports->ports[at - 1];

		desc = fw_port_rx_desc(port);
		if (fw_port_rx_filled(port) != 0 && fw_port_desc_is_within(port, &desc))
			frame = port->regions.rx + desc.offset;
	}
	netq_store(&ports->quarantine->at_port, 0);
	return quarantine_blame(ports->quarantine, frame, desc.length_bytes, at - 1, now_us);
}
