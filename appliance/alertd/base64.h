/* RFC 4648, 4. Pure. */
#ifndef ALERTD_BASE64_H
#define ALERTD_BASE64_H

#include <stddef.h>

/* What does not fit is cut, on a group's boundary; always terminated by a zero. */
void base64_encode(const void *bytes, size_t count, char *out, size_t room_bytes);

#endif
