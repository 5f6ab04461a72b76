/* Disks that fail, go, do not answer or hold noise: what the store says, and that it goes on. */
#include "services/proto/event.h"
#include "tests/unit/store_world.h"

#include <string.h>

static void a_cell_that_the_disk_refuses_costs_no_change(void **state)
{
	(void)state;
	world_put_done(SLOT_ONE, "name", 1);
	world.fail_times = 1;
	world_put_done(SLOT_ONE, "name", 2);
	assert_int_equal(world_version(SLOT_ONE, "name"), 2);
	assert_int_equal(store.life.failures, 0);
}

static void a_failed_disk_is_said_and_reads_go_on(void **state)
{
	(void)state;
	world_put_done(SLOT_ONE, "name", 1);
	world.disk_failed = true;
	assert_int_equal(world_put(SLOT_ONE, "name", world_value(2), 100), OK);
	world_run();
	assert_int_equal(world_result(SLOT_ONE), E_DEVICE);
	assert_int_equal(store.life.mode, STORE_FAILED);
	assert_int_equal(world.table.status.mode, STORE_FAILED);
	assert_int_equal(world_version(SLOT_ONE, "name"), 1);
	assert_int_equal(world_put(SLOT_ONE, "name", world_value(2), 100), E_DEVICE);
	world_store_dies();
	assert_int_equal(world_version(SLOT_ONE, "name"), 1);
	world.disk_failed = false;
	world_run();
	assert_int_equal(store.life.mode, STORE_DISK);
	assert_int_equal(world_version(SLOT_ONE, "name"), 1);
	world_put_done(SLOT_ONE, "name", 3);
}

static void a_partition_taken_away_costs_no_change_and_a_new_one_is_used(void **state)
{
	(void)state;
	world_put_done(SLOT_ONE, "name", 1);
	world.volume = 0;
	world_run();
	assert_int_equal(store.life.mode, STORE_FAILED);
	assert_int_equal(world_version(SLOT_ONE, "name"), 1);
	assert_int_equal(world_put(SLOT_ONE, "name", world_value(2), 100), E_DEVICE);
	world.volume = VOLUME + 1;
	world_run();
	assert_int_equal(store.life.mode, STORE_DISK);
	world_put_done(SLOT_ONE, "name", 2);
	world.volume = VOLUME;
	world_run();
	world_run();
	assert_int_equal(store.life.mode, STORE_DISK);
	world_put_done(SLOT_ONE, "name", 3);
}

static void seconds_pass(unsigned seconds)
{
	uint64_t until_us = world.now_us + seconds * 1000000ull;

	while (world.now_us < until_us)
		(void)world_turn();
}

/* Nobody tells the store of a disk that it does not use just then. */
#define DISKS_LOOK_S 17

static void a_disk_that_fails_and_comes_back_is_an_event_each(void **state)
{
	(void)state;
	seconds_pass(DISKS_LOOK_S);
	assert_int_equal(world.events[EVENT_DISK_TROUBLE], 0);
	world.disk_failed = true;
	seconds_pass(DISKS_LOOK_S);
	assert_int_equal(world.events[EVENT_DISK_TROUBLE], 1);
	seconds_pass(DISKS_LOOK_S);
	assert_int_equal(world.events[EVENT_DISK_TROUBLE], 1);
	assert_int_equal(world.events[EVENT_DISK_RECOVERED], 0);
	world.disk_failed = false;
	seconds_pass(DISKS_LOOK_S);
	assert_int_equal(world.events[EVENT_DISK_RECOVERED], 1);
}

static void writes_that_are_refused_are_said_and_tried_again_until_one_is_taken(void **state)
{
	(void)state;
	world_put_done(SLOT_ONE, "name", 1);
	seconds_pass(2);
	world.refuses_writes = true;
	assert_int_equal(world_put(SLOT_ONE, "name", world_value(2), 100), OK);
	world_run();
	assert_int_equal(world_result(SLOT_ONE), E_DEVICE);
	assert_int_equal(store.life.mode, STORE_FAILED);
	assert_int_equal(world_put(SLOT_ONE, "name", world_value(2), 100), E_DEVICE);
	seconds_pass(1);
	assert_int_equal(world.events[EVENT_DISK_TROUBLE], 1);
	assert_non_null(strstr(world.status, "failed: the disk refuses writes"));
	uint32_t asked = world.answered;
	seconds_pass(600);
	assert_in_range(world.answered - asked, 10, 60); /* ever more rarely */
	assert_int_equal(world.events[EVENT_DISK_TROUBLE], 1);
	assert_int_equal(world_version(SLOT_ONE, "name"), 1);
	world.refuses_writes = false;
	seconds_pass(70);
	assert_int_equal(store.life.mode, STORE_DISK);
	assert_int_equal(world.events[EVENT_DISK_RECOVERED], 0);
	world_put_done(SLOT_ONE, "name", 3);
	seconds_pass(2);
	assert_int_equal(world.events[EVENT_DISK_RECOVERED], 1);
	assert_int_equal(world.events[EVENT_DISK_TROUBLE], 1);
	assert_int_equal(vault_cells_in(&store.life.vault, CELL_LOST), 0);
	world_reboot();
	world_run();
	assert_int_equal(world_version(SLOT_ONE, "name"), 3);
}

/* The store dies at every turn of it, and what was refused does not come back. */
static void refused_writes_are_tried_again_over_deaths(void **state)
{
	(void)state;
	for (unsigned turns = 0; turns < 30; turns++) {
		world_boot(true);
		world_run();
		world_put_done(SLOT_ONE, "name", 1);
		world.refuses_writes = true;
		assert_int_equal(world_put(SLOT_ONE, "name", world_value(2), 100), OK);
		for (unsigned i = 0; i < turns; i++)
			(void)world_turn();
		world_store_dies();
		seconds_pass(2);
		assert_int_equal(store.life.mode, STORE_FAILED);
		world.refuses_writes = false;
		seconds_pass(20);
		world_store_dies();
		assert_int_equal(store.life.mode, STORE_DISK);
		assert_int_equal(world_version(SLOT_ONE, "name"), 1);
		world_put_done(SLOT_TWO, "name", 4);
		world_reboot();
		world_run();
		assert_int_equal(world_version(SLOT_ONE, "name"), 1);
		assert_int_equal(world_version(SLOT_TWO, "name"), 4);
	}
}

/* Nothing is lost for it, and no cell is used up. */
static void a_deletion_that_is_refused_is_said_too(void **state)
{
	(void)state;
	world_put_done(SLOT_ONE, "name", 1);
	uint32_t free_cells = vault_cells_in(&store.life.vault, CELL_FREE);
	world.refuses_writes = true;
	assert_int_equal(world_delete(SLOT_ONE, "name"), OK);
	world_run();
	assert_int_equal(world_result(SLOT_ONE), E_DEVICE);
	seconds_pass(200);
	assert_int_equal(world.events[EVENT_DISK_TROUBLE], 1);
	world.refuses_writes = false;
	seconds_pass(70);
	assert_int_equal(vault_cells_in(&store.life.vault, CELL_FREE), free_cells);
	assert_int_equal(world_delete(SLOT_ONE, "name"), OK);
	world_run();
	assert_int_equal(world_version(SLOT_ONE, "name"), 0);
}

static void a_disk_that_cannot_be_read_at_boot_is_said_and_tried_again(void **state)
{
	(void)state;
	world_put_done(SLOT_ONE, "name", 1);
	world_reboot();
	world.refuses_reads = true;
	seconds_pass(2);
	assert_int_equal(store.life.mode, STORE_FAILED);
	assert_in_range(world.answered, 5, 20);
	assert_int_equal(world.events[EVENT_DISK_TROUBLE], 1);
	uint32_t logged = world.errors_logged;
	seconds_pass(600);
	assert_in_range(world.errors_logged - logged, 10, 60);
	world.refuses_reads = false;
	seconds_pass(70);
	assert_int_equal(store.life.mode, STORE_DISK);
	assert_int_equal(world_version(SLOT_ONE, "name"), 1);
	assert_int_equal(world.events[EVENT_DISK_TROUBLE], 1);
	assert_int_equal(world.events[EVENT_DISK_RECOVERED], 1);
}

static void a_dead_driver_holds_nobody_up(void **state)
{
	(void)state;
	world_put_done(SLOT_ONE, "name", 1);
	world.driver_dead = true;
	assert_int_equal(world_put(SLOT_ONE, "name", world_value(2), 100), OK);
	world_run();
	assert_int_equal(world_result(SLOT_ONE), E_AGAIN);
	assert_int_equal(world_version(SLOT_ONE, "name"), 1);
	world_store_dies();
	world.driver_dead = false;
	world_run();
	assert_int_equal(world_result(SLOT_ONE), OK);
	assert_int_equal(world_version(SLOT_ONE, "name"), 2);
}

static void a_disk_that_does_not_answer_delays_the_store_five_seconds_at_most(void **state)
{
	(void)state;
	world_reboot();
	world.driver_dead = true;
	while (store.life.mode == STORE_OPENING && world.now_us < 10000000)
		(void)world_turn();
	assert_int_equal(store.life.mode, STORE_FAILED);
	assert_in_range(world.now_us, 5000000, 5100000);
	assert_int_equal(world_version(SLOT_ONE, "name"), 0);
	assert_int_equal(world_put(SLOT_ONE, "name", world_value(1), 100), E_DEVICE);
	world.driver_dead = false;
	seconds_pass(2);
	assert_int_equal(store.life.mode, STORE_DISK);
}

static void a_partition_of_noise_is_room(void **state)
{
	uint64_t random = 5;

	(void)state;
	for (uint32_t sector = 0; sector < DISK_SECTORS; sector++)
		for (uint32_t i = 0; i < SECTOR_BYTES; i++)
			world.disk.sectors[sector][i] = (uint8_t)disk_random(&random);
	world_reboot();
	world_run();
	assert_int_equal(store.life.vault.found.noise, DISK_CELLS);
	assert_int_equal(world.table.status.noise, DISK_CELLS);
	seconds_pass(2);
	assert_int_equal(world.events[EVENT_DISK_TROUBLE], 1);
	world_put_done(SLOT_ONE, "name", 1);
}

int main(void)
{
#define DISK(name) cmocka_unit_test_setup(name, world_with_disk)
	const struct CMUnitTest tests[] = {
		DISK(a_cell_that_the_disk_refuses_costs_no_change),
		DISK(a_failed_disk_is_said_and_reads_go_on),
		DISK(a_partition_taken_away_costs_no_change_and_a_new_one_is_used),
		DISK(a_disk_that_fails_and_comes_back_is_an_event_each),
		DISK(writes_that_are_refused_are_said_and_tried_again_until_one_is_taken),
		DISK(refused_writes_are_tried_again_over_deaths),
		DISK(a_deletion_that_is_refused_is_said_too),
		DISK(a_disk_that_cannot_be_read_at_boot_is_said_and_tried_again),
		DISK(a_dead_driver_holds_nobody_up),
		DISK(a_disk_that_does_not_answer_delays_the_store_five_seconds_at_most),
		DISK(a_partition_of_noise_is_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
