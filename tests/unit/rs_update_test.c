/* Live update, policies set by the administrator, alerts: services/rs/supervise_{update,policy}.c.
 */
#include "tests/unit/rs_world.h"
#include "tests/unit/unit.h"

#include <string.h>

#define LOGGED(text) assert_non_null(strstr(world.log, text))

static struct service_entry *life(enum world_slot slot)
{
	return &world.kernel.services[slot];
}

/* A booted system and an update bundle for the firewall. */
static void boot_with_update(void)
{
	world_boot();
	life(FIREWALL)->updatable = 1;
}

static void assert_firewall(enum image_source source, uint32_t generation)
{
	assert_int_equal(life(FIREWALL)->state, SERVICE_ALIVE);
	assert_int_equal(life(FIREWALL)->updated, source);
	assert_int_equal(life(FIREWALL)->generation, generation);
}

/* --- Update ---------------------------------------------------------------- */

static void an_update_replaces_the_program_at_once_and_nobody_else(void **state)
{
	(void)state;
	boot_with_update();
	assert_int_equal(world_request(RS_UPDATE, FIREWALL, 0), OK);
	assert_firewall(IMAGE_UPDATE, 2);
	assert_int_equal(world_entry(FIREWALL)->last_cause, EXIT_UPDATE);
	assert_int_equal(world_entry(FIREWALL)->deaths_in_row, 0);
	for (unsigned slot = DS; slot < FIREWALL; slot++)
		assert_int_equal(life((enum world_slot)slot)->generation, 1);
}

static void an_update_that_lives_through_its_trial_is_kept(void **state)
{
	(void)state;
	boot_with_update();
	world_request(RS_UPDATE, FIREWALL, 0);
	world_pass(RS_TRIAL_US + 100000, WORLD_ALL);
	LOGGED("firewall: the update has passed its trial");
	assert_int_equal(world_entry(FIREWALL)->program.trial_until_us, 0);
	for (unsigned i = 0; i < 5; i++) {
		world_dies(FIREWALL, EXIT_EXCEPTION);
		world_pass(2000000, WORLD_ALL);
	}
	assert_firewall(IMAGE_UPDATE, 7);
}

static void an_update_that_dies_before_it_is_ready_is_taken_back_at_once(void **state)
{
	(void)state;
	boot_with_update();
	world_request(RS_UPDATE, FIREWALL, 0);
	world_dies(FIREWALL, EXIT_EXCEPTION);
	world_look();
	assert_firewall(IMAGE_BOOTED, 3);
	LOGGED("firewall: the update fails its trial: it died before it was ready");
	world_pass(RS_TRIAL_US * 2, WORLD_ALL);
	assert_firewall(IMAGE_BOOTED, 3);
}

static void an_update_that_never_gets_ready_is_taken_back(void **state)
{
	(void)state;
	boot_with_update();
	world_request(RS_UPDATE, FIREWALL, 0);
	/* Both its answer and the question to its former life go unanswered. */
	world.answered[FIREWALL] = world.asks[FIREWALL];
	world_pass(HEARTBEAT_START_US + 200000, WORLD_ALL & ~(1ull << FIREWALL));
	assert_int_equal(life(FIREWALL)->updated, IMAGE_BOOTED);
	LOGGED("firewall: the update fails its trial");
}

static void an_update_that_dies_too_often_in_its_trial_is_taken_back(void **state)
{
	(void)state;
	boot_with_update();
	world_request(RS_UPDATE, FIREWALL, 0);
	for (unsigned death = 1; death <= RS_TRIAL_DEATHS_MAX; death++) {
		world_pass(1000000, WORLD_ALL);
		assert_int_equal(life(FIREWALL)->updated, IMAGE_UPDATE);
		world_dies(FIREWALL, EXIT_EXCEPTION);
		world_look();
	}
	assert_firewall(IMAGE_BOOTED, 2 + RS_TRIAL_DEATHS_MAX);
	LOGGED("firewall: the update fails its trial: it died too often");
}

static void a_start_that_the_kernel_refuses_ends_the_trial(void **state)
{
	(void)state;
	boot_with_update();
	world.start_refusal[FIREWALL] = E_DAMAGED;
	world_request(RS_UPDATE, FIREWALL, 0);
	assert_int_equal(world_entry(FIREWALL)->program.source, IMAGE_BOOTED);
	world.start_refusal[FIREWALL] = OK;
	world_pass(2000000, WORLD_ALL);
	assert_int_equal(life(FIREWALL)->updated, IMAGE_BOOTED);
	assert_int_equal(world_entry(FIREWALL)->state, RS_RUNNING);
}

static void restarts_by_the_administrator_do_not_end_a_trial(void **state)
{
	(void)state;
	boot_with_update();
	world_request(RS_UPDATE, FIREWALL, 0);
	for (unsigned i = 0; i < 10; i++) {
		world_request(RS_RESTART, FIREWALL, 0);
		world_pass(10000, WORLD_ALL);
	}
	assert_firewall(IMAGE_UPDATE, 12);
}

static void an_update_can_be_taken_back(void **state)
{
	(void)state;
	boot_with_update();
	assert_int_equal(world_request(RS_REVERT, FIREWALL, 0), E_STATE);
	world_request(RS_UPDATE, FIREWALL, 0);
	world_pass(RS_TRIAL_US + 100000, WORLD_ALL);
	assert_int_equal(world_request(RS_REVERT, FIREWALL, 0), OK);
	assert_firewall(IMAGE_BOOTED, 3);
	assert_int_equal(world_request(RS_UPDATE, FIREWALL, 0), OK);
	assert_firewall(IMAGE_UPDATE, 4);
}

static void updates_that_cannot_be_are_refused(void **state)
{
	(void)state;
	boot_with_update();
	assert_int_equal(world_request(RS_UPDATE, DS, 0), E_ABSENT);
	assert_int_equal(world_request(RS_UPDATE, RS, 0), E_DENIED);
	assert_int_equal(world_request(RS_UPDATE, SLOTS, 0), E_ABSENT);
	world_request(RS_UPDATE, FIREWALL, 0);
	assert_int_equal(world_request(RS_UPDATE, FIREWALL, 0), E_STATE);
	world_request(RS_STOP, FIREWALL, 0);
	world_request(RS_REVERT, FIREWALL, 0);
	assert_int_equal(world_request(RS_UPDATE, FIREWALL, 0), E_STATE);
}

static void rs_may_die_at_any_time_in_an_update(void **state)
{
	(void)state;
	boot_with_update();
	world_request(RS_UPDATE, FIREWALL, 0);
	world_rs_dies(EXIT_EXCEPTION);
	world_pass(1000000, WORLD_ALL);
	assert_firewall(IMAGE_UPDATE, 2);
	world_rs_dies(EXIT_EXCEPTION);
	world_pass(RS_TRIAL_US, WORLD_ALL);
	LOGGED("firewall: the update has passed its trial");
	world_rs_dies(EXIT_EXCEPTION);
	world_pass(1000000, WORLD_ALL);
	assert_firewall(IMAGE_UPDATE, 2);
	/* noted, and not yet carried out */
	world_request(RS_REVERT, FIREWALL, 0);
	world.table.services[FIREWALL].program.trial_until_us = world.now_us + 1000000;
	world.table.services[FIREWALL].program.source = IMAGE_UPDATE;
	world_rs_dies(EXIT_EXCEPTION);
	world_pass(1000000, WORLD_ALL);
	assert_firewall(IMAGE_UPDATE, 4);
}

static void a_table_made_anew_updates_and_reverts_nobody(void **state)
{
	(void)state;
	boot_with_update();
	world_request(RS_UPDATE, FIREWALL, 0);
	world_pass(RS_TRIAL_US + 100000, WORLD_ALL);
	memset(&world.table, 0xa5, sizeof(world.table));
	world_rs_dies(EXIT_EXCEPTION);
	world_pass(1000000, WORLD_ALL);
	assert_firewall(IMAGE_UPDATE, 2);
	world_request(RS_REVERT, FIREWALL, 0);
	world_pass(1000000, WORLD_ALL);
	world.table.services[FIREWALL].program.source ^= 1; /* one bit */
	world_rs_dies(EXIT_EXCEPTION);
	world_pass(1000000, WORLD_ALL);
	assert_firewall(IMAGE_BOOTED, 3);
}

/* --- Policy ---------------------------------------------------------------- */

static enum status policy_set(enum world_slot slot, const struct manifest_recovery *steps,
			      uint32_t count)
{
	struct rs_policy_request request = { .slot = slot, .count = count };

	if (count != 0)
		memcpy(request.steps, steps, count * sizeof(*steps));
	return supervise_policy_set(&world.supervisor, &request);
}

static const struct manifest_recovery give_up_at_once[] = { { .step = RECOVERY_GIVE_UP } };

static void a_policy_set_is_in_force_and_outlives_rs(void **state)
{
	(void)state;
	world_boot();
	assert_int_equal(policy_set(PORT, give_up_at_once, 1), OK);
	world_rs_dies(EXIT_EXCEPTION);
	world_pass(10000, WORLD_ALL);
	world_dies(PORT, EXIT_PANIC);
	world_look();
	assert_int_equal(world_entry(PORT)->state, RS_FAILED);
	assert_int_equal(policy_set(PORT, NULL, 0), OK);
	world_request(RS_START, PORT, 0);
	world_pass(10000, WORLD_ALL);
	world_dies(PORT, EXIT_PANIC);
	world_look();
	assert_int_equal(life(PORT)->state, SERVICE_ALIVE);
}

static void a_policy_that_cannot_be_is_refused(void **state)
{
	const struct manifest_recovery unknown[] = { { .step = 99 } };
	struct rs_policy_request request = { .slot = SLOTS };

	(void)state;
	world_boot();
	assert_int_equal(policy_set(PORT, unknown, 1), E_ARGUMENT);
	assert_int_equal(policy_set(RS, give_up_at_once, 1), E_DENIED);
	assert_int_equal(supervise_policy_set(&world.supervisor, &request), E_ABSENT);
	request = (struct rs_policy_request){ .slot = PORT, .count = RECOVERY_STEPS_MAX + 1 };
	assert_int_equal(supervise_policy_set(&world.supervisor, &request), E_ARGUMENT);
	assert_int_equal(world_entry(PORT)->policy.overridden, 0);
}

static void a_damaged_policy_is_the_manifests_again(void **state)
{
	struct rs_policy good;

	(void)state;
	world_boot();
	policy_set(PORT, give_up_at_once, 1);
	good = world.table.services[PORT].policy;
	for (size_t bit = 0; bit < sizeof(good) * 8; bit++) {
		world.table.services[PORT].policy = good;
		((uint8_t *)&world.table.services[PORT].policy)[bit / 8] ^=
			(uint8_t)(1u << bit % 8);
		world.log[0] = 0;
		world_rs_dies(EXIT_REQUEST);
		LOGGED("port0: its policy in rs.table was damaged");
		assert_int_equal(world_entry(PORT)->policy.overridden, 0);
		world_pass(30000, WORLD_ALL);
	}
}

static void the_ladder_of_a_device_goes_up_and_begins_again(void **state)
{
	const struct manifest_recovery ladder[] = {
		{ .step = RECOVERY_RESTART, .argument = 10 },
		{ .step = RECOVERY_RESET_DEVICE, .argument = 2 },
		{ .step = RECOVERY_GIVE_UP, .argument = 4 },
	};

	(void)state;
	world_boot();
	policy_set(PORT, ladder, 3);
	for (unsigned death = 1; death < 4; death++) {
		world_dies(PORT, EXIT_PANIC);
		world_pass(20000, WORLD_ALL);
		assert_int_equal(life(PORT)->state, SERVICE_ALIVE);
		assert_int_equal(world_entry(PORT)->device_reset, death >= 2 ? RS_YES : 0);
	}
	world_pass(SUPERVISE_QUIET_US * 2, WORLD_ALL);
	world_dies(PORT, EXIT_PANIC);
	world_pass(20000, WORLD_ALL);
	assert_int_equal(world_entry(PORT)->device_reset, 0);
	for (unsigned death = 2; death <= 4; death++) {
		world_dies(PORT, EXIT_PANIC);
		world_pass(20000, WORLD_ALL);
	}
	assert_int_equal(world_entry(PORT)->state, RS_FAILED);
}

static void a_service_is_to_forget_its_state_from_the_nth_death_in_a_row_on(void **state)
{
	const struct manifest_recovery steps[] = {
		{ .step = RECOVERY_RESTART, .argument = 10 },
		{ .step = RECOVERY_CLEAN_START, .argument = 3 },
	};

	(void)state;
	world_boot();
	policy_set(PORT, steps, 2);
	for (unsigned death = 1; death <= 4; death++) {
		world_dies(PORT, EXIT_PANIC);
		world_pass(20000, WORLD_ALL);
		assert_int_equal(life(PORT)->state, SERVICE_ALIVE);
		assert_int_equal(world_entry(PORT)->clean_start, death >= 3 ? RS_YES : 0);
	}
	world_rs_dies(EXIT_PANIC); /* the wish outlives RS */
	assert_int_equal(world_entry(PORT)->clean_start, RS_YES);
	world_dies(PORT, EXIT_REQUEST); /* a wanted death is nobody's fault */
	world_pass(20000, WORLD_ALL);
	assert_int_equal(world_entry(PORT)->clean_start, 0);
	world_pass(SUPERVISE_QUIET_US * 2, WORLD_ALL);
	world_dies(PORT, EXIT_PANIC);
	world_pass(20000, WORLD_ALL);
	assert_int_equal(world_entry(PORT)->clean_start, 0);
}

static void alerts_are_kept_for_others_to_send(void **state)
{
	const struct manifest_recovery steps[] = {
		{ .step = RECOVERY_RESTART, .argument = 1 },
		{ .step = RECOVERY_ALERT, .argument = 2 },
		{ .step = RECOVERY_LAST_CONFIGURATION, .argument = 3 },
	};

	(void)state;
	world_boot();
	policy_set(PORT, steps, 3);
	for (unsigned death = 1; death <= 3; death++) {
		assert_int_equal(world.table.last_configuration, 0);
		world_dies(PORT, EXIT_PANIC);
		world_pass(20000, WORLD_ALL);
	}
	assert_int_equal(world.table.alert_sequence, 2);
	assert_int_equal(world.table.alerts[2].sequence, 2);
	assert_int_equal(world.table.alerts[2].slot, PORT);
	assert_string_equal(world.table.alerts[2].text, "port0 died (panic: )");
	assert_int_equal(world.table.last_configuration, 1);
	for (unsigned i = 0; i < 3 * RS_ALERTS_MAX; i++) {
		world_dies(PORT, EXIT_PANIC);
		world_pass(20000, WORLD_ALL);
	}
	assert_int_equal(world.table.alert_sequence, 2 + 3 * RS_ALERTS_MAX);
	assert_int_equal(world.table.alerts[2].sequence, 2 + 3 * RS_ALERTS_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_update_replaces_the_program_at_once_and_nobody_else),
		cmocka_unit_test(an_update_that_lives_through_its_trial_is_kept),
		cmocka_unit_test(an_update_that_dies_before_it_is_ready_is_taken_back_at_once),
		cmocka_unit_test(an_update_that_never_gets_ready_is_taken_back),
		cmocka_unit_test(an_update_that_dies_too_often_in_its_trial_is_taken_back),
		cmocka_unit_test(a_start_that_the_kernel_refuses_ends_the_trial),
		cmocka_unit_test(restarts_by_the_administrator_do_not_end_a_trial),
		cmocka_unit_test(an_update_can_be_taken_back),
		cmocka_unit_test(updates_that_cannot_be_are_refused),
		cmocka_unit_test(rs_may_die_at_any_time_in_an_update),
		cmocka_unit_test(a_table_made_anew_updates_and_reverts_nobody),
		cmocka_unit_test(a_policy_set_is_in_force_and_outlives_rs),
		cmocka_unit_test(a_policy_that_cannot_be_is_refused),
		cmocka_unit_test(a_damaged_policy_is_the_manifests_again),
		cmocka_unit_test(the_ladder_of_a_device_goes_up_and_begins_again),
		cmocka_unit_test(a_service_is_to_forget_its_state_from_the_nth_death_in_a_row_on),
		cmocka_unit_test(alerts_are_kept_for_others_to_send),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
