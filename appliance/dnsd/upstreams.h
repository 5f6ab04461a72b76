/* Whom to ask: the configuration's name servers, else those of the WAN's lease. Pure. */
#ifndef DNSD_UPSTREAMS_H
#define DNSD_UPSTREAMS_H

#include "services/proto/netconf.h"
#include "services/proto/wanlease.h"

struct upstreams {
	uint32_t count;
	uint32_t addresses[NETCONF_UPSTREAMS_MAX]; /* the first is asked first */
};

/* A lease without name servers: its gateway, as providers' routers answer. */
struct upstreams upstreams_of(const struct netconf *conf, const struct wan_lease *lease,
			      uint64_t now_us);

#endif
