/* RS's own restart: services/rs/supervise_adopt.c, in the world of rs_world.h. */
#include "tests/unit/rs_world.h"
#include "tests/unit/unit.h"

#include <string.h>

#define LOGGED(text) assert_non_null(strstr(world.log, text))

static void assert_all_in_their_first_life(void)
{
	for (unsigned slot = DS; slot < SLOTS; slot++) {
		assert_int_equal(world.kernel.services[slot].state, SERVICE_ALIVE);
		assert_int_equal(world.kernel.services[slot].generation, 1);
	}
}

static void healthy_services_do_not_notice(void **state)
{
	(void)state;
	world_boot();
	world_rs_dies(EXIT_EXCEPTION);
	assert_all_in_their_first_life();
	world_pass(5000000, WORLD_ALL);
	assert_all_in_their_first_life();
	assert_int_equal(world.table.rs_restarts, 1);
	assert_int_equal(world_entry(RS)->generation, 2);
	assert_int_equal(world_entry(RS)->last_cause, EXIT_EXCEPTION);
}

static void a_hang_is_noticed_by_the_next_life_of_rs(void **state)
{
	(void)state;
	world_boot();
	world_rs_dies(EXIT_EXCEPTION);
	world_pass(100000, WORLD_ALL & ~(1ull << PORT));
	assert_int_equal(world_entry(PORT)->last_cause, EXIT_HEARTBEAT);
	assert_int_equal(world_entry(PORT)->generation, 2);
}

static void a_death_while_rs_was_dead_is_recovered_from(void **state)
{
	(void)state;
	world_boot();
	world_dies(FIREWALL, EXIT_PANIC);
	world_rs_dies(EXIT_EXCEPTION);
	assert_int_equal(world.kernel.services[FIREWALL].state, SERVICE_ALIVE);
	assert_int_equal(world_entry(FIREWALL)->generation, 2);
	assert_int_equal(world_entry(FIREWALL)->deaths_in_row, 1);
	LOGGED("firewall: died (panic: ), generation 1");
}

static void deaths_in_a_row_are_remembered(void **state)
{
	(void)state;
	world_boot();
	world_dies(PORT, EXIT_PANIC);
	world_pass(1000, WORLD_ALL);
	world_dies(PORT, EXIT_PANIC);
	world_look();
	assert_int_equal(world_entry(PORT)->state, RS_BACKOFF);
	uint64_t restart_at_us = world_entry(PORT)->restart_at_us;
	world_rs_dies(EXIT_EXCEPTION);
	assert_int_equal(world_entry(PORT)->state, RS_BACKOFF);
	assert_int_equal(world_entry(PORT)->deaths_in_row, 2);
	assert_int_equal(world_entry(PORT)->restart_at_us, restart_at_us);
}

static void stopped_and_given_up_stay_so(void **state)
{
	(void)state;
	world_boot();
	world_request(RS_STOP, FIREWALL, 0);
	world.table.services[PORT].state = RS_FAILED;
	world_dies(PORT, EXIT_PANIC);
	world_rs_dies(EXIT_EXCEPTION);
	world_pass(5000000, WORLD_ALL);
	assert_int_equal(world_entry(FIREWALL)->state, RS_STOPPED);
	assert_int_equal(world_entry(PORT)->state, RS_FAILED);
	assert_int_equal(world.kernel.services[FIREWALL].state, SERVICE_DEAD);
}

static void a_stop_cut_short_by_the_death_of_rs_is_completed(void **state)
{
	(void)state;
	world_boot();
	world.table.services[FIREWALL].stopped = RS_YES; /* and the kill never came */
	world_rs_dies(EXIT_EXCEPTION);
	assert_int_equal(world.kernel.services[FIREWALL].state, SERVICE_DEAD);
	assert_int_equal(world_entry(FIREWALL)->state, RS_STOPPED);
}

static void a_start_that_rs_did_not_live_to_note_is_taken_up(void **state)
{
	(void)state;
	world_boot();
	world.kernel.services[PORT].generation = 2; /* alive; the table says BACKOFF of 1 */
	world.table.services[PORT].state = RS_BACKOFF;
	world_rs_dies(EXIT_EXCEPTION);
	assert_int_equal(world.kernel.services[PORT].generation, 2);
	assert_int_equal(world_entry(PORT)->generation, 2);
	world_pass(1000, WORLD_ALL);
	world_answer(PORT);
	assert_int_equal(world_entry(PORT)->state, RS_RUNNING);
}

static void a_boot_cut_short_goes_on(void **state)
{
	(void)state;
	world_new();
	world_rs_begins();
	world_answer(DS);
	world_rs_dies(EXIT_EXCEPTION);
	assert_int_equal(world.kernel.services[DS].generation, 1);
	world_pass(100000, WORLD_ALL);
	assert_int_equal(world_entry(FIREWALL)->state, RS_RUNNING);
	assert_int_equal(world.kernel.services[FIREWALL].generation, 1);
}

/* What RS finds to do at once: three deaths, a misdeed, and beats for all who live. */
static void trouble_make(void)
{
	world_boot();
	world_pass(20000, WORLD_ALL);
	world_recovery(
		CONFIG,
		(const struct manifest_recovery[]){ { .step = RECOVERY_LOG },
						    { .step = RECOVERY_RESTART, .argument = 1000 },
						    { .step = RECOVERY_RESTART_DEPENDENTS } },
		3);
	world_dies(PORT, EXIT_EXCEPTION);
	world_dies(CONFIG, EXIT_PANIC);
	world.kernel.services[PCI].refusals.call = MISDEEDS_REFUSALS_MAX;
	world.now_us += 30000;
}

/* The sick ones began their next life, or one more; the healthy one noticed nothing. */
static void trouble_check(unsigned nth)
{
	world_pass(2000000, WORLD_ALL);
	for (unsigned slot = DS; slot < SLOTS; slot++) {
		assert_int_equal(world_entry((enum world_slot)slot)->state, RS_RUNNING);
		assert_int_equal(world_entry((enum world_slot)slot)->generation,
				 world.kernel.services[slot].generation);
		if (slot != DS && world.kernel.services[slot].generation != 2)
			fail_msg("dead over action %u: slot %u in generation %u", nth, slot,
				 world.kernel.services[slot].generation);
	}
	assert_int_equal(world.kernel.services[DS].generation, 1);
}

static void rs_may_die_over_any_of_its_actions(void **state)
{
	(void)state;
	for (unsigned done = 0; done < 2; done++) {
		unsigned nth = 1;

		for (trouble_make(); world_look_dying(nth, done != 0); trouble_make()) {
			world_rs_dies(EXIT_EXCEPTION);
			trouble_check(nth++);
		}
		assert_in_range(nth, 10, 1000);
		trouble_check(nth);
	}
}

/* Each byte of the table in turn is garbage: nobody who lives may die of it or stay unwatched. */
static void no_damaged_byte_of_the_table_restarts_a_healthy_service(void **state)
{
	struct rs_table good;

	(void)state;
	world_boot();
	good = world.table;
	for (size_t i = 0; i < offsetof(struct rs_table, services[SLOTS]); i++) {
		/* `stopped` = 1 is a wish that RS has to believe */
		if (i >= offsetof(struct rs_table, services[DS]) &&
		    (i - offsetof(struct rs_table, services)) % sizeof(struct rs_entry) ==
			    offsetof(struct rs_entry, stopped))
			continue;
		world.table = good;
		((uint8_t *)&world.table)[i] ^= 0xff;
		world.log[0] = 0;
		world_rs_dies(EXIT_REQUEST);
		world_pass(100000, WORLD_ALL);
		assert_all_in_their_first_life();
		for (unsigned slot = DS; slot < SLOTS; slot++)
			assert_int_equal(world_entry((enum world_slot)slot)->state, RS_RUNNING);
		good = world.table;
	}
}

static void a_table_of_garbage_is_made_anew(void **state)
{
	(void)state;
	world_boot();
	memset(&world.table, 0xa5, sizeof(world.table));
	world_rs_dies(EXIT_EXCEPTION);
	LOGGED("rs: rs.table is not to be trusted");
	world_pass(1000000, WORLD_ALL);
	assert_all_in_their_first_life();
	assert_int_equal(world.table.version, RS_TABLE_VERSION);
}

static void a_restart_time_beyond_the_back_off_is_cut(void **state)
{
	(void)state;
	world_boot();
	world_dies(PORT, EXIT_PANIC);
	world.table.services[PORT].state = RS_BACKOFF;
	supervise_deaths_set(&world.table.services[PORT], 2);
	world.table.services[PORT].restart_at_us = UINT64_MAX / 2;
	world_rs_dies(EXIT_EXCEPTION);
	world_pass(11000, WORLD_ALL);
	assert_int_equal(world.kernel.services[PORT].state, SERVICE_ALIVE);
}

/* Written twice, a second apart: the older one says 1 death, the latest 2, the table 3. */
static void checkpoints_make(void)
{
	world_boot();
	for (unsigned deaths = 1; deaths <= 2; deaths++) {
		supervise_deaths_set(&world.table.services[PORT], deaths);
		world_pass(2 * SUPERVISE_QUIET_US, WORLD_ALL);
	}
	supervise_deaths_set(&world.table.services[PORT], 3);
}

static void rs_that_keeps_dying_goes_back_to_older_and_older_tables(void **state)
{
	(void)state;

	checkpoints_make();
	for (unsigned death = 0; death <= 3 * SUPERVISE_OWN_DEATHS_MAX; death++) {
		world_rs_dies(EXIT_EXCEPTION);
		assert_int_equal(world_entry(PORT)->deaths_in_row,
				 3 - death / SUPERVISE_OWN_DEATHS_MAX);
	}
	LOGGED("rs: rs.table is not to be trusted: back to the latest checkpoint");
	LOGGED("rs: rs.table is not to be trusted: back to the older checkpoint");
	LOGGED("rs: rs.table is not to be trusted; it is made anew");
	world_pass(1000000, WORLD_ALL);
	assert_all_in_their_first_life();
}

static void flip(void *at, size_t bit)
{
	((uint8_t *)at)[bit / 8] ^= (uint8_t)(1u << bit % 8);
}

/* Any bit of either checkpoint: the other one is used. */
static void a_flipped_bit_in_a_checkpoint_is_found(void **state)
{
	(void)state;
	static struct rs_checkpoints before;

	checkpoints_make();
	before = world.checkpoints;
	for (unsigned copy = 0; copy < 2; copy++) {
		const struct rs_table *table = &before.copies[copy].table;
		unsigned left = 3 - table->services[PORT].deaths_in_row;

		for (size_t bit = 0; bit < 8 * sizeof(before.copies[copy]); bit += 7) {
			world.checkpoints = before;
			flip(&world.checkpoints.copies[copy], bit);
			assert_int_equal(supervise_checkpoint(&world.supervisor, 0)
						 ->services[PORT]
						 .deaths_in_row,
					 left);
			assert_null(supervise_checkpoint(&world.supervisor, 1));
		}
	}
}

/* Any bit of the table, while RS is dead: nobody has to die for it, all are still watched. */
static void a_flipped_bit_in_the_table_harms_nobody(void **state)
{
	(void)state;
	static struct rs_world before;

	checkpoints_make();
	world_request(RS_STOP, CONFIG, 0);
	world_pass(2 * SUPERVISE_QUIET_US, WORLD_ALL);
	before = world;
	for (size_t bit = 0; bit < 8 * offsetof(struct rs_table, services[SLOTS]); bit++) {
		world = before;
		flip(&world.table, bit);
		world_rs_dies(EXIT_EXCEPTION);
		world_pass(100000, WORLD_ALL);
		for (unsigned slot = DS; slot < SLOTS; slot++)
			if (world.kernel.services[slot].generation != 1 ||
			    world.kernel.services[slot].state !=
				    (slot == CONFIG ? SERVICE_DEAD : SERVICE_ALIVE))
				fail_msg("bit %zu harms slot %u", bit, slot);
		world_dies(PORT, EXIT_PANIC);
		world_pass(100000, WORLD_ALL);
		if (world.kernel.services[PORT].state != SERVICE_ALIVE)
			fail_msg("bit %zu: slot %u is not restarted", bit, (unsigned)PORT);
	}
}

/* It died a moment ago; its next death must not be taken for one of thousands. */
static void a_flipped_bit_in_a_count_of_deaths_gives_nobody_up(void **state)
{
	(void)state;
	static struct rs_world before;

	world_boot();
	world_dies(PORT, EXIT_PANIC);
	world_pass(10000, WORLD_ALL);
	before = world;
	for (size_t bit = 0; bit < 8 * sizeof(uint32_t); bit++) {
		world = before;
		flip(&world.table.services[PORT].deaths_in_row, bit);
		world_rs_dies(EXIT_EXCEPTION);
		world_dies(PORT, EXIT_PANIC);
		world_pass(100000, WORLD_ALL);
		if (world.kernel.services[PORT].state != SERVICE_ALIVE)
			fail_msg("bit %zu: slot %u is not restarted", bit, (unsigned)PORT);
	}
}

static void a_quiet_life_of_rs_clears_its_table_of_suspicion(void **state)
{
	(void)state;
	world_boot();
	supervise_deaths_set(&world.table.services[PORT], 77);
	for (unsigned i = 0; i < SUPERVISE_OWN_DEATHS_MAX; i++)
		world_rs_dies(EXIT_EXCEPTION);
	world_pass(SUPERVISE_QUIET_US + 100000, WORLD_ALL);
	world_rs_dies(EXIT_EXCEPTION);
	assert_null(strstr(world.log, "not to be trusted"));
	assert_int_equal(world_entry(PORT)->deaths_in_row, 77);
	assert_int_equal(world_entry(RS)->deaths_in_row, 1);
}

static void a_hang_is_noticed_in_time_though_the_table_was_lost(void **state)
{
	(void)state;
	world_boot();
	world_pass(SUPERVISE_QUIET_US + 100000, WORLD_ALL);
	memset(&world.table, 0xa5, sizeof(world.table));
	world_rs_dies(EXIT_EXCEPTION);
	world_pass(100000, WORLD_ALL & ~(1ull << PORT));
	assert_int_equal(world_entry(PORT)->last_cause, EXIT_HEARTBEAT);
	assert_int_equal(world_entry(PORT)->generation, 2);
}

static void rs_restarted_on_request_ever_so_often_keeps_its_table(void **state)
{
	(void)state;
	world_boot();
	for (unsigned i = 0; i < 10; i++)
		world_rs_dies(EXIT_REQUEST);
	assert_null(strstr(world.log, "not to be trusted"));
	assert_all_in_their_first_life();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(healthy_services_do_not_notice),
		cmocka_unit_test(a_hang_is_noticed_by_the_next_life_of_rs),
		cmocka_unit_test(a_death_while_rs_was_dead_is_recovered_from),
		cmocka_unit_test(deaths_in_a_row_are_remembered),
		cmocka_unit_test(stopped_and_given_up_stay_so),
		cmocka_unit_test(a_stop_cut_short_by_the_death_of_rs_is_completed),
		cmocka_unit_test(a_start_that_rs_did_not_live_to_note_is_taken_up),
		cmocka_unit_test(a_boot_cut_short_goes_on),
		cmocka_unit_test(rs_may_die_over_any_of_its_actions),
		cmocka_unit_test(no_damaged_byte_of_the_table_restarts_a_healthy_service),
		cmocka_unit_test(a_table_of_garbage_is_made_anew),
		cmocka_unit_test(a_restart_time_beyond_the_back_off_is_cut),
		cmocka_unit_test(rs_that_keeps_dying_goes_back_to_older_and_older_tables),
		cmocka_unit_test(a_flipped_bit_in_a_checkpoint_is_found),
		cmocka_unit_test(a_flipped_bit_in_the_table_harms_nobody),
		cmocka_unit_test(a_flipped_bit_in_a_count_of_deaths_gives_nobody_up),
		cmocka_unit_test(a_quiet_life_of_rs_clears_its_table_of_suspicion),
		cmocka_unit_test(a_hang_is_noticed_in_time_though_the_table_was_lost),
		cmocka_unit_test(rs_restarted_on_request_ever_so_often_keeps_its_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
