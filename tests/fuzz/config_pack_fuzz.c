/*
 * Packed documents as the store might give them: unpacked within bounds or refused. And any text
 * against any other as base comes back as it was.
 */
#include "services/config/pack.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static char text[CONFIG_DOCUMENT_BYTES], again[CONFIG_DOCUMENT_BYTES], packed[PACK_BYTES_MAX];

/* Long ones, too: the input over and over, each time a bit different. */
static size_t stretch(const uint8_t *data, size_t bytes, size_t times)
{
	size_t length = 0;

	for (size_t i = 0; i < times && length + bytes <= sizeof(text); i++) {
		memcpy(text + length, data, bytes);
		text[length] = (char)(text[length] + (char)(i & 15));
		length += bytes;
	}
	return length;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	if (bytes < 4 || bytes > CONFIG_DOCUMENT_BYTES)
		return 0;
	size_t half = bytes / 2, wanted = (size_t)data[0] << 8 | data[1];
	const struct pack_base base = { (const char *)data, half };
	const char *behind = (const char *)data + half;

	(void)unpack(&base, behind, bytes - half, text, wanted);
	size_t length = stretch(data + half, bytes - half, data[2] * 16u);
	size_t used = pack(&base, text, length, packed, sizeof(packed));
	assert(length == 0 || used != 0);
	assert(unpack(&base, packed, used, again, length));
	assert(memcmp(text, again, length) == 0);
	assert(length == 0 || pack(&base, text, length, packed, used - 1) < used);
	return 0;
}
