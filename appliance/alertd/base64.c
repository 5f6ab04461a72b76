#include "appliance/alertd/base64.h"

#include <stdint.h>

void base64_encode(const void *bytes, size_t count, char *out, size_t room_bytes)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const uint8_t *at = bytes;
	size_t used = 0;

	for (size_t i = 0; i < count && used + 5 <= room_bytes; i += 3) {
		uint32_t group = (uint32_t)at[i] << 16;
		if (i + 1 < count)
			group |= (uint32_t)at[i + 1] << 8;
		if (i + 2 < count)
			group |= at[i + 2];
		out[used++] = digits[group >> 18];
		out[used++] = digits[group >> 12 & 63];
		out[used++] = i + 1 < count ? digits[group >> 6 & 63] : '=';
		out[used++] = i + 2 < count ? digits[group & 63] : '=';
	}
	out[used] = 0;
}
