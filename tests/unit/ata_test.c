/* The disk driver, whole, against disks that behave, fail and lie. */
#include "drivers/block/ata/registers.h"
#include "services/runtime/block.h"
#include "services/runtime/crc32.h"
#include "services/runtime/kernel.h"
#include "services/runtime/service.h"
#include "tests/unit/ata_device.h"
#include "tests/unit/unit.h"

#include <stdio.h>
#include <string.h>

int ata_main(void);
#define main ata_main
#include "drivers/block/ata/ata.c"
#undef main

#define STORE_FIRST   64u
#define STORE_SECTORS 100u
#define DISK_SECTORS  4096u
#define TURNS_MAX     2000000u
#define SLOT_STORE    7u
#define SLOT_INSTALL  8u

static struct block_request requests[CLIENTS];
static struct block_completion completions[CLIENTS];
static struct disk_table disk_table;
static struct block_end ends[CLIENTS] = { { &requests[0], &completions[0] },
					  { &requests[1], &completions[1] } };
static const struct service *driver;
static unsigned notified[SERVICE_MAX], errors_logged;
static uint64_t longest_turn_us;

/* --- The runtime ---------------------------------------------------------------- */

const struct start_map *region_find(const char *alias)
{
	static struct start_map map;

	return strstr(alias, ".req") != NULL || strstr(alias, ".done") != NULL ? &map : NULL;
}

void *region(const char *alias, size_t size_bytes)
{
	(void)size_bytes;
	if (strcmp(alias, "table") == 0)
		return &disk_table;
	unsigned who = strncmp(alias, "store", 5) == 0 ? CLIENT_STORE : CLIENT_INSTALL;

	return strstr(alias, ".req") != NULL ? (void *)&requests[who] : (void *)&completions[who];
}

uint32_t service_slot(const char *name)
{
	return strcmp(name, "store") == 0 ? SLOT_STORE : SLOT_INSTALL;
}

void service_notify(uint32_t slot)
{
	notified[slot]++;
}

uint64_t time_us(void)
{
	return fake_now_us;
}

void log_at(enum log_level level, const char *format, ...)
{
	(void)format;
	errors_logged += level == LOG_ERROR;
}

int service_run(const struct service *service)
{
	driver = service;
	return 0;
}

/* --- The world -------------------------------------------------------------------- */

static void sector_put(struct fake_disk *disk, uint64_t sector, const void *bytes)
{
	memcpy(disk->data[sector % FAKE_SECTORS], bytes, BLOCK_SECTOR_BYTES);
}

static void put32(uint8_t *bytes, uint32_t value)
{
	memcpy(bytes, &value, 4);
}

static void put64(uint8_t *bytes, uint64_t value)
{
	memcpy(bytes, &value, 8);
}

/* One partition of the store's type, `guid` its own. */
static void table_write(struct fake_disk *disk, uint8_t guid)
{
	static const uint8_t type[BLOCK_GUID_BYTES] = BLOCK_STORE_TYPE_GUID;
	static uint8_t entries[GPT_ENTRIES_BYTES];
	uint8_t header[BLOCK_SECTOR_BYTES] = "EFI PART";

	memset(entries, 0, sizeof(entries));
	memcpy(entries, type, sizeof(type));
	memset(entries + 16, guid, BLOCK_GUID_BYTES);
	put64(entries + 32, STORE_FIRST);
	put64(entries + 40, STORE_FIRST + STORE_SECTORS - 1);
	put32(header + 8, 0x10000);
	put32(header + 12, 92);
	put64(header + 24, 1);
	put64(header + 32, DISK_SECTORS - 1);
	put64(header + 40, 34);
	put64(header + 48, DISK_SECTORS - 34);
	put64(header + 72, 2);
	put32(header + 80, 128);
	put32(header + 84, 128);
	put32(header + 88, crc32_of(entries, sizeof(entries)));
	put32(header + 16, crc32_of(header, 92));
	sector_put(disk, 1, header);
	for (unsigned i = 0; i < GPT_ENTRIES_SECTORS; i++)
		sector_put(disk, 2 + i, entries + (size_t)i * BLOCK_SECTOR_BYTES);
}

/* Turns until the driver has nothing to do; time jumps to when it wants to look again. */
static void run(void)
{
	for (unsigned turns = 0; turns < TURNS_MAX; turns++) {
		uint64_t before_us = fake_now_us;
		uint64_t next_us = driver->work(before_us);

		if (fake_now_us - before_us > longest_turn_us)
			longest_turn_us = fake_now_us - before_us;
		if (next_us == SERVICE_NO_DEADLINE)
			return;
		if (next_us > fake_now_us)
			fake_now_us = next_us;
	}
	fail_msg("the driver is never done");
}

/* A new life of the driver, before its first turn. */
static void driver_begin(void)
{
	scanning = false;
	serving = NULL;
	transfer = (struct transfer){ 0 };
	turn = 0;
	assert_int_equal(ata_main(), 0);
	assert_int_equal(driver->start(), OK);
}

static struct fake_disk *disk_with_store(unsigned number)
{
	struct fake_disk *disk = fake_disk_add(number, DISK_SECTORS);

	table_write(disk, (uint8_t)(10 + number));
	return disk;
}

static int setup(void **state)
{
	(void)state;
	fake_init();
	memset(requests, 0, sizeof(requests));
	memset(completions, 0, sizeof(completions));
	memset(&disk_table, 0, sizeof(disk_table));
	memset(notified, 0, sizeof(notified));
	errors_logged = 0;
	memset(failures_in_row, 0, sizeof(failures_in_row));
	longest_turn_us = 0;
	return 0;
}

static enum status ask(enum client client, enum block_op op, uint32_t disk, uint64_t sector,
		       uint32_t count)
{
	uint32_t volume = client == CLIENT_STORE ? disk_table.store.volume : 0;

	assert_false(block_is_busy(&ends[client]));
	block_submit(&ends[client], op, disk, volume, sector, count);
	run();
	assert_false(block_is_busy(&ends[client]));
	return (enum status)completions[client].status;
}

/* --- Tests -------------------------------------------------------------------------- */

static void disks_and_the_stores_partition_are_found(void **state)
{
	(void)state;
	(void)fake_disk_add(0, 1000);
	(void)disk_with_store(3);
	driver_begin();
	assert_int_equal(disk_table.ready, 0);
	run();
	assert_int_equal(disk_table.ready, 1);
	assert_int_equal(disk_table.disks[0].state, DISK_READY);
	assert_int_equal(disk_table.disks[0].sectors, 1000);
	assert_int_equal(disk_table.disks[1].state, DISK_ABSENT);
	assert_int_equal(disk_table.disks[3].state, DISK_READY);
	assert_string_equal(disk_table.disks[3].model, "FAKE DISK");
	assert_string_equal(disk_table.disks[3].serial, "1234");
	assert_int_equal(disk_table.store.disk, 3);
	assert_int_equal(disk_table.store.first, STORE_FIRST);
	assert_int_equal(disk_table.store.count, STORE_SECTORS);
	assert_true(notified[SLOT_STORE] > 0);
}

static void empty_floating_and_packet_channels_are_no_disks(void **state)
{
	(void)state;
	fake_channels[0].floating = true;
	fake_disk_add(2, 1000)->packet = true;
	driver_begin();
	run();
	assert_int_equal(disk_table.ready, 1);
	for (unsigned i = 0; i < BLOCK_DISKS_MAX; i++)
		assert_int_equal(disk_table.disks[i].state, DISK_ABSENT);
	assert_int_equal(ask(CLIENT_INSTALL, BLOCK_READ, 0, 0, 1), E_ABSENT);
	assert_int_equal(ask(CLIENT_STORE, BLOCK_READ, 0, 0, 1), E_ABSENT);
}

static void what_was_written_is_read_back_in_pieces(void **state)
{
	struct fake_disk *disk = disk_with_store(0);

	(void)state;
	driver_begin();
	run();
	for (unsigned i = 0; i < sizeof(requests[0].data); i++)
		requests[CLIENT_STORE].data[i] = (uint8_t)(i * 7 + i / 512);
	longest_turn_us = 0;
	assert_int_equal(ask(CLIENT_STORE, BLOCK_WRITE, 0, 10, BLOCK_SECTORS_MAX), OK);
	assert_int_equal(ask(CLIENT_STORE, BLOCK_FLUSH, 0, 0, 0), OK);
	assert_int_equal(disk->flushes, 1);
	assert_memory_equal(disk->data[STORE_FIRST + 10], requests[CLIENT_STORE].data,
			    sizeof(requests[0].data));
	assert_int_equal(ask(CLIENT_STORE, BLOCK_READ, 0, 10, BLOCK_SECTORS_MAX), OK);
	assert_memory_equal(completions[CLIENT_STORE].data, requests[CLIENT_STORE].data,
			    sizeof(requests[0].data));
	/* A register access takes 1 us here: no turn is longer than eight sectors and their waits.
	 */
	assert_in_range(longest_turn_us, 1, 8 * 300);
	assert_int_equal(disk_table.disks[0].statistics.writes, BLOCK_SECTORS_MAX);
}

static void the_store_reaches_its_partition_and_nothing_else(void **state)
{
	struct fake_disk *disk = disk_with_store(0);
	unsigned reads;

	(void)state;
	driver_begin();
	run();
	reads = disk->reads;
	assert_int_equal(ask(CLIENT_STORE, BLOCK_READ, 0, STORE_SECTORS, 1), E_DENIED);
	assert_int_equal(ask(CLIENT_STORE, BLOCK_READ, 0, STORE_SECTORS - 1, 2), E_DENIED);
	assert_int_equal(ask(CLIENT_STORE, BLOCK_WRITE, 0, UINT64_MAX, 1), E_DENIED);
	assert_int_equal(ask(CLIENT_STORE, BLOCK_WRITE, 0, UINT64_MAX - 1, 64), E_DENIED);
	assert_int_equal(ask(CLIENT_STORE, BLOCK_READ, 1, 0, 1), E_ARGUMENT);
	assert_int_equal(ask(CLIENT_STORE, BLOCK_READ, 0, 0, 0), E_ARGUMENT);
	assert_int_equal(ask(CLIENT_STORE, BLOCK_READ, 0, 0, BLOCK_SECTORS_MAX + 1), E_ARGUMENT);
	assert_int_equal(ask(CLIENT_STORE, BLOCK_SCAN, 0, 0, 0), E_ARGUMENT);
	assert_int_equal(ask(CLIENT_STORE, (enum block_op)99, 0, 0, 1), E_ARGUMENT);
	assert_int_equal(disk->reads, reads);
	assert_int_equal(disk->writes, 0);
	assert_int_equal(ask(CLIENT_STORE, BLOCK_READ, 0, STORE_SECTORS - 1, 1), OK);
}

static void install_reaches_every_sector_of_every_disk(void **state)
{
	struct fake_disk *disk = fake_disk_add(2, DISK_SECTORS);

	(void)state;
	driver_begin();
	run();
	memset(requests[CLIENT_INSTALL].data, 0x5a, BLOCK_SECTOR_BYTES);
	assert_int_equal(ask(CLIENT_INSTALL, BLOCK_WRITE, 2, 0, 1), OK);
	assert_int_equal(disk->data[0][511], 0x5a);
	assert_int_equal(ask(CLIENT_INSTALL, BLOCK_WRITE, 2, DISK_SECTORS, 1), E_DENIED);
	assert_int_equal(ask(CLIENT_INSTALL, BLOCK_WRITE, 4, 0, 1), E_ARGUMENT);
	assert_int_equal(disk_table.store.count, 0);
	table_write(disk, 1);
	assert_int_equal(ask(CLIENT_INSTALL, BLOCK_SCAN, 0, 0, 0), OK);
	assert_int_equal(disk_table.store.count, STORE_SECTORS);
}

static void sectors_beyond_28_bits_are_reached_by_lba48(void **state)
{
	struct fake_disk *disk = fake_disk_add(0, LBA28_SECTORS * 8);
	uint64_t far = LBA28_SECTORS * 7 + 5;

	(void)state;
	driver_begin();
	run();
	memset(requests[CLIENT_INSTALL].data, 0xab, BLOCK_SECTOR_BYTES);
	assert_int_equal(ask(CLIENT_INSTALL, BLOCK_WRITE, 0, far, 1), OK);
	assert_int_equal(disk->data[far % FAKE_SECTORS][0], 0xab);
	assert_int_equal(ask(CLIENT_INSTALL, BLOCK_READ, 0, LBA28_SECTORS - 1, 2), OK);
}

static void a_disk_that_refuses_at_times_is_asked_again(void **state)
{
	struct fake_disk *disk = disk_with_store(0);

	(void)state;
	driver_begin();
	run();
	disk->refuse_times = 2;
	assert_int_equal(ask(CLIENT_STORE, BLOCK_READ, 0, 0, 1), OK);
	disk->refuse_times = 3;
	assert_int_equal(ask(CLIENT_STORE, BLOCK_READ, 0, 0, 1), E_DEVICE);
	assert_int_equal(disk_table.disks[0].state, DISK_READY);
	assert_int_equal(disk_table.disks[0].statistics.errors, 5);
	assert_int_equal(ask(CLIENT_STORE, BLOCK_READ, 0, 0, 1), OK);
}

static void a_disk_that_hangs_is_reset_and_asked_again(void **state)
{
	struct fake_disk *disk = disk_with_store(0);
	unsigned resets;

	(void)state;
	driver_begin();
	run();
	resets = fake_channels[0].resets;
	disk->hang_times = 2;
	assert_int_equal(ask(CLIENT_STORE, BLOCK_READ, 0, 0, 1), OK);
	assert_int_equal(fake_channels[0].resets, resets + 2);
	assert_int_equal(disk_table.disks[0].statistics.timeouts, 2);
}

static void a_disk_that_is_dead_fails_in_bounded_time_and_the_other_goes_on(void **state)
{
	struct fake_disk *disk = disk_with_store(0);
	uint64_t before_us;

	(void)state;
	(void)fake_disk_add(1, 1000);
	driver_begin();
	run();
	disk->hang_times = UINT32_MAX;
	before_us = fake_now_us;
	assert_int_equal(ask(CLIENT_STORE, BLOCK_FLUSH, 0, 0, 0), E_DEVICE);
	assert_true(fake_now_us - before_us < BLOCK_WAIT_MAX_MS * 1000ull);
	assert_int_equal(disk_table.disks[0].state, DISK_FAILED);
	assert_true(errors_logged > 0);
	before_us = fake_now_us;
	assert_int_equal(ask(CLIENT_STORE, BLOCK_READ, 0, 0, 1), E_DEVICE);
	assert_true(fake_now_us - before_us < 1000);
	assert_int_equal(ask(CLIENT_INSTALL, BLOCK_READ, 1, 0, 1), OK);
}

static void an_answer_too_short_or_too_long_is_not_believed(void **state)
{
	struct fake_disk *disk = disk_with_store(0);

	(void)state;
	driver_begin();
	run();
	disk->short_times = 1;
	assert_int_equal(ask(CLIENT_STORE, BLOCK_READ, 0, 0, 4), OK);
	disk->long_times = 1;
	assert_int_equal(ask(CLIENT_STORE, BLOCK_WRITE, 0, 0, 4), OK);
	assert_int_equal(disk_table.disks[0].statistics.nonsense, 2);
	disk->short_times = 3;
	assert_int_equal(ask(CLIENT_STORE, BLOCK_READ, 0, 0, 4), E_DEVICE);
}

static void a_disk_that_is_pulled_out_fails(void **state)
{
	(void)state;
	(void)disk_with_store(0);
	driver_begin();
	run();
	fake_channels[0].floating = true;
	assert_int_equal(ask(CLIENT_STORE, BLOCK_READ, 0, 0, 1), E_DEVICE);
	assert_int_equal(disk_table.disks[0].state, DISK_FAILED);
}

static void a_request_is_repeated_by_the_next_life_wherever_the_driver_died(void **state)
{
	struct fake_disk *disk = disk_with_store(0);

	(void)state;
	driver_begin();
	run();
	for (unsigned turns = 0; turns < 60; turns++) {
		memset(requests[CLIENT_STORE].data, (int)turns + 1, sizeof(requests[0].data));
		block_submit(&ends[CLIENT_STORE], BLOCK_WRITE, 0, disk_table.store.volume, 0, 30);
		for (unsigned i = 0; i < turns; i++)
			(void)driver->work(fake_now_us++);
		driver_begin();
		run();
		assert_false(block_is_busy(&ends[CLIENT_STORE]));
		assert_int_equal(completions[CLIENT_STORE].status, OK);
		assert_memory_equal(disk->data[STORE_FIRST], requests[CLIENT_STORE].data,
				    30 * BLOCK_SECTOR_BYTES);
	}
}

static void another_partition_is_not_taken_in_the_place_of_the_first(void **state)
{
	uint32_t volume;

	(void)state;
	(void)disk_with_store(0);
	driver_begin();
	run();
	volume = disk_table.store.volume;
	fake_channels[0].disks[0].present = false;
	(void)disk_with_store(2);
	driver_begin();
	run();
	assert_int_equal(disk_table.disks[0].state, DISK_FAILED);
	assert_int_equal(disk_table.store.count, 0);
	assert_int_equal(disk_table.store.volume, volume);
	assert_int_equal(ask(CLIENT_STORE, BLOCK_READ, 0, 0, 1), E_ABSENT);
	disk_table.store.volume ^= 4; /* a bit of its notes turns over: they are not believed */
	driver_begin();
	run();
	assert_int_equal(disk_table.store.disk, 2);
	assert_int_equal(disk_table.store.count, STORE_SECTORS);
	block_submit(&ends[CLIENT_STORE], BLOCK_READ, 0, volume, 0, 1);
	run();
	assert_int_equal(completions[CLIENT_STORE].status, E_STALE);
}

static void a_disk_without_flush_or_lba_is_told_apart(void **state)
{
	(void)state;
	fake_disk_add(0, 1000)->no_flush = true;
	fake_disk_add(1, 1000)->no_lba = true;
	driver_begin();
	run();
	assert_int_equal(disk_table.disks[1].state, DISK_UNUSABLE);
	assert_int_equal(ask(CLIENT_INSTALL, BLOCK_FLUSH, 0, 0, 0), OK);
	assert_int_equal(fake_channels[0].disks[0].flushes, 0);
	assert_int_equal(ask(CLIENT_INSTALL, BLOCK_READ, 1, 0, 1), E_ABSENT);
}

static void a_disk_that_cannot_be_read_at_boot_is_no_empty_disk(void **state)
{
	struct fake_disk *disk = disk_with_store(0);

	(void)state;
	disk->refuse_times = 3; /* the first copy; the other is there */
	sector_put(disk, DISK_SECTORS - 1, disk->data[1]);
	driver_begin();
	run();
	assert_int_equal(disk_table.disks[0].state, DISK_READY);
	assert_int_equal(errors_logged, 0);
	disk->refuse_times = UINT32_MAX;
	driver_begin();
	run();
	assert_int_equal(disk_table.ready, 1);
	assert_int_equal(disk_table.disks[0].state, DISK_FAILED);
	assert_int_equal(disk_table.store.count, 0);
	assert_int_equal(errors_logged, 1);
}

static void a_disk_that_is_silent_at_boot_is_told_from_none(void **state)
{
	(void)state;
	disk_with_store(0)->mute = true;
	(void)fake_disk_add(2, 1000);
	driver_begin();
	run();
	assert_int_equal(disk_table.ready, 1);
	assert_int_equal(disk_table.disks[0].state, DISK_FAILED);
	assert_int_equal(disk_table.disks[1].state, DISK_ABSENT);
	assert_int_equal(disk_table.disks[2].state, DISK_READY);
	assert_int_equal(errors_logged, 1);
}

static void a_disk_that_refuses_all_does_not_fill_the_log(void **state)
{
	struct fake_disk *disk = disk_with_store(0);

	(void)state;
	driver_begin();
	run();
	disk->refuse_times = UINT32_MAX;
	for (unsigned i = 0; i < 1000; i++)
		assert_int_equal(ask(CLIENT_STORE, BLOCK_WRITE, 0, 0, 1), E_DEVICE);
	assert_in_range(errors_logged, 8, 16);
	assert_int_equal(disk_table.disks[0].statistics.errors, 3000);
	disk->refuse_times = 0;
	assert_int_equal(ask(CLIENT_STORE, BLOCK_WRITE, 0, 0, 1), OK);
	errors_logged = 0;
	disk->refuse_times = 3;
	assert_int_equal(ask(CLIENT_STORE, BLOCK_WRITE, 0, 0, 1), E_DEVICE);
	assert_int_equal(errors_logged, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup(name, setup)
		TEST(disks_and_the_stores_partition_are_found),
		TEST(empty_floating_and_packet_channels_are_no_disks),
		TEST(what_was_written_is_read_back_in_pieces),
		TEST(the_store_reaches_its_partition_and_nothing_else),
		TEST(install_reaches_every_sector_of_every_disk),
		TEST(sectors_beyond_28_bits_are_reached_by_lba48),
		TEST(a_disk_that_refuses_at_times_is_asked_again),
		TEST(a_disk_that_hangs_is_reset_and_asked_again),
		TEST(a_disk_that_is_dead_fails_in_bounded_time_and_the_other_goes_on),
		TEST(an_answer_too_short_or_too_long_is_not_believed),
		TEST(a_disk_that_is_pulled_out_fails),
		TEST(a_request_is_repeated_by_the_next_life_wherever_the_driver_died),
		TEST(another_partition_is_not_taken_in_the_place_of_the_first),
		TEST(a_disk_without_flush_or_lba_is_told_apart),
		TEST(a_disk_that_cannot_be_read_at_boot_is_no_empty_disk),
		TEST(a_disk_that_is_silent_at_boot_is_told_from_none),
		TEST(a_disk_that_refuses_all_does_not_fill_the_log),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
