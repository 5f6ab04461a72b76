/* Why a configuration is refused: where in the document, and the reason. Pure. */
#ifndef CONFIG_REFUSAL_H
#define CONFIG_REFUSAL_H

#include <stdbool.h>
#include <stddef.h>

#define REFUSAL_PATH_BYTES   64
#define REFUSAL_REASON_BYTES 144

/*
 * `path`: "/rules/2/from" (a JSON pointer, RFC 6901), "line 3, column 7", or "" for all of it.
 * The first refusal is kept. Nothing in it comes unprinted from the document.
 */
struct refusal {
	char path[REFUSAL_PATH_BYTES];
	char reason[REFUSAL_REASON_BYTES];
};

/* All return false, to be returned in turn. */
bool refuse(struct refusal *refusal, const char *path, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* By the place of byte `at` of the document. */
bool refuse_at(struct refusal *refusal, const char *text, size_t at, const char *reason);

/* `text` with all that a terminal could mistake replaced by '?', and cut to fit. */
void refusal_printable(char *out, size_t out_bytes, const char *text);

#endif
