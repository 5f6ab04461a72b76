/* A bundle that is damaged or makes no sense starts nothing, and the kernel says why. */
#include "kernel/bundle.h"
#include "kernel/log.h"
#include "tests/unit/unit.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define MANIFEST_BYTES ((sizeof(struct manifest) + PAGE_BYTES - 1) / PAGE_BYTES * PAGE_BYTES)
#define BUNDLE_BYTES   (MANIFEST_BYTES + PAGE_BYTES)

static _Alignas(4096) uint8_t bundle[BUNDLE_BYTES];
static struct manifest *const head = (struct manifest *)bundle;
static char why[256];

/* --- The rest of the kernel --------------------------------------------------- */

void klog(enum log_level level, const char *format, ...)
{
	va_list arguments;

	assert_int_equal(level, LOG_ERROR);
	va_start(arguments, format);
	vsnprintf(why, sizeof(why), format, arguments);
	va_end(arguments);
}

/* --- A good bundle -------------------------------------------------------------- */

static uint32_t crc32_of(const uint8_t *bytes, size_t length)
{
	uint32_t crc = UINT32_MAX;

	for (size_t i = 0; i < length; i++) {
		crc ^= bytes[i];
		for (unsigned bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
	}
	return ~crc;
}

static void sums_set(void)
{
	head->images[0].crc32 = crc32_of(bundle + MANIFEST_BYTES, PAGE_BYTES);
	head->crc32 = 0;
	head->crc32 = crc32_of(bundle, MANIFEST_BYTES);
}

static int good_set(void **state)
{
	struct manifest_image *image = &head->images[0];

	(void)state;
	memset(bundle, 0, sizeof(bundle));
	memset(bundle + MANIFEST_BYTES, 0x90, PAGE_BYTES);
	head->magic = MANIFEST_MAGIC;
	head->version = MANIFEST_VERSION;
	head->manifest_bytes = MANIFEST_BYTES;
	head->bundle_bytes = BUNDLE_BYTES;
	head->service_count = head->region_count = head->image_count = 1;
	strcpy(head->services[0].name, "rs");
	head->services[0].image_count = 1;
	head->services[0].map_count = 1;
	strcpy(head->regions[0].name, "memory");
	head->regions[0].address = USER_REGION_BASE;
	head->regions[0].size_bytes = PAGE_BYTES;
	strcpy(image->name, "rs");
	image->offset = MANIFEST_BYTES;
	image->size_bytes = PAGE_BYTES;
	image->segment_count = 1;
	image->segments[0].offset = MANIFEST_BYTES;
	image->segments[0].address = USER_IMAGE_BASE;
	image->segments[0].file_bytes = image->segments[0].memory_bytes = PAGE_BYTES;
	image->segments[0].access = SEGMENT_EXECUTE;
	sums_set();
	return 0;
}

/* True if the kernel would go on. */
static bool accepted_of(size_t bytes)
{
	struct module module = { (uint64_t)bundle, (uint64_t)bundle + bytes };

	why[0] = '\0';
	return bundle_open(module, "bundle") == head;
}

static bool accepted(void)
{
	return accepted_of(BUNDLE_BYTES);
}

/* --- The promises ---------------------------------------------------------------- */

static void a_good_bundle_is_accepted(void **state)
{
	(void)state;
	assert_true(accepted());
	assert_string_equal(why, "");
	assert_ptr_equal(bundle_image_find(head, head->images[0].name), &head->images[0]);
	assert_null(bundle_image_find(head, "another one\0\0\0\0"));
}

static void a_foreign_or_cut_file_is_no_bundle(void **state)
{
	(void)state;
	assert_false(accepted_of(100));
	assert_non_null(strstr(why, "not a Bulkhead bundle"));
	assert_false(accepted_of(BUNDLE_BYTES - 1));
	assert_non_null(strstr(why, "damaged"));
	head->magic++;
	assert_false(accepted());
	head->magic--;
	head->version++;
	assert_false(accepted());
	assert_non_null(strstr(why, "version"));
}

static void every_bit_of_it_counts(void **state)
{
	(void)state;
	for (size_t i = 0; i < BUNDLE_BYTES; i += 61) {
		bundle[i] ^= 0x10;
		assert_false(accepted());
		assert_non_null(strstr(why, "bundle"));
		bundle[i] ^= 0x10;
	}
	bundle[MANIFEST_BYTES + 7] ^= 1;
	assert_false(accepted());
	assert_non_null(strstr(why, "checksum is wrong of image rs"));
}

struct nonsense {
	void *field;
	size_t bytes;
	uint64_t value;
};

static void numbers_out_of_bounds_are_found_whatever_the_sums_say(void **state)
{
	struct manifest_service *service = &head->services[0];
	struct manifest_image *image = &head->images[0];
	struct manifest_segment *segment = &image->segments[0];
	struct manifest_region *region = &head->regions[0];
	const struct nonsense list[] = {
		{ &head->service_count, 4, SERVICE_MAX + 1 },
		{ &head->region_count, 4, REGION_MAX + 1 },
		{ &head->image_count, 4, IMAGE_MAX + 1 },
		{ &head->rs_slot, 4, 1 },
		{ &head->manifest_bytes, 4, MANIFEST_BYTES + 1 },
		{ &service->priority, 4, PRIORITY_COUNT },
		{ &service->image_count, 4, 0 },
		{ &service->image_count, 4, SERVICE_IMAGES_MAX + 1 },
		{ &service->map_count, 4, SERVICE_MAPS_MAX + 1 },
		{ &service->port_count, 4, SERVICE_PORTS_MAX + 1 },
		{ &service->irq_count, 4, SERVICE_IRQS_MAX + 1 },
		{ &service->images[0], 2, 1 },
		{ &service->maps[0].region, 2, 1 },
		{ &service->stack_bytes, 4, 100 },
		{ &service->name[0], 1, 0 },
		{ &service->name[NAME_BYTES - 1], 1, 'x' },
		{ &region->address, 4, USER_IMAGE_BASE },
		{ &region->size_bytes, 4, 0xfffff000 },
		{ &region->size_bytes, 4, 7 },
		{ &region->physical, 8, MEMORY_END },
		{ &image->offset, 8, 0 },
		{ &image->offset, 8, UINT64_MAX & ~(PAGE_BYTES - 1) },
		{ &image->size_bytes, 4, 2 * PAGE_BYTES },
		{ &image->segment_count, 4, IMAGE_SEGMENTS_MAX + 1 },
		{ &image->dma_rule_count, 4, IMAGE_DMA_RULES_MAX + 1 },
		{ &segment->offset, 8, 0 },
		{ &segment->file_bytes, 4, PAGE_BYTES + 1 },
		{ &segment->address, 4, 0 },
		{ &segment->address, 4, USER_HEAP_BASE },
		{ &segment->memory_bytes, 4, 0xffffffff },
		{ &segment->access, 4, SEGMENT_WRITE | SEGMENT_EXECUTE },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++) {
		good_set(NULL);
		memcpy(list[i].field, &list[i].value, list[i].bytes);
		if (list[i].field != &head->manifest_bytes)
			sums_set();
		if (accepted())
			fail_msg("number %zu of the list was accepted", i);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_good_bundle_is_accepted, good_set),
		cmocka_unit_test_setup(a_foreign_or_cut_file_is_no_bundle, good_set),
		cmocka_unit_test_setup(every_bit_of_it_counts, good_set),
		cmocka_unit_test_setup(numbers_out_of_bounds_are_found_whatever_the_sums_say,
				       good_set),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
