/* See place.h: a place in a document's text. Everything in that text is checked. */
#include "services/console/place.h"

#include <stdlib.h>
#include <string.h>

#define DEPTH_MAX 16u

struct span {
	const char *text;
	size_t at, length;
};

static char peek(const struct span *span)
{
	return span->at < span->length ? span->text[span->at] : '\0';
}

static bool take(struct span *span, char byte)
{
	if (peek(span) != byte)
		return false;
	span->at++;
	return true;
}

/* Behind the quote at its end. */
static bool string_skip(struct span *span)
{
	if (!take(span, '"'))
		return false;
	while (span->at < span->length && span->text[span->at] != '"')
		span->at += span->text[span->at] == '\\' ? 2 : 1;
	return take(span, '"');
}

/* Behind the value: brackets are counted, what is between them is not looked at. */
static bool value_skip(struct span *span)
{
	unsigned depth = 0;

	do {
		char byte = peek(span);

		if (byte == '"') {
			if (!string_skip(span))
				return false;
		} else if (byte == '{' || byte == '[') {
			if (++depth > DEPTH_MAX)
				return false;
			span->at++;
		} else if (byte == '}' || byte == ']') {
			if (depth-- == 0)
				return false;
			span->at++;
		} else if (byte == ',' || byte == ':') {
			if (depth == 0)
				return false;
			span->at++;
		} else {
			size_t begun = span->at;
			while (strchr(",:{}[]\"", peek(span)) == NULL)
				span->at++;
			if (span->at == begun)
				return false;
		}
	} while (depth > 0);
	return true;
}

/* Does the key at the span, between quotes, say the same as the token (RFC 6901, 4)? */
static bool key_is(const struct span *span, size_t end, const char *token, size_t length)
{
	size_t at = span->at + 1;

	for (size_t i = 0; i < length; i++) {
		char byte = token[i];

		if (byte == '~' && i + 1 < length)
			byte = token[++i] == '0' ? '~' : '/';
		if (at >= end || span->text[at++] != byte)
			return false;
	}
	return at == end;
}

/* To the value of that key; or, of a list, to that entry. */
static bool member_enter(struct span *span, const char *token, size_t length)
{
	while (peek(span) == '"') {
		struct span key = *span;

		if (!string_skip(span))
			return false;
		size_t end = span->at - 1;
		if (!take(span, ':'))
			return false;
		if (key_is(&key, end, token, length))
			return true;
		if (!value_skip(span) || !take(span, ','))
			return false;
	}
	return false;
}

static bool entry_enter(struct span *span, const char *token, size_t length)
{
	unsigned long index = strtoul(token, NULL, 10);

	if (length == 0 || length > 4 || strspn(token, "0123456789") < length)
		return false;
	if (peek(span) == ']')
		return false;
	for (; index > 0; index--)
		if (!value_skip(span) || !take(span, ','))
			return false;
	return true;
}

bool place_locate(const char *text, size_t length, const char *pointer, size_t *begin, size_t *end)
{
	struct span span = { text, 0, length };

	while (*pointer == '/') {
		size_t token = strcspn(++pointer, "/");

		if (take(&span, '{')) {
			if (!member_enter(&span, pointer, token))
				return false;
		} else if (!take(&span, '[') || !entry_enter(&span, pointer, token)) {
			return false;
		}
		pointer += token;
	}
	*begin = span.at;
	if (*pointer != '\0' || !value_skip(&span))
		return false;
	*end = span.at;
	return true;
}
