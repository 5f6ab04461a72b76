/* Which station the appliance is on the WAN: the port's own address, as the firewall shows it. */
#ifndef INET_STATION_H
#define INET_STATION_H

#include "netstack/inet/wan.h"
#include "services/proto/fwtable.h"

/* The port in zone WAN of `conf`. Not known while the firewall writes: look again later. */
struct inet_wan_station inet_station_read(const struct fw_table *table,
					  const struct inet_netconf *conf);

#endif
