#include "services/config/refusal.h"

#include <stdarg.h>
#include <stdio.h>

bool refuse(struct refusal *refusal, const char *path, const char *format, ...)
{
	va_list arguments;

	if (refusal->reason[0] != 0)
		return false;
	snprintf(refusal->path, sizeof(refusal->path), "%s", path);
	va_start(arguments, format);
	vsnprintf(refusal->reason, sizeof(refusal->reason), format, arguments);
	va_end(arguments);
	return false;
}

bool refuse_at(struct refusal *refusal, const char *text, size_t at, const char *reason)
{
	unsigned line = 1, column = 1;
	char path[REFUSAL_PATH_BYTES];

	for (size_t i = 0; i < at; i++) {
		column++;
		if (text[i] == '\n') {
			line++;
			column = 1;
		}
	}
	snprintf(path, sizeof(path), "line %u, column %u", line, column);
	return refuse(refusal, path, "%s", reason);
}

void refusal_printable(char *out, size_t out_bytes, const char *text)
{
	size_t i = 0;

	for (; i + 1 < out_bytes && text[i] != 0; i++) {
		bool printable =
			text[i] >= ' ' && text[i] < 0x7f && text[i] != '"' && text[i] != '\\';

		out[i] = printable ? text[i] : '?';
	}
	out[i] = 0;
}
