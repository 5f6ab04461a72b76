#include "kernel/crc.h"

#define CRC32_POLYNOMIAL 0xedb88320u /* IEEE 802.3, reflected */

static uint32_t table[256];

static void table_fill(void)
{
	for (uint32_t i = 0; i < 256; i++) {
		uint32_t crc = i;

		for (unsigned bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? CRC32_POLYNOMIAL : 0);
		table[i] = crc;
	}
}

uint32_t crc_update(uint32_t crc, const void *bytes, size_t length)
{
	const uint8_t *byte = bytes;

	if (!table[1])
		table_fill();
	while (length--)
		crc = crc >> 8 ^ table[(crc ^ *byte++) & 0xff];
	return crc;
}
