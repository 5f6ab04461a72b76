/*
 * Every stretch of a service is contiguous in physical memory, so its own
 * addresses need no page walk: stretch, offset, direct map. The kernel never
 * touches user addresses as such, and SMAP stays on for ever.
 */
#include "kernel/usermem.h"

/* Whether [start, start + bytes) lies in [low, low + size), with no overflow. */
static bool covers(uint64_t low, uint64_t size, uint64_t start, uint64_t bytes)
{
	return start >= low && start - low <= size && bytes <= size - (start - low);
}

void *usermem_pointer(const struct slot *slot, uint64_t address, uint64_t bytes, bool write)
{
	for (unsigned i = 0; i < slot->stretch_count; i++) {
		const struct stretch *s = &slot->stretches[i];

		if (!covers(s->address, s->bytes, address, bytes))
			continue;
		if (write && !(s->access & MAP_WRITE))
			return NULL;
		return (uint8_t *)physical_pointer(s->physical) + (address - s->address);
	}
	return NULL;
}

bool usermem_dma_valid(const struct slot *slot, uint64_t physical, uint64_t bytes,
		       bool device_writes)
{
	unsigned needed = device_writes ? MAP_DMA | MAP_WRITE : MAP_DMA;

	for (unsigned i = 0; i < slot->stretch_count; i++) {
		const struct stretch *s = &slot->stretches[i];

		if ((s->access & needed) == needed &&
		    covers(s->physical.address, s->bytes, physical, bytes))
			return true;
	}
	return false;
}
