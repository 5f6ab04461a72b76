/* Ports and sequence numbers: netstack/inet/random.c. */
#include "netstack/inet/random.h"
#include "netstack/inet/siphash.h"
#include "tests/unit/unit.h"

/* Aumasson and Bernstein, appendix A: key 00..0f, input 00..0e. */
static void siphash_gives_the_published_value(void **state)
{
	struct siphash_key key = { 0x0706050403020100u, 0x0f0e0d0c0b0a0908u };
	uint8_t input[15];

	(void)state;
	for (uint8_t i = 0; i < sizeof(input); i++)
		input[i] = i;
	assert_true(siphash(&key, input, sizeof(input)) == 0xa129ca6149be45e5u);
}

static void isn_follows_the_clock_for_one_connection(void **state)
{
	struct inet_flow_id flow = { 1, 2, 3, 4 };
	uint32_t before = inet_random_isn(&flow, 1000000);
	uint32_t after = inet_random_isn(&flow, 1000400);

	(void)state;
	assert_int_equal(after - before, 100); /* RFC 6528: one each 4 us */
}

static void isn_of_another_connection_cannot_be_told_from_one(void **state)
{
	struct inet_flow_id flow = { 1, 2, 3, 4 };
	uint32_t first = inet_random_isn(&flow, 0);
	unsigned close_ones = 0;

	(void)state;
	for (uint16_t port = 5; port < 105; port++) {
		flow.remote_port = port;
		close_ones += inet_random_isn(&flow, 0) - first < 1u << 20;
	}
	assert_in_range(close_ones, 0, 3); /* expected: 100 / 4096 */
}

static void ports_are_dynamic_ones_and_spread(void **state)
{
	unsigned lower_half = 0;

	(void)state;
	for (int i = 0; i < 1000; i++) {
		uint16_t port = inet_random_port();
		assert_in_range(port, 49152, 65535);
		lower_half += port < 57344;
	}
	assert_in_range(lower_half, 350, 650);
}

static void stirring_changes_what_follows(void **state)
{
	uint32_t seen[16];

	(void)state;
	for (int i = 0; i < 16; i++) {
		inet_random_stir();
		seen[i] = inet_random_u32();
		for (int j = 0; j < i; j++)
			assert_int_not_equal(seen[i], seen[j]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(siphash_gives_the_published_value),
		cmocka_unit_test(isn_follows_the_clock_for_one_connection),
		cmocka_unit_test(isn_of_another_connection_cannot_be_told_from_one),
		cmocka_unit_test(ports_are_dynamic_ones_and_spread),
		cmocka_unit_test(stirring_changes_what_follows),
	};
	inet_random_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
