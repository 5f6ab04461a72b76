/* Who is left alone, and who is asked all the same: services/rs/supervise_rest.c, in the world of
 * rs_world.h. */
#include "tests/unit/rs_world.h"
#include "tests/unit/unit.h"

#include <string.h>

#define BEAT_US 25000u

/* The firewall reads the kernel's log, config and the port RS's table, DS the kernel's. */
enum world_region { REGION_LOG, REGION_RS, REGION_KERNEL };

static void map_add(enum world_slot slot, enum world_region region)
{
	struct manifest_service *service = &world.manifest.services[slot];

	service->maps[service->map_count++].region = region;
}

static void readers_add(void)
{
	struct manifest_region *regions = world.manifest.regions;

	regions[REGION_LOG].kind = REGION_KERNEL_LOG;
	regions[REGION_RS].kind = REGION_MEMORY;
	strcpy(regions[REGION_RS].name, "rs.table");
	regions[REGION_KERNEL].kind = REGION_KERNEL_TABLE;
	map_add(FIREWALL, REGION_LOG);
	map_add(CONFIG, REGION_RS);
	map_add(PORT, REGION_RS);
	map_add(DS, REGION_KERNEL);
}

/* All run, have answered, and do nothing any more. */
static void all_rest(void)
{
	world_boot();
	readers_add();
	supervise_log_watch(&world.supervisor, &world.lines);
	world.calm = true;
	world_pass(SUPERVISE_QUIET_US + 2 * BEAT_US, WORLD_ALL);
	memset(world.asks, 0, sizeof(world.asks));
	memset(world.answered, 0, sizeof(world.answered));
}

static unsigned asks(void)
{
	unsigned sum = 0;

	for (unsigned slot = 0; slot < SLOTS; slot++)
		sum += world.asks[slot];
	return sum;
}

static void who_rests_is_not_asked_and_rs_has_nothing_to_wake_for(void **state)
{
	(void)state;
	all_rest();
	world_pass(10000000, WORLD_ALL);
	assert_int_equal(asks(), 0);
	assert_true(world_look() == SUPERVISE_NO_DEADLINE);
}

/* By which the watchdog knows that RS lives: it rests, too. */
static void a_look_at_those_who_rest_is_counted(void **state)
{
	uint32_t looks;

	(void)state;
	all_rest();
	looks = world.table.looks;
	world_look();
	assert_int_equal(world.table.looks, looks + 1);
	assert_int_equal(asks(), 0);
}

static void who_stirs_is_asked_at_the_next_look_and_then_rests_again(void **state)
{
	(void)state;
	all_rest();
	world.kernel.services[CONFIG].rests = 0;
	world_look();
	assert_int_equal(world.asks[CONFIG], 1);
	assert_int_equal(asks(), 1);
	world_pass(10000000, WORLD_ALL);
	assert_int_equal(asks(), 1);
}

static void a_hang_out_of_rest_is_ended_within_100_ms(void **state)
{
	(void)state;
	all_rest();
	uint64_t stirred_us = world.now_us;
	world.kernel.services[CONFIG].rests = 0;
	world.now_us += 12500; /* then the kernel wakes RS */
	while (world.kernel.services[CONFIG].exit_cause != EXIT_HEARTBEAT) {
		world_pass(1000, WORLD_ALL & ~(1ull << CONFIG));
		assert_true(world.now_us - stirred_us < 100000);
	}
}

static void a_complaint_about_one_that_rests_is_heard(void **state)
{
	(void)state;
	all_rest();
	world.kernel.services[PORT].complaints = 1;
	world.kernel.services[PORT].complaint = COMPLAINT_SILENT;
	world_look();
	assert_int_equal(world_entry(PORT)->last_cause, EXIT_COMPLAINT);
}

static void who_reads_the_log_is_asked_when_it_has_grown_and_nobody_else(void **state)
{
	(void)state;
	all_rest();
	world.lines.next_sequence++;
	world_look();
	assert_int_equal(world.asks[FIREWALL], 1);
	assert_int_equal(asks(), 1);
	world_pass(10000000, WORLD_ALL);
	assert_int_equal(asks(), 1);
}

static void lines_that_rs_itself_writes_are_told_of_soon(void **state)
{
	(void)state;
	all_rest();
	world.kernel.services[PORT].complaints = 1;
	world.kernel.services[PORT].complaint = COMPLAINT_PROTOCOL;
	uint64_t next_us = world_look();
	assert_int_equal(world.asks[FIREWALL], 0);
	assert_true(next_us <= world.now_us + SUPERVISE_LOG_US);
	world.now_us = next_us;
	world_look();
	assert_int_equal(world.asks[FIREWALL], 1);
}

static void after_a_death_those_who_read_of_lives_are_asked_but_for_drivers(void **state)
{
	(void)state;
	all_rest();
	world_dies(PCI, EXIT_PANIC);
	assert_true(world_look() <= world.now_us);
	world_look();
	assert_int_equal(world.asks[DS], 1);
	assert_int_equal(world.asks[CONFIG], 1);
	assert_int_equal(world.asks[PORT], 0);
}

/* Even if nobody is started for it, so that RS has nothing else to wake for. */
static void after_the_death_of_one_that_is_given_up_they_are_asked_as_well(void **state)
{
	const struct manifest_recovery nothing[] = { { .step = RECOVERY_LOG } };

	(void)state;
	all_rest();
	world_recovery(PCI, nothing, 1);
	world_dies(PCI, EXIT_PANIC);
	world_pass(BEAT_US, WORLD_ALL);
	assert_int_equal(world_entry(PCI)->state, RS_FAILED);
	assert_int_equal(world.asks[DS] + world.asks[CONFIG], 2);
}

static void what_was_stopped_just_before_rs_died_is_in_its_next_checkpoint(void **state)
{
	(void)state;
	all_rest();
	assert_int_equal(world_request(RS_STOP, PCI, 0), OK);
	world_look();
	assert_int_equal(world_entry(PCI)->state, RS_STOPPED);
	world_rs_dies(EXIT_PANIC);
	world_pass(2 * SUPERVISE_QUIET_US, WORLD_ALL);
	const struct rs_table *latest = supervise_checkpoint(&world.supervisor, 0);
	assert_non_null(latest);
	assert_int_equal(latest->services[PCI].state, RS_STOPPED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_rests_is_not_asked_and_rs_has_nothing_to_wake_for),
		cmocka_unit_test(a_look_at_those_who_rest_is_counted),
		cmocka_unit_test(who_stirs_is_asked_at_the_next_look_and_then_rests_again),
		cmocka_unit_test(a_hang_out_of_rest_is_ended_within_100_ms),
		cmocka_unit_test(a_complaint_about_one_that_rests_is_heard),
		cmocka_unit_test(who_reads_the_log_is_asked_when_it_has_grown_and_nobody_else),
		cmocka_unit_test(lines_that_rs_itself_writes_are_told_of_soon),
		cmocka_unit_test(after_a_death_those_who_read_of_lives_are_asked_but_for_drivers),
		cmocka_unit_test(after_the_death_of_one_that_is_given_up_they_are_asked_as_well),
		cmocka_unit_test(what_was_stopped_just_before_rs_died_is_in_its_next_checkpoint),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
