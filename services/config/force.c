#include "services/config/force.h"

#include "services/runtime/crc32.h"

#include <stddef.h>
#include <string.h>

static uint32_t checksum(const struct netconf *netconf)
{
	const size_t head_bytes = sizeof(netconf->crc32);

	return crc32_of((const uint8_t *)netconf + head_bytes, sizeof(*netconf) - head_bytes);
}

static bool copy_is_sound(const struct netconf *netconf)
{
	return netconf->version == NETCONF_VERSION && netconf->crc32 == checksum(netconf);
}

const struct netconf *force_current(const struct netconf_region *region)
{
	uint32_t current = __atomic_load_n(&region->current, __ATOMIC_ACQUIRE);

	if (current > 1 || !copy_is_sound(&region->copies[current]))
		return NULL;
	return &region->copies[current];
}

bool force_return(struct netconf_region *region)
{
	uint32_t current = __atomic_load_n(&region->current, __ATOMIC_ACQUIRE);
	const struct netconf *now = force_current(region);

	if (current > 1 || !copy_is_sound(&region->copies[1 - current]))
		return false;
	if (now != NULL && region->copies[1 - current].serial >= now->serial)
		return false;
	__atomic_store_n(&region->current, 1 - current, __ATOMIC_RELEASE);
	return true;
}

bool force_put(struct netconf_region *region, struct netconf *netconf)
{
	const struct netconf *old = force_current(region);
	uint32_t other = old == &region->copies[0] ? 1 : 0;

	netconf->serial = old == NULL ? 1 : old->serial;
	netconf->crc32 = checksum(netconf);
	if (old != NULL && memcmp(old, netconf, sizeof(*netconf)) == 0)
		return false;
	if (old != NULL)
		netconf->serial++;
	netconf->crc32 = checksum(netconf);
	memcpy(&region->copies[other], netconf, sizeof(*netconf));
	__atomic_store_n(&region->current, other, __ATOMIC_RELEASE);
	return true;
}
