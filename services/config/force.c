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
			       NETCONF_VERSION,
			       { &region->lists[0], &region->lists[1] },
			       sizeof(struct netconf_lists),
			       offsetof(struct netconf, lists_crc32) };
}

struct force force_of_alertconf(struct alertconf_region *region)
{
	return (struct force){ .current = &region->current,
			       .copies = { &region->copies[0], &region->copies[1] },
			       .bytes = sizeof(struct alertconf),
			       .version = ALERTCONF_VERSION };
}

struct force force_of_webconf(struct webconf_region *region)
{
	return (struct force){ .current = &region->current,
			       .copies = { &region->copies[0], &region->copies[1] },
			       .bytes = sizeof(struct webconf),
			       .version = WEBCONF_VERSION };
}

static uint32_t checksum(const struct force *force, const void *copy)
{
	const size_t head_bytes = sizeof(uint32_t);

	return crc32_of((const uint8_t *)copy + head_bytes, force->bytes - head_bytes);
}

static bool lists_are_sound(const struct force *force, uint32_t which)
{
	uint32_t stored;

	if (force->lists_bytes == 0)
		return true;
	memcpy(&stored, (const uint8_t *)force->copies[which] + force->lists_crc32_at,
	       sizeof(stored));
	return stored == crc32_of(force->lists[which], force->lists_bytes);
}

static bool copy_is_sound(const struct force *force, uint32_t which)
{
	const struct force_head *head = force->copies[which];

	return head->version == force->version && head->crc32 == checksum(force, head) &&
	       lists_are_sound(force, which);
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

/* Gives *copy the serial of what is in force, and the checksums, to compare them. */
static bool is_the_same(const struct force *force, const struct force_head *old, void *copy,
			const void *lists)
{
	struct force_head *head = copy;
	uint32_t lists_crc32 = force->lists_bytes == 0 ? 0 : crc32_of(lists, force->lists_bytes);

	if (force->lists_bytes != 0)
		memcpy((uint8_t *)copy + force->lists_crc32_at, &lists_crc32, sizeof(lists_crc32));
	head->serial = old == NULL ? 0 : old->serial;
	head->crc32 = checksum(force, copy);
	if (old == NULL || memcmp(old, copy, force->bytes) != 0)
		return false;
	return force->lists_bytes == 0 ||
	       memcmp(force->lists[old == force->copies[1]], lists, force->lists_bytes) == 0;
}

bool force_put(const struct force *force, void *copy, const void *lists)
{
	const struct force_head *old = force_current(force);
	uint32_t other = old != NULL && old == force->copies[0] ? 1 : 0;
	struct force_head *head = copy;

	if (is_the_same(force, old, copy, lists))
		return false;
	head->serial++;
	head->crc32 = checksum(force, copy);
	memcpy(force->copies[other], copy, force->bytes);
	if (force->lists_bytes != 0)
		memcpy(force->lists[other], lists, force->lists_bytes);
	__atomic_store_n(force->current, other, __ATOMIC_RELEASE);
	return true;
}
