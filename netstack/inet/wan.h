/*
 * The WAN's address when it comes by DHCP (RFC 2131): lwIP's client on the
 * interface "wan", and the region wan.lease, where the others find what it got.
 *
 * What the client has come to is in the region before any packet leaves that
 * depends on it. A life of INET that finds a lease in force goes on with it: the
 * address stays, and its server is asked again when its time comes.
 */
#ifndef INET_WAN_H
#define INET_WAN_H

#include "netstack/inet/netconf_reader.h"
#include "services/proto/wanlease.h"

#include <stdbool.h>
#include <stdint.h>

/* Of the port in zone WAN. */
struct inet_wan_station {
	bool known; /* false: there is no such port, or its driver has not said yet */
	bool link_up;
	uint8_t mac[6];
};

/* On the region, and with the lease that a former life left in it. */
void inet_wan_init(struct wan_lease_region *region);
/* Whether the address comes by DHCP; a lease in force is taken up at once. */
void inet_wan_configure(const struct inet_netconf *conf, uint64_t now_us);
/* Starts the client when the station is known, and again when it is another. */
void inet_wan_station_set(const struct inet_wan_station *station, uint64_t now_us);
/* A DHCP client runs, or is to begin. */
bool inet_wan_has_client(void);
/* Once a turn: what is due, and what has changed into the region. True: tell the firewall. */
bool inet_wan_work(uint64_t now_us);

#endif
