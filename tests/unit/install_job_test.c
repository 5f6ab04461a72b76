/* Installations on a disk in memory, which fail or die at any step: services/install/. */
#include "services/install/inspect.h"
#include "services/install/job.h"
#include "services/proto/store.h"
#include "services/runtime/crc32.h"
#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>

#define DISK_SECTORS 90000u
#define STEPS_MAX    5000u

static uint8_t boot[SECTOR_BYTES], core[90000], efi[30000], kernel[70001], bundle[204097];
static const char cfg[] = "menuentry";

static struct world {
	uint8_t *disk;
	struct disk_table disks;
	struct install_table table;
	struct job_saved saved;
	struct job job;
	struct plan_parts parts;
	uint32_t steps;      /* orders carried out */
	uint32_t fails_at;   /* that order ends in E_DEVICE; 0: none */
	bool loses;          /* the disk says that it wrote, and did not */
	bool cleared;        /* the partition table was seen to be gone */
	bool keeps;          /* the records */
	bool mute;           /* the store gives nothing */
	uint32_t dies_every; /* so many steps the installer dies; 0: never */
	uint32_t churn;      /* the store changes a record that often while it is read */
	uint32_t asked;      /* cells */
	uint64_t commits;
	uint8_t records[STORE_CELLS][STORE_CELL_BYTES];
} world;

static void fill(uint8_t *bytes, size_t count)
{
	for (size_t i = 0; i < count; i++)
		bytes[i] = (uint8_t)(i * 7 + i / 251 + 1);
}

static void parts_make(struct plan_parts *parts)
{
	*parts = (struct plan_parts){
		.boot = { boot, sizeof(boot) },
		.core = { core, sizeof(core) },
		.efi = { efi, sizeof(efi) },
		.modules = { efi, 5000 },
		.grub_cfg = { cfg, sizeof(cfg) - 1 },
		.kernel = { kernel, sizeof(kernel) },
		.bundle = { bundle, sizeof(bundle) },
	};
}

static void life_begin(void)
{
	job_open(&world.job, &world.table, &world.saved, &world.parts);
}

static int setup(void **state)
{
	(void)state;
	free(world.disk);
	memset(&world, 0, sizeof(world));
	world.disk = calloc(DISK_SECTORS, SECTOR_BYTES);
	world.keeps = true;
	fill(boot, sizeof(boot));
	fill(core, sizeof(core));
	fill(efi, sizeof(efi));
	fill(kernel, sizeof(kernel));
	fill(bundle, sizeof(bundle));
	fill(world.records[2], STORE_CELL_BYTES);
	fill(world.records[40], 700);
	parts_make(&world.parts);
	world.disks.ready = 1;
	world.disks.disks[1] = (struct disk_entry){
		.state = DISK_READY, .sectors = DISK_SECTORS, .model = "MODEL", .serial = "S1"
	};
	life_begin();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	free(world.disk);
	world.disk = NULL;
	return 0;
}

static bool table_is_there(void)
{
	return memcmp(world.disk + SECTOR_BYTES, "EFI PART", 8) == 0;
}

/* What has to be there: the plan, and in the store's partition its records. */
static void sector_wanted(uint64_t lba, uint8_t wanted[SECTOR_BYTES])
{
	uint64_t offset = (lba - PLAN_STORE_FIRST) * SECTOR_BYTES;

	plan_sector(&world.job.plan, lba, wanted);
	if (world.keeps && lba >= PLAN_STORE_FIRST && offset < sizeof(world.records))
		memcpy(wanted, (const uint8_t *)world.records + offset, SECTOR_BYTES);
}

/* Whoever finds a partition table finds everything behind it. */
static void invariant_check(void)
{
	uint8_t wanted[SECTOR_BYTES];

	if (!table_is_there())
		world.cleared = true;
	if (!world.cleared || !table_is_there())
		return;
	for (uint32_t i = 0; i < world.job.plan.stretch_count; i++)
		for (uint64_t n = 0; n < world.job.plan.stretches[i].count; n += 37) {
			uint64_t lba = world.job.plan.stretches[i].first + n;

			sector_wanted(lba, wanted);
			assert_memory_equal(world.disk + lba * SECTOR_BYTES, wanted, SECTOR_BYTES);
		}
}

static enum status carry_out(const struct job_order *order, uint8_t *data)
{
	uint8_t *at = world.disk + order->sector * SECTOR_BYTES;
	size_t bytes = order->count * SECTOR_BYTES;

	assert_true(order->count >= 1 && order->count <= BLOCK_SECTORS_MAX);
	assert_true(order->sector + order->count <= DISK_SECTORS);
	if (++world.steps == world.fails_at)
		return E_DEVICE;
	if (order->op == BLOCK_READ)
		memcpy(data, at, bytes);
	if (order->op == BLOCK_WRITE)
		job_order_fill(&world.job, order, data);
	if (order->op == BLOCK_WRITE && !world.loses)
		memcpy(at, data, bytes);
	return OK;
}

/* The store's answer; now and then it changes a record behind the reader's back. */
static enum status cell_get(uint32_t cell, uint8_t *data)
{
	if (world.mute)
		return E_TIMEOUT;
	if (cell == STORE_CELLS)
		return E_ABSENT;
	memcpy(data, world.records[cell], STORE_CELL_BYTES);
	if (world.asked++ % 50 == 20 && world.churn != 0) {
		world.churn--;
		world.commits++;
		world.records[2][5]++;
	}
	return OK;
}

/* A cell, if one is wanted now. */
static bool cell_give(uint8_t *data)
{
	uint32_t cell;

	if (!job_cell_wanted(&world.job, &cell))
		return false;
	enum status status = cell_get(cell, data);

	(void)job_cell_take(&world.job, status, world.commits, data);
	return true;
}

static uint8_t data[BLOCK_SECTORS_MAX * SECTOR_BYTES];

/* Until nothing is to be done. */
static void run(void)
{
	struct job_order order;

	for (uint32_t i = 1; i < STEPS_MAX && world.saved.phase != INSTALL_IDLE; i++) {
		if (world.dies_every != 0 && i % world.dies_every == 0)
			life_begin();
		if (world.saved.phase == INSTALL_SUMMING) {
			job_sum(&world.job);
			continue;
		}
		if (cell_give(data))
			continue;
		job_order_next(&world.job, &world.disks, &order);
		if (order.op == BLOCK_NONE)
			continue;
		enum status status = carry_out(&order, data);

		job_order_done(&world.job, &world.disks, &order, status, data);
		invariant_check();
	}
	assert_int_equal(world.saved.phase, INSTALL_IDLE);
}

static enum status begin(uint32_t code)
{
	const struct install_request request = { .disk = 1, .code = code, .keep = world.keeps };

	return job_begin(&world.job, &request, &world.disks.disks[1], "build");
}

static void install(void)
{
	run();
	assert_int_equal(begin(world.table.disks[1].code), OK);
	run();
}

/* The plan once more, as the installer forgets it in the end. */
static void plan_renew(void)
{
	struct plan_parts parts = world.parts;

	parts.kernel_crc32 = world.saved.kernel_crc32;
	parts.bundle_crc32 = world.saved.bundle_crc32;
	assert_int_equal(parts.kernel_crc32, crc32_of(kernel, sizeof(kernel)));
	assert_int_equal(parts.bundle_crc32, crc32_of(bundle, sizeof(bundle)));
	assert_int_equal(plan_make(&world.job.plan, &parts, DISK_SECTORS, world.saved.seed), OK);
}

static void installed_check(void)
{
	uint8_t wanted[SECTOR_BYTES];

	plan_renew();
	assert_int_equal(world.table.result, INSTALL_DONE);
	assert_int_equal(world.table.disks[1].finding, INSTALL_BULKHEAD);
	assert_true(table_is_there());
	for (uint64_t lba = 0; lba < DISK_SECTORS; lba++) {
		sector_wanted(lba, wanted);
		assert_memory_equal(world.disk + lba * SECTOR_BYTES, wanted, SECTOR_BYTES);
	}
}

/* --- Tests --------------------------------------------------------------- */

static void an_empty_disk_becomes_a_system_disk(void **state)
{
	(void)state;
	run();
	assert_int_equal(world.table.disks[0].finding, INSTALL_NO_DISK);
	assert_int_equal(world.table.disks[1].finding, INSTALL_EMPTY);
	install();
	installed_check();
	assert_int_equal(world.table.done, world.table.total);
}

static void what_a_disk_holds_is_told(void **state)
{
	uint8_t *first = world.disk;

	(void)state;
	first[100] = 1;
	assert_int_equal(inspect_finding(first), INSTALL_DATA);
	first[510] = 0x55;
	first[511] = 0xaa;
	assert_int_equal(inspect_finding(first), INSTALL_DATA);
	first[446 + 4] = 0x83;
	assert_int_equal(inspect_finding(first), INSTALL_PARTITIONS);
	first[446] = 0x12; /* code, no record of a partition */
	assert_int_equal(inspect_finding(first), INSTALL_DATA);
	memcpy(first + SECTOR_BYTES, "EFI PART", 8);
	assert_int_equal(inspect_finding(first), INSTALL_PARTITIONS);
	memcpy(first + 2 * SECTOR_BYTES + 384, plan_slot_type, GPT_GUID_BYTES);
	assert_int_equal(inspect_finding(first), INSTALL_BULKHEAD);
}

static void no_disk_is_overwritten_without_its_code(void **state)
{
	(void)state;
	assert_int_equal(begin(1), E_STATE);
	run();
	assert_int_equal(begin(0), E_STALE);
	assert_int_equal(begin(world.table.disks[1].code ^ 1), E_STALE);
	world.disks.disks[1].state = DISK_FAILED;
	assert_int_equal(begin(world.table.disks[1].code), E_ABSENT);
	for (uint32_t i = 0; i < DISK_SECTORS * SECTOR_BYTES; i += 97)
		assert_int_equal(world.disk[i], 0);
}

static void a_request_that_comes_again_is_the_same_and_another_has_to_wait(void **state)
{
	(void)state;
	run();
	uint32_t code = world.table.disks[1].code;
	char seed[JOB_SEED_BYTES];

	assert_int_equal(begin(code), OK);
	memcpy(seed, world.saved.seed, sizeof(seed));
	assert_int_equal(begin(code), OK);
	assert_int_equal(begin(code ^ 1), E_STATE);
	world.keeps = false;
	assert_int_equal(begin(code), E_STATE);
	world.keeps = true;
	assert_memory_equal(world.saved.seed, seed, sizeof(seed));
	run();
	assert_int_equal(world.table.result, INSTALL_DONE);
	assert_int_equal(begin(code), E_STALE);
}

static void a_disk_that_changed_is_left_alone(void **state)
{
	(void)state;
	run();
	uint32_t code = world.table.disks[1].code;

	memcpy(world.disk + 3 * SECTOR_BYTES, "precious", 8);
	assert_int_equal(begin(code), OK);
	run();
	assert_int_equal(world.table.result, INSTALL_CHANGED);
	assert_memory_equal(world.disk + 3 * SECTOR_BYTES, "precious", 8);
	assert_int_equal(world.table.disks[1].finding, INSTALL_DATA);
	assert_int_not_equal(world.table.disks[1].code, code);
}

static void installer_dies_after_each_step_and_goes_on(void **state)
{
	(void)state;
	world.keeps = false;
	run();
	assert_int_equal(begin(world.table.disks[1].code), OK);
	for (uint32_t i = 0; i < STEPS_MAX && world.table.result == INSTALL_NEVER; i++) {
		struct job_order order;

		if (world.saved.phase == INSTALL_SUMMING) {
			job_sum(&world.job);
			life_begin();
			continue;
		}
		job_order_next(&world.job, &world.disks, &order);
		enum status status = carry_out(&order, data);

		life_begin(); /* it has not heard of the outcome, and asks again */
		job_order_next(&world.job, &world.disks, &order);
		status = carry_out(&order, data);
		job_order_done(&world.job, &world.disks, &order, status, data);
		invariant_check();
		life_begin();
	}
	run();
	installed_check();
}

static void records_go_along_over_deaths_and_changes_of_the_store(void **state)
{
	(void)state;
	for (uint32_t distance = 4; distance < 8; distance++) {
		setup(NULL);
		world.dies_every = distance;
		world.churn = 3;
		install();
		installed_check();
		assert_int_equal(world.churn, 0);
		assert_true(world.saved.rounds >= 1);
	}
}

static void a_blank_installation_has_no_records(void **state)
{
	(void)state;
	world.keeps = false;
	install();
	installed_check();
	assert_int_equal(world.asked, 0);
}

static void a_store_that_gives_nothing_or_never_rests_is_named(void **state)
{
	(void)state;
	world.mute = true;
	install();
	assert_int_equal(world.table.result, INSTALL_NO_RECORDS);
	assert_false(table_is_there());
	world.mute = false;
	world.churn = UINT32_MAX;
	install();
	assert_int_equal(world.table.result, INSTALL_NO_RECORDS);
	assert_false(table_is_there());
	world.churn = 0;
	install();
	installed_check();
}

static void a_disk_that_fails_is_named_and_never_looks_whole(void **state)
{
	(void)state;
	for (uint32_t step = 2; step < 700; step += step < 8 ? 1 : 53) {
		teardown(NULL);
		setup(NULL);
		run();
		assert_int_equal(begin(world.table.disks[1].code), OK);
		world.fails_at = world.steps + step;
		run();
		assert_true(world.table.result == INSTALL_READ_FAILED ||
			    world.table.result == INSTALL_WRITE_FAILED ||
			    world.steps < world.fails_at);
		world.fails_at = 0;
		install();
		installed_check();
	}
}

static void a_disk_that_loses_writes_is_found_out(void **state)
{
	(void)state;
	world.loses = true;
	install();
	assert_int_equal(world.table.result, INSTALL_DIFFERS);
	assert_false(table_is_there());
}

static void small_disks_and_bundles_without_archive_are_refused(void **state)
{
	(void)state;
	world.disks.disks[1].sectors = PLAN_SECTORS_MIN - 1;
	run();
	assert_int_equal(world.table.disks[1].finding, INSTALL_TOO_SMALL);
	assert_int_equal(begin(0), E_TOO_LARGE);
	world.parts.kernel.count = 0;
	life_begin();
	run();
	assert_int_equal(begin(1), E_DAMAGED);
}

static void damaged_state_begins_anew(void **state)
{
	(void)state;
	run();
	assert_int_equal(begin(world.table.disks[1].code), OK);
	world.saved.position ^= 0x10;
	life_begin();
	assert_int_equal(world.saved.phase, INSTALL_LOOKING);
	assert_int_equal(world.table.result, INSTALL_NEVER);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_empty_disk_becomes_a_system_disk),
		TEST(what_a_disk_holds_is_told),
		TEST(no_disk_is_overwritten_without_its_code),
		TEST(a_request_that_comes_again_is_the_same_and_another_has_to_wait),
		TEST(a_disk_that_changed_is_left_alone),
		TEST(installer_dies_after_each_step_and_goes_on),
		TEST(records_go_along_over_deaths_and_changes_of_the_store),
		TEST(a_blank_installation_has_no_records),
		TEST(a_store_that_gives_nothing_or_never_rests_is_named),
		TEST(a_disk_that_fails_is_named_and_never_looks_whole),
		TEST(a_disk_that_loses_writes_is_found_out),
		TEST(small_disks_and_bundles_without_archive_are_refused),
		TEST(damaged_state_begins_anew),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
