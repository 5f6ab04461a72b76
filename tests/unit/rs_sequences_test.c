/*
 * Every sequence of events, up to a depth, at a supervisor with a fake clock:
 * after each event its invariants hold, and once the events end, all that was
 * not stopped or given up runs again.
 */
#include "tests/unit/rs_world.h"
#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>

#define DEPTH     4u
#define EVENTS    14u
#define SETTLE_US 1200000u /* over any back-off */
#define STEP_US   4000u

static const struct manifest_recovery ladder[] = {
	{ .step = RECOVERY_LOG },
	{ .step = RECOVERY_RESTART, .argument = 100 },
	{ .step = RECOVERY_RESTART_DEPENDENTS, .argument = 2 },
	{ .step = RECOVERY_RESET_DEVICE, .argument = 2 },
	{ .step = RECOVERY_ALERT, .argument = 2 },
	{ .step = RECOVERY_GIVE_UP, .argument = 4 },
};

static unsigned event_path[DEPTH];

static void dies_if_alive(enum world_slot slot)
{
	if (world.kernel.services[slot].state == SERVICE_ALIVE)
		world_dies(slot, EXIT_EXCEPTION);
	world_look();
}

static void policy_change(void)
{
	struct rs_policy_request request = { .slot = CONFIG, .count = 6 };

	memcpy(request.steps, ladder, sizeof(ladder));
	if (world_entry(CONFIG)->policy.overridden != 0)
		request.count = 0;
	(void)supervise_policy_set(&world.supervisor, &request);
}

static void event_happen(unsigned event)
{
	switch (event) {
	case 0: dies_if_alive(CONFIG); return;
	case 1: dies_if_alive(FIREWALL); return;
	case 2: /* both at once */
		if (world.kernel.services[CONFIG].state == SERVICE_ALIVE)
			world_dies(CONFIG, EXIT_PANIC);
		dies_if_alive(FIREWALL);
		return;
	case 3: world_pass(5000, WORLD_ALL); return;
	case 4: world_pass(SUPERVISE_QUIET_US + 50000, WORLD_ALL); return;
	case 5: world_pass(120000, WORLD_ALL & ~(1ull << CONFIG)); return; /* it hangs */
	case 6: world_rs_dies(EXIT_EXCEPTION); return;
	case 7:
		(void)world_look_dying(2, true);
		world_rs_dies(EXIT_EXCEPTION);
		return;
	case 8: (void)world_request(RS_RESTART, CONFIG, 0); return;
	case 9: (void)world_request(RS_STOP, CONFIG, 0); return;
	case 10: (void)world_request(RS_START, CONFIG, 0); return;
	case 11: (void)world_request(RS_UPDATE, CONFIG, 0); return;
	case 12: (void)world_request(RS_REVERT, CONFIG, 0); return;
	case 13: policy_change(); return;
	}
}

static void path_fail(const char *what, unsigned slot)
{
	fail_msg("%s: slot %u after events %u %u %u %u\n%s", what, slot, event_path[0],
		 event_path[1], event_path[2], event_path[3], world.log);
}

/* A live slot is believed alive; a dead one is scheduled within bounds, stopped or given up. */
static void slot_check(enum world_slot slot)
{
	const struct rs_entry *entry = world_entry(slot);
	bool alive = world.kernel.services[slot].state == SERVICE_ALIVE;

	switch ((enum rs_state)entry->state) {
	case RS_STARTING:
	case RS_RUNNING:
		if (!alive || entry->generation != world.kernel.services[slot].generation)
			path_fail("believed alive", slot);
		if (world.kernel.services[slot].updated != entry->program.source)
			path_fail("runs the other program", slot);
		return;
	case RS_BACKOFF:
		if (entry->restart_at_us > world.now_us + 1000000)
			path_fail("scheduled too late", slot);
		break;
	case RS_STOPPED:
		if (entry->stopped == 0)
			path_fail("stopped by nobody", slot);
		break;
	case RS_FAILED:
		if (entry->deaths_in_row < 4)
			path_fail("given up too early", slot);
		break;
	case RS_WAITING:
	case RS_ABSENT: path_fail("was running once", slot);
	}
	if (alive)
		path_fail("alive and not known to be", slot);
}

static void invariants_check(void)
{
	world_look();
	for (unsigned slot = DS; slot < SLOTS; slot++)
		slot_check((enum world_slot)slot);
	if (world_entry(DS)->generation != 1 || world_entry(PCI)->generation != 1)
		path_fail("a healthy service was restarted", DS);
}

static void end_check(void)
{
	world_pass(SETTLE_US, WORLD_ALL);
	if (world_entry(CONFIG)->program.trial_until_us != 0) {
		world.now_us += RS_TRIAL_US;
		world_pass(50000, WORLD_ALL);
	}
	for (unsigned slot = DS; slot < SLOTS; slot++) {
		const struct rs_entry *entry = world_entry((enum world_slot)slot);

		if (entry->state != RS_RUNNING && entry->state != RS_STOPPED &&
		    entry->state != RS_FAILED)
			path_fail("does not run in the end", slot);
		if (entry->program.trial_until_us != 0 && entry->state == RS_RUNNING)
			path_fail("on trial for ever", slot);
	}
}

static struct rs_world saved[DEPTH];

static unsigned sequences;

static void sequences_try(unsigned depth)
{
	if (depth == DEPTH) {
		sequences++;
		end_check();
		return;
	}
	saved[depth] = world;
	for (unsigned event = 0; event < EVENTS; event++) {
		world = saved[depth];
		world.log[0] = 0;
		event_path[depth] = event;
		event_happen(event);
		invariants_check();
		sequences_try(depth + 1);
	}
}

static void all_sequences_of_events_end_in_a_running_system(void **state)
{
	(void)state;
	world_boot();
	world.step_us = STEP_US;
	world.kernel.services[CONFIG].updatable = 1;
	world_recovery(CONFIG, ladder, 6);
	sequences_try(0);
	assert_int_equal(sequences, EVENTS * EVENTS * EVENTS * EVENTS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_sequences_of_events_end_in_a_running_system),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
