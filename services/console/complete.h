/* Completion of the word at the end of a command line. Pure. */
#ifndef CONSOLE_COMPLETE_H
#define CONSOLE_COMPLETE_H

#include "services/console/place.h"
#include "services/console/text.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * The nth word that an argument of `kind` ("NAME", "HOW", ...) may be, NULL
 * behind the last. The word has to stay until the next call. What a POINTER may be,
 * and the VALUE behind it, is known here.
 */
typedef const char *complete_source(const char *kind, unsigned nth);

struct completion {
	unsigned count;              /* of words that fit */
	char extension[PLACE_BYTES]; /* what all that fit have in common behind what was typed */
	bool goes_on;                /* the one that fits is only the beginning of a word */
};

/* Lists the words that fit in `out`, two blanks between. */
void complete(struct completion *completion, const char *line, size_t length,
	      complete_source *source, struct text *out);

#endif
