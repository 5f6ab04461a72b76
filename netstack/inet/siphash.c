/*
 * SipHash-2-4, after Aumasson and Bernstein, "SipHash: a fast short-input PRF"
 * (2012), section 2. tests/unit/inet_random_test.c checks their test value.
 */
#include "netstack/inet/siphash.h"

#include <string.h>

struct sip_state {
	uint64_t v0, v1, v2, v3;
};

static uint64_t rotate_left(uint64_t value, unsigned bits)
{
	return value << bits | value >> (64 - bits);
}

static void sip_round(struct sip_state *s)
{
	s->v0 += s->v1;
	s->v2 += s->v3;
	s->v1 = rotate_left(s->v1, 13) ^ s->v0;
	s->v3 = rotate_left(s->v3, 16) ^ s->v2;
	s->v0 = rotate_left(s->v0, 32);
	s->v2 += s->v1;
	s->v0 += s->v3;
	s->v1 = rotate_left(s->v1, 17) ^ s->v2;
	s->v3 = rotate_left(s->v3, 21) ^ s->v0;
	s->v2 = rotate_left(s->v2, 32);
}

static void sip_compress(struct sip_state *s, uint64_t word)
{
	s->v3 ^= word;
	sip_round(s);
	sip_round(s);
	s->v0 ^= word;
}

uint64_t siphash(const struct siphash_key *key, const void *bytes, size_t length_bytes)
{
	struct sip_state s = {
		.v0 = key->low ^ 0x736f6d6570736575u,
		.v1 = key->high ^ 0x646f72616e646f6du,
		.v2 = key->low ^ 0x6c7967656e657261u,
		.v3 = key->high ^ 0x7465646279746573u,
	};
	const uint8_t *from = bytes;
	size_t left = length_bytes;

	for (; left >= 8; left -= 8, from += 8) {
		uint64_t word;
		memcpy(&word, from, sizeof(word));
		sip_compress(&s, word);
	}
	uint64_t last = (uint64_t)length_bytes << 56;
	for (size_t i = 0; i < left; i++)
		last |= (uint64_t)from[i] << (8 * i);
	sip_compress(&s, last);

	s.v2 ^= 0xff;
	for (int i = 0; i < 4; i++)
		sip_round(&s);
	return s.v0 ^ s.v1 ^ s.v2 ^ s.v3;
}
