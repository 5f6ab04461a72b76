/*
 * A screen of 25 rows and 80 columns that understands as much of a VT100 as a
 * command line needs: carriage return, line feed, backspace, tab, and after
 * ESC [ the cursor (A B C D H), erasing (J K) and colours (m). Other sequences
 * are read to their end and ignored. Pure.
 *
 * As on a VT100, a character in the last column leaves the cursor there; the
 * next one goes to the beginning of the next row. A character that is not
 * ASCII shows as a question mark.
 */
#ifndef VGA_SCREEN_H
#define VGA_SCREEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SCREEN_ROWS    25u
#define SCREEN_COLUMNS 80u
#define SCREEN_CELLS   (SCREEN_ROWS * SCREEN_COLUMNS)
#define SCREEN_NUMBERS 4u /* of a sequence that are kept */

enum screen_escape {
	SCREEN_TEXT,
	SCREEN_ESCAPE,   /* ESC */
	SCREEN_SEQUENCE, /* ESC [ */
};

struct screen {
	uint16_t cells[SCREEN_CELLS]; /* character, and attribute << 8 */
	unsigned row, column;
	bool wrap; /* the cursor is behind the last column */
	uint8_t attribute;
	enum screen_escape escape;
	unsigned numbers[SCREEN_NUMBERS];
	unsigned number_count; /* at most SCREEN_NUMBERS */
	uint32_t changed;      /* a bit a row: to be written to the card */
};

_Static_assert(SCREEN_ROWS <= 32, "changed has a bit a row");

/* Empty, the cursor at the top left. */
void screen_clear(struct screen *screen);
/* As an earlier life left it; a cell out of range is the first. */
void screen_load(struct screen *screen, const uint16_t cells[SCREEN_CELLS], unsigned cursor);
void screen_write(struct screen *screen, const uint8_t *bytes, size_t count);
/* The cursor's cell. */
unsigned screen_cursor(const struct screen *screen);

#endif
