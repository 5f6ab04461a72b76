/* The screen: text, control characters and the sequences of a VT100. */
#include "drivers/video/vga/screen.h"
#include "tests/unit/unit.h"

#include <stdio.h>
#include <string.h>

static struct screen screen;

static void write_text(const char *text)
{
	screen_write(&screen, (const uint8_t *)text, strlen(text));
}

static void check_row(unsigned row, const char *expected)
{
	char shown[SCREEN_COLUMNS + 1], wanted[SCREEN_COLUMNS + 1];

	for (unsigned column = 0; column < SCREEN_COLUMNS; column++)
		shown[column] = (char)screen.cells[row * SCREEN_COLUMNS + column];
	shown[SCREEN_COLUMNS] = '\0';
	(void)snprintf(wanted, sizeof(wanted), "%-80s", expected);
	assert_string_equal(shown, wanted);
}

static void check_cursor(unsigned row, unsigned column)
{
	assert_int_equal(screen.row, row);
	assert_int_equal(screen.column, column);
}

static int begin(void **state)
{
	(void)state;
	screen_clear(&screen);
	return 0;
}

static void lines_stand_below_each_other(void **state)
{
	(void)state;
	write_text("one\r\ntwo\nthree");
	check_row(0, "one");
	check_row(1, "two");
	check_row(2, "   three");
	check_cursor(2, 8);
}

static void tab_backspace_and_bell(void **state)
{
	(void)state;
	write_text("\b\ba\tb\bc\a");
	check_row(0, "a       c");
	check_cursor(0, 9);
	write_text("\t\t\t\t\t\t\t\t\t\t\t\t");
	check_cursor(0, SCREEN_COLUMNS - 1);
}

static void full_last_row_scrolls(void **state)
{
	(void)state;
	for (char line[] = "a"; line[0] <= 'z'; line[0]++) {
		write_text(line);
		write_text("\r\n");
	}
	check_row(0, "c");
	check_row(23, "z");
	check_row(24, "");
	check_cursor(24, 0);
}

static void last_column_wraps_with_the_next_character_only(void **state)
{
	char line[SCREEN_COLUMNS + 1];

	(void)state;
	memset(line, 'x', SCREEN_COLUMNS);
	line[SCREEN_COLUMNS] = '\0';
	write_text(line);
	check_cursor(0, SCREEN_COLUMNS - 1);
	write_text("\r\nnext");
	check_row(1, "next");
	write_text("\r\n");
	write_text(line);
	write_text("y");
	check_row(3, "y");
	check_cursor(3, 1);
}

static void cursor_sequences_move_within_the_screen(void **state)
{
	(void)state;
	write_text("\033[5;10H");
	check_cursor(4, 9);
	write_text("\033[2A\033[3B\033[4C\033[D");
	check_cursor(5, 12);
	write_text("\033[999A\033[999D");
	check_cursor(0, 0);
	write_text("\033[999;999H");
	check_cursor(SCREEN_ROWS - 1, SCREEN_COLUMNS - 1);
	write_text("\033[99999999999999999999B\033[C");
	check_cursor(SCREEN_ROWS - 1, SCREEN_COLUMNS - 1);
	write_text("\033[H");
	check_cursor(0, 0);
}

static void erasing_takes_the_part_asked_for(void **state)
{
	(void)state;
	write_text("abcdef\r\nghijkl\r\nmnopqr\033[2;3H\033[K");
	check_row(1, "gh");
	write_text("\033[1;3H\033[1K");
	check_row(0, "   def");
	write_text("\033[3;3H\033[2K");
	check_row(2, "");
	write_text("\033[1;5H\033[J");
	check_row(0, "   d");
	check_row(1, "");
	write_text("\033[25;1Hlast\033[2J");
	check_row(24, "");
}

static void colours_are_the_cards(void **state)
{
	(void)state;
	write_text("a\033[31;1mb\033[0;44mc\033[7md\033[me");
	assert_int_equal(screen.cells[0] >> 8, 0x07);
	assert_int_equal(screen.cells[1] >> 8, 0x0c);
	assert_int_equal(screen.cells[2] >> 8, 0x17);
	assert_int_equal(screen.cells[3] >> 8, 0x71);
	assert_int_equal(screen.cells[4] >> 8, 0x07);
}

static void unknown_sequences_show_nothing(void **state)
{
	(void)state;
	write_text("a\033[?25l\033[1;2;3;4;5;6;7r\0337\033[6nb\303\251\342\202\254c\177");
	check_row(0, "ab??c");
}

static void earlier_life_is_taken_up(void **state)
{
	uint16_t cells[SCREEN_CELLS];

	(void)state;
	for (unsigned cell = 0; cell < SCREEN_CELLS; cell++)
		cells[cell] = 0x0700 | '.';
	screen_load(&screen, cells, 3 * SCREEN_COLUMNS + 2);
	write_text("x");
	assert_int_equal(screen.cells[3 * SCREEN_COLUMNS + 2], 0x0700 | 'x');
	assert_int_equal(screen_cursor(&screen), 3 * SCREEN_COLUMNS + 3);
	screen_load(&screen, cells, 0xffff);
	check_cursor(0, 0);
}

static void changed_rows_are_marked(void **state)
{
	(void)state;
	screen.changed = 0;
	write_text("\033[3;1Hx");
	assert_int_equal(screen.changed, 1u << 2);
	screen.changed = 0;
	write_text("\033[25;1H\n");
	assert_int_equal(screen.changed, (1u << SCREEN_ROWS) - 1);
}

/* Bytes at random: the sanitizers look on. */
static void random_bytes_stay_on_the_screen(void **state)
{
	uint32_t random = 7;

	(void)state;
	for (unsigned i = 0; i < 200000; i++) {
		uint8_t byte;

		random = random * 1664525u + 1013904223u;
		byte = (uint8_t)(random >> 24);
		if (random & 0x100)
			byte = (uint8_t) "\033[0129;HJKABCDm\r\n"[(random >> 16) % 17];
		screen_write(&screen, &byte, 1);
		assert_in_range(screen.row, 0, SCREEN_ROWS - 1);
		assert_in_range(screen.column, 0, SCREEN_COLUMNS - 1);
	}
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, begin)
	const struct CMUnitTest tests[] = {
		TEST(lines_stand_below_each_other),
		TEST(tab_backspace_and_bell),
		TEST(full_last_row_scrolls),
		TEST(last_column_wraps_with_the_next_character_only),
		TEST(cursor_sequences_move_within_the_screen),
		TEST(erasing_takes_the_part_asked_for),
		TEST(colours_are_the_cards),
		TEST(unknown_sequences_show_nothing),
		TEST(earlier_life_is_taken_up),
		TEST(changed_rows_are_marked),
		TEST(random_bytes_stay_on_the_screen),
	};
#undef TEST

	return cmocka_run_group_tests(tests, NULL, NULL);
}
