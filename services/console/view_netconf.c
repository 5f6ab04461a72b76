/* See view.h: the network's configuration. */
#include "services/console/view.h"
#include "services/runtime/crc32.h"

#include <string.h>

bool view_netconf_get(struct netconf *netconf)
{
	uint32_t current = __atomic_load_n(&view.netconf->current, __ATOMIC_ACQUIRE);

	if (current > 1)
		return false;
	memcpy(netconf, &view.netconf->copies[current], sizeof(*netconf));
	return netconf->version == NETCONF_VERSION && netconf->rule_count <= NETCONF_RULES_MAX &&
	       netconf->crc32 == crc32_of((const uint8_t *)netconf + sizeof(netconf->crc32),
					  sizeof(*netconf) - sizeof(netconf->crc32));
}

const char *view_zone_text(uint32_t zone)
{
	switch (zone) {
	case ZONE_NONE:
		return "none";
	case ZONE_LAN:
		return "lan";
	case ZONE_WAN:
		return "wan";
	case ZONE_HOST:
		return "host";
	case ZONE_ANY:
		return "any";
	default:
		return "unknown";
	}
}
