/* See station.h and services/proto/fwtable.h: the firewall writes the table meanwhile. */
#include "netstack/inet/station.h"

#include <string.h>

static unsigned wan_port_of(const struct inet_netconf *conf)
{
	unsigned port = 0;

	while (port < NETQ_PORTS_MAX && conf->zone[port] != ZONE_WAN)
		port++;
	return port;
}

struct inet_wan_station inet_station_read(const struct fw_table *table,
					  const struct inet_netconf *conf)
{
	static const struct inet_wan_station unknown;
	unsigned index = wan_port_of(conf);
	struct inet_wan_station station;

	if (index >= NETQ_PORTS_MAX)
		return unknown;
	const volatile struct fw_table_port *port = &table->ports[index];
	uint32_t sequence = fw_table_begin(table);
	station.known = table->version == FW_TABLE_VERSION && port->ready == 1;
	station.link_up = port->link != NETQ_LINK_DOWN;
	for (size_t i = 0; i < sizeof(station.mac); i++)
		station.mac[i] = port->mac[i];
	return fw_table_done(table, sequence) ? station : unknown;
}
