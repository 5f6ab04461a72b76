/* See netconf_copy.h and services/proto/netconf.h: another process writes it meanwhile. */
#include "services/runtime/netconf_copy.h"

#include "services/runtime/crc32.h"

#include <stddef.h>
#include <string.h>

static bool is_sound(const struct netconf *conf)
{
	const size_t head_bytes = sizeof(conf->crc32);

	return conf->version == NETCONF_VERSION &&
	       conf->crc32 ==
		       crc32_of((const uint8_t *)conf + head_bytes, sizeof(*conf) - head_bytes) &&
	       conf->lan.prefix_bits <= 32 &&
	       conf->dhcp.reservation_count <= NETCONF_RESERVATIONS_MAX &&
	       conf->dhcp.last - conf->dhcp.first < NETCONF_POOL_MAX &&
	       conf->dns.upstream_count <= NETCONF_UPSTREAMS_MAX &&
	       conf->dns.domain[sizeof(conf->dns.domain) - 1] == 0;
}

static bool names_end(const struct netconf *conf)
{
	for (uint32_t i = 0; i < conf->dhcp.reservation_count; i++) {
		const struct netconf_reservation *reservation = &conf->dhcp.reservations[i];
		if (reservation->name[sizeof(reservation->name) - 1] != 0)
			return false;
	}
	return true;
}

bool netconf_copy_update(const struct netconf_region *region, struct netconf *copy)
{
	static struct netconf fresh; /* too large for the stack */
	uint32_t current = __atomic_load_n(&region->current, __ATOMIC_ACQUIRE);

	if (current > 1 || region->copies[current].version == 0 ||
	    (copy->version != 0 && region->copies[current].crc32 == copy->crc32))
		return false;
	memcpy(&fresh, &region->copies[current], sizeof(fresh));
	if (!is_sound(&fresh) || !names_end(&fresh))
		return false;
	*copy = fresh;
	return true;
}
