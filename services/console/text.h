/*
 * Text under construction in a caller's buffer. What does not fit is left out
 * and remembered in `overflow`; nothing is ever written behind the buffer.
 * Pure.
 */
#ifndef CONSOLE_TEXT_H
#define CONSOLE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct text {
	char *bytes; /* not terminated by a zero */
	size_t size, length;
	bool overflow;
};

void text_init(struct text *text, char *bytes, size_t size);
size_t text_room(const struct text *text);
void text_add(struct text *text, const char *bytes, size_t count);
void text_string(struct text *text, const char *string);
/* At most 512 characters a call. */
void text_printf(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));

/*
 * Text that somebody else wrote: ends at a zero or after `max` bytes, control
 * characters and what is not UTF-8 become \xNN, so that it cannot drive the
 * terminal.
 */
void text_foreign(struct text *text, const char *bytes, size_t max);

#endif
