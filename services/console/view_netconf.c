/* See view.h: the network's configuration. */
#include "services/console/view.h"

#include <string.h>

/* IEEE 802.3, reflected; a configuration is small and seldom looked at. */
static uint32_t crc32_of(const uint8_t *bytes, size_t count)
{
	uint32_t crc = UINT32_MAX;

	for (size_t i = 0; i < count; i++) {
		crc ^= bytes[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
	}
	return ~crc;
}

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
