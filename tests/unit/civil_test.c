/* Dates against a calendar that counts one day after the other. */
#include "services/runtime/civil.h"
#include "tests/unit/unit.h"

#include <string.h>

#define DAY_S 86400

static unsigned days_in(int32_t year, unsigned month)
{
	static const unsigned days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

	if (month == 2 && ((year % 4 == 0 && year % 100 != 0) || year % 400 == 0))
		return 29;
	return days[month - 1];
}

static void day_check(int64_t day, const struct civil *expected)
{
	static const int32_t within[] = { 0, 1, 3599, 43200, 45296, 86399 };

	for (size_t i = 0; i < sizeof(within) / sizeof(within[0]); i++) {
		struct civil got, wanted = *expected;
		int64_t back, at = day * DAY_S + within[i];

		wanted.hour = (uint8_t)(within[i] / 3600);
		wanted.minute = (uint8_t)(within[i] % 3600 / 60);
		wanted.second = (uint8_t)(within[i] % 60);
		assert_true(civil_of_unix(at, &got));
		assert_memory_equal(&got, &wanted, sizeof(got));
		assert_true(civil_to_unix(&got, &back));
		assert_true(back == at);
	}
}

static void each_day_follows_the_one_before(void **state)
{
	struct civil at = { .year = 1970, .month = 1, .day = 1, .weekday = 4 };

	(void)state;
	for (int64_t day = 0; at.year <= CIVIL_YEAR_LAST; day++) {
		day_check(day, &at);
		at.weekday = (uint8_t)((at.weekday + 1) % 7);
		if (at.day < days_in(at.year, at.month)) {
			at.day++;
			continue;
		}
		at.day = 1;
		at.year += at.month == 12;
		at.month = (uint8_t)(at.month % 12 + 1);
	}
}

static void dates_that_are_none_are_refused(void **state)
{
	static const struct civil wrong[] = {
		{ .year = 1969, .month = 12, .day = 31 },
		{ .year = 10000, .month = 1, .day = 1 },
		{ .year = 2026, .month = 0, .day = 1 },
		{ .year = 2026, .month = 13, .day = 1 },
		{ .year = 2026, .month = 1, .day = 0 },
		{ .year = 2026, .month = 2, .day = 29 },
		{ .year = 2100, .month = 2, .day = 29 },
		{ .year = 2026, .month = 4, .day = 31 },
		{ .year = 2026, .month = 1, .day = 1, .hour = 24 },
		{ .year = 2026, .month = 1, .day = 1, .minute = 60 },
		{ .year = 2016, .month = 12, .day = 31, .hour = 23, .minute = 59, .second = 60 },
	};
	struct civil civil;
	int64_t unix_s;

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_false(civil_to_unix(&wrong[i], &unix_s));
	assert_false(civil_of_unix(-1, &civil));
	assert_false(civil_of_unix(INT64_MIN, &civil));
	assert_false(civil_of_unix(253402300800, &civil));
	assert_int_equal(civil.year, 1970);
}

static void format_check(int64_t unix_us, int32_t offset, unsigned digits, const char *expected)
{
	char text[CIVIL_TEXT_BYTES];

	assert_int_equal(civil_format(unix_us, offset, digits, text), strlen(expected));
	assert_string_equal(text, expected);
}

static void texts_are_those_of_rfc_3339(void **state)
{
	(void)state;
	format_check(0, 0, 0, "1970-01-01T00:00:00Z");
	format_check(1795265184123456, 0, 6, "2026-11-21T12:46:24.123456Z");
	format_check(1795265184123456, 60, 3, "2026-11-21T13:46:24.123+01:00");
	format_check(1795265184123456, -210, 0, "2026-11-21T09:16:24-03:30");
	format_check(1795265184023456, 0, 1, "2026-11-21T12:46:24.0Z");
	format_check(253402300799999999, 0, 99, "9999-12-31T23:59:59.999999Z");
	format_check(253402300799999999, 1, 0, "-");
	format_check(-1, 0, 0, "-");
	format_check(0, -1, 0, "-");
	format_check(0, INT32_MIN, 0, "-");
	format_check(INT64_MAX, INT32_MAX, 6, "-");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_day_follows_the_one_before),
		cmocka_unit_test(dates_that_are_none_are_refused),
		cmocka_unit_test(texts_are_those_of_rfc_3339),
	};

	return cmocka_run_group_tests_name("civil", tests, NULL, NULL);
}
