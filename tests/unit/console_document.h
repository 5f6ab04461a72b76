/* What a command prints with `json`, read by another program's parser. */
#ifndef UNIT_CONSOLE_DOCUMENT_H
#define UNIT_CONSOLE_DOCUMENT_H

#include <cJSON.h>

/* The document that `line` prints; checks that it is one line. The caller deletes it. */
cJSON *document(const char *line);
/* The member at "a.b.0.c"; NULL if there is none. */
const cJSON *member(const cJSON *at, const char *path);
/* The length of the array `name` at the top. */
unsigned array_length(const char *line, const char *name);
void check_text(const char *line, const char *path, const char *expected);
void check_number(const char *line, const char *path, unsigned expected);

#endif
