/* See line.h. */
#include "services/console/line.h"

#include <string.h>

#define CONTROL(letter) ((letter) - '@')
#define KEY_ESCAPE      0x1b
#define KEY_DELETE      0x7f

void line_init(struct line *line)
{
	memset(line, 0, sizeof(*line));
}

void line_clear(struct line *line)
{
	line->bytes[0] = '\0';
	line->length = line->cursor = line->first = 0;
	line->recalled = 0;
}

/* Moves the window so that the cursor is in it. */
static void line_scroll(struct line *line)
{
	if (line->cursor < line->first)
		line->first = line->cursor;
	if (line->cursor > line->first + LINE_WINDOW)
		line->first = line->cursor - LINE_WINDOW;
}

void line_show(const struct line *line, struct text *out)
{
	unsigned shown = line->length - line->first;
	unsigned behind;

	if (shown > LINE_WINDOW)
		shown = LINE_WINDOW;
	behind = line->first + shown - line->cursor;
	text_string(out, LINE_PROMPT);
	text_add(out, line->bytes + line->first, shown);
	if (behind != 0)
		text_printf(out, "\033[%uD", behind);
}

void line_hide(const struct line *line, struct text *out)
{
	(void)line;
	text_string(out, "\r\033[K");
}

static void line_redraw(struct line *line, struct text *out)
{
	line_scroll(line);
	line_hide(line, out);
	line_show(line, out);
}

void line_insert(struct line *line, const char *bytes, size_t count, struct text *out)
{
	bool at_end = line->cursor == line->length;

	if (count > LINE_BYTES - 1 - line->length)
		return;
	memmove(line->bytes + line->cursor + count, line->bytes + line->cursor,
		line->length - line->cursor + 1);
	memcpy(line->bytes + line->cursor, bytes, count);
	line->length += (unsigned)count;
	line->cursor += (unsigned)count;
	if (at_end && line->cursor <= line->first + LINE_WINDOW)
		text_add(out, bytes, count);
	else
		line_redraw(line, out);
}

/* Removes the bytes from `from` to `to` and puts the cursor there. */
static void line_remove(struct line *line, unsigned from, unsigned to, struct text *out)
{
	if (from == to)
		return;
	memmove(line->bytes + from, line->bytes + to, line->length - to + 1);
	line->length -= to - from;
	line->cursor = from;
	line_redraw(line, out);
}

static void line_backspace(struct line *line, struct text *out)
{
	if (line->cursor == 0)
		return;
	if (line->cursor == line->length && line->cursor > line->first) {
		line->bytes[--line->length] = '\0';
		line->cursor--;
		text_string(out, "\b \b");
		return;
	}
	line_remove(line, line->cursor - 1, line->cursor, out);
}

static void line_delete(struct line *line, struct text *out)
{
	if (line->cursor < line->length)
		line_remove(line, line->cursor, line->cursor + 1, out);
}

static void line_cursor_set(struct line *line, unsigned cursor, struct text *out)
{
	if (cursor > line->length || cursor == line->cursor)
		return;
	line->cursor = cursor;
	line_redraw(line, out);
}

static void line_left(struct line *line, struct text *out)
{
	if (line->cursor > line->first) {
		line->cursor--;
		text_string(out, "\033[D");
	} else if (line->cursor > 0) {
		line_cursor_set(line, line->cursor - 1, out);
	}
}

static void line_right(struct line *line, struct text *out)
{
	if (line->cursor == line->length)
		return;
	if (line->cursor < line->first + LINE_WINDOW) {
		line->cursor++;
		text_string(out, "\033[C");
	} else {
		line_cursor_set(line, line->cursor + 1, out);
	}
}

/* The word left of the cursor, and the blanks behind it. */
static void line_remove_word(struct line *line, struct text *out)
{
	unsigned from = line->cursor;

	while (from > 0 && line->bytes[from - 1] == ' ')
		from--;
	while (from > 0 && line->bytes[from - 1] != ' ')
		from--;
	line_remove(line, from, line->cursor, out);
}

static void line_replace(struct line *line, const char *bytes, struct text *out)
{
	size_t length = strnlen(bytes, LINE_BYTES - 1);

	memmove(line->bytes, bytes, length);
	line->bytes[length] = '\0';
	line->length = line->cursor = (unsigned)length;
	line->first = 0;
	line_redraw(line, out);
}

/* recalled = 0 is the draft; more is further back. */
static void line_recall(struct line *line, unsigned recalled, struct text *out)
{
	const char *bytes = line->draft;

	if (recalled != 0)
		bytes = history_get(&line->history, recalled - 1);
	if (bytes == NULL)
		return;
	if (line->recalled == 0)
		memcpy(line->draft, line->bytes, LINE_BYTES);
	line->recalled = recalled;
	line_replace(line, bytes, out);
}

static void line_older(struct line *line, struct text *out)
{
	line_recall(line, line->recalled + 1, out);
}

static void line_newer(struct line *line, struct text *out)
{
	if (line->recalled > 0)
		line_recall(line, line->recalled - 1, out);
}

/* The last byte of ESC [ n X or ESC O X. */
static void line_escape_end(struct line *line, uint8_t byte, struct text *out)
{
	switch (byte) {
	case 'A':
		line_older(line, out);
		return;
	case 'B':
		line_newer(line, out);
		return;
	case 'C':
		line_right(line, out);
		return;
	case 'D':
		line_left(line, out);
		return;
	case 'H':
		line_cursor_set(line, 0, out);
		return;
	case 'F':
		line_cursor_set(line, line->length, out);
		return;
	case '~':
		if (line->escape_number == 3)
			line_delete(line, out);
		else if (line->escape_number == 1 || line->escape_number == 7)
			line_cursor_set(line, 0, out);
		else if (line->escape_number == 4 || line->escape_number == 8)
			line_cursor_set(line, line->length, out);
		return;
	default: /* a key that we have no use for */
		return;
	}
}

/* The state behind ESC and `byte`. A key together with Alt, ESC x, is nothing to us. */
static enum line_escape line_escape_next(uint8_t byte)
{
	switch (byte) {
	case '[':
		return ESCAPE_CSI;
	case 'O':
		return ESCAPE_SS3;
	case KEY_ESCAPE:
		return ESCAPE_BEGUN;
	default:
		return ESCAPE_NONE;
	}
}

/* True if the byte belongs to an escape sequence. */
static bool line_escape_input(struct line *line, uint8_t byte, struct text *out)
{
	switch (line->escape) {
	case ESCAPE_NONE:
		if (byte != KEY_ESCAPE)
			return false;
		line->escape = ESCAPE_BEGUN;
		return true;
	case ESCAPE_BEGUN:
		line->escape_number = 0;
		line->escape = line_escape_next(byte);
		return byte >= 0x20 || byte == KEY_ESCAPE;
	case ESCAPE_CSI:
		if (byte >= '0' && byte <= '9') {
			line->escape_number = (line->escape_number * 10 + byte - '0') % 1000;
			return true;
		}
		if (byte >= 0x20 && byte < 0x40) /* parameters and intermediates */
			return true;
		break;
	case ESCAPE_SS3:
		break;
	}
	line->escape = byte == KEY_ESCAPE ? ESCAPE_BEGUN : ESCAPE_NONE;
	if (byte < 0x20)
		return byte == KEY_ESCAPE; /* a control key cuts the sequence short */
	line_escape_end(line, byte, out);
	return true;
}

static enum line_event line_enter(struct line *line, struct text *out)
{
	history_add(&line->history, line->bytes);
	text_string(out, "\r\n");
	return LINE_ENTERED;
}

static enum line_event line_cancel(struct line *line, struct text *out)
{
	text_string(out, "^C\r\n");
	line_clear(line);
	return LINE_CANCELLED;
}

static enum line_event line_control(struct line *line, uint8_t byte, struct text *out)
{
	switch (byte) {
	case '\r':
	case '\n':
		return line_enter(line, out);
	case '\t':
		return LINE_COMPLETE;
	case CONTROL('C'):
		return line_cancel(line, out);
	case CONTROL('A'):
		line_cursor_set(line, 0, out);
		break;
	case CONTROL('B'):
		line_left(line, out);
		break;
	case CONTROL('D'):
		line_delete(line, out);
		break;
	case CONTROL('E'):
		line_cursor_set(line, line->length, out);
		break;
	case CONTROL('F'):
		line_right(line, out);
		break;
	case CONTROL('H'):
	case KEY_DELETE:
		line_backspace(line, out);
		break;
	case CONTROL('K'):
		line_remove(line, line->cursor, line->length, out);
		break;
	case CONTROL('L'):
		text_string(out, "\033[H\033[J");
		line_show(line, out);
		break;
	case CONTROL('N'):
		line_newer(line, out);
		break;
	case CONTROL('P'):
		line_older(line, out);
		break;
	case CONTROL('U'):
		line_remove(line, 0, line->cursor, out);
		break;
	case CONTROL('W'):
		line_remove_word(line, out);
		break;
	default: /* other keys do nothing */
		break;
	}
	return LINE_EDITING;
}

enum line_event line_input(struct line *line, uint8_t byte, struct text *out)
{
	bool after_return = line->after_return;

	line->after_return = byte == '\r';
	if (byte == '\n' && after_return)
		return LINE_EDITING;
	if (line_escape_input(line, byte, out))
		return LINE_EDITING;
	if (byte < 0x20 || byte == KEY_DELETE)
		return line_control(line, byte, out);
	if (byte < 0x7f) {
		char character = (char)byte;

		line_insert(line, &character, 1, out);
	}
	return LINE_EDITING;
}
