/* A record that is written behind, whatever the store says of it. */
#include "services/runtime/service.h"
#include "services/runtime/writeback.h"
#include "tests/unit/store_fake.h"
#include "tests/unit/unit.h"

#include <string.h>

#define SECOND_US 1000000ull

static char value[64];
static const char *content; /* "": as the store has it */
static unsigned saves;
static uint64_t now_us;

static size_t fill(uint64_t at_us)
{
	assert_int_equal(at_us, now_us);
	strcpy(value, content);
	return strlen(value);
}

static void saved(void)
{
	saves++;
}

static struct writeback record;

static int world_setup(void **state)
{
	(void)state;
	store_fake_reset();
	now_us = SECOND_US;
	saves = 0;
	content = "one";
	record = (struct writeback){
		.name = "things",
		.what = "things",
		.level = LOG_WARNING,
		.value = value,
		.room_bytes = sizeof(value),
		.fill = fill,
		.saved = saved,
	};
	return 0;
}

/* As a service does; returns how often it wrote. */
static unsigned work(uint64_t for_us)
{
	unsigned before = store_fake.puts;
	uint64_t end_us = now_us + for_us;

	while (now_us < end_us) {
		uint64_t next_us = writeback_work(&record, now_us);

		assert_true(next_us > now_us);
		now_us = next_us < end_us ? next_us : end_us;
	}
	return store_fake.puts - before;
}

static void store_has(const char *text)
{
	assert_true(store_fake.there);
	assert_int_equal(store_fake.bytes, strlen(text));
	assert_memory_equal(store_fake.record, text, strlen(text));
}

static void what_has_not_changed_is_not_written(void **state)
{
	(void)state;
	assert_true(writeback_rests(&record));
	assert_int_equal(writeback_work(&record, now_us), SERVICE_NO_DEADLINE);
	writeback_mark(&record, now_us);
	assert_false(writeback_rests(&record));
	content = "";
	assert_int_equal(work(SECOND_US), 0);
	assert_true(writeback_rests(&record));
}

static void a_change_is_there_at_once_and_the_next_after_a_rest(void **state)
{
	(void)state;
	record.rest_us = 2 * SECOND_US;
	writeback_mark(&record, now_us);
	assert_int_equal(work(WRITEBACK_LOOK_US + 1), 1);
	store_has("one");
	assert_int_equal(saves, 1);
	content = "two";
	writeback_mark(&record, now_us);
	assert_int_equal(work(SECOND_US), 0);
	assert_int_equal(work(2 * SECOND_US), 1);
	store_has("two");
	assert_int_equal(saves, 2);
}

static void changes_are_gathered_from_the_first(void **state)
{
	(void)state;
	record.gather_us = 2 * SECOND_US;
	for (int i = 0; i < 19; i++) {
		writeback_mark(&record, now_us);
		assert_int_equal(work(SECOND_US / 10), 0);
	}
	assert_int_equal(work(SECOND_US), 1);
	assert_int_equal(work(10 * SECOND_US), 0);
}

static void what_changes_while_it_is_written_is_written_next(void **state)
{
	(void)state;
	writeback_mark(&record, now_us);
	(void)writeback_work(&record, now_us);
	content = "two";
	writeback_mark(&record, now_us);
	assert_int_equal(work(SECOND_US), 1);
	store_has("two");
}

static void a_store_that_is_busy_or_away_is_asked_again(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++) {
		store_fake.put_status = i == 0 ? E_AGAIN : E_TIMEOUT;
		writeback_mark(&record, now_us);
		assert_int_equal(work(5 * SECOND_US), 0);
		store_fake.put_status = OK;
		assert_int_equal(work(SECOND_US), 1);
	}
	assert_int_equal(store_fake.logged, 0);
}

static void what_the_store_forgot_is_put_again(void **state)
{
	(void)state;
	writeback_mark(&record, now_us);
	(void)writeback_work(&record, now_us);
	store_fake_reboot();
	assert_int_equal(work(SECOND_US), 1);
	assert_int_equal(saves, 1);
}

static void a_failure_is_said_once_and_tried_again_after_a_while(void **state)
{
	(void)state;
	store_fake.put_status = E_DEVICE;
	writeback_mark(&record, now_us);
	assert_int_equal(work(WRITEBACK_AGAIN_US + SECOND_US), 0);
	store_fake.put_status = OK;
	store_fake.result_status = E_DEVICE;
	writeback_mark(&record, now_us); /* brings the next try no nearer */
	assert_int_equal(work(WRITEBACK_AGAIN_US), 1);
	assert_int_equal(store_fake.logged, 1);
	assert_int_equal(saves, 0);
	store_fake.result_status = OK;
	assert_int_equal(work(WRITEBACK_AGAIN_US), 1);
	store_has("one");
	store_fake.put_status = E_FULL;
	writeback_mark(&record, now_us);
	(void)work(SECOND_US);
	assert_int_equal(store_fake.logged, 2);
}

static void a_flood_spares_the_disk_if_wished(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++) {
		unsigned before = store_fake.puts;

		record.spares = i == 0;
		for (int k = 0; k < 100; k++) {
			writeback_mark(&record, now_us);
			(void)work(SECOND_US);
		}
		assert_int_equal(store_fake.puts - before, i == 0 ? WEAR_BURST : 100);
	}
}

static void it_is_waited_for_at_the_boot_but_not_for_ever(void **state)
{
	size_t bytes = 0;

	(void)state;
	assert_int_equal(writeback_load(&record, &bytes, now_us), E_ABSENT);
	for (int i = 0; i < 2; i++) {
		store_fake.get_status = i == 0 ? E_AGAIN : E_TIMEOUT;
		assert_int_equal(writeback_load(&record, &bytes, now_us + 1), E_AGAIN);
		assert_int_equal(writeback_load(&record, &bytes, now_us + WRITEBACK_WAIT_US),
				 E_TIMEOUT);
	}
	store_fake.get_status = OK;
	writeback_mark(&record, now_us);
	(void)work(SECOND_US);
	memset(value, 0, sizeof(value));
	assert_int_equal(writeback_load(&record, &bytes, now_us), OK);
	assert_int_equal(bytes, 3);
	assert_string_equal(value, "one");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(what_has_not_changed_is_not_written, world_setup),
		cmocka_unit_test_setup(a_change_is_there_at_once_and_the_next_after_a_rest,
				       world_setup),
		cmocka_unit_test_setup(changes_are_gathered_from_the_first, world_setup),
		cmocka_unit_test_setup(what_changes_while_it_is_written_is_written_next,
				       world_setup),
		cmocka_unit_test_setup(a_store_that_is_busy_or_away_is_asked_again, world_setup),
		cmocka_unit_test_setup(what_the_store_forgot_is_put_again, world_setup),
		cmocka_unit_test_setup(a_failure_is_said_once_and_tried_again_after_a_while,
				       world_setup),
		cmocka_unit_test_setup(a_flood_spares_the_disk_if_wished, world_setup),
		cmocka_unit_test_setup(it_is_waited_for_at_the_boot_but_not_for_ever, world_setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
