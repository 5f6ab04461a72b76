/* Characters in bytes that somebody else wrote. Pure. */
#ifndef RUNTIME_UTF8_H
#define RUNTIME_UTF8_H

#include <stddef.h>

/* The length of the UTF-8 sequence at `bytes`, of `count`; 0: it is none (RFC 3629, 3). */
size_t utf8_length(const char *bytes, size_t count);

#endif
