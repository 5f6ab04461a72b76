/* Alerts that wait: gathered, counted, kept over deaths, mailed, tried again; and their mail. */
#include "appliance/alertd/message.h"
#include "appliance/alertd/queue.h"
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SECOND_US   1000000ull
#define INTERVAL_US (300 * SECOND_US)

static struct alert_queue queue;
static struct alert lost;
static uint64_t now_us, next_us;

static int world_setup(void **state)
{
	(void)state;
	memset(&queue, 0, sizeof(queue));
	now_us = 100 * SECOND_US;
	(void)alert_queue_init(&queue, false, now_us);
	return 0;
}

static void add(const char *service, enum event_kind kind, enum event_severity severity,
		const char *text)
{
	struct alert alert = { .kind = (uint16_t)kind,
			       .severity = (uint16_t)severity,
			       .count = 1,
			       .first_us = now_us,
			       .last_us = now_us,
			       .unix_us = 1795265184000000,
			       .text_bytes = (uint32_t)strlen(text) };

	strncpy(alert.service, service, NAME_BYTES - 1);
	memcpy(alert.text, text, strlen(text));
	(void)alert_queue_add(&queue, &alert, now_us, &lost);
}

static bool due(void)
{
	return alert_queue_due(&queue, now_us, &next_us);
}

static void wait_due(uint64_t after_us)
{
	assert_false(due());
	assert_int_equal(next_us, now_us + after_us);
	now_us = next_us;
	assert_true(due());
}

static void nothing_is_never_due(void **state)
{
	(void)state;
	assert_false(due());
	assert_true(next_us == UINT64_MAX);
}

static void the_first_waits_a_moment_for_its_fellows(void **state)
{
	(void)state;
	add("port0", EVENT_SERVICE_CRASHED, EVENT_WARNING, "a");
	now_us += SECOND_US;
	add("port1", EVENT_SERVICE_CRASHED, EVENT_WARNING, "b");
	wait_due(2 * SECOND_US);
	alert_queue_begin(&queue);
	assert_int_equal(queue.sending, 2);
	assert_false(due());
	alert_queue_sent(&queue, now_us, INTERVAL_US);
	assert_int_equal(queue.count, 0);
	assert_int_equal(queue.mails_sent, 1);
}

static void repeats_are_counted(void **state)
{
	(void)state;
	for (int i = 0; i < 100; i++) {
		char text[24];
		snprintf(text, sizeof(text), "death %d", i);
		add("port0", EVENT_SERVICE_CRASHED, EVENT_WARNING, text);
	}
	add("port0", EVENT_SERVICE_FAILED, EVENT_CRITICAL, "given up");
	assert_int_equal(queue.count, 2);
	assert_int_equal(queue.alerts[0].count, 100);
	assert_memory_equal(queue.alerts[0].text, "death 99", 8);
	assert_int_equal(queue.dropped, 0);
}

static void mails_keep_their_distance(void **state)
{
	(void)state;
	add("wan", EVENT_WAN_DOWN, EVENT_WARNING, "down");
	now_us += 3 * SECOND_US;
	alert_queue_begin(&queue);
	alert_queue_sent(&queue, now_us, INTERVAL_US);
	now_us += SECOND_US;
	add("wan", EVENT_WAN_UP, EVENT_INFO, "up");
	wait_due(INTERVAL_US - SECOND_US);
}

static void what_comes_while_a_mail_is_under_way_is_in_the_next(void **state)
{
	(void)state;
	add("a", EVENT_SERVICE_CRASHED, EVENT_WARNING, "one");
	alert_queue_begin(&queue);
	add("a", EVENT_SERVICE_CRASHED, EVENT_WARNING, "two");
	assert_int_equal(queue.count, 2);
	alert_queue_sent(&queue, now_us, INTERVAL_US);
	assert_int_equal(queue.count, 1);
	assert_memory_equal(queue.alerts[0].text, "two", 3);
}

static void failures_are_tried_again_ever_later(void **state)
{
	static const uint64_t pauses_s[] = { 30, 60, 120, 240, 480, 960, 1920, 3600, 3600 };

	(void)state;
	add("a", EVENT_SERVICE_CRASHED, EVENT_WARNING, "one");
	now_us += 3 * SECOND_US;
	for (size_t i = 0; i < sizeof(pauses_s) / sizeof(pauses_s[0]); i++) {
		assert_true(due());
		alert_queue_begin(&queue);
		alert_queue_failed(&queue, now_us, false);
		add("b", EVENT_WAN_DOWN, EVENT_WARNING, "more"); /* makes it no earlier */
		wait_due(pauses_s[i] * SECOND_US);
	}
	alert_queue_begin(&queue);
	alert_queue_sent(&queue, now_us, INTERVAL_US);
	assert_int_equal(queue.failures, 0);
	assert_int_equal(queue.mails_failed, 9);
	add("a", EVENT_SERVICE_CRASHED, EVENT_WARNING, "one");
	alert_queue_failed(&queue, now_us, true);
	wait_due(3600 * SECOND_US);
}

static void of_too_many_the_least_important_are_lost_and_counted(void **state)
{
	(void)state;
	for (unsigned i = 0; i < ALERTS_MAX + 10; i++) {
		char name[NAME_BYTES];
		snprintf(name, sizeof(name), "s%u", i);
		add(name, EVENT_SERVICE_CRASHED, i % 2 ? EVENT_CRITICAL : EVENT_INFO, "x");
	}
	assert_int_equal(queue.count, ALERTS_MAX);
	assert_int_equal(queue.dropped, 10);
	assert_string_equal(queue.alerts[0].service, "s1");
	assert_string_equal(queue.alerts[9].service, "s19");
	assert_string_equal(queue.alerts[10].service, "s20");
	/* Also if all of them are under way. */
	alert_queue_begin(&queue);
	add("last", EVENT_WAN_DOWN, EVENT_INFO, "x");
	assert_int_equal(queue.count, ALERTS_MAX);
	assert_int_equal(queue.sending, ALERTS_MAX - 1);
	alert_queue_sent(&queue, now_us, INTERVAL_US);
	assert_int_equal(queue.count, 1);
	assert_string_equal(queue.alerts[0].service, "last");
}

static void nothing_gives_way_to_what_is_less_important(void **state)
{
	(void)state;
	for (unsigned i = 0; i < ALERTS_MAX; i++) {
		char name[NAME_BYTES];
		snprintf(name, sizeof(name), "s%u", i);
		add(name, EVENT_SERVICE_CRASHED, EVENT_WARNING, "x");
	}
	add("last", EVENT_WAN_UP, EVENT_INFO, "x");
	assert_int_equal(queue.count, ALERTS_MAX);
	assert_string_equal(queue.alerts[0].service, "s0");
	assert_string_equal(lost.service, "last");
	assert_int_equal(queue.dropped, 1);
}

static void what_was_lost_behind_a_mail_is_said_by_the_next(void **state)
{
	(void)state;
	add("a", EVENT_SERVICE_CRASHED, EVENT_WARNING, "one");
	alert_queue_miss(&queue, 2);
	alert_queue_begin(&queue);
	alert_queue_miss(&queue, 3);
	alert_queue_sent(&queue, now_us, INTERVAL_US);
	assert_int_equal(queue.dropped - queue.dropped_told, 3);
}

/* Mails of a service that dies every ten seconds for a day, and then rarely. */
static void what_keeps_happening_is_told_ever_more_rarely(void **state)
{
	uint64_t begin_us = now_us, mailed_us = 0;
	unsigned mails = 0;

	(void)state;
	for (; now_us < begin_us + 86400 * SECOND_US; now_us += 10 * SECOND_US) {
		add("port0", EVENT_SERVICE_CRASHED, EVENT_WARNING, "died");
		if (!due())
			continue;
		alert_queue_begin(&queue);
		alert_queue_sent(&queue, now_us, INTERVAL_US);
		mailed_us = now_us;
		mails++;
	}
	assert_in_range(mails, 24, 30);
	/* What is new goes at once, and the other with it. */
	now_us = mailed_us + INTERVAL_US + SECOND_US;
	add("port0", EVENT_SERVICE_CRASHED, EVENT_WARNING, "died");
	add("port0", EVENT_SERVICE_FAILED, EVENT_CRITICAL, "given up");
	now_us += ALERT_GATHER_US;
	assert_true(due());
	alert_queue_begin(&queue);
	assert_int_equal(queue.sending, 2);
	alert_queue_sent(&queue, now_us, INTERVAL_US);
	/* And what did not happen for long is new. */
	now_us += 2ull * PACE_LAST_US;
	add("port0", EVENT_SERVICE_CRASHED, EVENT_WARNING, "died");
	wait_due(ALERT_GATHER_US);
	alert_queue_begin(&queue);
	alert_queue_sent(&queue, now_us, INTERVAL_US);
	add("port0", EVENT_SERVICE_CRASHED, EVENT_WARNING, "died");
	wait_due(INTERVAL_US);
}

/* --- Lives and boots --------------------------------------------------------------- */

static void the_next_life_goes_on_and_sends_again_what_was_under_way(void **state)
{
	(void)state;
	add("a", EVENT_SERVICE_CRASHED, EVENT_WARNING, "one");
	queue.seen[7] = 12;
	alert_queue_begin(&queue);
	assert_true(alert_queue_init(&queue, true, now_us));
	assert_int_equal(queue.count, 1);
	assert_int_equal(queue.sending, 0);
	assert_int_equal(queue.seen[7], 12);
}

static void the_next_boot_keeps_what_waits(void **state)
{
	(void)state;
	add("a", EVENT_SERVICE_CRASHED, EVENT_WARNING, "one");
	queue.seen[7] = 12;
	alert_queue_failed(&queue, now_us, true);
	assert_true(alert_queue_init(&queue, false, SECOND_US));
	assert_int_equal(queue.count, 1);
	assert_int_equal(queue.alerts[0].earlier, 1);
	assert_int_equal(queue.seen[7], 0);
	now_us = SECOND_US;
	assert_true(due());
	add("a", EVENT_SERVICE_CRASHED, EVENT_WARNING, "one"); /* is another */
	assert_int_equal(queue.count, 2);
}

static void damage_is_noticed(void **state)
{
	(void)state;
	add("a", EVENT_SERVICE_CRASHED, EVENT_WARNING, "one");
	for (size_t bit = 0; bit < 8 * sizeof(queue); bit += 13) {
		struct alert_queue saved = queue;
		((uint8_t *)&queue)[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_false(alert_queue_init(&queue, true, now_us));
		assert_int_equal(queue.count, 0);
		queue = saved;
	}
	queue.alerts[0].text_bytes = EVENT_TEXT_BYTES + 1; /* with a right sum */
	alert_queue_seal(&queue);
	assert_false(alert_queue_init(&queue, true, now_us));
}

/* At every byte of a change, and of the copy that is left of it. */
static void a_death_in_the_midst_of_a_change_undoes_it(void **state)
{
	static struct alert_queue sealed, before, after;

	(void)state;
	alert_queue_spare(&sealed);
	add("a", EVENT_SERVICE_CRASHED, EVENT_WARNING, "one");
	before = queue;
	add("b", EVENT_WAN_DOWN, EVENT_WARNING, "two");
	after = queue;
	for (size_t bytes = 0; bytes <= 2 * sizeof(queue); bytes += 7) {
		size_t changed = bytes < sizeof(queue) ? bytes : sizeof(queue);
		queue = sealed = before;
		memcpy((uint8_t *)&queue + sizeof(queue) - changed,
		       (uint8_t *)&after + sizeof(queue) - changed, changed);
		memcpy(&sealed, &after, bytes - changed);
		assert_true(alert_queue_init(&queue, true, now_us));
		assert_in_range(queue.count, 1, 2);
		assert_string_equal(queue.alerts[0].service, "a");
	}
	queue = sealed = before;
	queue.count++;
	sealed.count++;
	assert_false(alert_queue_init(&queue, true, now_us));
	alert_queue_spare(NULL);
}

/* --- The mail ----------------------------------------------------------------------- */

static const struct alertconf conf = { .from = "router@example.net",
				       .to_count = 2,
				       .to = { "owner@example.net", "b@example.net" } };
static char text[MESSAGE_BYTES + 1];

static size_t compose(uint32_t count)
{
	const struct message_facts facts = { .conf = &conf,
					     .hostname = "gate",
					     .unix_us = 1795265184000000,
					     .utc_offset_minutes = -90,
					     .id = { 1, 2, 3, 0xdeadbeef } };
	size_t bytes = message_compose(&facts, &queue, count, text);

	assert_true(bytes < MESSAGE_BYTES);
	text[bytes] = 0;
	return bytes;
}

static void a_mail_is_one_by_rfc_5322(void **state)
{
	(void)state;
	add("port0", EVENT_SERVICE_CRASHED, EVENT_WARNING, "port0: died");
	add("port1", EVENT_SERVICE_FAILED, EVENT_CRITICAL, "port1: given up");
	add("port0", EVENT_SERVICE_CRASHED, EVENT_WARNING, "port0: died");
	queue.dropped = 3;
	(void)compose(2);
	assert_string_equal(text,
			    "From: <router@example.net>\r\n"
			    "To: <owner@example.net>,\r\n <b@example.net>\r\n"
			    "Subject: [gate] port1: given up (and 1 more)\r\n"
			    "Date: Sat, 21 Nov 2026 11:16:24 -0130\r\n"
			    "Message-ID: <0000000100000002.00000003deadbeef@gate>\r\n"
			    "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=us-ascii\r\n"
			    "Auto-Submitted: auto-generated\r\n\r\n"
			    "2026-11-21T11:16:24-01:30  warning: port0: died\r\n"
			    "    service-crashed, of port0, 2 times\r\n\r\n"
			    "2026-11-21T11:16:24-01:30  critical: port1: given up\r\n"
			    "    service-failed, of port1\r\n\r\n"
			    "3 more could not be kept until they were mailed.\r\n");
}

static void what_attackers_write_ends_no_line(void **state)
{
	(void)state;
	add("x\r\n", EVENT_LOGIN_FAILED, EVENT_WARNING, "a\r\nBcc: me\xc3\xa4\x7f\t");
	(void)compose(1);
	assert_non_null(strstr(text, "Subject: [gate] a??Bcc: me????\r\n"));
	assert_non_null(strstr(text, "login-failed, of x??\r\n"));
	for (const char *at = text; *at != 0; at++)
		assert_true((*at >= ' ' && *at < 0x7f) || (*at == '\r' && at[1] == '\n') ||
			    (*at == '\n' && at[-1] == '\r'));
}

static void the_largest_mail_fits_and_its_lines_are_short(void **state)
{
	char longest[EVENT_TEXT_BYTES + 1];

	(void)state;
	memset(longest, 'x', EVENT_TEXT_BYTES);
	longest[EVENT_TEXT_BYTES] = 0;
	for (unsigned i = 0; i < ALERTS_MAX; i++) {
		char name[NAME_BYTES];
		snprintf(name, sizeof(name), "service.num.%u", i);
		add(name, EVENT_SERVICE_RECOVERED, EVENT_CRITICAL, longest);
	}
	size_t bytes = compose(ALERTS_MAX), line = 0;
	assert_memory_equal(text + bytes - 4, "\r\n\r\n", 4);
	for (size_t i = 0; i < bytes; i++) {
		line = text[i] == '\n' ? 0 : line + 1;
		assert_true(line < 200);
	}
}

/* Should the configuration ever let them through. */
static void settings_end_no_line_either(void **state)
{
	static const struct alertconf hostile = { .from = "a@b>\r\nBcc: <me@c",
						  .to_count = 1,
						  .to = { "x@y\nBcc: z@c" } };
	const struct message_facts facts = { .conf = &hostile, .hostname = "gate\r\nX: y" };

	(void)state;
	add("a", EVENT_SERVICE_CRASHED, EVENT_WARNING, "one");
	text[message_compose(&facts, &queue, 1, text)] = 0;
	assert_null(strstr(text, "\nBcc"));
	assert_null(strstr(text, "\nX:"));
	assert_null(strstr(text, "Date:")); /* nobody knows: the server knows better */
}

static void a_mail_to_try_the_settings_says_so(void **state)
{
	(void)state;
	(void)compose(0);
	assert_non_null(strstr(text, "Subject: [gate] test\r\n"));
	assert_non_null(strstr(text, "They work.\r\n"));
}

#define TEST(function) cmocka_unit_test_setup(function, world_setup)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(nothing_is_never_due),
		TEST(the_first_waits_a_moment_for_its_fellows),
		TEST(repeats_are_counted),
		TEST(mails_keep_their_distance),
		TEST(what_comes_while_a_mail_is_under_way_is_in_the_next),
		TEST(failures_are_tried_again_ever_later),
		TEST(of_too_many_the_least_important_are_lost_and_counted),
		TEST(nothing_gives_way_to_what_is_less_important),
		TEST(what_was_lost_behind_a_mail_is_said_by_the_next),
		TEST(what_keeps_happening_is_told_ever_more_rarely),
		TEST(the_next_life_goes_on_and_sends_again_what_was_under_way),
		TEST(the_next_boot_keeps_what_waits),
		TEST(damage_is_noticed),
		TEST(a_death_in_the_midst_of_a_change_undoes_it),
		TEST(a_mail_is_one_by_rfc_5322),
		TEST(what_attackers_write_ends_no_line),
		TEST(the_largest_mail_fits_and_its_lines_are_short),
		TEST(settings_end_no_line_either),
		TEST(a_mail_to_try_the_settings_says_so),
	};

	return cmocka_run_group_tests_name("alertd_queue", tests, NULL, NULL);
}
