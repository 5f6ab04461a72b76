/* What the owner was told: which alerts a mail had, what repeats, what a former life left. */
#include "appliance/alertd/history.h"
#include "tests/unit/unit.h"

#include <string.h>

#define SECOND_US 1000000ull

static struct alert_record records[ALERT_HISTORY];
static struct history history;

static int world_setup(void **state)
{
	(void)state;
	memset(records, 0x5a, sizeof(records));
	history_init(&history, records, false);
	return 0;
}

static struct alert alert_of(const char *service, uint64_t time_us)
{
	struct alert alert = { .kind = EVENT_SERVICE_CRASHED,
			       .severity = EVENT_WARNING,
			       .count = 1,
			       .last_us = time_us,
			       .text_bytes = 4,
			       .text = "died" };

	strncpy(alert.service, service, NAME_BYTES - 1);
	return alert;
}

static void add(const char *service, uint64_t time_us, enum alert_sent sent)
{
	struct alert alert = alert_of(service, time_us);

	history_add(&history, &alert, sent);
}

static void what_waits_when_a_mail_begins_ends_with_it(void **state)
{
	(void)state;
	add("port0", 1, ALERT_IS_QUEUED);
	add("time", 2, ALERT_IS_OFF);
	history_mail_begin(&history);
	add("port0", 3, ALERT_IS_QUEUED); /* too late for that mail: not counted there */
	history_mail_end(&history, true);
	assert_int_equal(records[1].sent, ALERT_IS_SENT);
	assert_int_equal(records[1].count, 1);
	assert_int_equal(records[2].sent, ALERT_IS_OFF);
	assert_int_equal(records[3].sent, ALERT_IS_QUEUED);
}

static void what_did_not_arrive_is_said_and_tried_again(void **state)
{
	(void)state;
	add("port0", 1, ALERT_IS_QUEUED);
	history_mail_begin(&history);
	history_mail_end(&history, false);
	assert_int_equal(records[1].sent, ALERT_IS_FAILED);
	history_mail_begin(&history);
	history_mail_end(&history, true);
	assert_int_equal(records[1].sent, ALERT_IS_SENT);
}

static void repeats_are_counted_until_they_are_mailed_or_old(void **state)
{
	(void)state;
	add("port0", 1, ALERT_IS_OFF);
	uint64_t change = records[1].change;
	add("port0", 2, ALERT_IS_OFF);
	assert_int_equal(records[1].count, 2);
	assert_int_equal(records[1].time_us, 2);
	assert_true(records[1].change > change);
	add("port1", 2, ALERT_IS_OFF);
	add("port0", 2 + HISTORY_REPEAT_US, ALERT_IS_OFF);
	assert_int_equal(records[2].number, 2);
	assert_int_equal(records[3].number, 3);
	assert_int_equal(records[3].count, 1);
}

static void what_the_queue_gave_up_is_said_to_be_lost(void **state)
{
	struct alert lost = alert_of("port0", 1);

	(void)state;
	add("port0", 1, ALERT_IS_QUEUED);
	add("port1", 1, ALERT_IS_QUEUED);
	history_lost(&history, &lost);
	history_mail_begin(&history);
	history_mail_end(&history, true);
	assert_int_equal(records[1].sent, ALERT_IS_LOST);
	assert_int_equal(records[2].sent, ALERT_IS_SENT);
}

static void the_oldest_make_room(void **state)
{
	(void)state;
	for (uint64_t i = 1; i <= ALERT_HISTORY + 2; i++)
		add("port0", i * 2 * HISTORY_REPEAT_US, ALERT_IS_OFF);
	assert_int_equal(records[1].number, ALERT_HISTORY + 1);
	assert_int_equal(records[2].number, ALERT_HISTORY + 2);
	assert_int_equal(records[3].number, 3);
}

/* Each byte of it, damaged: that record is gone, and no other. */
static void a_next_life_takes_what_is_sound(void **state)
{
	static struct alert_record left[ALERT_HISTORY];

	(void)state;
	add("port0", 1, ALERT_IS_QUEUED);
	add("port1", 2, ALERT_IS_OFF);
	memcpy(left, records, sizeof(left));
	history_init(&history, records, true);
	assert_memory_equal(records, left, sizeof(left));
	assert_int_equal(history.next_number, 3);
	assert_true(history.next_change > records[2].change);
	for (size_t i = sizeof(left[1].change); i < sizeof(left[1]); i++) {
		memcpy(records, left, sizeof(left));
		((uint8_t *)&records[1])[i] ^= 4;
		history_init(&history, records, true);
		assert_int_equal(records[1].number, 0);
		assert_int_equal(records[2].number, 2);
	}
	history_init(&history, records, false);
	assert_int_equal(records[2].number, 0);
}

#define TEST(function) cmocka_unit_test_setup(function, world_setup)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(what_waits_when_a_mail_begins_ends_with_it),
		TEST(what_did_not_arrive_is_said_and_tried_again),
		TEST(repeats_are_counted_until_they_are_mailed_or_old),
		TEST(what_the_queue_gave_up_is_said_to_be_lost),
		TEST(the_oldest_make_room),
		TEST(a_next_life_takes_what_is_sound),
	};

	return cmocka_run_group_tests_name("alertd_history", tests, NULL, NULL);
}
