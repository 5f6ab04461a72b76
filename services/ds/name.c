#include "services/ds/name.h"

#include <string.h>

static bool is_word_character(char character)
{
	return character > ' ' && character < 0x7f && character != '*' && character != '.';
}

/* The characters up to the first zero, all that follow being zero too; else 0. */
static size_t padded_length(const char name[DS_NAME_BYTES])
{
	size_t length = strnlen(name, DS_NAME_BYTES);

	for (size_t i = length; i < DS_NAME_BYTES; i++)
		if (name[i] != 0)
			return 0;
	return length < DS_NAME_BYTES ? length : 0;
}

/* Words with single dots between them; a pattern's may end in a dot. */
static bool are_words(const char *name, size_t length, bool may_end_in_dot)
{
	bool in_word = false;

	for (size_t i = 0; i < length; i++) {
		if (name[i] == '.' ? !in_word : !is_word_character(name[i]))
			return false;
		in_word = name[i] != '.';
	}
	return in_word || may_end_in_dot;
}

bool name_is_valid(const char name[DS_NAME_BYTES])
{
	size_t length = padded_length(name);

	return length != 0 && are_words(name, length, false);
}

bool pattern_is_valid(const char pattern[DS_NAME_BYTES])
{
	size_t length = padded_length(pattern);

	if (length == 0)
		return false;
	if (pattern[length - 1] == '*')
		return are_words(pattern, length - 1, true);
	return are_words(pattern, length, false);
}

bool pattern_matches(const char pattern[DS_NAME_BYTES], const char name[DS_NAME_BYTES])
{
	size_t length = strnlen(pattern, DS_NAME_BYTES);

	if (length != 0 && pattern[length - 1] == '*')
		return strncmp(pattern, name, length - 1) == 0;
	return strncmp(pattern, name, DS_NAME_BYTES) == 0;
}

bool name_is_reserved(const char name[DS_NAME_BYTES])
{
	return strncmp(name, "service.", strlen("service.")) == 0 ||
	       strncmp(name, "alert.", strlen("alert.")) == 0;
}
