/* show crashes, and what show version says of the boot before. */
#include "tests/unit/console_document.h"
#include "tests/unit/console_world.h"
#include "tests/unit/unit.h"

#include <string.h>

static int begin(void **state)
{
	(void)state;
	world_init();
	return 0;
}

static void kernel_dies(uint32_t boot, const char *text)
{
	struct crash_record *record = world_crash("kernel", boot);

	record->slot = CRASH_OF_KERNEL;
	strcpy(record->text, text);
	world_crash_seal(record);
}

static void check_says(const char *line, const char *expected)
{
	const char *printed = world_run(line);

	if (strstr(printed, expected) == NULL)
		fail_msg("'%s' said '%s', not '%s'", line, printed, expected);
}

static void a_machine_without_crashes_says_so(void **state)
{
	(void)state;
	check_says("show crashes", "no crash since the last cold start");
	assert_int_equal(array_length("show crashes json", "crashes"), 0);
}

static void all_that_is_known_of_a_crash_is_shown(void **state)
{
	struct crash_record *record = world_crash("firewall", 1);

	(void)state;
	record->generation = 7;
	record->cause = EXIT_EXCEPTION;
	record->detail = 14;
	record->address = 0xfffffffffffffff8ull; /* exact, though no double holds it */
	record->registers[15] = 0x400123;
	record->stack[31] = 0x400456;
	record->trace[0] = 1;
	record->trace[15] = 5;
	strcpy(record->image, "firewall");
	strcpy(record->build_id, "1.0-old");
	strcpy(record->text, "all \"lost\"");
	world_crash_seal(record);
	check_number("show crashes json", "crashes.0.sequence", 1);
	check_number("show crashes json", "crashes.0.generation", 7);
	check_text("show crashes json", "crashes.0.service", "firewall");
	check_text("show crashes json", "crashes.0.cause", "exception");
	check_text("show crashes json", "crashes.0.detail", "0xe");
	check_text("show crashes json", "crashes.0.address", "0xfffffffffffffff8");
	check_text("show crashes json", "crashes.0.registers.rip", "0x400123");
	check_text("show crashes json", "crashes.0.trace.0", "receive");
	check_text("show crashes json", "crashes.0.image", "firewall");
	check_text("show crashes json", "crashes.0.build_id", "1.0-old");
	check_text("show crashes json", "crashes.0.text", "all \"lost\"");
	check_says("show crashes json", "\"0x400456\"],\"trace\"");
	check_says("show crashes", "1: firewall, life 7, exception at 0 ms\r\n   all \"lost\"\r\n");
	check_says("show crashes", "rip 0000000000400123");
	check_says("show crashes", "0000000000400456\r\n");
	check_says("show crashes", "notify\r\n");
}

static void records_of_earlier_boots_are_marked(void **state)
{
	(void)state;
	world.crashes.boots = 3;
	world_crash("ds", 2);
	world_crash("ds", 3);
	check_says("show crashes", "1: ds, life 0, none at 0 ms of an earlier boot, 2 of 3\r\n");
	check_says("show crashes", "2: ds, life 0, none at 0 ms\r\n");
	check_says("show crashes json", "\"boot\":2,\"earlier_boot\":true");
	check_says("show crashes json", "\"boot\":3,\"earlier_boot\":false");
	check_number("show crashes json", "boot", 3);
}

static void the_kernels_last_words_are_told_from_a_death(void **state)
{
	(void)state;
	world.crashes.boots = 2;
	kernel_dies(1, "out of luck");
	check_says("show crashes", "1: kernel, kernel panic at 0 ms of an earlier boot, 1 of 2\r\n"
				   "   out of luck\r\n");
	check_text("show crashes json", "crashes.0.cause", "kernel panic");
	check_says("show crashes json", "\"kernel\":true");
	assert_null(strstr(world_run("show crashes json"), "registers"));
}

static void version_tells_of_a_kernel_that_failed_just_before(void **state)
{
	(void)state;
	world.crashes.boots = 2;
	world.kernel.warm = 1;
	assert_null(strstr(world_run("show version"), "failed"));
	kernel_dies(1, "out of luck");
	world_crash("ds", 2);
	check_says("show version", "the kernel failed before this boot: out of luck\r\n");
	check_says("show version", "started 2 times since the last cold start");
	check_text("show version json", "kernel_failure", "out of luck");
	world.crashes.boots = 3; /* and once more, for another reason */
	assert_null(strstr(world_run("show version"), "failed"));
	assert_null(strstr(world_run("show version json"), "kernel_failure"));
}

static void the_last_records_asked_for_are_shown(void **state)
{
	(void)state;
	for (unsigned i = 0; i < CRASH_RECORDS + 10; i++)
		world_crash("ds", 1);
	assert_int_equal(array_length("show crashes json", "crashes"), 3);
	assert_int_equal(array_length("show crashes 10 json", "crashes"), 10);
	assert_int_equal(array_length("show crashes 64 json", "crashes"), CRASH_RECORDS);
	check_number("show crashes 64 json", "crashes.0.sequence", 11);
	check_number("show crashes 1 json", "crashes.0.sequence", CRASH_RECORDS + 10);
	check_text("show crashes 65 json", "error", "'65' is not a number from 1 to 64");
	check_text("show crashes 0 json", "error", "'0' is not a number from 1 to 64");
}

static void a_record_that_does_not_check_out_is_none(void **state)
{
	(void)state;
	world_crash("ds", 1)->registers[3] ^= 1;
	world_crash("firewall", 1);
	check_says("show crashes", "1: the record was cut short\r\n2: firewall");
	assert_int_equal(array_length("show crashes json", "crashes"), 1);
}

static void every_flipped_bit_of_a_record_is_found(void **state)
{
	struct crash_record *record = world_crash("firewall", 1), copy;
	uint8_t *bytes = (uint8_t *)record;

	(void)state;
	world_crash_seal(record);
	assert_true(view_crash_get(1, &copy));
	for (size_t bit = 0; bit < 8 * sizeof(*record); bit++) {
		bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_false(view_crash_get(1, &copy));
		bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
}

static void a_log_that_lies_is_bounded(void **state)
{
	(void)state;
	world.crashes.next_sequence = UINT32_MAX;
	assert_int_equal(array_length("show crashes 64 json", "crashes"), 0);
	world.crashes.magic = 0;
	assert_int_equal(array_length("show crashes json", "crashes"), 0);
}

static void the_widest_record_fits_a_step(void **state)
{
	struct crash_record *record = world_crash("ds", 1);

	(void)state;
	memset(&record->generation, 0xff,
	       sizeof(*record) - offsetof(struct crash_record, generation));
	record->trace[3] = SYSCALL_COUNT;
	world_crash_seal(record);
	check_text("show crashes json", "crashes.0.cause", "unknown");
	check_text("show crashes json", "crashes.0.trace.2", "none");
	check_text("show crashes json", "crashes.0.trace.3", "unknown");
	check_says("show crashes", "\\xff");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, begin)
	const struct CMUnitTest tests[] = {
		TEST(a_machine_without_crashes_says_so),
		TEST(all_that_is_known_of_a_crash_is_shown),
		TEST(records_of_earlier_boots_are_marked),
		TEST(the_kernels_last_words_are_told_from_a_death),
		TEST(version_tells_of_a_kernel_that_failed_just_before),
		TEST(the_last_records_asked_for_are_shown),
		TEST(a_record_that_does_not_check_out_is_none),
		TEST(every_flipped_bit_of_a_record_is_found),
		TEST(a_log_that_lies_is_bounded),
		TEST(the_widest_record_fits_a_step),
	};
#undef TEST

	return cmocka_run_group_tests(tests, NULL, NULL);
}
