/* Scan codes of set 1 to what a terminal sends. */
#include "drivers/video/vga/keyboard.h"
#include "tests/unit/unit.h"

#include <stdio.h>
#include <string.h>

static struct keyboard keyboard;

/* What the codes, two hexadecimal digits each, send. */
static const char *sent(const char *codes)
{
	static char result[64];
	size_t length = 0;
	unsigned code;
	int used;

	for (; sscanf(codes, "%2x%n", &code, &used) == 1; codes += used) {
		uint8_t bytes[KEYBOARD_BYTES];
		size_t count = keyboard_code(&keyboard, (uint8_t)code, bytes);

		assert_in_range(count, 0, sizeof(bytes));
		memcpy(result + length, bytes, count);
		length += count;
	}
	result[length] = '\0';
	return result;
}

static int begin(void **state)
{
	(void)state;
	keyboard = (struct keyboard){ 0 };
	return 0;
}

static void letters_and_signs_of_the_us_layout(void **state)
{
	(void)state;
	assert_string_equal(sent("23a3 12 26 26 19 39 0b 0c 35 28 2b 29 1c 9c"), "hellp 0-/'\\`\r");
}

static void shift_holds_until_released(void **state)
{
	(void)state;
	assert_string_equal(sent("2a 1e aa 1e 36 03 35 b6 03"), "Aa@?2");
}

static void caps_lock_changes_letters_only(void **state)
{
	(void)state;
	assert_string_equal(sent("3a ba 1e 02 2a 1e 02 aa 3a ba 1e"), "A1a!a");
}

static void control_makes_control_characters(void **state)
{
	(void)state;
	assert_string_equal(sent("1d 2e 9d 2e e01d 16 e09d"), "\003c\025");
}

static void editing_keys_send_sequences(void **state)
{
	(void)state;
	assert_string_equal(sent("e048 e0c8 e050 e04b e04d e047 e04f e053 48 0e 0f"),
			    "\033[A\033[B\033[D\033[C\033[H\033[F\033[3~\033[A\177\t");
}

static void shift_around_the_middle_block_is_none(void **state)
{
	(void)state;
	assert_string_equal(sent("e02a e04b e0cb e0aa 1e"), "\033[Da");
}

static void keypad_enter_and_slash(void **state)
{
	(void)state;
	assert_string_equal(sent("e035 e0b5 e01c e09c"), "/\r");
}

static void keys_without_a_use_send_nothing(void **state)
{
	(void)state;
	/* Pause, a function key, Alt, Insert, Windows, page up; answers of the keyboard. */
	assert_string_equal(sent("e11d45 e19dc5 3b bb 38 b8 e052 e05b e049 fa ff 00 1e"), "a");
}

static void any_code_in_any_state_is_harmless(void **state)
{
	uint32_t random = 3;

	(void)state;
	for (unsigned i = 0; i < 100000; i++) {
		uint8_t bytes[KEYBOARD_BYTES];

		random = random * 1664525u + 1013904223u;
		assert_in_range(keyboard_code(&keyboard, (uint8_t)(random >> 24), bytes), 0,
				sizeof(bytes));
	}
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, begin)
	const struct CMUnitTest tests[] = {
		TEST(letters_and_signs_of_the_us_layout),
		TEST(shift_holds_until_released),
		TEST(caps_lock_changes_letters_only),
		TEST(control_makes_control_characters),
		TEST(editing_keys_send_sequences),
		TEST(shift_around_the_middle_block_is_none),
		TEST(keypad_enter_and_slash),
		TEST(keys_without_a_use_send_nothing),
		TEST(any_code_in_any_state_is_harmless),
	};
#undef TEST

	return cmocka_run_group_tests(tests, NULL, NULL);
}
