/* Wall time from a page that changes, that is damaged, and that grows old. */
#include "services/runtime/crc32.h"
#include "services/runtime/wallclock.h"
#include "tests/unit/unit.h"

#include <string.h>

#define SECOND_US 1000000ll
#define NOW_US    1795265184000000

static struct clock_page page;

static void page_seal(void)
{
	page.crc32 = crc32_of(&page.version, sizeof(page) - offsetof(struct clock_page, version));
}

static int page_setup(void **state)
{
	(void)state;
	page = (struct clock_page){
		.sequence = 2,
		.version = CLOCK_PAGE_VERSION,
		.source = CLOCK_SNTP,
		.base_us = 100 * SECOND_US,
		.offset_us = NOW_US,
		.error_us = 10000,
	};
	page_seal();
	return 0;
}

static int64_t unix_at(uint64_t time_us)
{
	struct wallclock out;

	page_seal();
	assert_true(wallclock_read(&page, time_us, &out));
	return out.unix_us;
}

static void every_flipped_bit_of_a_page_is_found(void **state)
{
	struct clock_page whole = page, copy;

	(void)state;
	for (size_t bit = 0; bit < 8 * sizeof(page); bit++) {
		page = whole;
		((uint8_t *)&page)[bit / 8] ^= (uint8_t)(1u << bit % 8);
		if (!wallclock_copy(&page, &copy))
			continue;
		copy.sequence = whole.sequence; /* counts, and says nothing */
		assert_memory_equal(&copy, &whole, sizeof(copy));
	}
}

static void time_goes_on_from_the_offset(void **state)
{
	struct wallclock out;

	(void)state;
	assert_true(unix_at(0) == NOW_US);
	assert_true(unix_at(100 * SECOND_US) == NOW_US + 100 * SECOND_US);
	assert_true(wallclock_read(&page, 3700 * SECOND_US, &out));
	assert_true(out.unix_us == NOW_US + 3700ll * SECOND_US);
	assert_int_equal(out.source, CLOCK_SNTP);
	assert_int_equal(out.error_us, 10000 + 3600 * CLOCK_DRIFT_PPM);
}

static void a_correction_is_spread_and_then_done(void **state)
{
	struct wallclock out;

	(void)state;
	page.slew_us = -1000; /* 2 s at 500 ppm */
	assert_true(unix_at(99 * SECOND_US) == NOW_US + 99 * SECOND_US);
	assert_true(unix_at(101 * SECOND_US) == NOW_US + 101 * SECOND_US - 500);
	assert_true(wallclock_read(&page, 101 * SECOND_US, &out));
	assert_int_equal(out.error_us, 10000 + 500 + CLOCK_DRIFT_PPM);
	assert_true(unix_at(102 * SECOND_US) == NOW_US + 102 * SECOND_US - 1000);
	assert_true(unix_at(500 * SECOND_US) == NOW_US + 500 * SECOND_US - 1000);
	page.slew_us = 1000;
	assert_true(unix_at(101 * SECOND_US) == NOW_US + 101 * SECOND_US + 500);
}

static void time_never_runs_backwards_while_it_is_corrected(void **state)
{
	int64_t before = 0;

	(void)state;
	page.slew_us = -100000;
	page.rate_ppb = -1000000;
	page_seal();
	for (uint64_t us = 99 * SECOND_US; us < 101 * SECOND_US; us += 997) {
		int64_t at = unix_at(us);
		assert_true(at > before);
		before = at;
	}
}

static void a_crystals_rate_counts_both_ways(void **state)
{
	(void)state;
	page.rate_ppb = 50000;
	assert_true(unix_at(200 * SECOND_US) == NOW_US + 200 * SECOND_US + 5000);
	assert_true(unix_at(0) == NOW_US - 5000);
}

static void nobody_knows_without_a_source(void **state)
{
	struct wallclock out;

	(void)state;
	page.source = CLOCK_NONE;
	page_seal();
	assert_false(wallclock_read(&page, 0, &out));
	memset(&page, 0, sizeof(page));
	assert_false(wallclock_read(&page, 0, &out));
}

static void each_bit_that_turns_over_is_noticed(void **state)
{
	struct wallclock out;

	(void)state;
	for (size_t bit = 32; bit < 8 * sizeof(page); bit++) {
		((uint8_t *)&page)[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_false(wallclock_read(&page, 0, &out));
		((uint8_t *)&page)[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	page.sequence = 3; /* its writer died half-way */
	assert_false(wallclock_read(&page, 0, &out));
}

#define REFUSED(field, value)                                                                      \
	do {                                                                                       \
		page_setup(NULL);                                                                  \
		page.field = (value);                                                              \
		page_seal();                                                                       \
		assert_false(wallclock_read(&page, 200 * SECOND_US, &out));                        \
	} while (0)

static void sums_that_are_right_do_not_make_nonsense_true(void **state)
{
	struct wallclock out;

	(void)state;
	REFUSED(version, CLOCK_PAGE_VERSION + 1);
	REFUSED(source, CLOCK_SNTP + 1);
	REFUSED(offset_us, INT64_MAX);
	REFUSED(offset_us, INT64_MIN);
	REFUSED(offset_us, -(int64_t)(201 * SECOND_US));
	REFUSED(slew_us, INT64_MIN);
	REFUSED(rate_ppb, INT32_MIN);
	REFUSED(base_us, UINT64_MAX);
	REFUSED(server[CLOCK_SERVER_BYTES - 1], 'x');
	page_setup(NULL);
	assert_false(wallclock_read(&page, UINT64_MAX, &out));
}

static void sources_have_names(void **state)
{
	(void)state;
	assert_string_equal(wallclock_source_text(CLOCK_CMOS), "cmos");
	assert_string_equal(wallclock_source_text(77), "unknown");
}

#define TEST(function) cmocka_unit_test_setup(function, page_setup)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(every_flipped_bit_of_a_page_is_found),
		TEST(time_goes_on_from_the_offset),
		TEST(a_correction_is_spread_and_then_done),
		TEST(time_never_runs_backwards_while_it_is_corrected),
		TEST(a_crystals_rate_counts_both_ways),
		TEST(nobody_knows_without_a_source),
		TEST(each_bit_that_turns_over_is_noticed),
		TEST(sums_that_are_right_do_not_make_nonsense_true),
		TEST(sources_have_names),
	};

	return cmocka_run_group_tests_name("wallclock", tests, NULL, NULL);
}
