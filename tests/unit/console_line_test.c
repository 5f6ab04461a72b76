/* The line editor: what is in the line, and what a VT100 then shows. */
#include "drivers/video/vga/screen.h"
#include "services/console/line.h"
#include "tests/unit/unit.h"

#include <stdio.h>
#include <string.h>

/* The editor's output goes to the screen of the vga driver, a second opinion on what it means. */
struct world {
	struct line line;
	struct screen screen;
};

static enum line_event type(struct world *world, const char *bytes)
{
	enum line_event event = LINE_EDITING;

	for (; *bytes != '\0'; bytes++) {
		char memory[4096];
		struct text out;

		text_init(&out, memory, sizeof(memory));
		event = line_input(&world->line, (uint8_t)*bytes, &out);
		assert_false(out.overflow);
		screen_write(&world->screen, (const uint8_t *)out.bytes, out.length);
	}
	return event;
}

static void show(struct world *world)
{
	char memory[512];
	struct text out;

	text_init(&out, memory, sizeof(memory));
	line_show(&world->line, &out);
	screen_write(&world->screen, (const uint8_t *)out.bytes, out.length);
}

static void world_init(struct world *world)
{
	line_init(&world->line);
	screen_clear(&world->screen);
	show(world);
}

/* Checks line and cursor, and that the screen's row shows just that. */
static void check(struct world *world, const char *expected, unsigned cursor)
{
	char row[SCREEN_COLUMNS + 1];
	char wanted[SCREEN_COLUMNS + 1];
	unsigned first = world->line.first;

	assert_string_equal(world->line.bytes, expected);
	assert_int_equal(world->line.length, strlen(expected));
	assert_int_equal(world->line.cursor, cursor);
	for (unsigned column = 0; column < SCREEN_COLUMNS; column++)
		row[column] =
			(char)world->screen.cells[world->screen.row * SCREEN_COLUMNS + column];
	row[SCREEN_COLUMNS] = '\0';
	(void)snprintf(wanted, sizeof(wanted), "%s%-*.*s ", LINE_PROMPT, (int)LINE_WINDOW,
		       (int)LINE_WINDOW, expected + first);
	assert_string_equal(row, wanted);
	assert_int_equal(world->screen.column, strlen(LINE_PROMPT) + cursor - first);
}

static void typed_text_is_in_line_and_on_screen(void **state)
{
	struct world world;

	(void)state;
	world_init(&world);
	type(&world, "show log");
	check(&world, "show log", 8);
}

static void backspace_delete_and_arrows_edit_anywhere(void **state)
{
	struct world world;

	(void)state;
	world_init(&world);
	type(&world, "show logx\177");
	check(&world, "show log", 8);
	type(&world, "\033[D\033[D\033[D\b");
	check(&world, "showlog", 4);
	type(&world, "-");
	check(&world, "show-log", 5);
	type(&world, "\033[3~");
	check(&world, "show-og", 5);
	type(&world, "\033[H\033[3~\033OC");
	check(&world, "how-og", 1);
	type(&world, "\033[F!");
	check(&world, "how-og!", 7);
}

static void control_keys_move_and_remove(void **state)
{
	struct world world;

	(void)state;
	world_init(&world);
	type(&world, "service show firewall\027");
	check(&world, "service show ", 13);
	type(&world, "\001\006\006\013");
	check(&world, "se", 2);
	type(&world, "x\002\004");
	check(&world, "se", 2);
	type(&world, "yz\025");
	check(&world, "", 0);
	type(&world, "\010\004\027\013\025\033[D\033[C");
	check(&world, "", 0);
}

static void line_longer_than_the_screen_scrolls_sideways(void **state)
{
	struct world world;
	char expected[LINE_BYTES] = "";

	(void)state;
	world_init(&world);
	for (unsigned i = 0; i < 200; i++) {
		char digit[] = { (char)('0' + i % 10), '\0' };

		type(&world, digit);
		strcat(expected, digit);
		check(&world, expected, i + 1);
	}
	for (unsigned i = 200; i > 0; i--) {
		type(&world, "\033[D");
		check(&world, expected, i - 1);
	}
	type(&world, "\005");
	check(&world, expected, 200);
	for (unsigned i = 200; i > 0; i--) {
		type(&world, "\177");
		expected[i - 1] = '\0';
		check(&world, expected, i - 1);
	}
}

static void line_has_a_limit(void **state)
{
	struct world world;

	(void)state;
	world_init(&world);
	for (unsigned i = 0; i < 2 * LINE_BYTES; i++)
		type(&world, "x");
	assert_int_equal(world.line.length, LINE_BYTES - 1);
	assert_int_equal(strlen(world.line.bytes), LINE_BYTES - 1);
}

static void enter(struct world *world)
{
	assert_int_equal(type(world, "\r"), LINE_ENTERED);
	line_clear(&world->line);
	show(world);
}

static void arrows_recall_lines_and_come_back_to_the_draft(void **state)
{
	struct world world;

	(void)state;
	world_init(&world);
	type(&world, "one");
	enter(&world);
	type(&world, "two");
	enter(&world);
	type(&world, "two");
	enter(&world);
	type(&world, "dra");
	type(&world, "\033[A");
	check(&world, "two", 3);
	type(&world, "\033[A");
	check(&world, "one", 3);
	type(&world, "\033[A");
	check(&world, "one", 3);
	type(&world, "\033[B\033[B");
	check(&world, "dra", 3);
	type(&world, "\033[B");
	check(&world, "dra", 3);
	type(&world, "\020\020x");
	check(&world, "onex", 4);
}

static void history_keeps_the_last_lines_only(void **state)
{
	struct world world;
	char line[] = "a";

	(void)state;
	world_init(&world);
	for (unsigned i = 0; i < HISTORY_LINES + 3; i++) {
		line[0] = (char)('a' + i);
		type(&world, line);
		enter(&world);
	}
	for (unsigned i = 0; i < 2 * HISTORY_LINES; i++)
		type(&world, "\033[A");
	check(&world, "d", 1);
}

static void return_and_line_feed_enter_once(void **state)
{
	struct world world;

	(void)state;
	world_init(&world);
	assert_int_equal(type(&world, "a\r"), LINE_ENTERED);
	line_clear(&world.line);
	assert_int_equal(type(&world, "\n"), LINE_EDITING);
	assert_int_equal(type(&world, "b\n"), LINE_ENTERED);
}

static void control_c_empties_the_line(void **state)
{
	struct world world;

	(void)state;
	world_init(&world);
	assert_int_equal(type(&world, "reboot\003"), LINE_CANCELLED);
	show(&world);
	check(&world, "", 0);
}

static void foreign_bytes_and_sequences_are_ignored(void **state)
{
	struct world world;

	(void)state;
	world_init(&world);
	type(&world, "a\001\005\033[99~\033[1;5Z\033\033[\033[99~\303\277\033x\007b");
	check(&world, "ab", 2);
}

static void tab_asks_for_completion(void **state)
{
	struct world world;

	(void)state;
	world_init(&world);
	assert_int_equal(type(&world, "sh\t"), LINE_COMPLETE);
	check(&world, "sh", 2);
}

/* Whatever is typed, the invariants of line.h hold. */
static void random_keys_break_no_invariant(void **state)
{
	struct world world;
	uint32_t random = 1;

	(void)state;
	world_init(&world);
	for (unsigned i = 0; i < 50000; i++) {
		char key[] = { 0, 0 };

		random = random * 1664525u + 1013904223u;
		key[0] = (char)(random >> 24);
		if (random & 0x800)
			key[0] = "\033[ABCDHF3~\r"[random >> 12 & 10];
		if (type(&world, key) == LINE_ENTERED)
			line_clear(&world.line);
		assert_in_range(world.line.cursor, 0, world.line.length);
		assert_in_range(world.line.length, 0, LINE_BYTES - 1);
		assert_int_equal(strlen(world.line.bytes), world.line.length);
		assert_in_range(world.line.cursor, world.line.first,
				world.line.first + LINE_WINDOW);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(typed_text_is_in_line_and_on_screen),
		cmocka_unit_test(backspace_delete_and_arrows_edit_anywhere),
		cmocka_unit_test(control_keys_move_and_remove),
		cmocka_unit_test(line_longer_than_the_screen_scrolls_sideways),
		cmocka_unit_test(line_has_a_limit),
		cmocka_unit_test(arrows_recall_lines_and_come_back_to_the_draft),
		cmocka_unit_test(history_keeps_the_last_lines_only),
		cmocka_unit_test(return_and_line_feed_enter_once),
		cmocka_unit_test(control_c_empties_the_line),
		cmocka_unit_test(foreign_bytes_and_sequences_are_ignored),
		cmocka_unit_test(tab_asks_for_completion),
		cmocka_unit_test(random_keys_break_no_invariant),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
