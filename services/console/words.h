/* A command line cut into words. Pure. */
#ifndef CONSOLE_WORDS_H
#define CONSOLE_WORDS_H

#include "services/console/history.h"

#include <stdbool.h>
#include <stddef.h>

#define WORDS_MAX 8

struct words {
	char bytes[LINE_BYTES]; /* the words, a zero behind each */
	const char *word[WORDS_MAX];
	unsigned count;
	size_t length;
	bool too_many; /* there were more than WORDS_MAX */
};

/* Cuts the first `length` bytes of `line` at its blanks. */
void words_split(struct words *words, const char *line, size_t length);
/* Undoes the cuts behind the nth word: it is then the rest of the line, without blanks at its end.
 */
void words_join(struct words *words, unsigned nth);
/* True if `phrase`, words with one blank between, has `word` as its nth. */
bool words_phrase_has(const char *phrase, unsigned nth, const char *word);
/* Copies the nth word of `phrase`; false: it has fewer. Words are at most 31 bytes. */
bool words_phrase_word(const char *phrase, unsigned nth, char word[32]);
unsigned words_phrase_count(const char *phrase);

#endif
