/* What a service is told of itself: time, regions, names; and what it says in the log. */
#include "services/runtime/clock.h"
#include "services/runtime/kernel.h"
#include "services/runtime/service.h"
#include "tests/unit/runtime_world.h"

#include <string.h>

#define US_A_YEAR (365ull * 86400 * 1000000)

static void clock_is_right_to_two_millionths_over_a_year(void **state)
{
	static const uint64_t khz[] = { 500000, 1000000, 1999999, 2893421, 3000000, 5700123 };

	(void)state;
	for (size_t i = 0; i < sizeof(khz) / sizeof(khz[0]); i++) {
		uint64_t ticks = US_A_YEAR / 1000 * khz[i];
		uint64_t us = clock_us(ticks, clock_multiplier(khz[i]));
		/* Rounded down: never ahead. */
		assert_in_range(us, US_A_YEAR - US_A_YEAR / 500000, US_A_YEAR);
	}
}

static void clock_takes_any_number_of_ticks(void **state)
{
	(void)state;
	uint64_t multiplier = clock_multiplier(4096000);
	assert_int_equal(clock_us(0, multiplier), 0);
	assert_int_equal(clock_us(UINT64_MAX, multiplier), UINT64_MAX / 4096);
	assert_int_equal(clock_us(UINT64_MAX - 4096, multiplier), UINT64_MAX / 4096 - 1);
}

static void clock_does_not_run_backwards(void **state)
{
	(void)state;
	uint64_t multiplier = clock_multiplier(2893421), before = 0;
	for (uint64_t ticks = 1ull << 52; ticks < (1ull << 52) + 100000; ticks += 7) {
		uint64_t us = clock_us(ticks, multiplier);
		assert_true(us >= before);
		before = us;
	}
}

static void time_counts_from_boot(void **state)
{
	(void)state;
	world_info()->boot_tsc = __builtin_ia32_rdtsc();
	uint64_t first_us = time_us();
	uint64_t second_us = time_us();
	assert_true(first_us <= second_us);
	assert_in_range(second_us, 0, 60000000); /* with the TSC of no machine 60 s */
}

static void region_is_found_by_its_whole_alias(void **state)
{
	(void)state;
	world_map_add("port1.drv", 0x20000000, 4096);
	world_map_add("port1", 0x20002000, 8192);
	world_map_add("fifteen.letters", 0x20005000, 4096);
	assert_int_equal((uintptr_t)region("port1", 8192), 0x20002000);
	assert_int_equal((uintptr_t)region("port1.drv", 1), 0x20000000);
	assert_int_equal((uintptr_t)region("fifteen.letters", 0), 0x20005000);
	assert_null(region_find("port"));
	assert_null(region_find(""));
	assert_null(region_find("port1.drv2"));
}

static void region_that_is_absent_or_too_small_is_the_manifests_mistake(void **state)
{
	(void)state;
	world_map_add("flows", 0x20000000, 4096);
	assert_panics((void)region("fw.table", 1));
	assert_string_equal(ipc_buffer()->text, "the manifest maps no region fw.table");
	assert_panics((void)region("flows", 4097));
	assert_string_equal(ipc_buffer()->text, "region flows has 4096 bytes, 4097 are needed");
}

static void damaged_counts_lead_nowhere(void **state)
{
	(void)state;
	world_info()->map_count = UINT32_MAX;
	world_info()->service_count = UINT32_MAX;
	assert_null(region_find("flows"));
	assert_int_equal(service_slot("nobody"), SERVICE_MAX);
	assert_string_equal(service_name(SERVICE_MAX), "nobody");
}

static void names_and_slots_are_each_others_inverse(void **state)
{
	(void)state;
	assert_int_equal(service_slot("self"), 1);
	assert_string_equal(service_name(service_slot("rs")), "rs");
	assert_int_equal(service_slot("sel"), SERVICE_MAX);
	assert_int_equal(service_slot("selfish"), SERVICE_MAX);
	assert_string_equal(service_name(2), "nobody");
}

static void log_line_has_level_and_length_and_no_newline(void **state)
{
	(void)state;
	log_warning("%s %d\n", "port", 3);
	assert_int_equal(world.calls[0].number, SYS_LOG);
	assert_int_equal(world.calls[0].arguments.word[0], LOG_WARNING);
	assert_int_equal(world.calls[0].arguments.word[1], strlen("port 3"));
	assert_memory_equal(ipc_buffer()->text, "port 3", strlen("port 3"));
}

static void log_line_is_cut_to_what_the_kernel_takes(void **state)
{
	char longer[2 * LOG_TEXT_BYTES];

	(void)state;
	memset(longer, 'x', sizeof(longer));
	longer[sizeof(longer) - 1] = '\0';
	memset(ipc_buffer()->ports, 0xa5, sizeof(ipc_buffer()->ports));
	log_info("%s", longer);
	assert_int_equal(world.calls[0].arguments.word[1], LOG_TEXT_BYTES - 1);
	assert_int_equal(ipc_buffer()->ports[0].value, 0xa5a5a5a5);
	log_info("%s", "");
	assert_int_equal(world.calls[1].arguments.word[1], 0);
}

#define TEST(function) cmocka_unit_test_setup(function, world_setup)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(clock_is_right_to_two_millionths_over_a_year),
		TEST(clock_takes_any_number_of_ticks),
		TEST(clock_does_not_run_backwards),
		TEST(time_counts_from_boot),
		TEST(region_is_found_by_its_whole_alias),
		TEST(region_that_is_absent_or_too_small_is_the_manifests_mistake),
		TEST(damaged_counts_lead_nowhere),
		TEST(names_and_slots_are_each_others_inverse),
		TEST(log_line_has_level_and_length_and_no_newline),
		TEST(log_line_is_cut_to_what_the_kernel_takes),
	};

	return cmocka_run_group_tests_name("runtime_info", tests, NULL, NULL);
}
