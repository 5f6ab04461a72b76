/*
 * The Internet checksum (RFC 1071), and its update when a part changes (RFC
 * 1624, equation 3), which keeps a wrong checksum wrong: what was damaged before
 * it came to us is still seen by the receiver.
 */
#ifndef FIREWALL_CHECKSUM_H
#define FIREWALL_CHECKSUM_H

#include "netstack/wire/bytes.h"

#include <stddef.h>
#include <stdint.h>

/* Adds `bytes` at `data` to a running sum; at most 64 KiB in all; only the last piece may be odd.
 */
uint32_t checksum_add(uint32_t sum, const void *data, size_t bytes);

/* The sum of TCP's and UDP's pseudo-header (RFC 9293, 3.1). */
static inline uint32_t checksum_pseudo_header(uint32_t source, uint32_t destination,
					      uint8_t protocol, uint16_t l4_bytes)
{
	return (source >> 16) + (source & 0xffffu) + (destination >> 16) + (destination & 0xffffu) +
	       protocol + l4_bytes;
}

/* Folds the carries: the one's complement sum. */
static inline uint16_t checksum_fold(uint32_t sum)
{
	sum = (sum & 0xffffu) + (sum >> 16);
	sum = (sum & 0xffffu) + (sum >> 16);
	return (uint16_t)sum;
}

/* True if a region that includes its checksum sums up as it should. */
static inline int checksum_holds(uint32_t sum)
{
	return checksum_fold(sum) == 0xffffu;
}

/* What `from` becoming `to` adds to a sum: ~m + m'. */
static inline uint32_t checksum_delta16(uint16_t from, uint16_t to)
{
	return (uint32_t)(uint16_t)~from + to;
}

static inline uint32_t checksum_delta32(uint32_t from, uint32_t to)
{
	return checksum_delta16((uint16_t)(from >> 16), (uint16_t)(to >> 16)) +
	       checksum_delta16((uint16_t)from, (uint16_t)to);
}

/* HC' = ~(~HC + delta); `delta` is a sum of the above, at most 16 of them. */
static inline void checksum_update(be16_t *field, uint32_t delta)
{
	be16_set(field, (uint16_t)~checksum_fold((uint16_t)~be16_get(field) + delta));
}

#endif
