/* What a system disk holds, sector by sector: services/install/. */
#include "services/install/plan.h"
#include "services/runtime/crc32.h"
#include "tests/unit/unit.h"

#include <stdbool.h>
#include <string.h>

#define KERNEL_BYTES 70001u
#define BUNDLE_BYTES 904097u
#define DISK_SECTORS 200000u

static uint8_t boot[SECTOR_BYTES], core[90000], efi[300000], kernel[KERNEL_BYTES];
static uint8_t bundle[BUNDLE_BYTES];
static const char cfg[] = "menuentry";
static struct plan plan;
static struct plan_parts parts;

static void fill(uint8_t *bytes, size_t count, uint32_t seed)
{
	for (size_t i = 0; i < count; i++) {
		seed = seed * 1664525u + 1013904223u;
		bytes[i] = (uint8_t)(seed >> 24 | 1);
	}
}

static int setup(void **state)
{
	(void)state;
	fill(boot, sizeof(boot), 1);
	fill(core, sizeof(core), 2);
	fill(efi, sizeof(efi), 3);
	fill(kernel, sizeof(kernel), 4);
	fill(bundle, sizeof(bundle), 5);
	parts = (struct plan_parts){
		.boot = { boot, sizeof(boot) },
		.core = { core, sizeof(core) },
		.efi = { efi, sizeof(efi) },
		.modules = { kernel, 5000 },
		.grub_cfg = { cfg, sizeof(cfg) - 1 },
		.kernel = { kernel, sizeof(kernel) },
		.bundle = { bundle, sizeof(bundle) },
		.kernel_crc32 = 0x1234567,
		.bundle_crc32 = 0x89abcdef,
	};
	assert_int_equal(plan_make(&plan, &parts, DISK_SECTORS, "one"), OK);
	return 0;
}

static uint32_t number(const uint8_t *at, unsigned bytes)
{
	uint32_t value = 0;

	for (unsigned i = 0; i < bytes; i++)
		value |= (uint32_t)at[i] << (8 * i);
	return value;
}

/* --- A reader of FAT16 that knows nothing of how the volume was made ------ */

static uint32_t fat_first, root_first, data_first, cluster_sectors;

static void volume_open(uint32_t lba)
{
	uint8_t sector[SECTOR_BYTES];

	plan_sector(&plan, lba, sector);
	assert_int_equal(number(sector + 510, 2), 0xaa55);
	assert_int_equal(number(sector + 28, 4), lba);
	cluster_sectors = sector[13];
	fat_first = lba + number(sector + 14, 2);
	root_first = fat_first + sector[16] * number(sector + 22, 2);
	data_first = root_first + number(sector + 17, 2) * 32 / SECTOR_BYTES;
}

static uint32_t cluster_next(uint32_t cluster)
{
	uint8_t sector[SECTOR_BYTES];

	plan_sector(&plan, fat_first + cluster / 256, sector);
	return number(sector + 2 * (cluster % 256), 2);
}

static uint32_t cluster_lba(uint32_t cluster)
{
	return data_first + (cluster - 2) * cluster_sectors;
}

/* The first cluster and the length of a name in the directory at `lba`. */
static uint32_t lookup(uint32_t lba, const char *name, uint32_t *bytes)
{
	uint8_t sector[SECTOR_BYTES];

	plan_sector(&plan, lba, sector);
	for (unsigned at = 0; at < SECTOR_BYTES; at += 32)
		if (!memcmp(sector + at, name, 11) && !(sector[at + 11] & 0x08)) {
			*bytes = number(sector + at + 28, 4);
			return number(sector + at + 26, 2);
		}
	fail_msg("%s is not there", name);
	return 0;
}

static uint32_t directory(uint32_t lba, const char *name)
{
	uint32_t bytes;

	return cluster_lba(lookup(lba, name, &bytes));
}

static void file_is(uint32_t lba, const char *name, const uint8_t *wanted, uint32_t count)
{
	uint32_t bytes, at = 0, cluster = lookup(lba, name, &bytes);
	uint8_t sector[SECTOR_BYTES];

	assert_int_equal(bytes, count);
	for (; cluster < 0xfff8; cluster = cluster_next(cluster))
		for (uint32_t i = 0; i < cluster_sectors && at < count; i++) {
			uint32_t part = count - at < SECTOR_BYTES ? count - at : SECTOR_BYTES;

			plan_sector(&plan, cluster_lba(cluster) + i, sector);
			assert_memory_equal(sector, wanted + at, part);
			at += part;
		}
	assert_int_equal(at, count);
}

/* --- Tests --------------------------------------------------------------- */

static void each_slot_holds_the_system(void **state)
{
	const char *sums = "01234567  kernel.elf\n89abcdef  bundle\n";

	(void)state;
	for (uint32_t slot = 0; slot < PLAN_SLOTS; slot++) {
		volume_open(PLAN_SLOT_FIRST + slot * PLAN_SLOT_SECTORS);
		file_is(root_first, "KERNEL  ELF", kernel, KERNEL_BYTES);
		file_is(root_first, "BUNDLE     ", bundle, sizeof(bundle));
		file_is(root_first, "SUMS       ", (const uint8_t *)sums, (uint32_t)strlen(sums));
	}
}

static void efi_partition_holds_grub(void **state)
{
	(void)state;
	volume_open(PLAN_ESP_FIRST);
	file_is(directory(directory(root_first, "EFI        "), "BOOT       "), "BOOTX64 EFI", efi,
		sizeof(efi));
	uint32_t grub = directory(root_first, "GRUB       ");

	file_is(grub, "GRUB    CFG", (const uint8_t *)cfg, sizeof(cfg) - 1);
	file_is(grub, "GRUBENV    ", (const uint8_t *)plan.grubenv, PLAN_GRUBENV_BYTES);
	file_is(grub, "MODULES TAR", kernel, 5000);
	assert_memory_equal(plan.grubenv, "# GRUB Environment Block\nslot=A\n#", 33);
	(void)directory(root_first, "BULKHEAD   ");
}

/* The installer writes the table and the stretches, and nothing else. */
static void stretches_hold_all_that_is_not_zero(void **state)
{
	static const uint8_t zero[SECTOR_BYTES];
	uint8_t sector[SECTOR_BYTES];
	uint32_t stretch = 0;

	(void)state;
	for (uint64_t lba = GPT_FIRST_USABLE; lba < DISK_SECTORS - GPT_TAIL; lba++) {
		while (stretch < plan.stretch_count &&
		       lba >= plan.stretches[stretch].first + plan.stretches[stretch].count)
			stretch++;
		if (stretch < plan.stretch_count && lba >= plan.stretches[stretch].first)
			continue;
		plan_sector(&plan, lba, sector);
		assert_memory_equal(sector, zero, SECTOR_BYTES);
	}
	assert_int_equal(plan.stretches[plan.stretch_count - 1].first, PLAN_STORE_FIRST);
	assert_int_equal(plan.stretches[plan.stretch_count - 1].count, PLAN_STORE_SECTORS);
}

static void table_header_check(uint64_t lba, uint64_t other)
{
	uint8_t sector[SECTOR_BYTES], entries[32 * SECTOR_BYTES];

	plan_sector(&plan, lba, sector);
	assert_memory_equal(sector, "EFI PART", 8);
	uint32_t crc = number(sector + 16, 4), table = number(sector + 72, 4);

	memset(sector + 16, 0, 4);
	assert_int_equal(crc, crc32_of(sector, 92));
	assert_int_equal(number(sector + 24, 4), lba);
	assert_int_equal(number(sector + 32, 4), other);
	for (uint32_t i = 0; i < 32; i++)
		plan_sector(&plan, table + i, entries + i * SECTOR_BYTES);
	assert_int_equal(number(sector + 88, 4), crc32_of(entries, sizeof(entries)));
	assert_int_equal(number(entries + 32, 4), PLAN_CORE_FIRST);
}

static void table_and_its_copy_check_out(void **state)
{
	(void)state;
	table_header_check(1, DISK_SECTORS - 1);
	table_header_check(DISK_SECTORS - 1, 1);
}

static void first_sector_finds_the_core(void **state)
{
	uint8_t sector[SECTOR_BYTES];

	(void)state;
	plan_sector(&plan, 0, sector);
	assert_int_equal(number(sector + 0x5c, 4), PLAN_CORE_FIRST);
	assert_memory_equal(sector + 0x70, boot + 0x70, 440 - 0x70);
	assert_int_equal(sector[450], 0xee);
	plan_sector(&plan, PLAN_CORE_FIRST, sector);
	assert_int_equal(number(sector + 500, 4), PLAN_CORE_FIRST + 1);
	assert_int_equal(number(sector + 508, 2), (sizeof(core) + 511) / 512 - 1);
}

static void disks_of_other_seeds_can_be_told_apart(void **state)
{
	static struct plan other;

	(void)state;
	assert_int_equal(plan_make(&other, &parts, DISK_SECTORS, "two"), OK);
	assert_memory_not_equal(other.gpt.guid, plan.gpt.guid, GPT_GUID_BYTES);
	for (unsigned i = 0; i < plan.gpt.partition_count; i++)
		assert_memory_not_equal(other.gpt.partitions[i].guid, plan.gpt.partitions[i].guid,
					GPT_GUID_BYTES);
	assert_int_equal(plan_make(&other, &parts, DISK_SECTORS, "one"), OK);
	assert_memory_equal(&other.gpt, &plan.gpt, offsetof(struct gpt, partitions));
}

static void what_does_not_fit_is_refused(void **state)
{
	static struct plan other;
	struct plan_parts large = parts;

	(void)state;
	assert_int_equal(plan_make(&other, &parts, PLAN_SECTORS_MIN - 1, "x"), E_TOO_LARGE);
	assert_int_equal(plan_make(&other, &parts, PLAN_SECTORS_MIN, "x"), OK);
	large.kernel.count = PLAN_SLOT_SECTORS * SECTOR_BYTES;
	assert_int_equal(plan_make(&other, &large, DISK_SECTORS, "x"), E_TOO_LARGE);
	large = parts;
	large.efi.count = PLAN_ESP_SECTORS * SECTOR_BYTES;
	assert_int_equal(plan_make(&other, &large, DISK_SECTORS, "x"), E_TOO_LARGE);
	large = parts;
	large.core.count = PLAN_ESP_FIRST * SECTOR_BYTES;
	assert_int_equal(plan_make(&other, &large, DISK_SECTORS, "x"), E_TOO_LARGE);
	large = parts;
	large.boot.count = 511;
	assert_int_equal(plan_make(&other, &large, DISK_SECTORS, "x"), E_ARGUMENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_slot_holds_the_system),
		cmocka_unit_test(efi_partition_holds_grub),
		cmocka_unit_test(stretches_hold_all_that_is_not_zero),
		cmocka_unit_test(table_and_its_copy_check_out),
		cmocka_unit_test(first_sector_finds_the_core),
		cmocka_unit_test(disks_of_other_seeds_can_be_told_apart),
		cmocka_unit_test(what_does_not_fit_is_refused),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
