/*
 * A damaged module must never start half a system: both checksums and all
 * numbers that the kernel later uses without a check are looked at here, once.
 * What the numbers mean was checked by the manifest compiler.
 */
#include "kernel/bundle.h"

#include "kernel/log.h"

#include <stdbool.h>
#include <stddef.h>

#define CRC32_POLYNOMIAL 0xedb88320u /* IEEE 802.3, reflected */

const struct manifest *manifest;
static physical_t bundle;
static uint32_t crc_table[256];

static void crc_table_fill(void)
{
	for (uint32_t i = 0; i < 256; i++) {
		uint32_t crc = i;

		for (unsigned bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? CRC32_POLYNOMIAL : 0);
		crc_table[i] = crc;
	}
}

static uint32_t crc_update(uint32_t crc, const void *bytes, size_t length)
{
	const uint8_t *byte = bytes;

	while (length--)
		crc = crc >> 8 ^ crc_table[(crc ^ *byte++) & 0xff];
	return crc;
}

static uint32_t manifest_crc(const struct manifest *m)
{
	const uint32_t zero = 0;
	uint32_t crc = crc_update(UINT32_MAX, m, offsetof(struct manifest, crc32));

	crc = crc_update(crc, &zero, sizeof(zero));
	return ~crc_update(crc, &m->manifest_bytes,
			   m->manifest_bytes - offsetof(struct manifest, manifest_bytes));
}

static bool name_valid(const char *name)
{
	return name[0] && !name[NAME_BYTES - 1];
}

static bool whole_pages(uint64_t value)
{
	return value % PAGE_BYTES == 0;
}

/* Whether [start, start + bytes) lies in [low, high), with no overflow. */
static bool range_within(uint64_t start, uint64_t bytes, uint64_t low, uint64_t high)
{
	return start >= low && start <= high && bytes <= high - start;
}

static bool segment_valid(const struct manifest_segment *s, const struct manifest_image *image)
{
	return whole_pages(s->offset) && whole_pages(s->address) &&
	       s->file_bytes <= s->memory_bytes &&
	       range_within(s->offset, s->file_bytes, image->offset,
			    image->offset + image->size_bytes) &&
	       range_within(s->address, s->memory_bytes, USER_IMAGE_BASE, USER_HEAP_BASE) &&
	       s->access != (SEGMENT_WRITE | SEGMENT_EXECUTE);
}

static bool image_valid(const struct manifest_image *image)
{
	if (!name_valid(image->name) || !whole_pages(image->offset) ||
	    image->segment_count > IMAGE_SEGMENTS_MAX ||
	    image->dma_rule_count > IMAGE_DMA_RULES_MAX ||
	    !range_within(image->offset, image->size_bytes, manifest->manifest_bytes,
			  manifest->bundle_bytes))
		return false;
	for (unsigned i = 0; i < image->segment_count; i++)
		if (!segment_valid(&image->segments[i], image))
			return false;
	return true;
}

static bool region_valid(const struct manifest_region *region)
{
	return name_valid(region->name) && whole_pages(region->address) &&
	       whole_pages(region->size_bytes) &&
	       range_within(region->address, region->size_bytes, USER_REGION_BASE,
			    USER_STACK_TOP) &&
	       whole_pages(region->physical) && region->physical < MEMORY_END;
}

static bool service_valid(const struct manifest_service *service)
{
	if (!name_valid(service->name) || service->priority >= PRIORITY_COUNT ||
	    service->image_count == 0 || service->image_count > SERVICE_IMAGES_MAX ||
	    service->map_count > SERVICE_MAPS_MAX || service->port_count > SERVICE_PORTS_MAX ||
	    service->irq_count > SERVICE_IRQS_MAX || !whole_pages(service->stack_bytes) ||
	    !whole_pages(service->heap_bytes))
		return false;
	for (unsigned i = 0; i < service->image_count; i++)
		if (service->images[i] >= manifest->image_count)
			return false;
	for (unsigned i = 0; i < service->map_count; i++)
		if (service->maps[i].region >= manifest->region_count)
			return false;
	for (unsigned i = 0; i < service->irq_count; i++)
		if (service->irqs[i].line >= 16)
			return false;
	return true;
}

static void head_check(uint64_t bytes)
{
	if (bytes < sizeof(*manifest) || manifest->magic != MANIFEST_MAGIC)
		halt("the module \"bundle\" is not a Bulkhead bundle");
	if (manifest->version != MANIFEST_VERSION)
		halt("the module \"bundle\" is of version %u; this kernel needs %u",
		     (uint64_t)manifest->version, (uint64_t)MANIFEST_VERSION);
	if (manifest->bundle_bytes != bytes || manifest->manifest_bytes > bytes ||
	    manifest->manifest_bytes < sizeof(*manifest) || !whole_pages(manifest->manifest_bytes))
		halt("the module \"bundle\" is damaged: it has %u bytes, not %u", bytes,
		     manifest->bundle_bytes);
	if (manifest_crc(manifest) != manifest->crc32)
		halt("the module \"bundle\" is damaged: the manifest's checksum is wrong");
	if (manifest->service_count > SERVICE_MAX || manifest->region_count > REGION_MAX ||
	    manifest->image_count > IMAGE_MAX || manifest->rs_slot >= manifest->service_count)
		halt("the manifest has more entries than this kernel can hold");
}

static void images_check(void)
{
	for (unsigned i = 0; i < manifest->image_count; i++) {
		const struct manifest_image *image = &manifest->images[i];

		if (!image_valid(image))
			halt("the manifest's image %u is out of bounds", (uint64_t)i);
		if (~crc_update(UINT32_MAX, bundle_at(image->offset), image->size_bytes) !=
		    image->crc32)
			halt("the module \"bundle\" is damaged: the checksum of service image %s "
			     "is wrong",
			     image->name);
	}
}

void bundle_check(uint64_t start, uint64_t end)
{
	if (start == end)
		halt("the module \"bundle\" is missing");
	bundle = (physical_t){ start };
	manifest = physical_pointer(bundle);
	crc_table_fill();
	head_check(end - start);
	images_check();
	for (unsigned i = 0; i < manifest->region_count; i++)
		if (!region_valid(&manifest->regions[i]))
			halt("the manifest's region %u is out of bounds", (uint64_t)i);
	for (unsigned i = 0; i < manifest->service_count; i++)
		if (!service_valid(&manifest->services[i]))
			halt("the manifest's service %u is out of bounds", (uint64_t)i);
}

const void *bundle_at(uint64_t offset)
{
	return (const uint8_t *)manifest + offset;
}

physical_t bundle_physical(void)
{
	return bundle;
}
