/* Warnings as a record of the store: what is kept, what goes, and what is no journal. */
#include "services/log/journal.h"
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct journal journal;

static int journal_setup(void **state)
{
	(void)state;
	journal_clear(&journal);
	return 0;
}

static struct log_ring_record record_of(unsigned number, size_t length)
{
	struct log_ring_record record = { .time_us = number,
					  .boot = 1,
					  .slot = 3,
					  .level = LOG_ERROR,
					  .length_bytes = (uint16_t)length,
					  .service = "echo" };

	memset(record.text, 'a' + (int)(number % 26), length);
	(void)snprintf(record.text, sizeof(record.text), "%06u", number);
	return record;
}

static void add(unsigned number, size_t length)
{
	struct log_ring_record record = record_of(number, length);

	assert_true(journal_add(&journal, &record, 77));
}

/* Checks that the numbers go on one by one; returns how many there are and the last. */
static unsigned count(unsigned *last)
{
	struct log_ring_record record;
	unsigned entries = 0;

	for (size_t cursor = 0; journal_next(&journal, &cursor, &record); entries++) {
		unsigned number = (unsigned)strtoul(record.text, NULL, 10);

		assert_true(entries == 0 || number == *last + 1);
		assert_string_equal(record.service, "echo");
		assert_int_equal(record.unix_us, 77);
		*last = number;
	}
	return entries;
}

static void the_last_that_fit_are_kept(void **state)
{
	unsigned last = 0;

	(void)state;
	for (unsigned number = 1; number <= 1000; number++)
		add(number, 20 + number % (LOG_TEXT_BYTES - 19));
	assert_in_range(count(&last), JOURNAL_BYTES / (LOG_TEXT_BYTES + JOURNAL_ENTRY_BYTES),
			JOURNAL_BYTES / JOURNAL_ENTRY_BYTES);
	assert_int_equal(last, 1000);
	assert_in_range(journal_bytes(&journal), JOURNAL_BYTES - 300, JOURNAL_BYTES);
}

static void the_same_is_kept_once(void **state)
{
	struct log_ring_record record = record_of(1, 40);

	(void)state;
	add(1, 40);
	assert_false(journal_add(&journal, &record, 77));
	record.boot++;
	assert_true(journal_add(&journal, &record, 77));
}

static void what_the_store_gives_is_taken_up(void **state)
{
	unsigned last = 0;

	(void)state;
	for (unsigned number = 1; number <= 20; number++)
		add(number, 60);
	journal_adopt(&journal, journal_bytes(&journal));
	assert_int_equal(count(&last), 20);
	add(21, 60);
	assert_int_equal(count(&last), 21);
}

static void what_is_none_is_empty(void **state)
{
	unsigned last = 0;
	size_t bytes;

	(void)state;
	add(1, 60);
	bytes = journal_bytes(&journal);
	journal_adopt(&journal, bytes - 1);
	assert_int_equal(count(&last), 0);
	add(1, 60);
	journal.magic ^= 1;
	journal_adopt(&journal, bytes);
	assert_int_equal(count(&last), 0);
	add(1, 60);
	journal.used_bytes = UINT32_MAX;
	journal_adopt(&journal, bytes);
	assert_int_equal(count(&last), 0);
	journal_adopt(&journal, 0);
	assert_int_equal(journal_bytes(&journal), 8);
}

static void entries_behind_a_bad_one_are_lost(void **state)
{
	const size_t length_at = offsetof(struct journal_entry, length_bytes);
	unsigned last = 0;

	(void)state;
	for (unsigned number = 1; number <= 4; number++)
		add(number, 52);
	journal.entries[200 + length_at] = 0xff; /* an entry is 100 bytes */
	journal.entries[200 + length_at + 1] = 0xff;
	journal_adopt(&journal, journal_bytes(&journal));
	assert_int_equal(count(&last), 2);
	assert_int_equal(journal_bytes(&journal), 8 + 200);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(the_last_that_fit_are_kept, journal_setup),
		cmocka_unit_test_setup(the_same_is_kept_once, journal_setup),
		cmocka_unit_test_setup(what_the_store_gives_is_taken_up, journal_setup),
		cmocka_unit_test_setup(what_is_none_is_empty, journal_setup),
		cmocka_unit_test_setup(entries_behind_a_bad_one_are_lost, journal_setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
