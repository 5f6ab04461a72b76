/* See utf8.h. */
#include "services/runtime/utf8.h"

#include <stdint.h>

/* The length that the first byte announces, and the least value of that length. */
static size_t announced(uint8_t first, uint32_t *value, uint32_t *least)
{
	if (first < 0x80) {
		*value = first;
		*least = 0;
		return 1;
	}
	if ((first & 0xe0) == 0xc0) {
		*value = first & 0x1fu;
		*least = 0x80;
		return 2;
	}
	if ((first & 0xf0) == 0xe0) {
		*value = first & 0x0fu;
		*least = 0x800;
		return 3;
	}
	if ((first & 0xf8) == 0xf0) {
		*value = first & 0x07u;
		*least = 0x10000;
		return 4;
	}
	return 0;
}

size_t utf8_length(const char *bytes, size_t count)
{
	uint32_t value, least;
	size_t length;

	if (count == 0)
		return 0;
	length = announced((uint8_t)bytes[0], &value, &least);
	if (length == 0 || length > count)
		return 0;
	for (size_t i = 1; i < length; i++) {
		if (((uint8_t)bytes[i] & 0xc0) != 0x80)
			return 0;
		value = value << 6 | ((uint8_t)bytes[i] & 0x3fu);
	}
	/* RFC 3629, section 3: no longer than needed, no surrogates, no more than 10ffff. */
	if (value < least || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff))
		return 0;
	return length;
}
