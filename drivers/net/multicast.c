#include "drivers/net/multicast.h"

#define CRC32_POLYNOMIAL 0x04c11db7u /* IEEE 802.3, 3.2.9 */

/* As the shift register computes it: bits of a byte from the lowest, the sum not reflected. */
static uint32_t address_crc(const uint8_t address[6])
{
	uint32_t crc = 0xffffffffu;

	for (unsigned bit = 0; bit < 48; bit++) {
		uint32_t next = (uint32_t)(address[bit / 8] >> (bit % 8)) & 1u;

		crc = crc << 1 ^ ((crc >> 31 ^ next) != 0 ? CRC32_POLYNOMIAL : 0u);
	}
	return crc;
}

void multicast_filter_add(uint8_t filter[MULTICAST_FILTER_BYTES], const uint8_t address[6])
{
	uint32_t bit = address_crc(address) >> 26;

	filter[bit / 8] |= (uint8_t)(1u << (bit % 8));
}
