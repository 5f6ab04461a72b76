/*
 * Numbers as they lie on the wire: big-endian, at any alignment. They are
 * structs, so that using one as a number without converting it does not
 * compile; all layouts of this folder therefore have alignment 1.
 */
#ifndef WIRE_BYTES_H
#define WIRE_BYTES_H

#include <stdint.h>

typedef struct be16 {
	uint8_t byte[2];
} be16_t;

typedef struct be32 {
	uint8_t byte[4];
} be32_t;

_Static_assert(sizeof(be16_t) == 2 && _Alignof(be16_t) == 1, "layout");
_Static_assert(sizeof(be32_t) == 4 && _Alignof(be32_t) == 1, "layout");

static inline uint16_t be16_get(const be16_t *wire)
{
	uint16_t raw;

	__builtin_memcpy(&raw, wire, sizeof raw);
	return __builtin_bswap16(raw);
}

static inline uint32_t be32_get(const be32_t *wire)
{
	uint32_t raw;

	__builtin_memcpy(&raw, wire, sizeof raw);
	return __builtin_bswap32(raw);
}

static inline void be16_set(be16_t *wire, uint16_t value)
{
	value = __builtin_bswap16(value);
	__builtin_memcpy(wire, &value, sizeof value);
}

static inline void be32_set(be32_t *wire, uint32_t value)
{
	value = __builtin_bswap32(value);
	__builtin_memcpy(wire, &value, sizeof value);
}

#endif
