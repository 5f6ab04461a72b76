/* Questions for a name, and what of the answers is believed. */
#include "services/runtime/dnsname.h"
#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>

#define ID 0x4711

static uint8_t query[DNSNAME_QUERY_BYTES];
static uint8_t answer[DNSNAME_ANSWER_BYTES];
static size_t query_bytes, answer_bytes;
static uint32_t addresses[DNSNAME_ADDRESSES_MAX];
static unsigned count;

static void answer_begin(const char *name, uint8_t code, uint8_t records)
{
	query_bytes = dnsname_query_build(name, ID, query);
	memcpy(answer, query, query_bytes);
	answer[2] |= 0x80;
	answer[3] = (uint8_t)(0x80 | code);
	answer[7] = records;
	answer_bytes = query_bytes;
}

static void record_add(uint8_t type, const void *data, uint8_t bytes)
{
	const uint8_t head[] = { 0xc0, 12, 0, type, 0, 1, 0, 0, 1, 44, 0, bytes };

	memcpy(answer + answer_bytes, head, sizeof(head));
	memcpy(answer + answer_bytes + sizeof(head), data, bytes);
	answer_bytes += sizeof(head) + bytes;
}

static enum dnsname_outcome parse(void)
{
	uint8_t *exact = malloc(answer_bytes); /* so that a byte too far is noticed */

	memcpy(exact, answer, answer_bytes);
	enum dnsname_outcome outcome =
		dnsname_answer_parse(exact, answer_bytes, query, query_bytes, addresses, &count);
	free(exact);
	return outcome;
}

static void question_is_one_for_an_address(void **state)
{
	static const uint8_t expected[] = { 0x47, 0x11, 1,   0, 0,   1,   0,   0, 0, 0, 0, 0,
					    2,    'n',  't', 3, 'o', 'r', 'g', 0, 0, 1, 0, 1 };

	(void)state;
	assert_int_equal(dnsname_query_build("nt.org", ID, query), sizeof(expected));
	assert_memory_equal(query, expected, sizeof(expected));
	assert_int_equal(dnsname_query_build("nt.org.", ID, query), sizeof(expected));
}

static void what_is_no_name_is_not_asked_for(void **state)
{
	char longer[300];

	(void)state;
	memset(longer, 'x', sizeof(longer));
	longer[64] = 0;
	assert_int_equal(dnsname_query_build(longer, ID, query), 0);
	for (int i = 50; i < 299; i += 50)
		longer[i] = '.';
	longer[64] = 'x';
	longer[299] = 0;
	assert_int_equal(dnsname_query_build(longer, ID, query), 0);
	assert_int_equal(dnsname_query_build("", ID, query), 0);
	assert_int_equal(dnsname_query_build("a..b", ID, query), 0);
	assert_int_equal(dnsname_query_build(".", ID, query), 0);
}

static void addresses_are_recognised(void **state)
{
	static const char *const names[] = { "",        "1.2.3",        "1.2.3.4.5", "256.1.1.1",
					     "1.2.3.a", "time.example", "1.2.3.4 ",  "0001.2.3.4" };
	uint32_t address;

	(void)state;
	assert_true(dnsname_is_address("203.0.113.1", &address));
	assert_int_equal(address, 0xcb007101);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		assert_false(dnsname_is_address(names[i], &address));
}

static void addresses_behind_aliases_are_found(void **state)
{
	(void)state;
	answer_begin("time.example", 0, 3);
	record_add(5, "\1a\xc0\x0c", 4);
	record_add(1, "\xcb\0\x71\1", 4);
	record_add(1, "\xcb\0\x71\2", 4);
	answer[13] = 'T'; /* case does not matter */
	assert_int_equal(parse(), DNSNAME_FOUND);
	assert_int_equal(count, 2);
	assert_int_equal(addresses[0], 0xcb007101);
	assert_int_equal(addresses[1], 0xcb007102);
}

static void no_more_addresses_than_there_is_room_for(void **state)
{
	(void)state;
	answer_begin("time.example", 0, 20);
	for (int i = 0; i < 20; i++)
		record_add(1, "\xcb\0\x71\1", 4);
	assert_int_equal(parse(), DNSNAME_FOUND);
	assert_int_equal(count, DNSNAME_ADDRESSES_MAX);
}

static void outcomes_are_told_apart(void **state)
{
	(void)state;
	answer_begin("time.example", 3, 0);
	assert_int_equal(parse(), DNSNAME_NONE);
	answer_begin("time.example", 2, 0);
	assert_int_equal(parse(), DNSNAME_FAILED);
	answer_begin("time.example", 0, 0);
	assert_int_equal(parse(), DNSNAME_NONE);
	answer[2] |= 2; /* cut short */
	assert_int_equal(parse(), DNSNAME_FAILED);
	answer_begin("time.example", 0, 1);
	record_add(28, "0123456789abcdef", 16);
	assert_int_equal(parse(), DNSNAME_NONE);
}

static void answers_to_something_else_are_not_looked_at(void **state)
{
	static const size_t places[] = { 0, 1, 5, 13, 20 };

	(void)state;
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		answer_begin("time.example", 0, 1);
		record_add(1, "\xcb\0\x71\1", 4);
		answer[places[i]] ^= 1;
		assert_int_equal(parse(), DNSNAME_FOREIGN);
	}
	answer_begin("time.example", 0, 1);
	answer[2] &= 0x7f;
	assert_int_equal(parse(), DNSNAME_FOREIGN);
	answer_begin("time.example", 0, 1);
	answer[2] |= 0x28;
	assert_int_equal(parse(), DNSNAME_FOREIGN);
}

static void answers_that_are_cut_anywhere_are_bounded(void **state)
{
	(void)state;
	answer_begin("time.example", 0, 3);
	record_add(5, "\1a\xc0\x0c", 4);
	record_add(1, "\xcb\0\x71\1", 4);
	size_t whole = answer_bytes;
	for (answer_bytes = 0; answer_bytes < whole; answer_bytes++)
		assert_int_not_equal(parse(), DNSNAME_FOUND);
	answer_bytes = whole;
	assert_int_equal(parse(), DNSNAME_FOUND);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(question_is_one_for_an_address),
		cmocka_unit_test(what_is_no_name_is_not_asked_for),
		cmocka_unit_test(addresses_are_recognised),
		cmocka_unit_test(addresses_behind_aliases_are_found),
		cmocka_unit_test(no_more_addresses_than_there_is_room_for),
		cmocka_unit_test(outcomes_are_told_apart),
		cmocka_unit_test(answers_to_something_else_are_not_looked_at),
		cmocka_unit_test(answers_that_are_cut_anywhere_are_bounded),
	};

	return cmocka_run_group_tests_name("dnsname", tests, NULL, NULL);
}
