/* Takes the configuration in force out of the region that config writes. */
#ifndef INET_NETCONF_READER_H
#define INET_NETCONF_READER_H

#include "kernel/abi/status.h"
#include "services/proto/netconf.h"

#include <stdbool.h>

/* Of the configuration, what INET needs. */
struct inet_netconf {
	struct netconf_interface lan, wan;
	uint32_t gateway;             /* on the WAN; 0: none */
	bool wan_dhcp;                /* then both are in wan.lease (wan.h) */
	uint8_t zone[NETQ_PORTS_MAX]; /* enum netconf_zone of each port */
	uint32_t serial;
};

/*
 * Copies, checks, then fills in *conf. E_ABSENT: there is none yet; E_DAMAGED:
 * it does not check out, or changed meanwhile; *conf is then untouched.
 */
must_use enum status inet_netconf_read(const struct netconf_region *region,
				       struct inet_netconf *conf);

#endif
