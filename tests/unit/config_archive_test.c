/* The ledger on its way to the store, and what the store may say to it. */
#include "services/config/engine.h"
#include "services/runtime/service.h"
#include "tests/unit/store_fake.h"
#include "tests/unit/unit.h"
#include "tests/unit/version_text.h"

#include <string.h>

#define SECOND_US 1000000ull

static struct engine_state state;
static uint64_t now_us = SECOND_US;

struct engine engine = { .state = &state };

uint32_t service_slot(const char *name)
{
	assert_string_equal(name, "store");
	return 1;
}

enum status store_status(struct store_status *status)
{
	*status = (struct store_status){ .mode = STORE_DISK };
	return OK;
}

static void commit(unsigned number)
{
	static const struct ledger_note nobody = { .author = "test" };

	assert_int_equal(ledger_commit(&state.ledger, version_text(number, 2000), 2000, &nobody, 0),
			 OK);
}

/* As the service does; returns how often the store was asked to take something. */
static unsigned work(uint64_t for_us)
{
	unsigned before = store_fake.tries;

	for (uint64_t end_us = now_us + for_us; now_us < end_us;) {
		uint64_t next_us = archive_work(now_us);

		assert_true(next_us > now_us);
		now_us = next_us < end_us ? next_us : end_us;
	}
	return store_fake.tries - before;
}

static int world_setup(void **unused)
{
	(void)unused;
	store_fake_reset();
	ledger_clear(&state.ledger);
	commit(1);
	assert_int_equal(work(10 * SECOND_US), 2); /* a part, and the head */
	assert_true(archive_is_durable());
	assert_int_equal(archive_work(now_us), SERVICE_NO_DEADLINE);
	store_fake.tries = 0;
	return 0;
}

static void a_store_that_refuses_is_said_once_and_asked_once_a_second(void **unused)
{
	const enum status refusals[] = { E_DEVICE, E_FULL };

	(void)unused;
	for (unsigned i = 0; i < 2; i++) {
		store_fake.put_status = refusals[i];
		commit(2 + i);
		assert_in_range(work(20 * SECOND_US), 18, 20);
		assert_int_equal(store_fake.logged, 1 + i);
		assert_false(archive_is_durable());
		store_fake.put_status = OK;
		(void)work(5 * SECOND_US);
		assert_true(archive_is_durable());
	}
}

static void a_disk_that_fails_over_it_is_said_once_and_tried_once_a_second(void **unused)
{
	(void)unused;
	store_fake.result_status = E_DEVICE;
	commit(2);
	assert_in_range(work(20 * SECOND_US), 16, 20);
	assert_int_equal(store_fake.logged, 1);
	assert_false(archive_is_durable());
	store_fake.result_status = OK;
	(void)work(5 * SECOND_US);
	assert_true(archive_is_durable());
}

static void a_store_that_is_busy_is_asked_soon(void **unused)
{
	(void)unused;
	store_fake.put_status = E_TIMEOUT;
	commit(2);
	assert_in_range(work(2 * SECOND_US), 15, 25);
	assert_int_equal(store_fake.logged, 0);
	store_fake.put_status = OK;
	(void)work(SECOND_US);
	assert_true(archive_is_durable());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_store_that_refuses_is_said_once_and_asked_once_a_second,
				       world_setup),
		cmocka_unit_test_setup(
			a_disk_that_fails_over_it_is_said_once_and_tried_once_a_second,
			world_setup),
		cmocka_unit_test_setup(a_store_that_is_busy_is_asked_soon, world_setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
