/* See words.h. */
#include "services/console/words.h"

#include <string.h>

void words_split(struct words *words, const char *line, size_t length)
{
	char *byte = words->bytes;
	bool inside = false;

	if (length > LINE_BYTES - 1)
		length = LINE_BYTES - 1;
	memcpy(words->bytes, line, length);
	words->bytes[length] = '\0';
	words->length = length;
	words->count = 0;
	words->too_many = false;
	for (; *byte != '\0'; byte++) {
		if (*byte == ' ') {
			*byte = '\0';
			inside = false;
			continue;
		}
		if (!inside && words->count == WORDS_MAX) {
			words->too_many = true;
			return;
		}
		if (!inside)
			words->word[words->count++] = byte;
		inside = true;
	}
}

void words_join(struct words *words, unsigned nth)
{
	size_t begin = (size_t)(words->word[nth] - words->bytes), end = words->length;

	while (end > begin && (words->bytes[end - 1] == ' ' || words->bytes[end - 1] == '\0'))
		end--;
	for (size_t i = begin; i < end; i++)
		if (words->bytes[i] == '\0')
			words->bytes[i] = ' ';
	words->bytes[end] = '\0';
}

bool words_phrase_word(const char *phrase, unsigned nth, char word[32])
{
	size_t length;

	for (; nth > 0; nth--) {
		phrase += strcspn(phrase, " ");
		if (*phrase == '\0')
			return false;
		phrase++;
	}
	length = strcspn(phrase, " ");
	if (length == 0 || length > 31)
		return false;
	memcpy(word, phrase, length);
	word[length] = '\0';
	return true;
}

bool words_phrase_has(const char *phrase, unsigned nth, const char *word)
{
	char own[32];

	return words_phrase_word(phrase, nth, own) && strcmp(own, word) == 0;
}

unsigned words_phrase_count(const char *phrase)
{
	char word[32];
	unsigned count = 0;

	while (words_phrase_word(phrase, count, word))
		count++;
	return count;
}
