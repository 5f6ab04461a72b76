/*
 * Every drop reason has a test: a case that raises exactly this counter, by
 * one, and leaves every other alone. A reason added without a case fails
 * every_reason_has_a_case.
 */
#include "tests/unit/fw_cases.h"

static const drop_case_t *const layers[] = { fw_cases_link, fw_cases_packet, fw_cases_policy };

/* The reason's case; NULL: none, or several, of which one would never be run. */
static drop_case_t case_of(unsigned reason)
{
	drop_case_t found = NULL;

	for (unsigned i = 0; i < sizeof layers / sizeof *layers; i++) {
		if (layers[i][reason] == NULL)
			continue;
		if (found != NULL)
			return NULL;
		found = layers[i][reason];
	}
	return found;
}

static void every_reason_has_a_case(void **state)
{
	unsigned missing = 0;

	(void)state;
	for (unsigned reason = 1; reason < FW_REASON_COUNT; reason++) {
		if (case_of(reason) != NULL)
			continue;
		print_error("not one case for %s\n", fw_reason_word(reason));
		missing++;
	}
	assert_int_equal(missing, 0);
}

static void every_case_counts_its_reason_once_and_no_other(void **state)
{
	unsigned wrong = 0;

	(void)state;
	for (unsigned reason = 1; reason < FW_REASON_COUNT; reason++) {
		struct world *w = world_new();

		case_of(reason)(w);
		for (unsigned other = 0; other < FW_REASON_COUNT; other++) {
			if (w->fw.dropped[other] == (other == reason))
				continue;
			print_error("case %s counted %s %u times\n", fw_reason_word(reason),
				    fw_reason_word(other), (unsigned)w->fw.dropped[other]);
			wrong++;
		}
		world_free(w);
	}
	assert_int_equal(wrong, 0);
}

/* What is dropped opens no flow and leaves no binding behind. */
static void dropped_openers_leave_nothing_behind(void **state)
{
	static const enum fw_reason openers[] = {
		DROP_TCP_CHECKSUM, DROP_TCP_NO_FLOW,    DROP_UDP_CHECKSUM,  DROP_ICMP_CHECKSUM,
		DROP_RULE_DENIED,  DROP_DEFAULT_DENIED, DROP_NAT_EXHAUSTED, DROP_NO_ROUTE,
		DROP_FLOW_REVOKED, DROP_HOST_SOURCE,    DROP_IP_SPOOFED,
	};

	(void)state;
	for (unsigned i = 0; i < sizeof openers / sizeof *openers; i++) {
		struct world *w = world_new();

		case_of(openers[i])(w);
		assert_int_equal(w->fw.conns.used, 0);
		assert_int_equal(w->fw.nat.used, 0);
		world_free(w);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_reason_has_a_case),
		cmocka_unit_test(every_case_counts_its_reason_once_and_no_other),
		cmocka_unit_test(dropped_openers_leave_nothing_behind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
