/* webd's records in the store: when one is saved, and what becomes of one that is refused. */
#include "appliance/webd/keep.h"
#include "appliance/webd/world.h"
#include "services/runtime/service.h"
#include "tests/unit/store_fake.h"
#include "tests/unit/unit.h"

#include <string.h>

#define SECOND_US 1000000ull

enum { SELF = 0, STORE = 1 };

struct world world;
static struct manifest manifest;
static char account[] = "an account";
static uint64_t now_us = SECOND_US;

uint32_t service_slot(const char *name)
{
	return strcmp(name, "store") == 0 ? STORE : SERVICE_MAX;
}

const struct start_info *service_info(void)
{
	static const struct start_info info = { .self = { .slot = SELF } };

	return &info;
}

/* Works as a service does for so long: when it said it wants to be called, and not before. */
static unsigned work(uint64_t for_us)
{
	uint64_t end_us = now_us + for_us;
	unsigned puts = store_fake.puts;

	for (uint64_t due_us; (due_us = keep_work(now_us)) <= end_us;) {
		assert_true(due_us > now_us);
		now_us = due_us;
	}
	now_us = end_us;
	return store_fake.puts - puts;
}

static int world_setup(void **state)
{
	(void)state;
	store_fake_reset();
	world.manifest = &manifest;
	manifest.services[SELF].call_targets = 1ull << STORE;
	keep_init(KEEP_ACCOUNT, account, sizeof(account), true);
	(void)work(60 * SECOND_US); /* what the test before left */
	store_fake_reset();
	return 0;
}

static void it_waits_until_the_store_has_decided(void **state)
{
	(void)state;
	assert_int_equal(keep_state(KEEP_ACCOUNT), KEEP_SAVED);
	store_fake.result_status = E_AGAIN;
	keep_save(KEEP_ACCOUNT);
	assert_int_equal(keep_state(KEEP_ACCOUNT), KEEP_WAITS);
	assert_int_equal(work(5 * SECOND_US), 1);
	assert_int_equal(keep_state(KEEP_ACCOUNT), KEEP_WAITS);
	store_fake.result_status = OK;
	(void)work(SECOND_US);
	assert_int_equal(keep_state(KEEP_ACCOUNT), KEEP_SAVED);
	assert_string_equal((const char *)store_fake.record, account);
}

static void what_changes_meanwhile_is_saved_again(void **state)
{
	(void)state;
	store_fake.result_status = E_AGAIN;
	keep_save(KEEP_ACCOUNT);
	(void)work(SECOND_US);
	keep_save(KEEP_ACCOUNT);
	store_fake.result_status = OK;
	assert_int_equal(work(SECOND_US), 1);
	assert_int_equal(keep_state(KEEP_ACCOUNT), KEEP_SAVED);
}

static void what_the_disk_refused_is_tried_again_but_not_all_the_time(void **state)
{
	(void)state;
	store_fake.result_status = E_DEVICE;
	keep_save(KEEP_ACCOUNT);
	assert_in_range(work(60 * SECOND_US), 4, 8);
	assert_int_equal(keep_state(KEEP_ACCOUNT), KEEP_FAILED);
	assert_int_equal(store_fake.logged, 1);
	store_fake.result_status = OK;
	store_fake.put_status = E_DEVICE; /* the store knows, and does not even try */
	(void)work(60 * SECOND_US);
	assert_int_equal(keep_state(KEEP_ACCOUNT), KEEP_FAILED);
	store_fake.put_status = OK;
	(void)work(20 * SECOND_US);
	assert_int_equal(keep_state(KEEP_ACCOUNT), KEEP_SAVED);
	assert_true(store_fake.there);
}

static void a_new_change_does_not_wait_for_that(void **state)
{
	(void)state;
	store_fake.result_status = E_DEVICE;
	keep_save(KEEP_ACCOUNT);
	(void)work(SECOND_US);
	store_fake.result_status = OK;
	keep_save(KEEP_ACCOUNT);
	assert_int_equal(keep_state(KEEP_ACCOUNT), KEEP_WAITS);
	assert_int_equal(work(SECOND_US), 1);
	assert_int_equal(keep_state(KEEP_ACCOUNT), KEEP_SAVED);
}

static void what_the_store_forgot_is_put_again(void **state)
{
	(void)state;
	store_fake.result_status = E_AGAIN;
	keep_save(KEEP_ACCOUNT);
	(void)work(SECOND_US);
	store_fake_reboot(); /* its result is E_ABSENT then */
	store_fake.result_status = OK;
	assert_int_equal(work(SECOND_US), 1);
	assert_int_equal(keep_state(KEEP_ACCOUNT), KEEP_SAVED);
}

static void without_a_store_there_is_nothing_to_do(void **state)
{
	(void)state;
	manifest.services[SELF].call_targets = 0;
	keep_save(KEEP_ACCOUNT);
	assert_true(keep_work(now_us) == SERVICE_NO_DEADLINE);
	assert_int_equal(store_fake.puts, 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, world_setup)
	const struct CMUnitTest tests[] = {
		TEST(it_waits_until_the_store_has_decided),
		TEST(what_changes_meanwhile_is_saved_again),
		TEST(what_the_disk_refused_is_tried_again_but_not_all_the_time),
		TEST(a_new_change_does_not_wait_for_that),
		TEST(what_the_store_forgot_is_put_again),
		TEST(without_a_store_there_is_nothing_to_do),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
