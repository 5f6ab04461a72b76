/*
 * Port forwards: what comes for the WAN address and a port of a forward goes to a host of the LAN,
 * be it from the WAN or, by the same address, from the LAN itself (hairpin, RFC 4787, REQ-9). They
 * come before the appliance's own services on that port.
 */
#ifndef FIREWALL_PORT_FORWARD_H
#define FIREWALL_PORT_FORWARD_H

#include "netstack/firewall/packet.h"
#include "netstack/firewall/settings.h"

/* The forward for a flow whose first packet has `key`, or NULL. */
const struct netconf_forward *port_forward_find(const struct settings *settings,
						const union conn_key *key);

/* The host's port that stands for `port`, which is one of the forward's. */
static inline uint16_t port_forward_inside(const struct netconf_forward *forward, uint16_t port)
{
	return (uint16_t)(forward->inside_low + (port - forward->port_low));
}

/* Checks what the configuration has; NULL, or what is wrong with it. */
const char *port_forwards_load(struct settings *settings, const struct netconf *netconf);

#endif
