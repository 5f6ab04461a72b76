/* Recovery policies, back-off and heartbeats: services/rs/{recovery,heartbeat}.c. */
#include "services/rs/heartbeat.h"
#include "services/rs/recovery.h"
#include "tests/unit/unit.h"

#define BEAT_MS 50u
#define BEAT_US 25000u

static void the_first_death_is_followed_by_a_restart_at_once(void **state)
{
	(void)state;
	assert_int_equal(recovery_backoff_us(1, 1000), 0);
}

static void back_off_doubles_up_to_its_limit(void **state)
{
	(void)state;
	assert_int_equal(recovery_backoff_us(2, 1000), 10000);
	assert_int_equal(recovery_backoff_us(3, 1000), 20000);
	assert_int_equal(recovery_backoff_us(8, 1000), 640000);
	assert_int_equal(recovery_backoff_us(9, 1000), 1000000);
	assert_int_equal(recovery_backoff_us(UINT32_MAX, 1000), 1000000);
	assert_int_equal(recovery_backoff_us(2, 5), 5000);
}

static void a_policy_is_the_sum_of_its_steps(void **state)
{
	const struct manifest_recovery steps[RECOVERY_STEPS_MAX] = {
		{ .step = RECOVERY_LOG },
		{ .step = RECOVERY_DUMP },
		{ .step = RECOVERY_ALERT },
		{ .step = RECOVERY_RESTART_DEPENDENTS },
		{ .step = RECOVERY_RESTART, .argument = 100 },
	};
	struct recovery recovery = recovery_decide(steps, 3);

	(void)state;
	assert_int_equal(recovery.outcome, OUTCOME_RESTART);
	assert_int_equal(recovery.delay_us, 20000);
	assert_true(recovery.log && recovery.dump && recovery.alert && recovery.dependents);
}

static void a_policy_without_restart_gives_up(void **state)
{
	const struct manifest_recovery steps[RECOVERY_STEPS_MAX] = { { .step = RECOVERY_LOG } };

	(void)state;
	assert_int_equal(recovery_decide(steps, 1).outcome, OUTCOME_GIVE_UP);
}

static void the_ends_apply_from_their_death_on(void **state)
{
	static const struct {
		uint16_t step;
		enum recovery_outcome outcome;
	} ends[] = {
		{ RECOVERY_GIVE_UP, OUTCOME_GIVE_UP },
		{ RECOVERY_DEGRADE, OUTCOME_DEGRADE },
		{ RECOVERY_REBOOT, OUTCOME_REBOOT },
	};

	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		struct manifest_recovery steps[RECOVERY_STEPS_MAX] = {
			{ .step = RECOVERY_RESTART, .argument = 100 },
			{ .step = ends[i].step, .argument = 4 },
		};
		assert_int_equal(recovery_decide(steps, 3).outcome, OUTCOME_RESTART);
		assert_int_equal(recovery_decide(steps, 4).outcome, ends[i].outcome);
		assert_int_equal(recovery_decide(steps, 5).outcome, ends[i].outcome);
	}
}

static void an_unknown_step_is_passed_over(void **state)
{
	const struct manifest_recovery steps[RECOVERY_STEPS_MAX] = {
		{ .step = 999 },
		{ .step = RECOVERY_RESTART, .argument = 100 },
	};

	(void)state;
	assert_int_equal(recovery_decide(steps, 1).outcome, OUTCOME_RESTART);
}

/* --- Heartbeats ---------------------------------------------------------- */

/* Beats at their time until the verdict is death; returns when, in microseconds of silence. */
static uint64_t silence_until_death(struct heartbeat *beat, bool ready, uint64_t idle_per_beat_us,
				    uint64_t cpu_per_beat_us)
{
	struct heartbeat_usage usage = { 0 };
	uint64_t silent_since_us = 3 * BEAT_US + 1; /* just answered, the worst moment */

	heartbeat_begin(beat, BEAT_MS, usage, silent_since_us);
	heartbeat_answered(beat);
	for (unsigned i = 0; i < 1000; i++) {
		uint64_t now_us = beat->next_us;

		usage.idle_us += idle_per_beat_us;
		usage.cpu_us += cpu_per_beat_us;
		if (heartbeat_beat(beat, BEAT_MS, ready, usage, now_us) == HEARTBEAT_DEAD)
			return now_us - silent_since_us;
	}
	fail_msg("a silent service was never found dead");
	return 0;
}

static void a_hang_is_noticed_within_100_ms(void **state)
{
	struct heartbeat beat;
	uint64_t silent_us = silence_until_death(&beat, true, BEAT_US, 0);

	(void)state;
	assert_in_range(silent_us, BEAT_US, 100000);
}

static void a_loop_is_noticed_within_100_ms(void **state)
{
	struct heartbeat beat;
	uint64_t silent_us = silence_until_death(&beat, true, 0, BEAT_US);

	(void)state;
	assert_in_range(silent_us, BEAT_US, 100000);
}

static void a_service_that_others_kept_from_running_is_forgiven_but_not_for_ever(void **state)
{
	struct heartbeat beat;
	uint64_t silent_us = silence_until_death(&beat, true, 0, 0);

	(void)state;
	assert_in_range(silent_us, HEARTBEAT_FORGIVEN_MAX * BEAT_US,
			(HEARTBEAT_FORGIVEN_MAX + 4) * BEAT_US);
}

/* What an INET in a loop gets while others want the processor, too: its budget and no more. */
static void a_loop_among_others_is_noticed_within_100_ms(void **state)
{
	const uint32_t share_us = heartbeat_share_us(BEAT_MS, 1000, 10000);
	struct heartbeat_usage usage = { .share_us = share_us };
	struct heartbeat beat;
	uint64_t silent_since_us = 3 * BEAT_US + 1;

	(void)state;
	heartbeat_begin(&beat, BEAT_MS, usage, silent_since_us);
	heartbeat_answered(&beat);
	for (;;) {
		uint64_t now_us = beat.next_us;

		assert_in_range(now_us - silent_since_us, 0, 100000);
		usage.cpu_us += share_us;
		if (heartbeat_beat(&beat, BEAT_MS, true, usage, now_us) == HEARTBEAT_DEAD)
			return;
	}
}

static void a_share_is_what_the_budget_gives_from_beat_to_beat(void **state)
{
	(void)state;
	assert_int_equal(heartbeat_share_us(50, 1000, 10000), 2500);
	assert_int_equal(heartbeat_share_us(50, 50, 10000), 125);
	assert_int_equal(heartbeat_share_us(50, 0, 0), 0);
}

/* 40 % of the processor from beat to beat is what a small budget has to get before silence counts.
 */
static void a_small_budget_is_forgiven_while_it_waits_for_the_processor(void **state)
{
	const uint32_t share_us = heartbeat_share_us(BEAT_MS, 50, 10000);
	struct heartbeat_usage usage = { .share_us = share_us };
	struct heartbeat beat;

	(void)state;
	heartbeat_begin(&beat, BEAT_MS, usage, 1);
	heartbeat_answered(&beat);
	for (unsigned i = 0; i < 10; i++) {
		usage.cpu_us += BEAT_US * HEARTBEAT_BUSY_PERCENT / 100 - 1;
		assert_int_equal(heartbeat_beat(&beat, BEAT_MS, true, usage, beat.next_us),
				 HEARTBEAT_ASK);
	}
	assert_int_equal(beat.forgiven, 9);
}

/* Two drivers in a loop get less than half of the processor each, however short their beat. */
static void two_loops_that_share_the_processor_are_both_found(void **state)
{
	const uint32_t share_us = heartbeat_share_us(BEAT_MS / 2, 500, 10000);
	struct heartbeat_usage usage = { .share_us = share_us };
	struct heartbeat beat;
	unsigned asked = 0;

	(void)state;
	heartbeat_begin(&beat, BEAT_MS / 2, usage, 1);
	heartbeat_answered(&beat);
	while (heartbeat_beat(&beat, BEAT_MS / 2, true, usage, beat.next_us) != HEARTBEAT_DEAD) {
		usage.cpu_us += BEAT_US / 2 * 45 / 100;
		assert_true(++asked < 5);
	}
	assert_int_equal(asked, HEARTBEAT_MISSES_MAX);
}

static void a_start_may_take_its_time(void **state)
{
	struct heartbeat beat;
	uint64_t silent_us = silence_until_death(&beat, false, BEAT_US, 0);

	(void)state;
	assert_in_range(silent_us, HEARTBEAT_START_US, HEARTBEAT_START_US + 4 * BEAT_US);
}

static void a_pause_of_the_whole_machine_kills_nobody(void **state)
{
	struct heartbeat_usage usage = { 0 };
	struct heartbeat beat;
	uint64_t now_us = 1;

	(void)state;
	heartbeat_begin(&beat, BEAT_MS, usage, now_us);
	for (unsigned i = 0; i < 10; i++) {
		now_us = beat.next_us + 500000;
		usage.idle_us += 500000;
		assert_int_equal(heartbeat_beat(&beat, BEAT_MS, true, usage, now_us),
				 HEARTBEAT_ASK);
	}
}

static void who_answers_lives(void **state)
{
	struct heartbeat_usage usage = { 0 };
	struct heartbeat beat;

	(void)state;
	heartbeat_begin(&beat, BEAT_MS, usage, 1);
	for (unsigned i = 0; i < 1000; i++) {
		usage.idle_us += BEAT_US;
		assert_int_equal(heartbeat_beat(&beat, BEAT_MS, true, usage, beat.next_us),
				 HEARTBEAT_ASK);
		heartbeat_answered(&beat);
	}
}

static void who_waits_at_the_head_of_its_loop_is_left_alone(void **state)
{
	struct heartbeat_usage usage = { .rests = true };
	struct heartbeat beat;

	(void)state;
	heartbeat_begin(&beat, BEAT_MS, usage, 1);
	heartbeat_answered(&beat);
	for (unsigned i = 0; i < 1000; i++) {
		assert_int_equal(heartbeat_beat(&beat, BEAT_MS, true, usage, beat.next_us),
				 HEARTBEAT_NOTHING);
		assert_true(beat.resting);
	}
	usage.rests = false;
	assert_int_equal(heartbeat_beat(&beat, BEAT_MS, true, usage, beat.next_us), HEARTBEAT_ASK);
	assert_false(beat.resting);
}

/* It may wait so long itself, for a service that hangs: ds.h. */
static void who_is_asked_between_beats_has_time_to_answer(void **state)
{
	(void)state;
	for (uint64_t asked_us = 3 * BEAT_US; asked_us < 4 * BEAT_US; asked_us += BEAT_US / 50) {
		struct heartbeat_usage usage = { .rests = true };
		enum heartbeat_verdict verdict = HEARTBEAT_ASK;
		struct heartbeat beat;

		heartbeat_begin(&beat, BEAT_MS, usage, 1);
		heartbeat_answered(&beat);
		assert_int_equal(heartbeat_beat(&beat, BEAT_MS, true, usage, beat.next_us),
				 HEARTBEAT_NOTHING);
		usage.rests = false;
		assert_int_equal(heartbeat_beat(&beat, BEAT_MS, true, usage, asked_us),
				 HEARTBEAT_ASK);
		for (unsigned i = 0; i < 2; i++) {
			usage.idle_us += BEAT_US;
			verdict = heartbeat_beat(&beat, BEAT_MS, true, usage, beat.next_us);
		}
		assert_int_equal(verdict, HEARTBEAT_DEAD);
		assert_in_range(beat.next_us - asked_us, 3 * BEAT_US / 2, 5 * BEAT_US / 2);
	}
}

static void who_is_stirred_is_asked_once_even_if_it_rests(void **state)
{
	struct heartbeat_usage usage = { .rests = true };
	struct heartbeat beat;

	(void)state;
	heartbeat_begin(&beat, BEAT_MS, usage, 1);
	heartbeat_answered(&beat);
	heartbeat_stir(&beat);
	assert_int_equal(heartbeat_beat(&beat, BEAT_MS, true, usage, beat.next_us), HEARTBEAT_ASK);
	heartbeat_answered(&beat);
	assert_int_equal(heartbeat_beat(&beat, BEAT_MS, true, usage, beat.next_us),
			 HEARTBEAT_NOTHING);
}

/* Also before its first answer, which says that it is ready. */
static void who_was_asked_does_not_rest(void **state)
{
	struct heartbeat_usage usage = { .rests = true };
	struct heartbeat beat;

	(void)state;
	heartbeat_begin(&beat, BEAT_MS, usage, 1);
	usage.idle_us = BEAT_US;
	assert_int_equal(heartbeat_beat(&beat, BEAT_MS, true, usage, beat.next_us), HEARTBEAT_ASK);
	assert_false(beat.resting);
}

static void without_a_heartbeat_nothing_is_due(void **state)
{
	struct heartbeat_usage usage = { 0 };
	struct heartbeat beat;

	(void)state;
	heartbeat_begin(&beat, 0, usage, 1);
	assert_int_equal(heartbeat_beat(&beat, 0, true, usage, UINT64_MAX), HEARTBEAT_NOTHING);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_death_is_followed_by_a_restart_at_once),
		cmocka_unit_test(back_off_doubles_up_to_its_limit),
		cmocka_unit_test(a_policy_is_the_sum_of_its_steps),
		cmocka_unit_test(a_policy_without_restart_gives_up),
		cmocka_unit_test(the_ends_apply_from_their_death_on),
		cmocka_unit_test(an_unknown_step_is_passed_over),
		cmocka_unit_test(a_hang_is_noticed_within_100_ms),
		cmocka_unit_test(a_loop_is_noticed_within_100_ms),
		cmocka_unit_test(
			a_service_that_others_kept_from_running_is_forgiven_but_not_for_ever),
		cmocka_unit_test(a_loop_among_others_is_noticed_within_100_ms),
		cmocka_unit_test(a_share_is_what_the_budget_gives_from_beat_to_beat),
		cmocka_unit_test(a_small_budget_is_forgiven_while_it_waits_for_the_processor),
		cmocka_unit_test(two_loops_that_share_the_processor_are_both_found),
		cmocka_unit_test(a_start_may_take_its_time),
		cmocka_unit_test(a_pause_of_the_whole_machine_kills_nobody),
		cmocka_unit_test(who_answers_lives),
		cmocka_unit_test(who_waits_at_the_head_of_its_loop_is_left_alone),
		cmocka_unit_test(who_is_asked_between_beats_has_time_to_answer),
		cmocka_unit_test(who_is_stirred_is_asked_once_even_if_it_rests),
		cmocka_unit_test(who_was_asked_does_not_rest),
		cmocka_unit_test(without_a_heartbeat_nothing_is_due),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
