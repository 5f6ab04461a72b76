/* See wanlease.h; another process writes the region meanwhile. */
#include "services/runtime/wanlease.h"

#include "services/runtime/crc32.h"

#include <stddef.h>
#include <string.h>

static uint32_t lease_crc(const struct wan_lease *lease)
{
	return crc32_of((const uint8_t *)lease + sizeof(lease->crc32),
			sizeof(*lease) - sizeof(lease->crc32));
}

/* None of the special addresses of RFC 1122, 3.2.1.3. */
static bool address_is_host(uint32_t address)
{
	uint32_t first = address >> 24;
	return first != 0 && first != 127 && first < 224;
}

static bool is_host_of(uint32_t address, uint32_t mask)
{
	return address_is_host(address) && (address & ~mask) != 0 && (address | mask) != ~0u;
}

bool wan_lease_is_sane(const struct wan_lease *lease)
{
	if (lease->state >= WAN_LEASE_STATE_COUNT || lease->dns_count > WAN_LEASE_DNS_MAX)
		return false;
	if (lease->address == 0)
		return lease->gateway == 0;
	if (lease->prefix_bits < 1 || lease->prefix_bits > 30)
		return false;
	uint32_t mask = ~0u << (32 - lease->prefix_bits);
	if (!is_host_of(lease->address, mask))
		return false;
	return lease->gateway == 0 ||
	       (is_host_of(lease->gateway, mask) && lease->gateway != lease->address &&
		((lease->gateway ^ lease->address) & mask) == 0);
}

bool wan_lease_update(const struct wan_lease_region *region, struct wan_lease *copy)
{
	uint32_t current = __atomic_load_n(&region->current, __ATOMIC_ACQUIRE);
	struct wan_lease fresh;

	if (current > 1 || region->copies[current].version != WAN_LEASE_VERSION ||
	    region->copies[current].crc32 == copy->crc32)
		return false;
	memcpy(&fresh, &region->copies[current], sizeof(fresh));
	if (fresh.version != WAN_LEASE_VERSION || fresh.crc32 != lease_crc(&fresh) ||
	    !wan_lease_is_sane(&fresh))
		return false;
	*copy = fresh;
	return true;
}

void wan_lease_write(struct wan_lease_region *region, struct wan_lease *lease)
{
	uint32_t current = region->current <= 1 ? region->current : 0;
	const struct wan_lease *before = &region->copies[current];
	uint32_t next = 1 - current;

	lease->version = WAN_LEASE_VERSION;
	lease->serial = before->serial + 1;
	lease->crc32 = lease_crc(lease);
	region->copies[next] = *lease;
	__atomic_store_n(&region->current, next, __ATOMIC_RELEASE);
}
