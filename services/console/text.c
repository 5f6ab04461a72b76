/* See text.h. */
#include "services/console/text.h"

#include "services/runtime/utf8.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define PRINTF_MAX 512

void text_init(struct text *text, char *bytes, size_t size)
{
	*text = (struct text){ .bytes = bytes, .size = size };
}

size_t text_room(const struct text *text)
{
	return text->size - text->length;
}

void text_add(struct text *text, const char *bytes, size_t count)
{
	if (count > text_room(text)) {
		count = text_room(text);
		text->overflow = true;
	}
	memcpy(text->bytes + text->length, bytes, count);
	text->length += count;
}

void text_string(struct text *text, const char *string)
{
	text_add(text, string, strlen(string));
}

void text_printf(struct text *text, const char *format, ...)
{
	char line[PRINTF_MAX];
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = vsnprintf(line, sizeof(line), format, arguments);
	va_end(arguments);
	if (length < 0)
		return;
	if ((size_t)length >= sizeof(line)) {
		length = sizeof(line) - 1;
		text->overflow = true;
	}
	text_add(text, line, (size_t)length);
}

/* C0, DEL, and C1 in its two-byte form, which some terminals obey. */
static bool is_control(const char *bytes, size_t length)
{
	uint8_t first = (uint8_t)bytes[0];

	if (length == 1)
		return first < 0x20 || first == 0x7f;
	return length == 2 && first == 0xc2 && (uint8_t)bytes[1] < 0xa0;
}

void text_foreign(struct text *text, const char *bytes, size_t max)
{
	size_t count = strnlen(bytes, max);

	for (size_t i = 0; i < count;) {
		size_t length = utf8_length(bytes + i, count - i);

		if (length == 0 || is_control(bytes + i, length)) {
			text_printf(text, "\\x%02x", (uint8_t)bytes[i]);
			i++;
		} else {
			text_add(text, bytes + i, length);
			i += length;
		}
	}
}
