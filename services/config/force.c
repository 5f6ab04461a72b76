#include "services/config/force.h"

#include "services/runtime/crc32.h"

#include <string.h>

static_assert(offsetof(struct netconf, serial) == offsetof(struct force_head, serial), "layout");
static_assert(offsetof(struct alertconf, serial) == offsetof(struct force_head, serial), "layout");
static_assert(offsetof(struct webconf, serial) == offsetof(struct force_head, serial), "layout");

struct force force_of_netconf(struct netconf_region *region)
{
	return (struct force){ &region->current,
			       { &region->copies[0], &region->copies[1] },
			       sizeof(struct netconf),
			       NETCONF_VERSION };
}

struct force force_of_alertconf(struct alertconf_region *region)
{
	return (struct force){ &region->current,
			       { &region->copies[0], &region->copies[1] },
			       sizeof(struct alertconf),
			       ALERTCONF_VERSION };
}

struct force force_of_webconf(struct webconf_region *region)
{
	return (struct force){ &region->current,
			       { &region->copies[0], &region->copies[1] },
			       sizeof(struct webconf),
			       WEBCONF_VERSION };
}

static uint32_t checksum(const struct force *force, const void *copy)
{
	const size_t head_bytes = sizeof(uint32_t);

	return crc32_of((const uint8_t *)copy + head_bytes, force->bytes - head_bytes);
}

static bool copy_is_sound(const struct force *force, uint32_t which)
{
	const struct force_head *head = force->copies[which];

	return head->version == force->version && head->crc32 == checksum(force, head);
}

const void *force_current(const struct force *force)
{
	uint32_t current = __atomic_load_n(force->current, __ATOMIC_ACQUIRE);

	return current <= 1 && copy_is_sound(force, current) ? force->copies[current] : NULL;
}

bool force_return(const struct force *force)
{
	uint32_t current = __atomic_load_n(force->current, __ATOMIC_ACQUIRE);
	const struct force_head *now = force_current(force), *before;

	if (current > 1 || !copy_is_sound(force, 1 - current))
		return false;
	before = force->copies[1 - current];
	if (now != NULL && before->serial >= now->serial)
		return false;
	__atomic_store_n(force->current, 1 - current, __ATOMIC_RELEASE);
	return true;
}

/* Gives *copy the serial and checksum of what is in force, to compare them. */
static bool is_the_same(const struct force *force, const struct force_head *old, void *copy)
{
	struct force_head *head = copy;

	head->serial = old == NULL ? 0 : old->serial;
	head->crc32 = checksum(force, copy);
	return old != NULL && memcmp(old, copy, force->bytes) == 0;
}

bool force_put(const struct force *force, void *copy)
{
	const struct force_head *old = force_current(force);
	uint32_t other = old != NULL && old == force->copies[0] ? 1 : 0;
	struct force_head *head = copy;

	if (is_the_same(force, old, copy))
		return false;
	head->serial++;
	head->crc32 = checksum(force, copy);
	memcpy(force->copies[other], copy, force->bytes);
	__atomic_store_n(force->current, other, __ATOMIC_RELEASE);
	return true;
}
