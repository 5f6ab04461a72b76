/*
 * The word of a number in words made of a table of X(name, number, word), which may
 * come from who writes what he likes.
 */
#ifndef RUNTIME_WORD_H
#define RUNTIME_WORD_H

#include <stddef.h>
#include <stdint.h>

/* One row of such an array: static const char *const words[] = { TABLE(WORD_ROW) }; */
#define WORD_ROW(name, number, word) [number] = (word),

/* "?" if there is none. */
#define WORD_OF(words, number) word_of(words, sizeof(words) / sizeof((words)[0]), number)

static inline const char *word_of(const char *const *words, size_t count, uint32_t number)
{
	return number < count && words[number] != NULL ? words[number] : "?";
}

#endif
