/* See upstreams.h. */
#include "appliance/dnsd/upstreams.h"

#include "services/runtime/wanlease.h"

#include <stdbool.h>

/* RFC 1122, 3.2.1.3: nobody else can be asked. */
static bool is_host(uint32_t address)
{
	uint32_t first = address >> 24;
	return first != 0 && first != 127 && first < 224;
}

static void add(struct upstreams *upstreams, uint32_t address)
{
	if (is_host(address) && upstreams->count < NETCONF_UPSTREAMS_MAX)
		upstreams->addresses[upstreams->count++] = address;
}

struct upstreams upstreams_of(const struct netconf *conf, const struct wan_lease *lease,
			      uint64_t now_us)
{
	struct upstreams upstreams = { 0 };

	for (uint32_t i = 0; i < conf->dns.upstream_count; i++)
		add(&upstreams, conf->dns.upstreams[i]);
	if (upstreams.count > 0 || conf->wan_mode != WAN_DHCP || !wan_lease_is_held(lease, now_us))
		return upstreams;
	for (uint32_t i = 0; i < lease->dns_count; i++)
		add(&upstreams, lease->dns[i]);
	if (upstreams.count == 0)
		add(&upstreams, lease->gateway);
	return upstreams;
}
