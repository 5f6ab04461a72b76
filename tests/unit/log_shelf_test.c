/* Warnings on their way to the store and back into the ring, over deaths, reboots and power cuts.
 */
#include "services/log/journal.h"
#include "services/log/ring.h"
#include "services/log/shelf.h"
#include "services/runtime/logring.h"
#include "services/runtime/writeback.h"
#include "tests/unit/store_fake.h"
#include "tests/unit/unit.h"

#include <string.h>

#define SECOND_US 1000000ull

static struct log_ring ring;
static struct kernel_log kernel;
static uint64_t now_us;

static int64_t unix_us(const struct log_ring_record *record)
{
	return record->unix_us != 0 ? record->unix_us : 5000;
}

/* A life of the service in the machine as it is. */
static void life_begin(bool restarted)
{
	ring_init(&ring, &kernel, restarted);
	shelf_init(&ring, unix_us);
	assert_true(shelf_load(now_us));
}

static void power_cut(void)
{
	store_fake_reboot();
	memset(&ring, 0, sizeof(ring));
	now_us = SECOND_US;
	life_begin(false);
}

static int world_setup(void **state)
{
	(void)state;
	store_fake_reset();
	kernel.next_sequence = 1;
	power_cut();
	return 0;
}

static void say(enum log_level level, const char *text)
{
	struct log_ring_record record = { .time_us = now_us,
					  .boot = ring.boot,
					  .level = (uint16_t)level,
					  .length_bytes = (uint16_t)strlen(text),
					  .service = "echo" };

	memcpy(record.text, text, strlen(text));
	ring_put(&ring, &record);
	now_us++;
}

static unsigned work(uint64_t for_us)
{
	unsigned before = store_fake.puts;

	for (uint64_t end_us = now_us + for_us; now_us < end_us; now_us += WRITEBACK_LOOK_US)
		(void)shelf_save(now_us);
	return store_fake.puts - before;
}

static void ring_has(uint64_t sequence, const char *text, uint32_t boot)
{
	struct log_ring_record record;

	assert_true(logring_get(&ring, sequence, &record));
	assert_int_equal(record.length_bytes, strlen(text));
	assert_memory_equal(record.text, text, strlen(text));
	assert_int_equal(record.boot, boot);
}

static void warnings_outlive_a_power_cut_and_the_rest_does_not(void **state)
{
	(void)state;
	say(LOG_INFO, "nothing much");
	say(LOG_WARNING, "careful");
	say(LOG_ERROR, "broken");
	assert_int_equal(work(10 * SECOND_US), 1);
	power_cut();
	ring_has(1, "careful", 1);
	ring_has(2, "broken", 1);
	assert_int_equal(ring.next_sequence, 3);
	assert_int_equal(ring.restored, 3);
	assert_int_equal(ring.boot, 2);
	say(LOG_ERROR, "again");
	assert_int_equal(work(10 * SECOND_US), 1);
	power_cut();
	ring_has(2, "broken", 1);
	ring_has(3, "again", 2);
	assert_int_equal(ring.boot, 3);
	assert_int_equal(work(600 * SECOND_US), 0);
}

static void what_is_no_warning_costs_no_write(void **state)
{
	(void)state;
	for (int i = 0; i < 100; i++) {
		say(LOG_NOTICE, "all is well");
		assert_int_equal(work(SECOND_US), 0);
	}
}

static void warnings_are_gathered_and_a_flood_is_written_seldom(void **state)
{
	(void)state;
	say(LOG_ERROR, "one");
	assert_int_equal(work(SHELF_GATHER_US / 2), 0);
	say(LOG_ERROR, "two");
	assert_int_equal(work(10 * SECOND_US), 1);
	for (int i = 0; i < 100; i++) {
		say(LOG_ERROR, "flood");
		(void)work(10 * SECOND_US);
	}
	assert_in_range(store_fake.puts, WEAR_BURST, WEAR_BURST + 4);
	assert_int_equal(work(2 * WEAR_REST_US), 1);
}

static void our_death_loses_and_repeats_nothing(void **state)
{
	struct log_ring_record record;
	unsigned entries = 0;

	(void)state;
	say(LOG_ERROR, "saved");
	(void)work(10 * SECOND_US);
	say(LOG_ERROR, "under way");
	(void)work(SHELF_GATHER_US +
		   WRITEBACK_LOOK_US); /* put, and nobody has asked for the result */
	life_begin(true);
	say(LOG_ERROR, "later");
	(void)work(10 * SECOND_US);
	power_cut();
	for (uint64_t i = 1; i < ring.next_sequence; i++)
		entries += logring_get(&ring, i, &record);
	assert_int_equal(entries, 3);
	ring_has(1, "saved", 1);
	ring_has(2, "under way", 1);
	ring_has(3, "later", 1);
}

static void after_a_warm_reboot_the_ring_stays_and_what_was_not_saved_is(void **state)
{
	(void)state;
	say(LOG_ERROR, "saved");
	(void)work(10 * SECOND_US);
	say(LOG_ERROR, "last words");
	life_begin(false);
	assert_int_equal(ring.next_sequence, 3);
	assert_int_equal(ring.boot, 2);
	assert_int_equal(work(10 * SECOND_US), 1);
	power_cut();
	ring_has(2, "last words", 1);
}

static void the_ring_waits_for_the_store_but_not_for_ever(void **state)
{
	(void)state;
	store_fake.get_status = E_AGAIN;
	memset(&ring, 0, sizeof(ring));
	ring_init(&ring, &kernel, false);
	shelf_init(&ring, unix_us);
	assert_false(shelf_load(now_us));
	assert_false(shelf_load(now_us + WRITEBACK_WAIT_US - 1));
	assert_true(shelf_load(now_us + WRITEBACK_WAIT_US));
	say(LOG_ERROR, "one");
	assert_int_equal(work(10 * SECOND_US), 1);
}

static void a_disk_that_fails_is_tried_again_and_feeds_no_flood(void **state)
{
	(void)state;
	store_fake.result_status = E_DEVICE;
	say(LOG_ERROR, "one");
	assert_int_equal(work(50 * SECOND_US), 1);
	assert_int_equal(work(100 * SECOND_US), 2);
	assert_int_equal(store_fake.logged, 0);
	store_fake.result_status = OK;
	(void)work(100 * SECOND_US);
	power_cut();
	ring_has(1, "one", 1);
	assert_int_equal(ring.next_sequence, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(warnings_outlive_a_power_cut_and_the_rest_does_not,
				       world_setup),
		cmocka_unit_test_setup(what_is_no_warning_costs_no_write, world_setup),
		cmocka_unit_test_setup(warnings_are_gathered_and_a_flood_is_written_seldom,
				       world_setup),
		cmocka_unit_test_setup(our_death_loses_and_repeats_nothing, world_setup),
		cmocka_unit_test_setup(after_a_warm_reboot_the_ring_stays_and_what_was_not_saved_is,
				       world_setup),
		cmocka_unit_test_setup(the_ring_waits_for_the_store_but_not_for_ever, world_setup),
		cmocka_unit_test_setup(a_disk_that_fails_is_tried_again_and_feeds_no_flood,
				       world_setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
