#include "services/runtime/crc32.h"

#define CRC32_POLYNOMIAL 0xedb88320u /* reflected */

static uint32_t crc32_nibble(uint32_t crc)
{
	for (int bit = 0; bit < 4; bit++)
		crc = (crc >> 1) ^ ((crc & 1) != 0 ? CRC32_POLYNOMIAL : 0);
	return crc;
}

uint32_t crc32_of(const void *bytes, size_t count)
{
	return crc32_more(0, bytes, count);
}

uint32_t crc32_more(uint32_t crc, const void *bytes, size_t count)
{
	static uint32_t table[16]; /* [1] != 0 once it is made */
	const uint8_t *at = bytes;

	crc = ~crc;
	if (table[1] == 0)
		for (uint32_t i = 0; i < 16; i++)
			table[i] = crc32_nibble(i);
	for (size_t i = 0; i < count; i++) {
		crc = crc >> 4 ^ table[(crc ^ at[i]) & 15];
		crc = crc >> 4 ^ table[(crc ^ (uint32_t)(at[i] >> 4)) & 15];
	}
	return ~crc;
}
