/*
 * The configuration in force: our own checked copy of config's netconf. Until
 * one was accepted, `valid` is false and nothing passes.
 */
#ifndef FIREWALL_SETTINGS_H
#define FIREWALL_SETTINGS_H

#include "netstack/firewall/rule_table.h"
#include "services/proto/netconf.h"

#include <stdbool.h>
#include <stdint.h>

#define FW_PORT_HOST NETQ_PORTS_MAX /* INET */
#define FW_PORTS     (NETQ_PORTS_MAX + 1)
#define FW_PORT_NONE 0xffu

#define FW_MTU_BYTES 1500u

struct settings_interface {
	uint32_t address; /* 0: none */
	uint32_t mask;
	uint32_t mtu_bytes;
};

/* What the WAN has by DHCP. */
struct settings_lease {
	uint32_t address; /* 0: nothing */
	uint32_t prefix_bits;
	uint32_t gateway; /* 0: none */
};

struct settings {
	bool valid;
	bool nat;
	bool wan_dhcp;          /* `wan` and `gateway` are a lease's */
	uint8_t zone[FW_PORTS]; /* enum netconf_zone of each port */
	uint8_t lan_first;      /* the first LAN port, whose MAC is the bridge's, or FW_PORT_NONE */
	uint8_t wan_port;       /* or FW_PORT_NONE */
	uint8_t lan_port_count;
	uint32_t lan_ports; /* a bit a port */
	uint32_t serial;
	struct settings_interface lan, wan;
	uint32_t gateway;         /* 0: none */
	struct rule_table *rules; /* of who has these settings */
	uint32_t forward_count;
	struct netconf_forward forwards[NETCONF_FORWARDS_MAX]; /* those enabled */
};

/*
 * Checks `netconf` and its lists (private copies of the region's) in every field
 * and, if all of it holds, fills in `settings` and its rules from them. Returns NULL,
 * or what is wrong.
 */
const char *settings_load(struct settings *settings, const struct netconf *netconf,
			  const struct netconf_lists *lists);

/*
 * If the WAN's address comes by DHCP: puts the lease in force. One that cannot be a host's, or that
 * overlaps the LAN, is as good as none.
 */
void settings_lease_apply(struct settings *settings, const struct settings_lease *lease);

static inline bool settings_on_interface(const struct settings_interface *interface,
					 uint32_t address)
{
	return interface->address != 0 && ((address ^ interface->address) & interface->mask) == 0;
}

static inline bool settings_is_directed_broadcast(const struct settings_interface *interface,
						  uint32_t address)
{
	return settings_on_interface(interface, address) && (address | interface->mask) == ~0u;
}

/* Our own address on either side. */
static inline bool settings_is_own(const struct settings *settings, uint32_t address)
{
	return address != 0 &&
	       (address == settings->lan.address || address == settings->wan.address);
}

#endif
