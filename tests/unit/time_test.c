/*
 * Time: packets of servers, good and hostile; a clock that is corrected by them,
 * and by the battery clock; and whom to ask when. All over a fake clock.
 */
#include "services/runtime/wallclock.h"
#include "services/time/discipline.h"
#include "services/time/schedule.h"
#include "services/time/sntp.h"
#include "tests/unit/unit.h"

#include <string.h>

#define SECOND_US 1000000ll
#define NOW_S     1795265184ll
#define BOOT_US   (NOW_S * SECOND_US) /* unix time at time_us() 0 */
#define COOKIE    0x0123456789abcdefull

/* --- Packets --------------------------------------------------------------------- */

static uint8_t packet[SNTP_PACKET_BYTES];
static struct sntp_answer answer;
static enum sntp_kiss kiss;

static void be32_put(size_t at, uint64_t value)
{
	for (size_t i = 0; i < 4; i++)
		packet[at + i] = (uint8_t)(value >> (24 - 8 * i));
}

static void stamp_put(size_t at, int64_t unix_us)
{
	be32_put(at, (uint64_t)(unix_us / SECOND_US + 2208988800));
	be32_put(at + 4, ((uint64_t)(unix_us % SECOND_US) << 32) / SECOND_US);
}

/* What a good server answers that got it at `there_us` and took 100 us. */
static void packet_make(int64_t there_us)
{
	memset(packet, 0, sizeof(packet));
	packet[0] = 0 << 6 | 4 << 3 | 4;
	packet[1] = 2;
	be32_put(4, 0x0800); /* root delay 1/32 s */
	be32_put(8, 0x0400); /* root dispersion 1/64 s */
	be32_put(24, COOKIE >> 32);
	be32_put(28, COOKIE & UINT32_MAX);
	stamp_put(32, there_us);
	stamp_put(40, there_us + 100);
}

static enum clock_drop parse_after(size_t length, uint64_t elapsed_us)
{
	const struct sntp_request request = { .cookie = COOKIE, .sent_us = 10 * SECOND_US };

	return sntp_answer_parse(packet, length, &request, 10 * SECOND_US + elapsed_us, &answer,
				 &kiss);
}

static enum clock_drop parse(void)
{
	return parse_after(sizeof(packet), 20100);
}

static void near(int64_t a, int64_t b, int64_t apart)
{
	if (a - b > apart || b - a > apart)
		fail_msg("%lld and %lld", (long long)a, (long long)b);
}

static void request_says_nothing_of_us(void **state)
{
	const struct sntp_request request = { .cookie = COOKIE, .sent_us = 4711 };

	(void)state;
	sntp_request_build(&request, packet);
	assert_int_equal(packet[0], 0x23);
	for (size_t i = 1; i < 40; i++)
		assert_int_equal(packet[i], 0);
	assert_int_equal(packet[40], 0x01);
	assert_int_equal(packet[47], 0xef);
}

static void answer_gives_the_middle_of_the_exchange(void **state)
{
	(void)state;
	/* Sent at 10 s, 10 ms there, 0.1 ms at the server, 10 ms back. */
	packet_make(BOOT_US + 10 * SECOND_US + 10000);
	assert_int_equal(parse(), CLOCK_DROP_NONE);
	near(answer.offset_us, BOOT_US, 2);
	assert_int_equal(answer.delay_us, 20000);
	assert_int_equal(answer.stratum, 2);
	near(answer.error_us, 10000 + 15625 + 15625 + 1000, 2);
	assert_int_equal(kiss, SNTP_NO_KISS);
}

static void seconds_go_on_after_2036(void **state)
{
	(void)state;
	packet_make(2085978496ll * SECOND_US +
		    10000); /* 2036-02-07 06:28:16: the next era begins */
	assert_int_equal(parse(), CLOCK_DROP_NONE);
	near(answer.offset_us, 2085978496ll * SECOND_US - 10 * SECOND_US, 2);
	packet_make(4102444800ll * SECOND_US);
	assert_int_equal(parse(), CLOCK_DROP_NONE);
	near(answer.offset_us + (int64_t)answer.time_us, 4102444800ll * SECOND_US, 20000);
}

#define DROPPED(change, reason)                                                                    \
	do {                                                                                       \
		packet_make(BOOT_US + 10 * SECOND_US);                                             \
		change;                                                                            \
		assert_int_equal(parse(), reason);                                                 \
	} while (0)

static void answers_that_are_no_good_are_dropped_with_the_reason(void **state)
{
	(void)state;
	DROPPED(packet[0] = 4 << 3 | 3, CLOCK_DROP_MODE);
	DROPPED(packet[0] = 4 << 3 | 5, CLOCK_DROP_MODE);
	DROPPED(packet[0] = 5 << 3 | 4, CLOCK_DROP_MODE);
	DROPPED(packet[0] = 0 << 3 | 4, CLOCK_DROP_MODE);
	DROPPED(packet[0] |= 0xc0, CLOCK_DROP_LEAP);
	DROPPED(packet[1] = 16, CLOCK_DROP_STRATUM);
	DROPPED(packet[1] = 255, CLOCK_DROP_STRATUM);
	DROPPED(be32_put(4, 0x80000000), CLOCK_DROP_DISTANCE);
	DROPPED(be32_put(8, 0x00018000), CLOCK_DROP_DISTANCE);
	DROPPED(memset(packet + 32, 0, 8), CLOCK_DROP_TIMES);
	DROPPED(memset(packet + 40, 0, 8), CLOCK_DROP_TIMES);
	DROPPED(stamp_put(40, BOOT_US), CLOCK_DROP_TIMES); /* sent before it came */
	DROPPED(stamp_put(40, BOOT_US + 20 * SECOND_US),
		CLOCK_DROP_TIMES); /* worked longer than we waited */
	packet_make(BOOT_US);
	assert_int_equal(parse_after(47, 20000), CLOCK_DROP_LENGTH);
	assert_int_equal(parse_after(0, 20000), CLOCK_DROP_LENGTH);
	assert_int_equal(parse_after(48, 3100000), CLOCK_DROP_DISTANCE);
}

static void a_forged_answer_has_to_guess_64_bits(void **state)
{
	(void)state;
	for (size_t bit = 24 * 8; bit < 32 * 8; bit++)
		DROPPED(packet[bit / 8] ^= (uint8_t)(1u << bit % 8), CLOCK_DROP_ORIGIN);
	/* Not even a kiss of death is believed then. */
	DROPPED((packet[1] = 0, memcpy(packet + 12, "DENY", 4), packet[24] ^= 1),
		CLOCK_DROP_ORIGIN);
	assert_int_equal(kiss, SNTP_NO_KISS);
}

static void kisses_are_understood(void **state)
{
	(void)state;
	DROPPED((packet[1] = 0, memcpy(packet + 12, "RATE", 4)), CLOCK_DROP_KISS);
	assert_int_equal(kiss, SNTP_KISS_RATE);
	DROPPED((packet[1] = 0, memcpy(packet + 12, "DENY", 4)), CLOCK_DROP_KISS);
	assert_int_equal(kiss, SNTP_KISS_LEAVE);
	DROPPED((packet[1] = 0, memcpy(packet + 12, "RSTR", 4)), CLOCK_DROP_KISS);
	assert_int_equal(kiss, SNTP_KISS_LEAVE);
	DROPPED((packet[1] = 0, memcpy(packet + 12, "INIT", 4)), CLOCK_DROP_KISS);
	assert_int_equal(kiss, SNTP_NO_KISS);
}

/* --- The clock ------------------------------------------------------------------- */

static struct discipline discipline;

static int discipline_setup(void **state)
{
	(void)state;
	discipline_init(&discipline, NULL);
	return 0;
}

static enum clock_change said(int64_t offset_us, int64_t at_s)
{
	const struct sntp_answer made = { .offset_us = offset_us,
					  .time_us = (uint64_t)(at_s * SECOND_US),
					  .delay_us = 20000,
					  .error_us = 12000,
					  .stratum = 2 };

	return discipline_answer(&discipline, &made);
}

static enum clock_change battery(int64_t unix_s, int64_t at_s, uint32_t error_us)
{
	const struct rtc_page made = { .version = RTC_PAGE_VERSION,
				       .state = RTC_VALID,
				       .unix_s = unix_s,
				       .time_us = (uint64_t)(at_s * SECOND_US),
				       .error_us = error_us };

	return discipline_rtc(&discipline, &made);
}

static int64_t shown(int64_t at_s)
{
	struct wallclock at;

	assert_true(wallclock_at(&discipline.page, (uint64_t)(at_s * SECOND_US), &at));
	return at.unix_us - at_s * SECOND_US;
}

static void the_first_clock_is_taken_as_it_comes(void **state)
{
	(void)state;
	assert_int_equal(said(BOOT_US, 3), CLOCK_STEPPED);
	assert_int_equal(discipline.page.source, CLOCK_SNTP);
	assert_int_equal(discipline.page.steps, 0);
	assert_int_equal(discipline.moved_us, 0);
	assert_true(shown(3) == BOOT_US);
}

static void the_battery_clock_counts_until_a_server_speaks(void **state)
{
	(void)state;
	assert_int_equal(battery(NOW_S + 1, 1, 1000000), CLOCK_STEPPED);
	near(shown(1), BOOT_US, 500000);
	assert_int_equal(battery(NOW_S + 2, 2, 20000), CLOCK_STEPPED); /* now exactly */
	near(shown(2), BOOT_US, 10000);
	assert_int_equal(battery(NOW_S + 2, 2, 20000), CLOCK_KEPT); /* known already */
	assert_int_equal(said(BOOT_US, 5), CLOCK_SLEWED);
	assert_int_equal(discipline.page.source, CLOCK_SNTP);
	assert_int_equal(battery(NOW_S + 7777, 10, 20000), CLOCK_KEPT);
	near(shown(100), BOOT_US, 10);
}

static void a_battery_clock_without_a_time_changes_nothing(void **state)
{
	const struct rtc_page made = { .state = RTC_IMPLAUSIBLE, .unix_s = 77 };

	(void)state;
	assert_int_equal(discipline_rtc(&discipline, &made), CLOCK_KEPT);
	assert_int_equal(discipline.page.source, CLOCK_NONE);
	assert_int_equal(discipline.page.steps, 0);
}

static void small_differences_are_spread(void **state)
{
	(void)state;
	said(BOOT_US, 0);
	assert_int_equal(said(BOOT_US + 100000, 10), CLOCK_SLEWED);
	assert_true(shown(10) == BOOT_US);
	near(shown(110), BOOT_US + 50000, 1000);
	near(shown(300), BOOT_US + 100000, 1000);
	assert_int_equal(discipline.page.steps, 0);
}

static void a_large_difference_needs_two_who_say_so(void **state)
{
	(void)state;
	said(BOOT_US, 0);
	assert_int_equal(said(BOOT_US + 3600 * SECOND_US, 64), CLOCK_DOUBTED);
	assert_true(shown(64) == BOOT_US);
	assert_int_equal(said(BOOT_US + 3600 * SECOND_US + 20000, 66), CLOCK_STEPPED);
	near(shown(66), BOOT_US + 3600 * SECOND_US + 20000, 1);
	near(discipline.moved_us, 3600 * SECOND_US + 20000, 1);
	assert_int_equal(discipline.page.steps, 1);
	assert_int_equal(discipline.page.drops[CLOCK_DROP_UNCONFIRMED], 0);
}

static void one_liar_moves_nothing(void **state)
{
	(void)state;
	battery(NOW_S, 0, 20000);
	for (int64_t at = 2; at < 200; at += 4) {
		assert_int_equal(said(BOOT_US - 86400 * SECOND_US * at, at), CLOCK_DOUBTED);
		assert_int_equal(said(BOOT_US, at + 2), CLOCK_SLEWED);
	}
	near(shown(200), BOOT_US, 12000);
	assert_int_equal(discipline.page.steps, 0);
	assert_int_equal(discipline.page.drops[CLOCK_DROP_UNCONFIRMED], 50);
}

static void liars_who_disagree_move_nothing(void **state)
{
	(void)state;
	said(BOOT_US, 0);
	for (int64_t at = 1; at < 100; at++)
		assert_int_equal(said(BOOT_US + at * 10 * SECOND_US, at), CLOCK_DOUBTED);
	near(shown(100), BOOT_US, 1);
	assert_int_equal(discipline.page.drops[CLOCK_DROP_UNCONFIRMED], 98);
}

static void a_crystals_rate_is_learnt(void **state)
{
	(void)state;
	/* Ours is 80 ppm slow: the truth runs away from it by 80 us a second. */
	said(BOOT_US, 0);
	for (int64_t at = 1024; at < 40 * 1024; at += 1024)
		assert_int_equal(said(BOOT_US + at * 80, at), CLOCK_SLEWED);
	assert_in_range(discipline.page.rate_ppb, 60000, 90000);
	near(shown(41 * 1024), BOOT_US + 41 * 1024 * 80, 30000);
}

static void noise_teaches_no_rate(void **state)
{
	(void)state;
	said(BOOT_US, 0);
	for (int64_t at = 64; at < 64 * 200; at += 64)
		said(BOOT_US + (at / 64 % 2 ? 11000 : -11000), at);
	near(discipline.page.rate_ppb, 0, 100000); /* no more than a PC's crystal may have */
	near(shown(64 * 200), BOOT_US, 40000);
}

static void the_rate_is_bounded(void **state)
{
	(void)state;
	said(BOOT_US, 0);
	for (int64_t at = 64; at < 64 * 100; at += 64)
		said(shown(at) + 120000, at);
	assert_int_equal(discipline.page.rate_ppb <= CLOCK_RATE_MAX_PPB, 1);
}

static void the_next_life_goes_on(void **state)
{
	struct clock_page page;

	(void)state;
	said(BOOT_US, 0);
	said(BOOT_US + 50000, 100);
	page = discipline.page;
	discipline_init(&discipline, &page);
	near(shown(1000), BOOT_US + 50000, 1);
	assert_int_equal(discipline.page.answers, 2);
	assert_int_equal(battery(NOW_S + 4000, 1001, 20000), CLOCK_KEPT);
}

/* --- Whom to ask when -------------------------------------------------------------- */

static struct schedule schedule;
static uint64_t now_us, next_us;

static unsigned wait_due(void)
{
	unsigned due = schedule_due(&schedule, now_us, &next_us);

	for (int i = 0; i < 10 && due == SCHEDULE_NONE && next_us != UINT64_MAX; i++) {
		assert_true(next_us > now_us);
		now_us = next_us;
		due = schedule_due(&schedule, now_us, &next_us);
	}
	return due;
}

static int schedule_setup(void **state)
{
	(void)state;
	now_us = SECOND_US;
	return 0;
}

static void nobody_to_ask_is_never_due(void **state)
{
	(void)state;
	schedule_begin(&schedule, 0, now_us);
	assert_int_equal(schedule_due(&schedule, now_us, &next_us), SCHEDULE_NONE);
	assert_true(next_us == UINT64_MAX);
}

static void polls_become_rarer_from_64_to_1024_s_by_turns(void **state)
{
	static const uint64_t pauses_s[] = { 64, 128, 256, 512, 1024, 1024, 1024 };

	(void)state;
	schedule_begin(&schedule, 3, now_us);
	assert_int_equal(wait_due(), 0);
	for (size_t i = 0; i < 7; i++) {
		uint64_t before_us = now_us;
		schedule_answered(&schedule, now_us, true);
		assert_int_equal(wait_due(), (i + 1) % 3);
		assert_int_equal((now_us - before_us) / SECOND_US, pauses_s[i]);
	}
	uint64_t before_us = now_us;
	schedule_answered(&schedule, now_us, false);
	(void)wait_due();
	assert_int_equal((now_us - before_us) / SECOND_US, 64);
}

static void silence_is_met_by_the_next_server_and_longer_pauses(void **state)
{
	uint64_t times_us[60];

	(void)state;
	schedule_begin(&schedule, 2, now_us);
	for (size_t i = 0; i < 60; i++) {
		assert_int_equal(wait_due(), i % 2);
		times_us[i] = now_us;
		schedule_failed(&schedule, now_us);
	}
	assert_int_equal(times_us[4] - times_us[0], 4 * SCHEDULE_BURST_US);
	for (size_t i = 8; i < 58; i++) /* the same server, behind the burst */
		assert_true(times_us[i + 2] - times_us[i] >= SCHEDULE_RETRY_US);
	near((int64_t)(times_us[58] - times_us[56]), SCHEDULE_LAST_US, 2 * SCHEDULE_BURST_US);
}

static void a_doubt_is_settled_soon_but_not_for_ever(void **state)
{
	(void)state;
	schedule_begin(&schedule, 2, now_us);
	(void)wait_due();
	schedule_answered(&schedule, now_us, true);
	assert_int_equal(wait_due(), 1);
	for (unsigned i = 0; i < 2 * SCHEDULE_BURST; i++) {
		uint64_t before_us = now_us;
		schedule_doubted(&schedule, now_us);
		assert_int_equal(wait_due(), i % 2);
		assert_int_equal(now_us - before_us,
				 i < SCHEDULE_BURST ? SCHEDULE_BURST_US : SCHEDULE_FIRST_US);
	}
}

static void who_wants_to_be_left_alone_is(void **state)
{
	(void)state;
	schedule_begin(&schedule, 2, now_us);
	assert_int_equal(wait_due(), 0);
	uint64_t until_us = now_us + SCHEDULE_LEAVE_US;
	schedule_kissed(&schedule, now_us, true);
	while (now_us < until_us - SCHEDULE_LAST_US) {
		assert_int_equal(wait_due(), 1);
		schedule_answered(&schedule, now_us, true);
	}
	now_us = until_us;
	(void)wait_due();
	schedule_answered(&schedule, now_us, true);
	(void)wait_due();
	schedule_answered(&schedule, now_us, true);
	assert_true(schedule.not_before_us[0] <= now_us);
}

static void if_all_want_to_be_left_alone_all_are(void **state)
{
	(void)state;
	schedule_begin(&schedule, 2, now_us);
	uint64_t begun_us = now_us;
	(void)wait_due();
	schedule_kissed(&schedule, now_us, false);
	(void)wait_due();
	schedule_kissed(&schedule, now_us, true);
	assert_int_equal(wait_due(), 0);
	assert_true(now_us >= begun_us + SCHEDULE_LAST_US);
}

#define TEST(function)     cmocka_unit_test(function)
#define CLOCK(function)    cmocka_unit_test_setup(function, discipline_setup)
#define SCHEDULE(function) cmocka_unit_test_setup(function, schedule_setup)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(request_says_nothing_of_us),
		TEST(answer_gives_the_middle_of_the_exchange),
		TEST(seconds_go_on_after_2036),
		TEST(answers_that_are_no_good_are_dropped_with_the_reason),
		TEST(a_forged_answer_has_to_guess_64_bits),
		TEST(kisses_are_understood),
		CLOCK(the_first_clock_is_taken_as_it_comes),
		CLOCK(the_battery_clock_counts_until_a_server_speaks),
		CLOCK(a_battery_clock_without_a_time_changes_nothing),
		CLOCK(small_differences_are_spread),
		CLOCK(a_large_difference_needs_two_who_say_so),
		CLOCK(one_liar_moves_nothing),
		CLOCK(liars_who_disagree_move_nothing),
		CLOCK(a_crystals_rate_is_learnt),
		CLOCK(noise_teaches_no_rate),
		CLOCK(the_rate_is_bounded),
		CLOCK(the_next_life_goes_on),
		SCHEDULE(nobody_to_ask_is_never_due),
		SCHEDULE(polls_become_rarer_from_64_to_1024_s_by_turns),
		SCHEDULE(silence_is_met_by_the_next_server_and_longer_pauses),
		SCHEDULE(a_doubt_is_settled_soon_but_not_for_ever),
		SCHEDULE(who_wants_to_be_left_alone_is),
		SCHEDULE(if_all_want_to_be_left_alone_all_are),
	};

	return cmocka_run_group_tests_name("time", tests, NULL, NULL);
}
