/*
 * Slots at boot: all their memory, page tables for each image a slot may run,
 * and what of the start information never changes.
 */
#include "kernel/slot.h"

#include "kernel/bundle.h"
#include "kernel/log.h"
#include "kernel/paging.h"
#include "kernel/region.h"
#include "kernel/string.h"
#include "kernel/time.h"

struct slot *slots, *current;
unsigned slot_count;

static uint64_t image_memory_bytes(const struct manifest_image *image)
{
	uint64_t bytes = 0;

	for (unsigned i = 0; i < image->segment_count; i++)
		bytes += pages_up(image->segments[i].memory_bytes);
	return bytes;
}

const struct manifest_image *slot_program(const struct slot *slot, enum image_source source,
					  unsigned nth)
{
	const struct manifest_image *image = &manifest->images[slot->service->images[nth]];

	if (source == IMAGE_BOOTED)
		return image;
	return update ? bundle_image_find(update, image->name) : NULL;
}

static void stretch_add(struct slot *slot, uint64_t address, uint64_t bytes, physical_t physical,
			unsigned access)
{
	slot->stretches[slot->stretch_count++] =
		(struct stretch){ address, bytes, physical, access };
}

static unsigned page_access(const struct manifest_region *region, unsigned access)
{
	return (access & MAP_WRITE ? PAGE_WRITE : PAGE_READ) |
	       (region->kind == REGION_DEVICE ? PAGE_DEVICE : 0);
}

static void segments_map(struct slot *slot, physical_t root, const struct manifest_image *image)
{
	physical_t physical = slot->image_memory;

	for (unsigned i = 0; i < image->segment_count; i++) {
		const struct manifest_segment *segment = &image->segments[i];
		unsigned access = (segment->access & SEGMENT_WRITE ? PAGE_WRITE : 0) |
				  (segment->access & SEGMENT_EXECUTE ? PAGE_EXECUTE : 0);

		paging_map(root, segment->address, physical, pages_up(segment->memory_bytes),
			   access);
		physical.address += pages_up(segment->memory_bytes);
	}
}

static physical_t space_make(struct slot *slot, const struct manifest_image *image,
			     physical_t buffer, physical_t info)
{
	const struct manifest_service *service = slot->service;
	physical_t root = paging_space_new();

	segments_map(slot, root, image);
	if (service->flags & SERVICE_DEVICE)
		paging_reserve(root, USER_DEVICE_BASE, DEVICE_MEMORY_MAX);
	paging_map(root, USER_HEAP_BASE, slot->heap, service->heap_bytes, PAGE_WRITE);
	paging_map(root, USER_STACK_TOP - service->stack_bytes, slot->stack, service->stack_bytes,
		   PAGE_WRITE);
	paging_map(root, USER_IPC_BUFFER, buffer, PAGE_BYTES, PAGE_WRITE);
	paging_map(root, USER_START_INFO, info, PAGE_BYTES, PAGE_READ);
	for (unsigned i = 0; i < service->map_count; i++) {
		const struct manifest_map *map = &service->maps[i];
		const struct manifest_region *region = &manifest->regions[map->region];
		const struct region *memory = region_of(map->region);

		paging_map(root, region->address, memory->physical, memory->bytes,
			   page_access(region, map->access));
	}
	return root;
}

/* Shown to the service itself, and used to translate the addresses it gives. */
static void maps_note(struct slot *slot)
{
	for (unsigned i = 0; i < slot->service->map_count; i++) {
		const struct manifest_map *map = &slot->service->maps[i];
		const struct manifest_region *region = &manifest->regions[map->region];
		const struct region *memory = region_of(map->region);
		struct start_map *shown = &slot->info->maps[i];

		memcpy(shown->alias, map->alias, NAME_BYTES);
		shown->address = region->address;
		shown->size_bytes = memory->bytes;
		shown->physical = map->access & MAP_DMA ? memory->physical.address : 0;
		shown->access = map->access;
		if (memory->bytes && region->kind != REGION_DEVICE)
			stretch_add(slot, region->address, memory->bytes, memory->physical,
				    map->access);
	}
}

static void info_fill(struct slot *slot)
{
	struct start_info *info = slot->info;

	info->tsc_khz = table->tsc_khz;
	info->boot_tsc = table->boot_tsc;
	info->self.slot = slot->index;
	info->rs_slot = manifest->rs_slot;
	info->service_count = manifest->service_count;
	info->map_count = slot->service->map_count;
	info->heap_bytes = slot->service->heap_bytes;
	for (unsigned i = 0; i < manifest->service_count; i++)
		memcpy(info->names[i], manifest->services[i].name, NAME_BYTES);
}

/* The largest of the images it may run decides, its updates included. */
static uint64_t program_bytes_max(const struct slot *slot)
{
	uint64_t most = 0;

	for (unsigned i = 0; i < slot->service->image_count * IMAGE_SOURCES; i++) {
		const struct manifest_image *image =
			slot_program(slot, i % IMAGE_SOURCES, i / IMAGE_SOURCES);

		if (image && image_memory_bytes(image) > most)
			most = image_memory_bytes(image);
	}
	return most;
}

static void spaces_make(struct slot *slot, physical_t buffer, physical_t info)
{
	for (unsigned i = 0; i < slot->service->image_count * IMAGE_SOURCES; i++) {
		unsigned source = i % IMAGE_SOURCES, nth = i / IMAGE_SOURCES;
		const struct manifest_image *image = slot_program(slot, source, nth);

		if (image)
			slot->roots[source][nth] = space_make(slot, image, buffer, info);
		slot->entry->updatable |= image && source == IMAGE_UPDATE;
	}
}

static void slot_make(struct slot *slot, unsigned index)
{
	const struct manifest_service *service = &manifest->services[index];
	uint64_t before = memory_taken_bytes();

	slot->index = index;
	slot->service = service;
	slot->entry = &table->services[index];
	slot->kernel_calls = service->kernel_calls;
	slot->fpu_allowed = service->flags & SERVICE_FPU;
	slot->wait = WAIT_STOPPED;
	slot->level = service->priority;
	slot->deadline_us = TIME_NEVER;
	slot->image_memory = memory_take(program_bytes_max(slot), service->name);
	slot->heap = memory_take(service->heap_bytes, service->name);
	slot->stack = memory_take(service->stack_bytes, service->name);
	physical_t buffer = memory_take(PAGE_BYTES, service->name);
	physical_t info = memory_take(PAGE_BYTES, service->name);
	slot->buffer = physical_pointer(buffer);
	slot->info = physical_pointer(info);
	spaces_make(slot, buffer, info);
	stretch_add(slot, USER_HEAP_BASE, service->heap_bytes, slot->heap, MAP_WRITE);
	stretch_add(slot, USER_STACK_TOP - service->stack_bytes, service->stack_bytes, slot->stack,
		    MAP_WRITE);
	stretch_add(slot, USER_IPC_BUFFER, PAGE_BYTES, buffer, MAP_WRITE);
	maps_note(slot);
	slot->fixed_stretches = slot->stretch_count;
	info_fill(slot);
	slot->entry->memory_bytes = (uint32_t)(memory_taken_bytes() - before);
}

void slots_init(void)
{
	slot_count = manifest->service_count;
	slots = physical_pointer(memory_take(slot_count * sizeof(*slots), "the slots"));
	for (unsigned i = 0; i < slot_count; i++)
		slot_make(&slots[i], i);
}
