/* The supervisor: services/rs/supervise*.c, in the world of rs_world.h. */
#include "tests/unit/rs_world.h"
#include "tests/unit/unit.h"

#include <string.h>

#define LOGGED(text) assert_non_null(strstr(world.log, text))

/* --- Starting ------------------------------------------------------------ */

static void services_start_once_what_they_start_after_is_ready(void **state)
{
	(void)state;
	world_new();
	world.kernel.services[PORT].device.bus = DEVICE_PCI;
	world_rs_begins();
	assert_int_equal(world.starts[DS], 1);
	assert_int_equal(world.starts[PCI] + world.starts[CONFIG] + world.starts[FIREWALL], 0);
	world_answer(DS);
	world_look();
	assert_int_equal(world.starts[PCI], 1);
	assert_int_equal(world.starts[CONFIG], 1);
	assert_int_equal(world.starts[FIREWALL] + world.starts[PORT], 0);
	world_answer(PCI);
	world_answer(CONFIG);
	world_look();
	assert_int_equal(world.starts[FIREWALL], 1);
	assert_int_equal(world.starts[PORT], 1);
	assert_int_equal(world.starts[RS], 0);
}

static void an_absent_device_holds_up_nobody_and_may_come_later(void **state)
{
	(void)state;
	world_new();
	world.manifest.services[FIREWALL].start_after |= 1u << PORT;
	world_rs_begins();
	world_pass(1000, WORLD_ALL);
	assert_int_equal(world_entry(PORT)->state, RS_ABSENT);
	assert_int_equal(world_entry(FIREWALL)->state, RS_RUNNING);
	assert_int_equal(world.starts[PORT], 0);
	world.kernel.services[PORT].device.bus = DEVICE_ISA;
	world_pass(1000, WORLD_ALL);
	assert_int_equal(world.starts[PORT], 1);
	assert_int_equal(world_entry(PORT)->state, RS_RUNNING);
}

static void one_that_never_becomes_ready_holds_up_others_for_a_while_only(void **state)
{
	(void)state;
	world_new();
	world_rs_begins();
	world_pass(SUPERVISE_WAIT_US - 1000, WORLD_ALL & ~(1ull << CONFIG));
	assert_int_equal(world.starts[FIREWALL], 0);
	world_pass(10000, WORLD_ALL & ~(1ull << CONFIG));
	assert_int_equal(world.starts[FIREWALL], 1);
	LOGGED("firewall: is started though config is not ready");
}

static void a_start_that_the_kernel_refuses_is_tried_again_with_back_off(void **state)
{
	(void)state;
	world_new();
	world.start_refusal[CONFIG] = E_DAMAGED;
	world_rs_begins();
	world_pass(1000000, WORLD_ALL);
	assert_in_range(world.starts[CONFIG], 5, 10);
	LOGGED("config: cannot be started");
	world.start_refusal[CONFIG] = OK;
	world_pass(1100000, WORLD_ALL);
	assert_int_equal(world_entry(CONFIG)->state, RS_RUNNING);
}

/* --- Deaths -------------------------------------------------------------- */

static void the_first_death_is_followed_by_a_restart_in_the_same_look(void **state)
{
	(void)state;
	world_boot();
	world.kernel.services[PORT].exit_detail = 14;
	world.kernel.services[PORT].exit_address = 0x10;
	world.kernel.services[PORT].exit_rip = 0x401234;
	world_dies(PORT, EXIT_EXCEPTION);
	world_look();
	assert_int_equal(world.kernel.services[PORT].state, SERVICE_ALIVE);
	assert_int_equal(world_entry(PORT)->generation, 2);
	assert_int_equal(world_entry(PORT)->restarts, 1);
	assert_int_equal(world_entry(PORT)->last_cause, EXIT_EXCEPTION);
	LOGGED("port0: died (exception 14 (page fault) at 0x10, rip 0x401234), generation 1");
	world_answer(PORT);
	world_answer(PORT);
	assert_int_equal(world_entry(PORT)->state, RS_RUNNING);
}

static void deaths_in_a_row_are_followed_by_ever_longer_waits(void **state)
{
	(void)state;
	world_boot();
	for (uint64_t wait_us = 0; wait_us < 100000; wait_us = wait_us == 0 ? 10000 : 2 * wait_us) {
		world_dies(PORT, EXIT_PANIC);
		world_look();
		if (wait_us != 0) {
			assert_int_equal(world.kernel.services[PORT].state, SERVICE_DEAD);
			assert_int_equal(world_entry(PORT)->state, RS_BACKOFF);
			world_pass(wait_us - 1, WORLD_ALL);
			assert_int_equal(world.kernel.services[PORT].state, SERVICE_DEAD);
		}
		world_pass(1000, WORLD_ALL);
		assert_int_equal(world.kernel.services[PORT].state, SERVICE_ALIVE);
	}
}

static void one_that_is_of_use_between_its_deaths_does_not_wait(void **state)
{
	(void)state;
	world_boot();
	for (unsigned deaths = 1; deaths <= 20; deaths++) {
		world_pass(SUPERVISE_USEFUL_US + 1000, WORLD_ALL);
		world_dies(PORT, EXIT_PANIC);
		world_look();
		assert_int_equal(world_entry(PORT)->deaths_in_row, deaths);
		assert_int_equal(world.kernel.services[PORT].state, SERVICE_ALIVE);
	}
	world_pass(SUPERVISE_USEFUL_US / 2, WORLD_ALL);
	world_dies(PORT, EXIT_PANIC);
	world_look();
	assert_int_equal(world_entry(PORT)->state, RS_BACKOFF);
}

static void after_a_quiet_life_deaths_count_from_the_first_again(void **state)
{
	(void)state;
	world_boot();
	world_dies(PORT, EXIT_PANIC);
	world_pass(1000, WORLD_ALL);
	world_dies(PORT, EXIT_PANIC);
	world_pass(SUPERVISE_QUIET_US + 100000, WORLD_ALL);
	assert_int_equal(world_entry(PORT)->deaths_in_row, 2);
	world_dies(PORT, EXIT_PANIC);
	world_look();
	assert_int_equal(world_entry(PORT)->deaths_in_row, 1);
	assert_int_equal(world.kernel.services[PORT].state, SERVICE_ALIVE);
}

static void two_that_die_at_once_are_both_restarted(void **state)
{
	(void)state;
	world_boot();
	world_dies(PORT, EXIT_EXCEPTION);
	world_dies(FIREWALL, EXIT_EXCEPTION);
	world_look();
	assert_int_equal(world_entry(PORT)->generation, 2);
	assert_int_equal(world_entry(FIREWALL)->generation, 2);
	assert_int_equal(world.kernel.services[FIREWALL].state, SERVICE_ALIVE);
}

static void dependents_are_restarted_if_the_policy_says_so(void **state)
{
	const struct manifest_recovery steps[] = {
		{ .step = RECOVERY_RESTART, .argument = 1000 },
		{ .step = RECOVERY_RESTART_DEPENDENTS },
	};

	(void)state;
	world_boot();
	world_recovery(CONFIG, steps, 2);
	world_dies(CONFIG, EXIT_EXCEPTION);
	world_pass(1000, WORLD_ALL);
	assert_int_equal(world_entry(FIREWALL)->generation, 2);
	assert_int_equal(world_entry(FIREWALL)->last_cause, EXIT_DEPENDENCY);
	assert_int_equal(world_entry(FIREWALL)->deaths_in_row, 0);
	assert_int_equal(world_entry(PORT)->generation, 1);
}

static void one_given_up_stays_dead_until_started_again(void **state)
{
	const struct manifest_recovery steps[] = {
		{ .step = RECOVERY_RESTART, .argument = 1 },
		{ .step = RECOVERY_GIVE_UP, .argument = 3 },
	};

	(void)state;
	world_boot();
	world_recovery(PORT, steps, 2);
	for (unsigned i = 0; i < 3; i++) {
		world_dies(PORT, EXIT_PANIC);
		world_pass(20000, WORLD_ALL);
	}
	assert_int_equal(world_entry(PORT)->state, RS_FAILED);
	LOGGED("port0: given up after 3 deaths in a row");
	world_pass(10000000, WORLD_ALL);
	assert_int_equal(world.kernel.services[PORT].state, SERVICE_DEAD);
	assert_int_equal(world_request(RS_RESTART, PORT, 0), E_STATE);
	assert_int_equal(world_request(RS_START, PORT, 0), OK);
	assert_int_equal(world.kernel.services[PORT].state, SERVICE_ALIVE);
}

static void a_policy_may_reboot_the_machine(void **state)
{
	const struct manifest_recovery steps[] = {
		{ .step = RECOVERY_RESTART, .argument = 1 },
		{ .step = RECOVERY_REBOOT, .argument = 2 },
	};

	(void)state;
	world_boot();
	world_recovery(PORT, steps, 2);
	world_dies(PORT, EXIT_PANIC);
	world_pass(20000, WORLD_ALL);
	assert_int_equal(world.stopped, 0);
	world_dies(PORT, EXIT_PANIC);
	world_look();
	assert_int_equal(world.stopped, MACHINE_REBOOT);
}

/* --- Hangs and misdeeds -------------------------------------------------- */

static void a_hang_is_ended_within_100_ms_and_restarted(void **state)
{
	(void)state;
	world_boot();
	world_pass(1000003, WORLD_ALL);
	uint64_t silent_us = world.now_us;
	while (world_entry(PORT)->last_cause != EXIT_HEARTBEAT && world.now_us < silent_us + 200000)
		world_pass(1000, WORLD_ALL & ~(1ull << PORT));
	assert_in_range(world_entry(PORT)->last_death_us - silent_us, 1, 100000);
	assert_int_equal(world_entry(PORT)->generation, 2);
	assert_int_equal(world_entry(FIREWALL)->generation, 1);
}

static void the_answer_of_a_former_life_does_not_make_the_next_one_ready(void **state)
{
	(void)state;
	world_boot();
	world.now_us += 60000; /* asked and not yet answered */
	world_look();
	world_dies(PORT, EXIT_EXCEPTION);
	world_look();
	world_answer(PORT); /* of the dead one */
	assert_int_equal(world_entry(PORT)->state, RS_STARTING);
	world_answer(PORT);
	assert_int_equal(world_entry(PORT)->state, RS_RUNNING);
}

static void too_many_refusals_end_a_life(void **state)
{
	(void)state;
	world_boot();
	world.kernel.services[PORT].refusals.port = MISDEEDS_REFUSALS_MAX - 1;
	world_look();
	assert_int_equal(world_entry(PORT)->generation, 1);
	LOGGED("port0: refused so far");
	world.kernel.services[PORT].refusals.port++;
	world_look();
	assert_int_equal(world_entry(PORT)->last_cause, EXIT_REFUSALS);
	assert_int_equal(world_entry(PORT)->generation, 2);
}

static void few_dma_refusals_end_a_life(void **state)
{
	(void)state;
	world_boot();
	world.kernel.services[PORT].refusals.dma = 1;
	world_look();
	LOGGED("port0: tried to point its device's DMA outside its memory");
	assert_int_equal(world_entry(PORT)->generation, 1);
	world.kernel.services[PORT].refusals.dma = MISDEEDS_DMA_MAX;
	world_look();
	assert_int_equal(world_entry(PORT)->last_cause, EXIT_REFUSALS);
}

static void complaints_end_a_life(void **state)
{
	(void)state;
	world_boot();
	world.kernel.services[PORT].complaints = MISDEEDS_COMPLAINTS_MAX;
	world.kernel.services[PORT].complaint = COMPLAINT_RING_BUFFER;
	world.kernel.services[PORT].complainer = FIREWALL;
	world_look();
	assert_int_equal(world_entry(PORT)->last_cause, EXIT_COMPLAINT);
	LOGGED("port0: firewall complains: ring buffer out of range or used twice");
}

static void work_not_done_ends_a_life_at_the_first_complaint(void **state)
{
	(void)state;
	world_boot();
	world.kernel.services[PORT].complaint = COMPLAINT_STALLED; /* of a former life */
	world_look();
	assert_int_equal(world_entry(PORT)->generation, 1);
	world.kernel.services[PORT].complaints = 1;
	world_look();
	assert_int_equal(world_entry(PORT)->last_cause, EXIT_COMPLAINT);
	assert_int_equal(world_entry(PORT)->generation, 2);
}

static void a_silent_device_is_reset_at_the_first_complaint(void **state)
{
	(void)state;
	world_boot();
	world.kernel.services[PORT].complaint = COMPLAINT_SILENT;
	world.kernel.services[PORT].complaints = 1;
	world_look();
	assert_int_equal(world_entry(PORT)->last_cause, EXIT_COMPLAINT);
	assert_int_equal(world_entry(PORT)->generation, 2);
	assert_int_equal(world_entry(PORT)->device_reset, RS_YES);
	world_answer(PORT);
	world_dies(PORT, EXIT_PANIC);
	world_look();
	assert_int_equal(world_entry(PORT)->device_reset, 0);
}

static void refusals_just_before_a_death_are_still_logged(void **state)
{
	(void)state;
	world_boot();
	world.kernel.services[PORT].refusals.call = 1;
	world_dies(PORT, EXIT_EXIT);
	world_look();
	LOGGED("port0: refused so far: 1 calls");
	LOGGED("port0: died (exit with code 0)");
}

/* --- Requests ------------------------------------------------------------ */

static void a_restart_on_request_is_at_once_and_counts_as_no_failure(void **state)
{
	(void)state;
	world_boot();
	for (unsigned i = 0; i < 5; i++) {
		assert_int_equal(world_request(RS_RESTART, FIREWALL, 0), OK);
		assert_int_equal(world.kernel.services[FIREWALL].state, SERVICE_ALIVE);
	}
	assert_int_equal(world_entry(FIREWALL)->generation, 6);
	assert_int_equal(world_entry(FIREWALL)->deaths_in_row, 0);
}

static void a_stopped_service_stays_so_until_it_is_started(void **state)
{
	(void)state;
	world_boot();
	assert_int_equal(world_request(RS_STOP, FIREWALL, 0), OK);
	world_pass(5000000, WORLD_ALL);
	assert_int_equal(world_entry(FIREWALL)->state, RS_STOPPED);
	assert_int_equal(world.kernel.services[FIREWALL].state, SERVICE_DEAD);
	assert_int_equal(world_request(RS_RESTART, FIREWALL, 0), E_STATE);
	assert_int_equal(world_request(RS_START, FIREWALL, 0), OK);
	assert_int_equal(world.kernel.services[FIREWALL].state, SERVICE_ALIVE);
	assert_int_equal(world_request(RS_START, FIREWALL, 0), E_STATE);
}

static void requests_that_cannot_be_are_refused(void **state)
{
	(void)state;
	world_boot();
	assert_int_equal(world_request(RS_RESTART, SLOTS, 0), E_ABSENT);
	assert_int_equal(world_request(RS_RESTART, UINT32_MAX, 0), E_ABSENT);
	assert_int_equal(world_request(RS_STOP, RS, 0), E_DENIED);
	assert_int_equal(world_request(RS_STOP, DS, 0), E_DENIED);
	assert_int_equal(world_request(RS_CRASH, PORT, 0), E_ARGUMENT);
	assert_int_equal(world_request(RS_CRASH, PORT, 999), E_ARGUMENT);
	assert_int_equal(world_request((enum rs_op)0x2ff, PORT, 0), E_CALL);
	assert_int_equal(world_request(RS_CRASH, RS, CRASH_EXCEPTION), E_DENIED);
	for (unsigned slot = DS; slot < SLOTS; slot++)
		assert_int_equal(world_entry((enum world_slot)slot)->generation, 1);
}

static void what_is_asked_of_rs_itself_waits_for_the_answer(void **state)
{
	(void)state;
	world_boot();
	world.manifest.images[0].crash_entry = 0x401000;
	assert_int_equal(world_request(RS_CRASH, RS, CRASH_SPIN), OK);
	assert_int_equal(world.crashed[RS], 0);
	supervise_end_self(&world.supervisor);
	assert_int_equal(world.crashed[RS], CRASH_SPIN);
	assert_int_equal(world_request(RS_RESTART, RS, 0), OK);
	assert_int_equal(world.kernel.services[RS].state, SERVICE_ALIVE);
	supervise_end_self(&world.supervisor);
	assert_int_equal(world.kernel.services[RS].exit_cause, EXIT_REQUEST);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(services_start_once_what_they_start_after_is_ready),
		cmocka_unit_test(an_absent_device_holds_up_nobody_and_may_come_later),
		cmocka_unit_test(one_that_never_becomes_ready_holds_up_others_for_a_while_only),
		cmocka_unit_test(a_start_that_the_kernel_refuses_is_tried_again_with_back_off),
		cmocka_unit_test(the_first_death_is_followed_by_a_restart_in_the_same_look),
		cmocka_unit_test(deaths_in_a_row_are_followed_by_ever_longer_waits),
		cmocka_unit_test(one_that_is_of_use_between_its_deaths_does_not_wait),
		cmocka_unit_test(after_a_quiet_life_deaths_count_from_the_first_again),
		cmocka_unit_test(two_that_die_at_once_are_both_restarted),
		cmocka_unit_test(dependents_are_restarted_if_the_policy_says_so),
		cmocka_unit_test(one_given_up_stays_dead_until_started_again),
		cmocka_unit_test(a_policy_may_reboot_the_machine),
		cmocka_unit_test(a_hang_is_ended_within_100_ms_and_restarted),
		cmocka_unit_test(the_answer_of_a_former_life_does_not_make_the_next_one_ready),
		cmocka_unit_test(too_many_refusals_end_a_life),
		cmocka_unit_test(few_dma_refusals_end_a_life),
		cmocka_unit_test(complaints_end_a_life),
		cmocka_unit_test(work_not_done_ends_a_life_at_the_first_complaint),
		cmocka_unit_test(a_silent_device_is_reset_at_the_first_complaint),
		cmocka_unit_test(refusals_just_before_a_death_are_still_logged),
		cmocka_unit_test(a_restart_on_request_is_at_once_and_counts_as_no_failure),
		cmocka_unit_test(a_stopped_service_stays_so_until_it_is_started),
		cmocka_unit_test(requests_that_cannot_be_are_refused),
		cmocka_unit_test(what_is_asked_of_rs_itself_waits_for_the_answer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
