/*
 * A damaged module must never start half a system: both checksums and all
 * numbers that the kernel later uses without a check are looked at here, once.
 * What the numbers mean was checked by the manifest compiler.
 */
#include "kernel/bundle.h"

#include "kernel/crc.h"
#include "kernel/log.h"
#include "kernel/string.h"

#include <stddef.h>

const struct manifest *manifest, *update;

static uint32_t manifest_crc(const struct manifest *m)
{
	const uint32_t zero = 0;
	uint32_t crc = crc_update(CRC_BEGIN, m, offsetof(struct manifest, crc32));

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

static bool image_valid(const struct manifest *m, const struct manifest_image *image)
{
	if (!name_valid(image->name) || !whole_pages(image->offset) ||
	    image->segment_count > IMAGE_SEGMENTS_MAX ||
	    image->dma_rule_count > IMAGE_DMA_RULES_MAX ||
	    !range_within(image->offset, image->size_bytes, m->manifest_bytes, m->bundle_bytes))
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
			    USER_DEVICE_BASE) &&
	       whole_pages(region->physical) && region->physical < MEMORY_END;
}

static bool service_valid(const struct manifest *m, const struct manifest_service *service)
{
	if (!name_valid(service->name) || service->priority >= PRIORITY_COUNT ||
	    service->image_count == 0 || service->image_count > SERVICE_IMAGES_MAX ||
	    service->map_count > SERVICE_MAPS_MAX || service->port_count > SERVICE_PORTS_MAX ||
	    service->irq_count > SERVICE_IRQS_MAX || !whole_pages(service->stack_bytes) ||
	    !whole_pages(service->heap_bytes))
		return false;
	for (unsigned i = 0; i < service->image_count; i++)
		if (service->images[i] >= m->image_count)
			return false;
	for (unsigned i = 0; i < service->map_count; i++)
		if (service->maps[i].region >= m->region_count)
			return false;
	for (unsigned i = 0; i < service->irq_count; i++)
		if (service->irqs[i].line >= 16)
			return false;
	return true;
}

/* What is wrong with the head, or NULL. */
static const char *head_fault(const struct manifest *m, uint64_t bytes)
{
	if (bytes < sizeof(*m) || m->magic != MANIFEST_MAGIC)
		return "is not a Bulkhead bundle";
	if (m->version != MANIFEST_VERSION)
		return "is of another version than this kernel";
	if (m->bundle_bytes != bytes || m->manifest_bytes > bytes ||
	    m->manifest_bytes < sizeof(*m) || !whole_pages(m->manifest_bytes))
		return "is damaged: it has not the length it says";
	if (manifest_crc(m) != m->crc32)
		return "is damaged: the manifest's checksum is wrong";
	if (m->service_count > SERVICE_MAX || m->region_count > REGION_MAX ||
	    m->image_count > IMAGE_MAX || m->rs_slot >= m->service_count)
		return "has more entries than this kernel can hold";
	return NULL;
}

/* What is wrong with an entry, or NULL; *name is which. */
static const char *entry_fault(const struct manifest *m, const char **name)
{
	for (unsigned i = 0; i < m->image_count; i++) {
		const struct manifest_image *image = &m->images[i];
		const uint8_t *bytes = (const uint8_t *)m + image->offset;

		*name = image->name;
		if (!image_valid(m, image))
			return "is out of bounds: image ";
		if (~crc_update(CRC_BEGIN, bytes, image->size_bytes) != image->crc32)
			return "is damaged: the checksum is wrong of image ";
	}
	for (unsigned i = 0; i < m->region_count; i++)
		if (!region_valid(&m->regions[i]))
			return "is out of bounds: a region";
	for (unsigned i = 0; i < m->service_count; i++)
		if (!service_valid(m, &m->services[i]))
			return "is out of bounds: a service";
	*name = "";
	return NULL;
}

const struct manifest *bundle_open(struct module module, const char *name)
{
	const struct manifest *m = physical_pointer((physical_t){ module.start });
	const char *which = "", *fault = head_fault(m, module.end - module.start);

	if (!fault)
		fault = entry_fault(m, &which);
	if (fault)
		klog(LOG_ERROR, "the module \"%s\" %s%s", name, fault, which);
	return fault ? NULL : m;
}

const struct manifest_image *bundle_image_find(const struct manifest *bundle, const char *name)
{
	for (unsigned i = 0; i < bundle->image_count; i++)
		if (!memcmp(bundle->images[i].name, name, NAME_BYTES))
			return &bundle->images[i];
	return NULL;
}
