/* The queues between a terminal driver and the console, the other side hostile. */
#include "services/runtime/tty_queue.h"
#include "tests/unit/unit.h"

#include <string.h>

static struct tty_queue ours, theirs;
static struct tty_end us, them;

static int begin(void **state)
{
	(void)state;
	memset(&ours, 0, sizeof(ours));
	memset(&theirs, 0, sizeof(theirs));
	tty_attach(&us, &ours, &theirs);
	tty_attach(&them, &theirs, &ours);
	return 0;
}

static void bytes_arrive_in_order_over_the_wrap(void **state)
{
	uint8_t next_sent = 0, next_seen = 0;

	(void)state;
	for (unsigned round = 0; round < 10000; round++) {
		uint8_t bytes[37], seen[29];
		size_t put;

		for (unsigned i = 0; i < sizeof(bytes); i++)
			bytes[i] = (uint8_t)(next_sent + i);
		put = tty_put(&us, bytes, sizeof(bytes));
		next_sent = (uint8_t)(next_sent + put);
		for (size_t i = 0, count = tty_take(&them, seen, sizeof(seen)); i < count; i++)
			assert_int_equal(seen[i], next_seen++);
	}
	assert_true(us.produced > 4 * TTY_BYTES);
}

static void full_queue_takes_no_more(void **state)
{
	uint8_t bytes[TTY_BYTES + 5] = { 0 };

	(void)state;
	assert_int_equal(tty_put(&us, bytes, sizeof(bytes)), TTY_BYTES);
	assert_int_equal(tty_put(&us, bytes, 1), 0);
	assert_int_equal(tty_room(&us), 0);
	assert_int_equal(tty_take(&them, bytes, 3), 3);
	assert_int_equal(tty_put(&us, bytes, 9), 3);
}

static void peeking_takes_nothing(void **state)
{
	char bytes[8];

	(void)state;
	(void)tty_put(&us, "abc", 3);
	assert_int_equal(tty_peek(&them, bytes, 2), 2);
	assert_int_equal(tty_peek(&them, bytes, 8), 3);
	tty_consume(&them, 1);
	assert_int_equal(tty_peek(&them, bytes, 8), 2);
	assert_memory_equal(bytes, "bc", 2);
}

static void next_life_carries_on(void **state)
{
	struct tty_end reborn;
	char bytes[8];

	(void)state;
	(void)tty_put(&us, "abcdef", 6);
	assert_int_equal(tty_take(&them, bytes, 2), 2);
	tty_attach(&reborn, &theirs, &ours);
	assert_int_equal(tty_take(&reborn, bytes, 8), 4);
	assert_memory_equal(bytes, "cdef", 4);
	tty_attach(&reborn, &ours, &theirs);
	assert_int_equal(reborn.produced, 6);
	assert_int_equal(tty_pending(&reborn), 0);
}

static void impossible_indices_of_the_other_side_cost_text_only(void **state)
{
	uint8_t bytes[16];

	(void)state;
	ours.produced = 3 * TTY_BYTES;
	assert_int_equal(tty_take(&them, bytes, sizeof(bytes)), 0);
	assert_int_equal(theirs.consumed, 3 * TTY_BYTES);
	ours.produced = 3 * TTY_BYTES + 2;
	assert_int_equal(tty_take(&them, bytes, sizeof(bytes)), 2);
	theirs.consumed = 12345678;
	assert_int_equal(tty_put(&us, bytes, 4), 0);
	assert_int_equal(tty_pending(&us), TTY_BYTES);
	theirs.consumed = us.produced;
	assert_int_equal(tty_put(&us, bytes, 4), 4);
}

static void indices_wrap_at_two_to_the_32(void **state)
{
	char bytes[8];

	(void)state;
	ours.produced = theirs.consumed = UINT32_MAX - 2;
	tty_attach(&us, &ours, &theirs);
	tty_attach(&them, &theirs, &ours);
	assert_int_equal(tty_put(&us, "abcdef", 6), 6);
	assert_int_equal(us.produced, 3);
	assert_int_equal(tty_take(&them, bytes, 8), 6);
	assert_memory_equal(bytes, "abcdef", 6);
	assert_int_equal(tty_room(&us), TTY_BYTES);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, begin)
	const struct CMUnitTest tests[] = {
		TEST(bytes_arrive_in_order_over_the_wrap),
		TEST(full_queue_takes_no_more),
		TEST(peeking_takes_nothing),
		TEST(next_life_carries_on),
		TEST(impossible_indices_of_the_other_side_cost_text_only),
		TEST(indices_wrap_at_two_to_the_32),
	};
#undef TEST

	return cmocka_run_group_tests(tests, NULL, NULL);
}
