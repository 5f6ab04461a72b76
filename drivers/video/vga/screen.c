/* See screen.h. */
#include "drivers/video/vga/screen.h"

#include <string.h>

#define ATTRIBUTE_NORMAL 0x07u /* light grey on black */
#define ATTRIBUTE_BRIGHT 0x08u
#define NUMBER_MAX       999u
#define TAB_COLUMNS      8u
#define KEY_ESCAPE       0x1b

static void screen_erase(struct screen *screen, unsigned from, unsigned end)
{
	for (unsigned cell = from; cell < end; cell++)
		screen->cells[cell] = (uint16_t)(screen->attribute << 8 | ' ');
	for (unsigned row = from / SCREEN_COLUMNS; row * SCREEN_COLUMNS < end; row++)
		screen->changed |= 1u << row;
}

void screen_clear(struct screen *screen)
{
	memset(screen, 0, sizeof(*screen));
	screen->attribute = ATTRIBUTE_NORMAL;
	screen_erase(screen, 0, SCREEN_CELLS);
}

void screen_load(struct screen *screen, const uint16_t cells[SCREEN_CELLS], unsigned cursor)
{
	screen_clear(screen);
	memcpy(screen->cells, cells, sizeof(screen->cells));
	if (cursor >= SCREEN_CELLS)
		return;
	screen->row = cursor / SCREEN_COLUMNS;
	screen->column = cursor % SCREEN_COLUMNS;
}

unsigned screen_cursor(const struct screen *screen)
{
	return screen->row * SCREEN_COLUMNS + screen->column;
}

static void screen_scroll(struct screen *screen)
{
	memmove(screen->cells, screen->cells + SCREEN_COLUMNS,
		(SCREEN_CELLS - SCREEN_COLUMNS) * sizeof(screen->cells[0]));
	screen_erase(screen, SCREEN_CELLS - SCREEN_COLUMNS, SCREEN_CELLS);
	screen->changed = (1u << SCREEN_ROWS) - 1;
}

static void screen_line_feed(struct screen *screen)
{
	if (screen->row + 1 < SCREEN_ROWS)
		screen->row++;
	else
		screen_scroll(screen);
	screen->wrap = false;
}

static void screen_put(struct screen *screen, uint8_t character)
{
	if (screen->wrap) {
		screen->column = 0;
		screen_line_feed(screen);
	}
	screen->cells[screen_cursor(screen)] = (uint16_t)(screen->attribute << 8 | character);
	screen->changed |= 1u << screen->row;
	if (screen->column + 1 < SCREEN_COLUMNS)
		screen->column++;
	else
		screen->wrap = true;
}

static void screen_tab(struct screen *screen)
{
	unsigned column = (screen->column / TAB_COLUMNS + 1) * TAB_COLUMNS;

	screen->column = column < SCREEN_COLUMNS ? column : SCREEN_COLUMNS - 1;
}

static void screen_control(struct screen *screen, uint8_t byte)
{
	switch (byte) {
	case '\r':
		screen->column = 0;
		screen->wrap = false;
		break;
	case '\n':
		screen_line_feed(screen);
		break;
	case '\b':
		screen->column -= screen->column > 0;
		screen->wrap = false;
		break;
	case '\t':
		screen_tab(screen);
		break;
	case KEY_ESCAPE:
		screen->escape = SCREEN_ESCAPE;
		break;
	default: /* the bell and others show nothing */
		break;
	}
}

/* `value`, but from 0 to `most`. */
static unsigned bounded(int value, unsigned most)
{
	if (value < 0)
		return 0;
	return (unsigned)value < most ? (unsigned)value : most;
}

static void screen_move(struct screen *screen, int rows, int columns)
{
	screen->row = bounded((int)screen->row + rows, SCREEN_ROWS - 1);
	screen->column = bounded((int)screen->column + columns, SCREEN_COLUMNS - 1);
	screen->wrap = false;
}

/* ESC [ row ; column H, both from 1, which they are if left out. */
static void screen_place(struct screen *screen)
{
	screen->row = screen->column = 0;
	screen_move(screen, (int)screen->numbers[0] - 1, (int)screen->numbers[1] - 1);
}

/* `which` of ESC [ J and ESC [ K: 0 from the cursor on, 1 up to it, 2 all. */
static void screen_erase_part(struct screen *screen, unsigned which, unsigned first, unsigned end)
{
	unsigned cursor = screen_cursor(screen);

	if (which == 0)
		screen_erase(screen, cursor, end);
	else if (which == 1)
		screen_erase(screen, first, cursor + 1);
	else if (which == 2)
		screen_erase(screen, first, end);
}

/* ANSI's colours count in the bits red, green, blue; the card's in blue, green, red. */
static uint8_t colour(unsigned ansi)
{
	return (uint8_t)((ansi & 1) << 2 | (ansi & 2) | (ansi & 4) >> 2);
}

static void screen_colour(struct screen *screen, unsigned number)
{
	uint8_t attribute = screen->attribute;

	if (number == 0)
		attribute = ATTRIBUTE_NORMAL;
	else if (number == 1)
		attribute |= ATTRIBUTE_BRIGHT;
	else if (number == 7)
		attribute = (uint8_t)((attribute & 0x07) << 4 | (attribute & 0x70) >> 4);
	else if (number >= 30 && number <= 37)
		attribute = (uint8_t)((attribute & 0xf8) | colour(number - 30));
	else if (number >= 40 && number <= 47)
		attribute = (uint8_t)((attribute & 0x8f) | colour(number - 40) << 4);
	screen->attribute = attribute;
}

static void screen_sequence_end(struct screen *screen, uint8_t byte)
{
	int count = screen->numbers[0] == 0 ? 1 : (int)screen->numbers[0];
	unsigned row = screen->row * SCREEN_COLUMNS;

	switch (byte) {
	case 'A':
		screen_move(screen, -count, 0);
		break;
	case 'B':
		screen_move(screen, count, 0);
		break;
	case 'C':
		screen_move(screen, 0, count);
		break;
	case 'D':
		screen_move(screen, 0, -count);
		break;
	case 'H':
		screen_place(screen);
		break;
	case 'J':
		screen_erase_part(screen, screen->numbers[0], 0, SCREEN_CELLS);
		break;
	case 'K':
		screen_erase_part(screen, screen->numbers[0], row, row + SCREEN_COLUMNS);
		break;
	case 'm':
		for (unsigned i = 0; i < screen->number_count; i++)
			screen_colour(screen, screen->numbers[i]);
		break;
	default: /* a sequence that we have no use for */
		break;
	}
}

static void screen_digit(struct screen *screen, uint8_t byte)
{
	unsigned *number = &screen->numbers[screen->number_count - 1];

	*number = *number * 10 + (unsigned)(byte - '0');
	if (*number > NUMBER_MAX)
		*number = NUMBER_MAX;
}

/* A byte of ESC [ number ; number letter. */
static void screen_sequence(struct screen *screen, uint8_t byte)
{
	if (byte >= '0' && byte <= '9') {
		screen_digit(screen, byte);
	} else if (byte == ';') {
		/* Too many numbers: what comes is added to the last, which nobody reads. */
		screen->number_count += screen->number_count < SCREEN_NUMBERS;
	} else if (byte >= 0x40 && byte < 0x7f) {
		screen->escape = SCREEN_TEXT;
		screen_sequence_end(screen, byte);
	}
}

static void screen_escape(struct screen *screen, uint8_t byte)
{
	screen->escape = byte == '[' ? SCREEN_SEQUENCE : SCREEN_TEXT;
	memset(screen->numbers, 0, sizeof(screen->numbers));
	screen->number_count = 1;
}

static void screen_byte(struct screen *screen, uint8_t byte)
{
	if (byte < 0x20) /* also inside a sequence, as a VT100 does */
		screen_control(screen, byte);
	else if (screen->escape == SCREEN_ESCAPE)
		screen_escape(screen, byte);
	else if (screen->escape == SCREEN_SEQUENCE)
		screen_sequence(screen, byte);
	else if (byte < 0x7f)
		screen_put(screen, byte);
	else if (byte >= 0xc0) /* the first byte of a character of UTF-8 */
		screen_put(screen, '?');
}

void screen_write(struct screen *screen, const uint8_t *bytes, size_t count)
{
	for (size_t i = 0; i < count; i++)
		screen_byte(screen, bytes[i]);
}
