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
	intake.clock = NULL;
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

/* Never taken before, whatever the order; others' sequences do not matter. */
static void events_are_taken_in_whatever_order_they_come(void **state)
{
	static const uint64_t order[] = { 4, 1, 3, 3, 2, 1, 4, 7, 5, 3, 6 };
	unsigned taken = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
		struct event event = event_of(order[i], "x");
		char name[24];
		snprintf(name, sizeof(name), "event.time.%u", (unsigned)(order[i] % EVENT_RING));
		give(name, &event, 1);
		assert_true(alert_queue_init(&queue, true, now_us));
	}
	taken = queue.alerts[0].count;
	assert_int_equal(taken, 7);
}

static void alerts_that_nobody_saw_are_counted(void **state)
{
	(void)state;
	rs.alert_sequence = 20;
	for (uint64_t i = 13; i <= 20; i++)
		rs_alert(i, "port1: died");
	rs.alerts[15 % RS_ALERTS_MAX].sequence = 7; /* being written */
	intake_rs(&intake, &rs, now_us);
	assert_int_equal(queue.alerts[0].count, 7);
	assert_int_equal(queue.dropped, 12 + 1);
}

/* --- The WAN ------------------------------------------------------------------------- */

/* So for that long, seconds, and alertd dies at each of them. Returns how often it came up. */
static unsigned wan_is(enum intake_wan how, unsigned seconds)
{
	unsigned ups = 0;

	for (unsigned i = 0; i < seconds; i++) {
		ups += intake_wan(&intake, how, now_us);
		assert_true(alert_queue_init(&queue, true, now_us));
		now_us += SECOND_US;
	}
	return ups;
}

static void assert_told(uint32_t at, enum event_kind kind, const char *text)
{
	assert_true(at < queue.count);
	assert_int_equal(queue.alerts[at].kind, kind);
	assert_int_equal(queue.alerts[at].count, 1);
	assert_int_equal(queue.alerts[at].text_bytes, strlen(text));
	assert_memory_equal(queue.alerts[at].text, text, strlen(text));
}

static void the_wan_is_told_once_when_it_lasts_and_for_how_long(void **state)
{
	(void)state;
	assert_int_equal(wan_is(INTAKE_WAN_UP, 10), 1);
	for (int i = 0; i < 10; i++) /* a bad contact */
		assert_int_equal(wan_is(i % 2 ? INTAKE_WAN_UP : INTAKE_WAN_NO_LINK, 5), 0);
	assert_int_equal(queue.count, 0);
	uint64_t down_us = now_us;
	assert_int_equal(wan_is(INTAKE_WAN_NO_LINK, 205), 0);
	assert_int_equal(queue.count, 1);
	assert_told(0, EVENT_WAN_DOWN, "the WAN is down: no link");
	assert_int_equal(queue.alerts[0].last_us, down_us);
	assert_int_equal(wan_is(INTAKE_WAN_UP, 4), 0);
	assert_int_equal(wan_is(INTAKE_WAN_NO_ADDRESS, 3), 0);
	assert_int_equal(wan_is(INTAKE_WAN_UP, 100), 1);
	assert_int_equal(queue.count, 2);
	assert_told(1, EVENT_WAN_UP, "the WAN is back; it was down for 3 min 32 s");
}

static void a_slow_lease_is_no_outage_but_none_at_all_is(void **state)
{
	(void)state;
	wan_forget(&queue.wan, now_us);
	alert_queue_seal(&queue);
	assert_int_equal(wan_is(INTAKE_WAN_NO_ADDRESS, 59), 0);
	assert_int_equal(wan_is(INTAKE_WAN_UP, 100), 1);
	assert_int_equal(queue.count, 0);
	wan_settings_change(&queue.wan, now_us); /* that lease may take its time, too */
	alert_queue_seal(&queue);
	assert_int_equal(wan_is(INTAKE_WAN_NO_ADDRESS, 60), 0);
	assert_int_equal(queue.count, 0);
	assert_int_equal(wan_is(INTAKE_WAN_NO_ADDRESS, 5000), 0);
	assert_int_equal(queue.count, 1);
	assert_told(0, EVENT_WAN_DOWN, "the WAN does not come up: no address");
	assert_int_equal(wan_is(INTAKE_WAN_UP, 10), 1);
	assert_told(1, EVENT_WAN_UP, "the WAN is back; it was down for 1 h 24 min");
}

static void reboot(uint64_t to_us)
{
	assert_true(alert_queue_init(&queue, false, to_us));
	now_us = to_us;
}

static void a_warm_reboot_tells_nothing_twice_and_loses_nothing(void **state)
{
	struct clock_page clock = { .source = CLOCK_CMOS, .offset_us = 1795265184000000 };

	(void)state;
	intake.clock = &clock;
	(void)wan_is(INTAKE_WAN_UP, 10);
	(void)wan_is(INTAKE_WAN_NO_LINK, 6);
	assert_int_equal(queue.count, 1);
	clock.offset_us += (int64_t)(now_us + 20 * SECOND_US); /* the reboot takes 20 s */
	reboot(0);
	(void)wan_is(INTAKE_WAN_NO_LINK, 100);
	assert_int_equal(queue.count, 1);
	(void)wan_is(INTAKE_WAN_UP, 10);
	assert_int_equal(queue.count, 2);
	assert_told(1, EVENT_WAN_UP, "the WAN is back; it was down for 2 min 6 s");
	intake.clock = NULL; /* nobody knows what time it is */
	(void)wan_is(INTAKE_WAN_NO_LINK, 6);
	reboot(SECOND_US);
	queue.count = 0;
	alert_queue_seal(&queue);
	(void)wan_is(INTAKE_WAN_UP, 10);
	assert_int_equal(queue.count, 1);
	assert_told(0, EVENT_WAN_UP, "the WAN is back");
	/* One that was up is waited for as after any start. */
	reboot(SECOND_US);
	(void)wan_is(INTAKE_WAN_NO_ADDRESS, 59);
	assert_int_equal(queue.count, 1);
}

static void what_waits_is_dated_when_the_time_is_known(void **state)
{
	struct clock_page clock = { .source = CLOCK_NONE };

	(void)state;
	intake.clock = &clock;
	intake_boot(&intake, &crashes, now_us);
	reboot(2000 * SECOND_US);
	intake_boot(&intake, &crashes, now_us);
	now_us += 10 * SECOND_US;
	intake_dates(&intake);
	assert_int_equal(queue.alerts[1].unix_us, 0);
	clock = (struct clock_page){ .source = CLOCK_SNTP, .offset_us = 1795265184000000 };
	intake_dates(&intake);
	assert_int_equal(queue.alerts[0].unix_us, 0); /* of another boot */
	assert_int_equal(queue.alerts[1].unix_us, 1795265184000000 + 2000 * (int64_t)SECOND_US);
	assert_true(alert_queue_init(&queue, true, now_us));
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
		TEST(events_are_taken_in_whatever_order_they_come),
		TEST(alerts_that_nobody_saw_are_counted),
		TEST(the_wan_is_told_once_when_it_lasts_and_for_how_long),
		TEST(a_slow_lease_is_no_outage_but_none_at_all_is),
		TEST(a_warm_reboot_tells_nothing_twice_and_loses_nothing),
		TEST(what_waits_is_dated_when_the_time_is_known),
	};

	return cmocka_run_group_tests_name("alertd_intake", tests, NULL, NULL);
}
