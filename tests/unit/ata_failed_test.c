/* Disks that failed, and are looked for again. */
#include "tests/unit/ata_world.h"
#include "tests/unit/unit.h"

/* A disk with the store's partition, silent since the last command, and failed therefore. */
static struct fake_disk *failed_disk(void)
{
	struct fake_disk *disk = world_disk_with_store(0);

	world_driver_begin();
	world_run();
	disk->hang_times = UINT32_MAX;
	assert_int_equal(world_ask(CLIENT_STORE, BLOCK_WRITE, 0, 0, 1), E_DEVICE);
	assert_int_equal(disk_table.disks[0].state, DISK_FAILED);
	errors_logged = 0;
	states_seen = 0;
	return disk;
}

static void a_failed_disk_that_answers_again_is_found_again(void **state)
{
	struct fake_disk *disk = failed_disk();

	(void)state;
	disk->hang_times = 0;
	notified[SLOT_STORE] = 0;
	world_pass_s(15);
	assert_int_equal(disk_table.disks[0].state, DISK_READY);
	assert_int_equal(disk_table.store.count, STORE_SECTORS);
	assert_true(notified[SLOT_STORE] > 0);
	assert_int_equal(world_ask(CLIENT_STORE, BLOCK_WRITE, 0, 0, 1), OK);
}

static void a_disk_that_stays_silent_is_looked_for_ever_less_and_without_a_word(void **state)
{
	unsigned resets;

	(void)state;
	(void)failed_disk();
	resets = fake_channels[0].resets;
	world_pass_s(3600);
	/* Of a look that gets as far as the partition table: one before it, and three for that. */
	assert_in_range(fake_channels[0].resets - resets, 4 * 8, 4 * 18);
	assert_int_equal(states_seen, 1u << DISK_FAILED);
	assert_int_equal(errors_logged, 0);
	assert_int_equal(disk_table.ready, 1);
}

static void a_look_for_one_disk_leaves_the_others_as_they_are(void **state)
{
	(void)state;
	(void)fake_disk_add(1, 1000);
	(void)fake_disk_add(2, 2000);
	(void)failed_disk();
	world_pass_s(600);
	assert_int_equal(disk_table.disks[1].state, DISK_READY);
	assert_int_equal(disk_table.disks[2].state, DISK_READY);
	assert_int_equal(disk_table.disks[3].state, DISK_ABSENT);
	fake_channels[0].floating = true;
	world_pass_s(600);
	assert_int_equal(disk_table.disks[1].state, DISK_READY);
	assert_int_equal(world_ask(CLIENT_INSTALL, BLOCK_READ, 2, 0, 1), OK);
}

static void another_disk_in_the_place_of_a_failed_one_is_not_the_store(void **state)
{
	uint32_t volume;

	(void)state;
	struct fake_disk *disk = failed_disk();
	volume = disk_table.store.volume;
	disk->hang_times = 0;
	world_table_write(disk, 99);
	world_pass_s(15);
	assert_int_equal(disk_table.disks[0].state, DISK_READY);
	assert_int_equal(disk_table.store.count, 0);
	assert_int_equal(disk_table.store.volume, volume);
	assert_int_equal(world_ask(CLIENT_STORE, BLOCK_WRITE, 0, 0, 1), E_ABSENT);
}

static void a_disk_silent_at_boot_is_found_once_it_answers(void **state)
{
	struct fake_disk *disk = world_disk_with_store(2);

	(void)state;
	disk->mute = true;
	world_driver_begin();
	world_run();
	assert_int_equal(disk_table.disks[2].state, DISK_FAILED);
	disk->mute = false;
	world_pass_s(15);
	assert_int_equal(disk_table.disks[2].state, DISK_READY);
	assert_int_equal(disk_table.store.disk, 2);
	assert_int_equal(disk_table.store.count, STORE_SECTORS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup(name, world_setup)
		TEST(a_failed_disk_that_answers_again_is_found_again),
		TEST(a_disk_that_stays_silent_is_looked_for_ever_less_and_without_a_word),
		TEST(a_look_for_one_disk_leaves_the_others_as_they_are),
		TEST(another_disk_in_the_place_of_a_failed_one_is_not_the_store),
		TEST(a_disk_silent_at_boot_is_found_once_it_answers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
