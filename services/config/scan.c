#include "services/config/scan.h"

#include <string.h>

struct scan {
	const char *text;
	size_t length, at;
	unsigned depth, values;
	struct refusal *refusal;
};

static bool scan_refuse(const struct scan *scan, const char *reason)
{
	return refuse_at(scan->refusal, scan->text, scan->at, reason);
}

/* The byte at the scan, or 0 at the end. */
static char peek(const struct scan *scan)
{
	return scan->at < scan->length ? scan->text[scan->at] : 0;
}

static bool is_digit(char character)
{
	return character >= '0' && character <= '9';
}

static bool is_letter(char character)
{
	return character >= 'a' && character <= 'z';
}

/* True if there was a digit. */
static bool digits(struct scan *scan)
{
	size_t begin = scan->at;

	while (is_digit(peek(scan)))
		scan->at++;
	return scan->at > begin;
}

static bool take(struct scan *scan, char wanted)
{
	if (peek(scan) != wanted)
		return false;
	scan->at++;
	return true;
}

/* RFC 8259, 6: -0.5e+10, but not 01, 1. or .5 */
static bool scan_number(struct scan *scan)
{
	take(scan, '-');
	if (!take(scan, '0') && !digits(scan))
		return scan_refuse(scan, "this is not a number");
	if (is_digit(peek(scan)))
		return scan_refuse(scan, "a number may not begin with 0");
	if (take(scan, '.') && !digits(scan))
		return scan_refuse(scan, "digits are missing behind the point");
	if (take(scan, 'e') || take(scan, 'E')) {
		if (!take(scan, '+'))
			take(scan, '-');
		if (!digits(scan))
			return scan_refuse(scan, "the exponent is missing");
	}
	return true;
}

/* Behind the backslash; what is no escape at all the parser finds. */
static bool scan_escape(struct scan *scan)
{
	scan->at++;
	if (scan->at + 4 < scan->length && strncmp(scan->text + scan->at, "u0000", 5) == 0)
		return scan_refuse(scan, "a text may not contain \\u0000");
	if (scan->at < scan->length)
		scan->at++;
	return true;
}

static bool scan_string(struct scan *scan)
{
	size_t begin = scan->at++;

	while (scan->at < scan->length && scan->text[scan->at] != '"') {
		if ((unsigned char)scan->text[scan->at] < ' ')
			return scan_refuse(scan, "a control character stands in a text");
		if (scan->at - begin > SCAN_STRING_MAX)
			return scan_refuse(scan, "this text is too long");
		if (scan->text[scan->at] != '\\')
			scan->at++;
		else if (!scan_escape(scan))
			return false;
	}
	if (!take(scan, '"')) {
		scan->at = begin;
		return scan_refuse(scan, "this text has no end");
	}
	return true;
}

static bool scan_word(struct scan *scan)
{
	static const char *const words[] = { "true", "false", "null" };
	const char *word = scan->text + scan->at;
	size_t begin = scan->at;

	while (is_letter(peek(scan)))
		scan->at++;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strlen(words[i]) == scan->at - begin &&
		    strncmp(words[i], word, scan->at - begin) == 0)
			return true;
	scan->at = begin;
	return scan_refuse(scan,
			   "this word is neither true nor false; texts stand in double quotes");
}

static bool scan_bracket(struct scan *scan)
{
	char bracket = peek(scan);

	if ((bracket == '{' || bracket == '[') && ++scan->depth > SCAN_DEPTH_MAX)
		return scan_refuse(scan, "nested too deeply");
	if (bracket == '}' || bracket == ']') {
		if (scan->depth == 0)
			return scan_refuse(scan, "this bracket was never opened");
		scan->depth--;
	}
	scan->at++;
	return true;
}

static bool scan_token(struct scan *scan)
{
	char character = peek(scan);

	/* There are no more values than these and one. */
	if ((character == '{' || character == '[' || character == ',') &&
	    ++scan->values > SCAN_VALUES_MAX)
		return scan_refuse(scan, "more values than a configuration can have");
	if (character == '"')
		return scan_string(scan);
	if (character == '-' || is_digit(character))
		return scan_number(scan);
	if (is_letter(character))
		return scan_word(scan);
	switch (character) {
	case '{':
	case '}':
	case '[':
	case ']': return scan_bracket(scan);
	case ',':
	case ':':
	case ' ':
	case '\t':
	case '\r':
	case '\n': scan->at++; return true;
	default:
		return scan_refuse(
			scan, "this character has no place here; texts stand in double quotes");
	}
}

bool scan_document(const char *text, size_t length, struct refusal *refusal)
{
	struct scan scan = { .text = text, .length = length, .refusal = refusal };

	if (length > SCAN_BYTES_MAX)
		return refuse(refusal, "", "the document is longer than %u bytes", SCAN_BYTES_MAX);
	while (scan.at < length)
		if (!scan_token(&scan))
			return false;
	return true;
}
