/* What the kernel tells a service of itself: the start information, and the time. */
#include "services/runtime/clock.h"
#include "services/runtime/service.h"

#include <string.h>

#ifdef BULKHEAD_UNIT_TEST
const struct start_info *service_info(void)
{
	return (const struct start_info *)USER_START_INFO;
}
#endif

static uint64_t ticks_now(void)
{
	uint32_t low, high;

	__asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
	return (uint64_t)high << 32 | low;
}

uint64_t time_us(void)
{
	static uint64_t multiplier, boot_tsc;

	if (multiplier == 0) {
		multiplier = clock_multiplier(service_info()->tsc_khz);
		boot_tsc = service_info()->boot_tsc;
	}
	return clock_us(ticks_now() - boot_tsc, multiplier);
}

const struct start_map *region_find(const char *alias)
{
	const struct start_info *info = service_info();

	for (uint32_t i = 0; i < info->map_count && i < SERVICE_MAPS_MAX; i++)
		if (strncmp(info->maps[i].alias, alias, NAME_BYTES) == 0)
			return &info->maps[i];
	return NULL;
}

void *region(const char *alias, size_t size_bytes)
{
	const struct start_map *map = region_find(alias);

	if (map == NULL)
		service_panic("the manifest maps no region %s", alias);
	if (map->size_bytes < size_bytes)
		service_panic("region %s has %lu bytes, %lu are needed", alias,
			      (unsigned long)map->size_bytes, (unsigned long)size_bytes);
	return (void *)(uintptr_t)map->address;
}

uint32_t service_slot(const char *name)
{
	const struct start_info *info = service_info();

	for (uint32_t slot = 0; slot < info->service_count && slot < SERVICE_MAX; slot++)
		if (strncmp(info->names[slot], name, NAME_BYTES) == 0)
			return slot;
	return SERVICE_MAX;
}

const char *service_name(uint32_t slot)
{
	const struct start_info *info = service_info();

	if (slot >= info->service_count || slot >= SERVICE_MAX)
		return "nobody";
	return info->names[slot];
}
