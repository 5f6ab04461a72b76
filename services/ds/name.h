/* Names of the data store and patterns of names. Pure. */
#ifndef DS_NAME_H
#define DS_NAME_H

#include "services/proto/ds.h"

#include <stdbool.h>

/* 1 to 31 printable characters, dots between words, zeros behind. */
bool name_is_valid(const char name[DS_NAME_BYTES]);
/* A name, or the beginning of one and then '*'. */
bool pattern_is_valid(const char pattern[DS_NAME_BYTES]);
bool pattern_matches(const char pattern[DS_NAME_BYTES], const char name[DS_NAME_BYTES]);
/* Names that only RS may give. */
bool name_is_reserved(const char name[DS_NAME_BYTES]);

#endif
