/* Alerts that wait, in the store: over reboots, with few writes, and whatever the store does. */
#include "appliance/alertd/archive.h"
#include "appliance/alertd/shelf.h"
#include "services/runtime/writeback.h"
#include "tests/unit/store_fake.h"
#include "tests/unit/unit.h"

#include <stdio.h>
#include <string.h>

#define SECOND_US 1000000ull

static struct alert_queue queue;
static uint64_t now_us = 10 * SECOND_US;

/* The machine boots, and alertd begins its first life. */
static void boot(void)
{
	store_fake_reboot();
	memset(&queue, 0, sizeof(queue));
	now_us += SECOND_US;
	shelf_init(&queue);
	(void)alert_queue_init(&queue, false, now_us);
	assert_true(shelf_load(now_us));
}

static int world_setup(void **state)
{
	(void)state;
	store_fake_reset();
	boot();
	return 0;
}

static void add(const char *text)
{
	struct alert alert = { .kind = EVENT_NONE, .severity = EVENT_WARNING, .count = 1 };
	struct alert lost;

	alert.text_bytes = (uint32_t)strlen(text);
	memcpy(alert.text, text, strlen(text));
	memcpy(alert.service, "echo", 5);
	(void)alert_queue_add(&queue, &alert, now_us, &lost);
}

/* Saves for so long; returns how often it wrote. */
static unsigned work(uint64_t for_us)
{
	unsigned before = store_fake.puts;

	for (uint64_t end_us = now_us + for_us; now_us < end_us; now_us += WRITEBACK_LOOK_US)
		(void)shelf_save(now_us);
	return store_fake.puts - before;
}

static void has(unsigned at, const char *text)
{
	assert_true(at < queue.count);
	assert_int_equal(queue.alerts[at].text_bytes, strlen(text));
	assert_memory_equal(queue.alerts[at].text, text, strlen(text));
}

static void nothing_is_not_written(void **state)
{
	(void)state;
	assert_int_equal(work(10 * SECOND_US), 0);
	assert_int_equal(queue.count, 0);
}

static void what_waits_outlives_a_reboot(void **state)
{
	(void)state;
	add("one");
	add("two");
	assert_int_equal(work(SECOND_US), 1);
	boot();
	assert_int_equal(queue.count, 2);
	has(0, "one");
	has(1, "two");
	assert_int_equal(queue.alerts[0].earlier, 1);
	assert_true(queue.next_us > now_us && queue.next_us <= now_us + ALERT_GATHER_US);
	assert_true(alert_queue_init(&queue, true, now_us)); /* and our own death after it */
	assert_int_equal(queue.count, 2);
}

static void what_was_mailed_does_not_come_back(void **state)
{
	(void)state;
	add("one");
	(void)work(SECOND_US);
	alert_queue_begin(&queue);
	alert_queue_sent(&queue, now_us, 0);
	assert_int_equal(work(SECOND_US), 1);
	boot();
	assert_int_equal(queue.count, 0);
}

static void a_mail_under_way_comes_back(void **state)
{
	(void)state;
	add("one");
	alert_queue_begin(&queue);
	(void)work(SECOND_US);
	boot();
	has(0, "one");
	assert_int_equal(queue.sending, 0);
}

static void a_flood_is_written_seldom_and_its_end_at_last(void **state)
{
	char text[16];

	(void)state;
	for (int i = 0; i < 200; i++) {
		snprintf(text, sizeof(text), "number %d", i % 20);
		add(text);
		(void)work(SECOND_US);
	}
	assert_int_equal(store_fake.puts, WEAR_BURST);
	assert_int_equal(work(WEAR_REST_US + SECOND_US), 1);
	assert_int_equal(work(10ull * WEAR_REST_US), 0);
	boot();
	assert_int_equal(queue.count, 20);
}

static void the_store_is_waited_for_but_not_for_ever(void **state)
{
	(void)state;
	queue.loaded = 0;
	store_fake.get_status = E_AGAIN;
	assert_false(shelf_load(now_us));
	assert_true(shelf_load(now_us + WRITEBACK_WAIT_US));
	assert_true(queue.loaded);
}

static void a_disk_that_fails_is_said_once_and_tried_again(void **state)
{
	(void)state;
	store_fake.result_status = E_DEVICE;
	add("one");
	assert_int_equal(work(30 * SECOND_US), 1);
	assert_int_equal(work(100 * SECOND_US), 2);
	assert_int_equal(store_fake.logged, 1);
	store_fake.result_status = OK;
	(void)work(100 * SECOND_US);
	boot();
	has(0, "one");
}

static void a_store_that_lost_its_memory_gets_it_again(void **state)
{
	(void)state;
	store_fake.result_status = E_AGAIN;
	add("one");
	assert_int_equal(work(SECOND_US), 1);
	store_fake.under_way = false;
	store_fake.result_status = OK;
	assert_int_equal(work(SECOND_US), 1);
	assert_true(store_fake.there);
}

static void foreign_bytes_are_no_alerts(void **state)
{
	static struct archive archive;
	size_t bytes;

	(void)state;
	add("one");
	bytes = archive_make(&archive, &queue);
	queue.count = 0;
	assert_int_equal(archive_take(&archive, bytes - 1, &queue, now_us), 0);
	assert_int_equal(archive_take(&archive, 3, &queue, now_us), 0);
	archive.alerts[0].text_bytes = EVENT_TEXT_BYTES + 1;
	assert_int_equal(archive_take(&archive, bytes, &queue, now_us), 0);
	archive.alerts[0].text_bytes = 1;
	archive.count = ALERTS_MAX + 1;
	assert_int_equal(archive_take(&archive, sizeof(archive), &queue, now_us), 0);
	archive.count = 1;
	assert_int_equal(archive_take(&archive, bytes, &queue, now_us), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(nothing_is_not_written, world_setup),
		cmocka_unit_test_setup(what_waits_outlives_a_reboot, world_setup),
		cmocka_unit_test_setup(what_was_mailed_does_not_come_back, world_setup),
		cmocka_unit_test_setup(a_mail_under_way_comes_back, world_setup),
		cmocka_unit_test_setup(a_flood_is_written_seldom_and_its_end_at_last, world_setup),
		cmocka_unit_test_setup(a_disk_that_fails_is_said_once_and_tried_again, world_setup),
		cmocka_unit_test_setup(a_store_that_lost_its_memory_gets_it_again, world_setup),
		cmocka_unit_test_setup(foreign_bytes_are_no_alerts, world_setup),
		cmocka_unit_test_setup(the_store_is_waited_for_but_not_for_ever, world_setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
