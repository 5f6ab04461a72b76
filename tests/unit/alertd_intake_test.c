/* What is told to the owner: each once, only what is wanted, and nothing under another's name. */
#include "appliance/alertd/intake.h"
#include "services/proto/alertconf.h"
#include "tests/unit/unit.h"

#include <stdio.h>
#include <string.h>

#define SECOND_US 1000000ull

static struct alert_queue queue;
static struct alert_record records[ALERT_HISTORY];
static struct history history;
static struct rs_table rs;
static struct crash_log crashes;
static uint64_t now_us;

static const char *name_of(uint32_t slot)
{
	static const char *const names[] = { "rs", "time", "port1" };

	return slot < 3 ? names[slot] : "nobody";
}

static struct intake intake = { .queue = &queue, .history = &history, .service_name = name_of };

static int world_setup(void **state)
{
	(void)state;
	memset(&queue, 0, sizeof(queue));
	memset(&rs, 0, sizeof(rs));
	memset(&crashes, 0, sizeof(crashes));
	now_us = 1000 * SECOND_US;
	(void)alert_queue_init(&queue, false, now_us);
	history_init(&history, records, false);
	intake.mails = true;
	intake.events = UINT32_MAX;
	return 0;
}

static struct event event_of(uint64_t sequence, const char *text)
{
	struct event event = { .version = EVENT_VERSION,
			       .kind = EVENT_LOGIN_FAILED,
			       .severity = EVENT_WARNING,
			       .sequence = sequence,
			       .time_us = 5 * SECOND_US,
			       .text_bytes = (uint32_t)strlen(text) };

	memcpy(event.text, text, strlen(text));
	return event;
}

static void give(const char *name, const struct event *event, uint32_t owner)
{
	intake_event(&intake, name, event, sizeof(*event), owner, now_us);
}

static void an_event_is_taken_once(void **state)
{
	struct event first = event_of(1, "one"), second = event_of(2, "two");

	(void)state;
	give("event.time.1", &first, 1);
	give("event.time.1", &first, 1);
	assert_int_equal(queue.count, 1);
	assert_int_equal(queue.alerts[0].count, 1);
	assert_string_equal(queue.alerts[0].service, "time");
	assert_int_equal(queue.alerts[0].last_us, 5 * SECOND_US);
	give("event.time.2", &second, 1);
	assert_int_equal(queue.alerts[0].count, 2);
	/* Nor by the next life. */
	assert_true(alert_queue_init(&queue, true, now_us));
	give("event.time.2", &second, 1);
	assert_int_equal(queue.alerts[0].count, 2);
}

#define REFUSED(change)                                                                            \
	do {                                                                                       \
		struct event event = event_of(1, "x");                                             \
		change;                                                                            \
		give("event.time.1", &event, 1);                                                   \
		assert_int_equal(queue.count, 0);                                                  \
	} while (0)

static void nonsense_and_others_names_are_refused(void **state)
{
	struct event good = event_of(1, "x");

	(void)state;
	REFUSED(event.version = 2);
	REFUSED(event.text_bytes = EVENT_TEXT_BYTES + 1);
	REFUSED(event.severity = 3);
	REFUSED(event.sequence = 0);
	REFUSED(event.time_us = now_us + 1);
	give("event.time.1", &good, 2); /* port1 speaks as time */
	give("event.tim", &good, 1);
	give("event.time.1", &good, SERVICE_MAX);
	intake_event(&intake, "event.time.1", &good, sizeof(good) - 1, 1, now_us);
	assert_int_equal(queue.count, 0);
}

static void only_what_is_wanted_is_kept(void **state)
{
	struct event login = event_of(1, "x"), clock = event_of(2, "y");

	(void)state;
	intake.events = ALERTCONF_EVENT_WAN;
	clock.kind = EVENT_CLOCK_STEPPED; /* has no bit: always */
	give("event.time.1", &login, 1);
	give("event.time.2", &clock, 1);
	assert_int_equal(queue.count, 1);
	assert_int_equal(queue.alerts[0].kind, EVENT_CLOCK_STEPPED);
	assert_int_equal(queue.seen[1], 2);
	assert_int_equal(records[1].sent, ALERT_IS_OFF); /* but is shown */
	assert_int_equal(records[2].sent, ALERT_IS_QUEUED);
	intake.mails = false;
	clock.sequence = 3;
	give("event.time.3", &clock, 1);
	assert_int_equal(queue.count, 1);
	assert_int_equal(queue.alerts[0].count, 1);
	assert_int_equal(records[3].sent, ALERT_IS_OFF);
}

static void rs_alert(uint64_t sequence, const char *text)
{
	struct rs_alert *alert = &rs.alerts[sequence % RS_ALERTS_MAX];

	alert->slot = 2;
	snprintf(alert->text, sizeof(alert->text), "%s", text);
	alert->sequence = sequence;
	rs.alert_sequence = sequence;
}

static void rs_alerts_are_taken_in_order(void **state)
{
	(void)state;
	rs_alert(1, "port1: died");
	intake_rs(&intake, &rs, now_us);
	intake_rs(&intake, &rs, now_us);
	assert_int_equal(queue.count, 1);
	assert_int_equal(queue.alerts[0].count, 1);
	for (uint64_t i = 2; i <= 20; i++)
		rs_alert(i, "port1: died again");
	intake_rs(&intake, &rs, now_us); /* the ring has the last eight */
	assert_int_equal(queue.alerts[0].count, 1 + RS_ALERTS_MAX);
	assert_int_equal(queue.rs_seen, 20);
}

static void giving_up_is_told_and_so_is_the_return(void **state)
{
	(void)state;
	rs.services[2].state = RS_FAILED;
	intake_rs(&intake, &rs, now_us);
	intake_rs(&intake, &rs, now_us);
	assert_int_equal(queue.count, 1);
	assert_int_equal(queue.alerts[0].kind, EVENT_SERVICE_FAILED);
	rs.services[2].state = RS_RUNNING;
	rs.services[2].last_ready_us = now_us;
	now_us += INTAKE_QUIET_US - 1;
	intake_rs(&intake, &rs, now_us);
	assert_int_equal(queue.count, 1);
	now_us += 1;
	intake_rs(&intake, &rs, now_us);
	assert_int_equal(queue.count, 2);
	assert_int_equal(queue.alerts[1].kind, EVENT_SERVICE_RECOVERED);
}

static void a_service_that_died_is_told_to_run_well_when_that_has_lasted(void **state)
{
	(void)state;
	rs.services[2].state = RS_RUNNING;
	rs.services[2].last_ready_us = now_us;
	rs_alert(1, "port1 died (panic)");
	intake_rs(&intake, &rs, now_us);
	assert_memory_equal(queue.alerts[0].text, "port1 died (panic); it runs again", 33);
	now_us += INTAKE_QUIET_US / 2;
	rs.services[2].last_ready_us = now_us; /* died once more */
	rs_alert(2, "port1 died (panic)");
	intake_rs(&intake, &rs, now_us);
	now_us += INTAKE_QUIET_US - 1;
	intake_rs(&intake, &rs, now_us);
	assert_int_equal(queue.count, 1);
	now_us += 1;
	intake_rs(&intake, &rs, now_us);
	intake_rs(&intake, &rs, now_us);
	assert_int_equal(queue.count, 2);
	assert_int_equal(queue.alerts[1].kind, EVENT_SERVICE_RECOVERED);
	assert_int_equal(queue.alerts[1].count, 1);
}

static void starts_are_told_apart(void **state)
{
	(void)state;
	intake_boot(&intake, &crashes, now_us);
	assert_int_equal(queue.alerts[0].kind, EVENT_SYSTEM_STARTED);
	crashes = (struct crash_log){ .magic = CRASH_LOG_MAGIC, .boots = 4, .next_sequence = 8 };
	crashes.records[7] = (struct crash_record){ .slot = CRASH_OF_KERNEL, .boot = 3 };
	memset(crashes.records[7].text, 'x', sizeof(crashes.records[7].text)); /* ends nowhere */
	intake_boot(&intake, &crashes, now_us);
	assert_int_equal(queue.count, 2);
	assert_int_equal(queue.alerts[1].kind, EVENT_KERNEL_RESTARTED);
	assert_int_equal(queue.alerts[1].severity, EVENT_CRITICAL);
}

static void the_wan_is_told_when_it_lasts(void **state)
{
	struct intake_wan wan = { .known = false };

	(void)state;
	intake_wan(&intake, &wan, true, now_us);
	for (int i = 0; i < 10; i++) { /* a bad contact */
		intake_wan(&intake, &wan, i % 2, now_us);
		now_us += INTAKE_WAN_US - 1;
	}
	intake_wan(&intake, &wan, true, now_us);
	assert_int_equal(queue.count, 0);
	intake_wan(&intake, &wan, false, now_us);
	intake_wan(&intake, &wan, false, now_us + INTAKE_WAN_US);
	assert_int_equal(queue.alerts[0].kind, EVENT_WAN_DOWN);
	now_us += 100 * SECOND_US;
	intake_wan(&intake, &wan, true, now_us);
	intake_wan(&intake, &wan, true, now_us + INTAKE_WAN_US);
	assert_int_equal(queue.count, 2);
	assert_int_equal(queue.alerts[1].kind, EVENT_WAN_UP);
}

#define TEST(function) cmocka_unit_test_setup(function, world_setup)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(an_event_is_taken_once),
		TEST(nonsense_and_others_names_are_refused),
		TEST(only_what_is_wanted_is_kept),
		TEST(rs_alerts_are_taken_in_order),
		TEST(giving_up_is_told_and_so_is_the_return),
		TEST(a_service_that_died_is_told_to_run_well_when_that_has_lasted),
		TEST(starts_are_told_apart),
		TEST(the_wan_is_told_when_it_lasts),
	};

	return cmocka_run_group_tests_name("alertd_intake", tests, NULL, NULL);
}
