/*
 * The line editor: bytes from a VT100-like terminal in, an edited line and
 * what to show out. Pure.
 *
 * A line longer than the screen is wide is shown through a window that follows
 * the cursor, so nothing depends on how the terminal wraps. Keys: arrows, Home,
 * End, Delete, Backspace, and control-A B C D E F H K L N P U W.
 *
 * Only printable ASCII is accepted; everything else is ignored.
 */
#ifndef CONSOLE_LINE_H
#define CONSOLE_LINE_H

#include "services/console/history.h"
#include "services/console/text.h"

#define LINE_PROMPT "bulkhead> "
#define LINE_WINDOW ((unsigned)(80 - 1 - (sizeof(LINE_PROMPT) - 1)))

enum line_event {
	LINE_EDITING,
	LINE_ENTERED,   /* line->bytes is the line; then call line_clear and line_show */
	LINE_COMPLETE,  /* tab */
	LINE_CANCELLED, /* control-C: the line was emptied; call line_show */
};

enum line_escape {
	ESCAPE_NONE,
	ESCAPE_BEGUN, /* ESC */
	ESCAPE_CSI,   /* ESC [, and digits */
	ESCAPE_SS3,   /* ESC O */
};

struct line {
	char bytes[LINE_BYTES]; /* ends in a zero */
	unsigned length;
	unsigned cursor; /* 0 to length */
	unsigned first;  /* the first one shown: first <= cursor <= first + LINE_WINDOW */
	enum line_escape escape;
	unsigned escape_number;
	bool after_return;      /* a line feed now is the other half of CR LF */
	unsigned recalled;      /* 0: the line being typed; n: the history's line n - 1 ago */
	char draft[LINE_BYTES]; /* the line being typed, while another is recalled */
	struct history history;
};

void line_init(struct line *line);
/* Takes one byte of input; writes what to show. */
enum line_event line_input(struct line *line, uint8_t byte, struct text *out);
/* Empties the line; shows nothing. */
void line_clear(struct line *line);
/* Prompt and line, on an empty row of the screen. */
void line_show(const struct line *line, struct text *out);
/* Takes prompt and line from the screen, to print something else there. */
void line_hide(const struct line *line, struct text *out);
/* Inserts at the cursor. */
void line_insert(struct line *line, const char *bytes, size_t count, struct text *out);

#endif
