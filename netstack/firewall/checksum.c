#include "netstack/firewall/checksum.h"

/*
 * Sums in the machine's own byte order, eight bytes at a time, and swaps the
 * result: the one's complement sum does not depend on byte order (RFC 1071, 2).
 */
uint32_t checksum_add(uint32_t sum, const void *data, size_t bytes)
{
	const uint8_t *at = data;
	uint64_t total = 0;
	uint64_t tail = 0;

	for (; bytes >= 8; at += 8, bytes -= 8) {
		uint64_t word;

		__builtin_memcpy(&word, at, sizeof word);
		total += word >> 32;
		total += word & 0xffffffffu;
	}
	for (size_t i = 0; i < bytes; i++)
		tail |= (uint64_t)at[i] << (8 * i);
	total += (tail >> 32) + (tail & 0xffffffffu);
	total = (total >> 32) + (total & 0xffffffffu);
	total = (total >> 32) + (total & 0xffffffffu);
	return sum + __builtin_bswap16(checksum_fold((uint32_t)total));
}
