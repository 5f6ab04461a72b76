#include "netstack/firewall/snapshot.h"

#include <string.h>

static void counters_take_back(const struct fw_table *table, struct firewall *fw,
			       struct fw_ports *ports)
{
	for (unsigned reason = 0; reason < FW_REASON_COUNT; reason++)
		fw->dropped[reason] = table->dropped[reason];
	fw->forwarded = table->forwarded;
	fw->deferred = table->deferred;
	fw->consumed = table->consumed;
	fw->conns.opened = table->connections_opened;
	for (unsigned index = 0; index < FW_PORTS; index++) {
		struct fw_port *port = &ports->ports[index];
		const struct fw_table_port *shown = &table->ports[index];

		port->rx_frames = shown->rx_frames;
		port->rx_bytes = shown->rx_bytes;
		port->tx_frames = shown->tx_frames;
		port->tx_bytes = shown->tx_bytes;
		port->dropped = shown->dropped;
		port->complaints = shown->complaints;
	}
}

void snapshot_init(struct fw_table *table, struct firewall *fw, struct fw_ports *ports,
		   bool restarted)
{
	uint32_t lives = 0;

	/* Counters only: even half-written ones harm nobody. */
	if (restarted && table->version == FW_TABLE_VERSION) {
		lives = table->lives;
		counters_take_back(table, fw, ports);
	}
	table->sequence |= 1u;
	__atomic_thread_fence(__ATOMIC_RELEASE);
	table->version = FW_TABLE_VERSION;
	table->lives = lives + 1;
}

static void port_write(struct fw_table_port *shown, const struct firewall *fw,
		       const struct fw_port *port, unsigned index)
{
	*shown = (struct fw_table_port){
		.rx_frames = port->rx_frames,
		.rx_bytes = port->rx_bytes,
		.tx_frames = port->tx_frames,
		.tx_bytes = port->tx_bytes,
		.dropped = port->dropped,
		.complaints = port->complaints,
		.attached = port->attached,
		.ready = (fw->mac_known >> index) & 1u,
		.link = port->link,
		.speed_mbit = port->speed_mbit,
		.zone = fw->settings.zone[index],
	};
	memcpy(shown->mac, &fw->mac[index], sizeof shown->mac);
}

static void connection_write(struct fw_table_connection *shown, const struct conn *conn,
			     uint32_t now_s)
{
	const union conn_key *key = conn->key;

	*shown = (struct fw_table_connection){
		.source = key[0].source,
		.destination = key[0].destination,
		.reply_source = key[1].source,
		.reply_destination = key[1].destination,
		.source_port = key[0].source_port,
		.destination_port = key[0].destination_port,
		.reply_source_port = key[1].source_port,
		.reply_destination_port = key[1].destination_port,
		.protocol = key[0].protocol,
		.state = conn->state,
		.from_zone = key[0].zone,
		.to_zone = key[1].zone,
		.translated = conn->translated,
		.age_s = now_s - conn->created_s,
		.idle_s = now_s - conn->last_seen_s,
	};
}

/* The ring of records last opened, newest first; a record that was opened twice shows once. */
static uint32_t connections_write(struct fw_table *table, const struct firewall *fw)
{
	const struct conn_table *conns = &fw->conns;
	uint32_t count = 0;

	for (uint32_t i = 1; i <= CONN_RECENT; i++) {
		uint32_t at = (conns->recent_next - i) % CONN_RECENT;
		uint32_t index = conns->recent[at];
		const struct conn *conn = &conns->records[index];

		if (index == CONN_NONE)
			break; /* never so many */
		if (conn->state == FW_CONN_FREE || conns->recent_serial[at] != conn->serial)
			continue;
		connection_write(&table->connections[count++], conn, fw->now_s);
	}
	return count;
}

static uint32_t neighbours_write(struct fw_table *table, const struct firewall *fw)
{
	const struct neighbour_table *from = &fw->neighbours;
	uint32_t count = 0;

	for (uint16_t i = 0; (i = neighbour_next(from, i)) < NEIGHBOURS; i++) {
		const struct neighbour *neighbour = &from->entries[i];
		struct fw_table_neighbour *shown = &table->neighbours[count];

		*shown = (struct fw_table_neighbour){
			.address = neighbour->address,
			.state = neighbour->state,
			.zone = neighbour->zone,
			.confirmed_s = (fw->now_ms - neighbour->confirmed_ms) / 1000u,
		};
		memcpy(shown->mac, &neighbour->mac, sizeof shown->mac);
		count++;
	}
	return count;
}

static void counters_write(struct fw_table *table, const struct firewall *fw)
{
	table->configuration_serial = fw->settings.valid ? fw->settings.serial : 0;
	table->connections_used = fw->conns.used;
	table->connections_capacity = fw->conns.capacity - 1;
	table->connections_restored = fw->conns.restored;
	table->connections_discarded = fw->conns.discarded;
	table->connections_opened = fw->conns.opened;
	for (unsigned state = 0; state < FW_CONN_STATE_COUNT; state++)
		table->connections_by_state[state] = fw->conns.by_state[state];
	table->forwarded = fw->forwarded;
	table->deferred = fw->deferred;
	table->consumed = fw->consumed;
	for (unsigned reason = 0; reason < FW_REASON_COUNT; reason++)
		table->dropped[reason] = fw->dropped[reason];
	memcpy(table->rule_hits, fw->rule_hits, sizeof table->rule_hits);
}

void snapshot_write(struct fw_table *table, const struct firewall *fw, const struct fw_ports *ports,
		    uint64_t now_us)
{
	uint32_t odd = table->sequence | 1u;

	__atomic_store_n(&table->sequence, odd, __ATOMIC_RELAXED);
	__atomic_thread_fence(__ATOMIC_RELEASE);
	table->updated_us = now_us;
	counters_write(table, fw);
	for (unsigned index = 0; index < FW_PORTS; index++)
		port_write(&table->ports[index], fw, &ports->ports[index], index);
	table->connection_count = connections_write(table, fw);
	table->neighbour_count = neighbours_write(table, fw);
	__atomic_store_n(&table->sequence, odd + 1, __ATOMIC_RELEASE);
}
