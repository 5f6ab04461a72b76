/*
 * The log's ring: followed from a kernel's log that is written meanwhile, taken
 * over after deaths and reboots; and its records as syslog messages.
 */
#include "services/log/ring.h"
#include "services/log/syslog.h"
#include "services/runtime/logring.h"
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct log_ring ring;
static struct kernel_log kernel;
static int64_t unix_offset_us;

static int64_t unix_us(uint64_t time_us)
{
	return unix_offset_us == 0 ? 0 : (int64_t)time_us + unix_offset_us;
}

static void name_of(uint16_t slot, char name[NAME_BYTES])
{
	snprintf(name, NAME_BYTES, "s%u", slot);
}

static const struct ring_names names = { .unix_us = unix_us, .service = name_of };

static void kernel_says(const char *text)
{
	uint64_t sequence = kernel.next_sequence++;
	struct log_record *record = &kernel.records[sequence % KERNEL_LOG_RECORDS];

	*record = (struct log_record){ .sequence = sequence,
				       .time_us = sequence * 1000,
				       .slot = 7,
				       .level = LOG_NOTICE,
				       .generation = 2,
				       .length_bytes = (uint16_t)strlen(text) };
	memcpy(record->text, text, strlen(text));
}

static void kernel_says_many(unsigned count)
{
	char text[32];

	for (unsigned i = 0; i < count; i++) {
		snprintf(text, sizeof(text), "line %llu", (unsigned long long)kernel.next_sequence);
		kernel_says(text);
	}
}

static int world_setup(void **state)
{
	(void)state;
	memset(&ring, 0, sizeof(ring));
	memset(&kernel, 0, sizeof(kernel));
	kernel.next_sequence = 1;
	unix_offset_us = 0;
	ring_init(&ring, &kernel, false);
	return 0;
}

static void follow(void)
{
	while (ring_follow(&ring, &kernel, &names, 64) != 0)
		;
}

static void has(uint64_t sequence, const char *text)
{
	struct log_ring_record record;

	assert_true(logring_get(&ring, sequence, &record));
	assert_int_equal(record.length_bytes, strlen(text));
	assert_memory_equal(record.text, text, strlen(text));
}

static void range_is(uint64_t first_wanted, uint64_t next_wanted)
{
	uint64_t first, next;

	logring_range(&ring, &first, &next);
	assert_int_equal(first, first_wanted);
	assert_int_equal(next, next_wanted);
}

static void lines_get_wall_time_as_soon_as_it_is_known(void **state)
{
	struct log_ring_record record;

	(void)state;
	kernel_says("early");
	follow();
	unix_offset_us = 1795265184000000;
	kernel_says("late");
	follow();
	range_is(1, 3);
	has(1, "early");
	assert_true(logring_get(&ring, 1, &record));
	assert_true(record.unix_us == 0);
	assert_true(logring_get(&ring, 2, &record));
	assert_true(record.unix_us == 1795265184002000);
	assert_string_equal(record.service, "s7");
	assert_int_equal(record.generation, 2);
	assert_int_equal(record.level, LOG_NOTICE);
	assert_int_equal(record.boot, 1);
}

static void a_turn_is_bounded(void **state)
{
	(void)state;
	kernel_says_many(200);
	assert_int_equal(ring_follow(&ring, &kernel, &names, 64), 136);
	range_is(1, 65);
}

static void what_was_overwritten_is_counted(void **state)
{
	(void)state;
	kernel_says_many(KERNEL_LOG_RECORDS + 100);
	follow();
	assert_int_equal(ring.missed, 100);
	assert_false(logring_get(&ring, 1, &(struct log_ring_record){ 0 }));
	has(2, "line 102");
	range_is(2, KERNEL_LOG_RECORDS + 1);
	kernel.records[(kernel.next_sequence - 1) % KERNEL_LOG_RECORDS].sequence = 0;
	ring.kernel_next--;
	follow();
	assert_int_equal(ring.missed, 101);
}

static void the_ring_keeps_the_last(void **state)
{
	(void)state;
	for (int i = 0; i < 10; i++) {
		kernel_says_many(300);
		follow();
	}
	range_is(3001 - LOG_RING_RECORDS, 3001);
	has(3000, "line 3000");
	has(3001 - LOG_RING_RECORDS, "line 2490");
	assert_int_equal(ring.missed, 0);
}

/* --- Taking over ---------------------------------------------------------------- */

static void the_next_life_goes_on_without_a_gap_or_a_double(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 700; i++) {
		kernel_says_many(1);
		follow();
		if (i % 3 == 0)
			ring.kernel_next--; /* died behind the copy */
		if (i % 3 == 1)
			ring.next_sequence--; /* died between the record and the count */
		ring_init(&ring, &kernel, true);
		follow();
		range_is(i + 2 > LOG_RING_RECORDS ? i + 2 - LOG_RING_RECORDS : 1, i + 2);
	}
	has(700, "line 700");
	has(600, "line 600");
	assert_int_equal(ring.boot, 1);
	assert_int_equal(ring.missed, 0);
}

static void a_death_within_a_record_leaves_the_others(void **state)
{
	struct log_ring_record record;

	(void)state;
	kernel_says_many(20);
	follow();
	ring.records[20].sequence = 0; /* being written, */
	ring.records[20].text[0] = 'X';
	ring.next_sequence = 20;
	ring.kernel_next = 20;
	ring_init(&ring, &kernel, true);
	follow();
	range_is(1, 21);
	has(20, "line 20");
	assert_true(logring_get(&ring, 19, &record));
}

static void records_of_former_boots_stay(void **state)
{
	struct log_ring_record record;

	(void)state;
	kernel_says("before");
	follow();
	memset(&kernel, 0, sizeof(kernel));
	kernel.next_sequence = 1;
	ring_init(&ring, &kernel, false);
	kernel_says("after");
	follow();
	range_is(1, 3);
	assert_true(logring_get(&ring, 1, &record));
	assert_int_equal(record.boot, 1);
	assert_true(logring_get(&ring, 2, &record));
	assert_int_equal(record.boot, 2);
	assert_int_equal(ring.boot, 2);
}

static void damaged_records_are_none(void **state)
{
	(void)state;
	kernel_says_many(100);
	follow();
	for (size_t bit = 0; bit < 8 * sizeof(struct log_ring_record); bit++) {
		struct log_ring saved = ring;
		((uint8_t *)&ring.records[50])[bit / 8] ^= (uint8_t)(1u << bit % 8);
		ring_init(&ring, &kernel, true);
		assert_false(logring_get(&ring, 50, &(struct log_ring_record){ 0 }));
		has(49, "line 49");
		has(51, "line 51");
		assert_int_equal(ring.next_sequence, 101);
		ring = saved;
	}
}

/* Counters may be wrong then, and lines stand there twice; but each line is one that was written.
 */
static void a_flipped_bit_in_the_head_costs_no_record_or_all(void **state)
{
	(void)state;
	kernel_says_many(100);
	follow();
	for (size_t bit = 0; bit < 8 * offsetof(struct log_ring, records); bit++) {
		struct log_ring saved = ring;
		((uint8_t *)&ring)[bit / 8] ^= (uint8_t)(1u << bit % 8);
		ring_init(&ring, &kernel, true);
		if (bit / 8 >= sizeof(ring.magic)) {
			has(1, "line 1");
			has(100, "line 100");
		}
		kernel_says("afterwards");
		follow();
		assert_true(ring.next_sequence > 1);
		has(ring.next_sequence - 1, "afterwards");
		kernel.next_sequence--;
		ring = saved;
	}
}

static void a_region_full_of_noise_is_empty(void **state)
{
	(void)state;
	srand(1);
	for (size_t i = 0; i < sizeof(ring); i++)
		((uint8_t *)&ring)[i] = (uint8_t)rand();
	ring.magic = LOG_RING_MAGIC;
	ring_init(&ring, &kernel, true);
	kernel_says("here");
	ring.kernel_next = 1;
	follow();
	range_is(1, 2);
	has(1, "here");
}

static void readers_of_an_empty_region_find_nothing(void **state)
{
	(void)state;
	memset(&ring, 0, sizeof(ring));
	range_is(1, 1);
	assert_false(logring_get(&ring, 0, &(struct log_ring_record){ 0 }));
	assert_false(logring_get(&ring, 1, &(struct log_ring_record){ 0 }));
}

/* --- Messages --------------------------------------------------------------------- */

static struct log_ring_record record_of(const char *text)
{
	struct log_ring_record record = { .sequence = 12,
					  .time_us = 3456789,
					  .generation = 4,
					  .slot = 3,
					  .level = LOG_WARNING,
					  .length_bytes = (uint16_t)strlen(text),
					  .service = "dnsd" };

	memcpy(record.text, text, strlen(text));
	return record;
}

static void message_is(const struct log_ring_record *record, int64_t unix_us_wanted,
		       const char *host, const char *wanted)
{
	char out[SYSLOG_MESSAGE_BYTES];
	size_t bytes = syslog_message(record, unix_us_wanted, host, out);

	assert_int_equal(bytes, strlen(wanted));
	assert_memory_equal(out, wanted, bytes);
}

static void messages_are_those_of_rfc_5424(void **state)
{
	struct log_ring_record record = record_of("all is well");
	char frame[SYSLOG_FRAME_BYTES];

	(void)state;
	message_is(&record, 1795265184123456, "gate",
		   "<132>1 2026-11-21T12:46:24.123456Z gate dnsd 4 - "
		   "[meta sequenceId=\"12\" sysUpTime=\"345\"] all is well");
	record.slot = LOG_FROM_KERNEL;
	record.level = LOG_ERROR;
	memcpy(record.service, "kernel", 7);
	message_is(&record, 0, "",
		   "<3>1 - - kernel 4 - [meta sequenceId=\"12\" sysUpTime=\"345\"] all is well");
	record.sequence = 2147483648u;
	message_is(&record, 0, "",
		   "<3>1 - - kernel 4 - [meta sequenceId=\"1\" sysUpTime=\"345\"] all is well");
	record.sequence = 1;
	size_t bytes = syslog_frame(&record, 0, "", frame);
	assert_memory_equal(frame, "69 <3>1 -", 9);
	assert_int_equal(bytes, 69 + 3);
}

static void what_was_made_to_be_written_ends_no_message(void **state)
{
	struct log_ring_record record = record_of("a\nb\r\x1b[2J\x7f");

	(void)state;
	memcpy(record.service, "x y\n]", 6);
	message_is(
		&record, 0, "my host",
		"<132>1 - my?host x?y?] 4 - [meta sequenceId=\"12\" sysUpTime=\"345\"] a?b??[2J?");
}

static void nothing_is_too_long(void **state)
{
	struct log_ring_record record;
	char out[SYSLOG_FRAME_BYTES], host[65];

	(void)state;
	memset(&record, 'x', sizeof(record));
	record.service[15] = 0;
	record.length_bytes = LOG_TEXT_BYTES;
	memset(host, 'h', 64);
	host[64] = 0;
	assert_true(syslog_frame(&record, INT64_MAX, host, out) <= sizeof(out));
	assert_true(syslog_frame(&record, 253402300799999999, host, out) <= sizeof(out));
	record.length_bytes = UINT16_MAX;
	assert_true(syslog_frame(&record, 0, host, out) <= sizeof(out));
}

#define TEST(function) cmocka_unit_test_setup(function, world_setup)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(lines_get_wall_time_as_soon_as_it_is_known),
		TEST(a_turn_is_bounded),
		TEST(what_was_overwritten_is_counted),
		TEST(the_ring_keeps_the_last),
		TEST(the_next_life_goes_on_without_a_gap_or_a_double),
		TEST(a_death_within_a_record_leaves_the_others),
		TEST(records_of_former_boots_stay),
		TEST(damaged_records_are_none),
		TEST(a_flipped_bit_in_the_head_costs_no_record_or_all),
		TEST(a_region_full_of_noise_is_empty),
		TEST(readers_of_an_empty_region_find_nothing),
		TEST(messages_are_those_of_rfc_5424),
		TEST(what_was_made_to_be_written_ends_no_message),
		TEST(nothing_is_too_long),
	};

	return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}
