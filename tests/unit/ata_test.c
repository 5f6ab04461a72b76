/* The disk driver against disks that behave, fail and lie. */
#include "drivers/block/ata/registers.h"
#include "tests/unit/ata_world.h"
#include "tests/unit/unit.h"

#include <string.h>

static void disks_and_the_stores_partition_are_found(void **state)
{
	(void)state;
	(void)fake_disk_add(0, 1000);
	(void)world_disk_with_store(3);
	world_driver_begin();
	assert_int_equal(disk_table.ready, 0);
	world_run();
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
	world_driver_begin();
	world_run();
	assert_int_equal(disk_table.ready, 1);
	for (unsigned i = 0; i < BLOCK_DISKS_MAX; i++)
		assert_int_equal(disk_table.disks[i].state, DISK_ABSENT);
	assert_int_equal(world_ask(CLIENT_INSTALL, BLOCK_READ, 0, 0, 1), E_ABSENT);
	assert_int_equal(world_ask(CLIENT_STORE, BLOCK_READ, 0, 0, 1), E_ABSENT);
}

static void what_was_written_is_read_back_in_pieces(void **state)
{
	struct fake_disk *disk = world_disk_with_store(0);

	(void)state;
	world_driver_begin();
	world_run();
	for (unsigned i = 0; i < sizeof(requests[0].data); i++)
		requests[CLIENT_STORE].data[i] = (uint8_t)(i * 7 + i / 512);
	longest_turn_us = 0;
	assert_int_equal(world_ask(CLIENT_STORE, BLOCK_WRITE, 0, 10, BLOCK_SECTORS_MAX), OK);
	assert_int_equal(world_ask(CLIENT_STORE, BLOCK_FLUSH, 0, 0, 0), OK);
	assert_int_equal(disk->flushes, 1);
	assert_memory_equal(disk->data[STORE_FIRST + 10], requests[CLIENT_STORE].data,
			    sizeof(requests[0].data));
	assert_int_equal(world_ask(CLIENT_STORE, BLOCK_READ, 0, 10, BLOCK_SECTORS_MAX), OK);
	assert_memory_equal(completions[CLIENT_STORE].data, requests[CLIENT_STORE].data,
			    sizeof(requests[0].data));
	/* A register access takes 1 us here: no turn is longer than eight sectors and their waits.
	 */
	assert_in_range(longest_turn_us, 1, 8 * 300);
	assert_int_equal(disk_table.disks[0].statistics.writes, BLOCK_SECTORS_MAX);
}

static void the_store_reaches_its_partition_and_nothing_else(void **state)
{
	struct fake_disk *disk = world_disk_with_store(0);
	unsigned reads;

	(void)state;
	world_driver_begin();
	world_run();
	reads = disk->reads;
	assert_int_equal(world_ask(CLIENT_STORE, BLOCK_READ, 0, STORE_SECTORS, 1), E_DENIED);
	assert_int_equal(world_ask(CLIENT_STORE, BLOCK_READ, 0, STORE_SECTORS - 1, 2), E_DENIED);
	assert_int_equal(world_ask(CLIENT_STORE, BLOCK_WRITE, 0, UINT64_MAX, 1), E_DENIED);
	assert_int_equal(world_ask(CLIENT_STORE, BLOCK_WRITE, 0, UINT64_MAX - 1, 64), E_DENIED);
	assert_int_equal(world_ask(CLIENT_STORE, BLOCK_READ, 1, 0, 1), E_ARGUMENT);
	assert_int_equal(world_ask(CLIENT_STORE, BLOCK_READ, 0, 0, 0), E_ARGUMENT);
	assert_int_equal(world_ask(CLIENT_STORE, BLOCK_READ, 0, 0, BLOCK_SECTORS_MAX + 1),
			 E_ARGUMENT);
	assert_int_equal(world_ask(CLIENT_STORE, BLOCK_SCAN, 0, 0, 0), E_ARGUMENT);
	assert_int_equal(world_ask(CLIENT_STORE, (enum block_op)99, 0, 0, 1), E_ARGUMENT);
	assert_int_equal(disk->reads, reads);
	assert_int_equal(disk->writes, 0);
	assert_int_equal(world_ask(CLIENT_STORE, BLOCK_READ, 0, STORE_SECTORS - 1, 1), OK);
}

static void install_reaches_every_sector_of_every_disk(void **state)
{
	struct fake_disk *disk = fake_disk_add(2, DISK_SECTORS);

	(void)state;
	world_driver_begin();
	world_run();
	memset(requests[CLIENT_INSTALL].data, 0x5a, BLOCK_SECTOR_BYTES);
	assert_int_equal(world_ask(CLIENT_INSTALL, BLOCK_WRITE, 2, 0, 1), OK);
	assert_int_equal(disk->data[0][511], 0x5a);
	assert_int_equal(world_ask(CLIENT_INSTALL, BLOCK_WRITE, 2, DISK_SECTORS, 1), E_DENIED);
	assert_int_equal(world_ask(CLIENT_INSTALL, BLOCK_WRITE, 4, 0, 1), E_ARGUMENT);
	assert_int_equal(disk_table.store.count, 0);
	world_table_write(disk, 1);
	assert_int_equal(world_ask(CLIENT_INSTALL, BLOCK_SCAN, 0, 0, 0), OK);
	assert_int_equal(disk_table.store.count, STORE_SECTORS);
}

static void sectors_beyond_28_bits_are_reached_by_lba48(void **state)
{
	struct fake_disk *disk = fake_disk_add(0, LBA28_SECTORS * 8);
	uint64_t far = LBA28_SECTORS * 7 + 5;

	(void)state;
	world_driver_begin();
	world_run();
	memset(requests[CLIENT_INSTALL].data, 0xab, BLOCK_SECTOR_BYTES);
	assert_int_equal(world_ask(CLIENT_INSTALL, BLOCK_WRITE, 0, far, 1), OK);
	assert_int_equal(disk->data[far % FAKE_SECTORS][0], 0xab);
	assert_int_equal(world_ask(CLIENT_INSTALL, BLOCK_READ, 0, LBA28_SECTORS - 1, 2), OK);
}

static void a_disk_that_refuses_at_times_is_asked_again(void **state)
{
	struct fake_disk *disk = world_disk_with_store(0);

	(void)state;
	world_driver_begin();
	world_run();
	disk->refuse_times = 2;
	assert_int_equal(world_ask(CLIENT_STORE, BLOCK_READ, 0, 0, 1), OK);
	disk->refuse_times = 3;
	assert_int_equal(world_ask(CLIENT_STORE, BLOCK_READ, 0, 0, 1), E_DEVICE);
	assert_int_equal(disk_table.disks[0].state, DISK_READY);
	assert_int_equal(disk_table.disks[0].statistics.errors, 5);
	assert_int_equal(world_ask(CLIENT_STORE, BLOCK_READ, 0, 0, 1), OK);
}

static void a_disk_that_hangs_is_reset_and_asked_again(void **state)
{
	struct fake_disk *disk = world_disk_with_store(0);
	unsigned resets;

	(void)state;
	world_driver_begin();
	world_run();
	resets = fake_channels[0].resets;
	disk->hang_times = 2;
	assert_int_equal(world_ask(CLIENT_STORE, BLOCK_READ, 0, 0, 1), OK);
	assert_int_equal(fake_channels[0].resets, resets + 2);
	assert_int_equal(disk_table.disks[0].statistics.timeouts, 2);
}

static void a_disk_that_is_dead_fails_in_bounded_time_and_the_other_goes_on(void **state)
{
	struct fake_disk *disk = world_disk_with_store(0);
	uint64_t before_us;

	(void)state;
	(void)fake_disk_add(1, 1000);
	world_driver_begin();
	world_run();
	disk->hang_times = UINT32_MAX;
	before_us = fake_now_us;
	assert_int_equal(world_ask(CLIENT_STORE, BLOCK_FLUSH, 0, 0, 0), E_DEVICE);
	assert_true(fake_now_us - before_us < BLOCK_WAIT_MAX_MS * 1000ull);
	assert_int_equal(disk_table.disks[0].state, DISK_FAILED);
	assert_true(errors_logged > 0);
	before_us = fake_now_us;
	assert_int_equal(world_ask(CLIENT_STORE, BLOCK_READ, 0, 0, 1), E_DEVICE);
	assert_true(fake_now_us - before_us < 1000);
	assert_int_equal(world_ask(CLIENT_INSTALL, BLOCK_READ, 1, 0, 1), OK);
}

static void an_answer_too_short_or_too_long_is_not_believed(void **state)
{
	struct fake_disk *disk = world_disk_with_store(0);

	(void)state;
	world_driver_begin();
	world_run();
	disk->short_times = 1;
	assert_int_equal(world_ask(CLIENT_STORE, BLOCK_READ, 0, 0, 4), OK);
	disk->long_times = 1;
	assert_int_equal(world_ask(CLIENT_STORE, BLOCK_WRITE, 0, 0, 4), OK);
	assert_int_equal(disk_table.disks[0].statistics.nonsense, 2);
	disk->short_times = 3;
	assert_int_equal(world_ask(CLIENT_STORE, BLOCK_READ, 0, 0, 4), E_DEVICE);
}

static void a_disk_that_is_pulled_out_fails(void **state)
{
	(void)state;
	(void)world_disk_with_store(0);
	world_driver_begin();
	world_run();
	fake_channels[0].floating = true;
	assert_int_equal(world_ask(CLIENT_STORE, BLOCK_READ, 0, 0, 1), E_DEVICE);
	assert_int_equal(disk_table.disks[0].state, DISK_FAILED);
}

static void a_request_is_repeated_by_the_next_life_wherever_the_driver_died(void **state)
{
	struct fake_disk *disk = world_disk_with_store(0);

	(void)state;
	world_driver_begin();
	world_run();
	for (unsigned turns = 0; turns < 60; turns++) {
		memset(requests[CLIENT_STORE].data, (int)turns + 1, sizeof(requests[0].data));
		block_submit(&ends[CLIENT_STORE], BLOCK_WRITE, 0, disk_table.store.volume, 0, 30);
		for (unsigned i = 0; i < turns; i++)
			(void)driver->work(fake_now_us++);
		world_driver_begin();
		world_run();
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
	(void)world_disk_with_store(0);
	world_driver_begin();
	world_run();
	volume = disk_table.store.volume;
	fake_channels[0].disks[0].present = false;
	(void)world_disk_with_store(2);
	world_driver_begin();
	world_run();
	assert_int_equal(disk_table.disks[0].state, DISK_FAILED);
	assert_int_equal(disk_table.store.count, 0);
	assert_int_equal(disk_table.store.volume, volume);
	assert_int_equal(world_ask(CLIENT_STORE, BLOCK_READ, 0, 0, 1), E_ABSENT);
	disk_table.store.volume ^= 4; /* a bit of its notes turns over: they are not believed */
	world_driver_begin();
	world_run();
	assert_int_equal(disk_table.store.disk, 2);
	assert_int_equal(disk_table.store.count, STORE_SECTORS);
	block_submit(&ends[CLIENT_STORE], BLOCK_READ, 0, volume, 0, 1);
	world_run();
	assert_int_equal(completions[CLIENT_STORE].status, E_STALE);
}

static void a_disk_without_flush_or_lba_is_told_apart(void **state)
{
	(void)state;
	fake_disk_add(0, 1000)->no_flush = true;
	fake_disk_add(1, 1000)->no_lba = true;
	world_driver_begin();
	world_run();
	assert_int_equal(disk_table.disks[1].state, DISK_UNUSABLE);
	assert_int_equal(world_ask(CLIENT_INSTALL, BLOCK_FLUSH, 0, 0, 0), OK);
	assert_int_equal(fake_channels[0].disks[0].flushes, 0);
	assert_int_equal(world_ask(CLIENT_INSTALL, BLOCK_READ, 1, 0, 1), E_ABSENT);
}

static void a_disk_that_cannot_be_read_at_boot_is_no_empty_disk(void **state)
{
	struct fake_disk *disk = world_disk_with_store(0);

	(void)state;
	disk->refuse_times = 3; /* the first copy; the other is there */
	world_sector_put(disk, DISK_SECTORS - 1, disk->data[1]);
	world_driver_begin();
	world_run();
	assert_int_equal(disk_table.disks[0].state, DISK_READY);
	assert_int_equal(errors_logged, 0);
	disk->refuse_times = UINT32_MAX;
	world_driver_begin();
	world_run();
	assert_int_equal(disk_table.ready, 1);
	assert_int_equal(disk_table.disks[0].state, DISK_FAILED);
	assert_int_equal(disk_table.store.count, 0);
	assert_int_equal(errors_logged, 1);
}

static void a_disk_that_is_silent_at_boot_is_told_from_none(void **state)
{
	(void)state;
	world_disk_with_store(0)->mute = true;
	(void)fake_disk_add(2, 1000);
	world_driver_begin();
	world_run();
	assert_int_equal(disk_table.ready, 1);
	assert_int_equal(disk_table.disks[0].state, DISK_FAILED);
	assert_int_equal(disk_table.disks[1].state, DISK_ABSENT);
	assert_int_equal(disk_table.disks[2].state, DISK_READY);
	assert_int_equal(errors_logged, 1);
}

static void a_disk_that_refuses_all_does_not_fill_the_log(void **state)
{
	struct fake_disk *disk = world_disk_with_store(0);

	(void)state;
	world_driver_begin();
	world_run();
	disk->refuse_times = UINT32_MAX;
	for (unsigned i = 0; i < 1000; i++)
		assert_int_equal(world_ask(CLIENT_STORE, BLOCK_WRITE, 0, 0, 1), E_DEVICE);
	assert_in_range(errors_logged, 8, 16);
	assert_int_equal(disk_table.disks[0].statistics.errors, 3000);
	disk->refuse_times = 0;
	assert_int_equal(world_ask(CLIENT_STORE, BLOCK_WRITE, 0, 0, 1), OK);
	errors_logged = 0;
	disk->refuse_times = 3;
	assert_int_equal(world_ask(CLIENT_STORE, BLOCK_WRITE, 0, 0, 1), E_DEVICE);
	assert_int_equal(errors_logged, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup(name, world_setup)
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
