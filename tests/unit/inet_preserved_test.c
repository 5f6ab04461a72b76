/* inet.state: torn commits, flipped bits, and rings. */
#include "netstack/inet/preserved.h"
#include "tests/unit/unit.h"

#include <stdbool.h>
#include <string.h>

enum { ENTRY = 3 };

static struct preserved_region region;

static struct preserved_record record_of(uint32_t number)
{
	return (struct preserved_record){ .socket_id = number,
					  .type = 1,
					  .receive_next = number * 7 };
}

static int setup(void **state)
{
	(void)state;
	memset(&region, 0, sizeof(region));
	preserved_init(&region);
	return 0;
}

static void a_free_entry_is_absent(void **state)
{
	struct preserved_record record;

	(void)state;
	assert_int_equal(preserved_load(&region, ENTRY, &record), E_ABSENT);
	record = record_of(1);
	preserved_commit(&region.entries[ENTRY], &record);
	assert_int_equal(preserved_load(&region, ENTRY, &record), OK);
	memset(&record, 0, sizeof(record));
	preserved_commit(&region.entries[ENTRY], &record);
	assert_int_equal(preserved_load(&region, ENTRY, &record), E_ABSENT);
}

/* The death: any part of the commit's writes has happened, in order. */
static void a_commit_torn_at_any_byte_leaves_the_former_record(void **state)
{
	struct preserved_entry before, after;
	struct preserved_record record, second = record_of(2), first = record_of(1);

	(void)state;
	preserved_commit(&region.entries[ENTRY], &first);
	before = region.entries[ENTRY];
	preserved_commit(&region.entries[ENTRY], &second);
	after = region.entries[ENTRY];
	/* The second commit went to slot 0. */
	for (size_t done = 0; done < sizeof(struct preserved_slot); done++) {
		region.entries[ENTRY] = before;
		memcpy(&region.entries[ENTRY].slots[0], &after.slots[0], done);
		/* Its last bytes may be what was there before. */
		bool whole = memcmp(region.entries[ENTRY].slots, after.slots,
				    sizeof(struct preserved_slot)) == 0;
		assert_int_equal(preserved_load(&region, ENTRY, &record), OK);
		assert_memory_equal(&record, whole ? &second : &first, sizeof(record));
	}
	region.entries[ENTRY] = after;
	assert_int_equal(preserved_load(&region, ENTRY, &record), OK);
	assert_memory_equal(&record, &second, sizeof(record));
}

static void the_very_first_commit_torn_leaves_a_free_entry(void **state)
{
	struct preserved_record record = record_of(1);
	struct preserved_entry after;

	(void)state;
	preserved_commit(&region.entries[ENTRY], &record);
	after = region.entries[ENTRY];
	for (size_t done = 0; done < sizeof(struct preserved_slot); done++) {
		memset(&region.entries[ENTRY], 0, sizeof(after));
		memcpy(&region.entries[ENTRY].slots[1], &after.slots[1], done);
		bool whole = memcmp(&region.entries[ENTRY].slots[1], &after.slots[1],
				    sizeof(struct preserved_slot)) == 0;
		assert_int_equal(preserved_load(&region, ENTRY, &record), whole ? OK : E_ABSENT);
	}
}

static void every_flipped_bit_of_the_record_in_force_is_found(void **state)
{
	struct preserved_record record = record_of(1);
	uint8_t *bytes = (uint8_t *)&region.entries[ENTRY].slots[1];

	(void)state;
	preserved_commit(&region.entries[ENTRY], &record);
	for (size_t bit = 0; bit < sizeof(struct preserved_slot) * 8; bit++) {
		bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_int_equal(preserved_load(&region, ENTRY, &record), E_DAMAGED);
		bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	assert_int_equal(preserved_load(&region, ENTRY, &record), OK);
}

static void every_flipped_bit_of_the_count_is_found(void **state)
{
	struct preserved_record record;
	uint32_t newest;

	(void)state;
	for (newest = 1; newest < 5; newest++) {
		record = record_of(newest + 1);
		preserved_commit(&region.entries[ENTRY], &record);
	}
	preserved_commit(&region.entries[ENTRY], &record);
	for (int bit = 0; bit < 32; bit++) {
		struct preserved_entry whole = region.entries[ENTRY];
		region.entries[ENTRY].committed ^= 1u << bit;
		enum status status = preserved_load(&region, ENTRY, &record);
		/* One less: the newest record is there to tell; the older is never taken. */
		assert_int_equal(status, bit == 0 ? OK : E_DAMAGED);
		assert_true(bit != 0 || record.socket_id == newest);
		region.entries[ENTRY] = whole;
	}
}

static void every_flipped_bit_of_the_data_is_found(void **state)
{
	struct preserved_record record = record_of(1);
	uint8_t *ring = region.sent[ENTRY];

	(void)state;
	record.send.begin = record.send.end = UINT32_MAX - 20; /* wraps in number and place */
	preserved_append(ring, &record.send, "forty bytes of data that wrap around....", 40);
	preserved_consume(ring, &record.send, 4);
	preserved_commit(&region.entries[ENTRY], &record);
	assert_int_equal(preserved_load(&region, ENTRY, &record), OK);
	for (uint32_t at = record.send.begin; at != record.send.end; at++)
		for (int bit = 0; bit < 8; bit++) {
			ring[at % PRESERVED_RING_BYTES] ^= (uint8_t)(1 << bit);
			assert_int_equal(preserved_load(&region, ENTRY, &record), E_DAMAGED);
			ring[at % PRESERVED_RING_BYTES] ^= (uint8_t)(1 << bit);
		}
	/* What lies outside the range matters to nobody. */
	ring[record.send.end % PRESERVED_RING_BYTES] ^= 1;
	assert_int_equal(preserved_load(&region, ENTRY, &record), OK);
}

static void what_is_taken_away_leaves_the_sum_of_the_rest(void **state)
{
	struct preserved_range range = { .begin = 100, .end = 100 };
	uint8_t *ring = region.received[ENTRY];

	(void)state;
	preserved_append(ring, &range, "abcdef", 6);
	uint64_t whole = range.sum;
	preserved_append(ring, &range, "gh", 2);
	preserved_retract(ring, &range, 2);
	assert_true(range.sum == whole);
	preserved_consume(ring, &range, 6);
	assert_true(range.sum == 0);
	assert_int_equal(preserved_bytes(&range), 0);
}

static void a_region_of_another_layout_is_begun_anew(void **state)
{
	struct preserved_record record = record_of(1);

	(void)state;
	preserved_commit(&region.entries[ENTRY], &record);
	preserved_init(&region);
	assert_int_equal(preserved_load(&region, ENTRY, &record), OK);
	region.entry_bytes--;
	preserved_init(&region);
	assert_int_equal(preserved_load(&region, ENTRY, &record), E_ABSENT);
}

static void what_is_forgotten_is_gone_also_if_the_next_death_comes_soon(void **state)
{
	struct preserved_record record = record_of(1);

	(void)state;
	preserved_commit(&region.entries[ENTRY], &record);
	region.loading = 7;
	preserved_forget(&region);
	assert_int_equal(preserved_load(&region, ENTRY, &record), E_ABSENT);
	assert_int_equal(region.loading, 0);
	record = record_of(2);
	preserved_commit(&region.entries[ENTRY], &record);
	region.magic = 0; /* as if it had died while it forgot */
	preserved_init(&region);
	assert_int_equal(preserved_load(&region, ENTRY, &record), E_ABSENT);
}

#define TEST(name) cmocka_unit_test_setup(name, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_free_entry_is_absent),
		TEST(a_commit_torn_at_any_byte_leaves_the_former_record),
		TEST(the_very_first_commit_torn_leaves_a_free_entry),
		TEST(every_flipped_bit_of_the_record_in_force_is_found),
		TEST(every_flipped_bit_of_the_count_is_found),
		TEST(every_flipped_bit_of_the_data_is_found),
		TEST(what_is_taken_away_leaves_the_sum_of_the_rest),
		TEST(a_region_of_another_layout_is_begun_anew),
		TEST(what_is_forgotten_is_gone_also_if_the_next_death_comes_soon),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
