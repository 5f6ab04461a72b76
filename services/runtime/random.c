/*
 * A ChaCha20 block (RFC 8439, 2.3) under a key of the moment: half of each block
 * is the next key, so that what was given out cannot be computed again, and the
 * time of every call goes in. The first key is from RDRAND, where there is one, and time.
 */
#include "services/runtime/random.h"

#include <cpuid.h>
#include <stdbool.h>
#include <string.h>

#define KEY_WORDS    8
#define BLOCK_WORDS  16
#define DOUBLE_ROUND 10
#define RDRAND_TRIES 10 /* Intel SDM volume 1, 7.3.17.1 */

static uint32_t key[KEY_WORDS];

static uint32_t rotated(uint32_t value, unsigned bits)
{
	return value << bits | value >> (32 - bits);
}

static void quarter_round(uint32_t *s, unsigned a, unsigned b, unsigned c, unsigned d)
{
	s[a] += s[b], s[d] = rotated(s[d] ^ s[a], 16);
	s[c] += s[d], s[b] = rotated(s[b] ^ s[c], 12);
	s[a] += s[b], s[d] = rotated(s[d] ^ s[a], 8);
	s[c] += s[d], s[b] = rotated(s[b] ^ s[c], 7);
}

static void block_make(const uint32_t input[4], uint32_t block[BLOCK_WORDS])
{
	uint32_t begin[BLOCK_WORDS] = { 0x61707865, 0x3320646e, 0x79622d32, 0x6b206574 };

	memcpy(begin + 4, key, sizeof(key));
	memcpy(begin + 12, input, 4 * sizeof(*input));
	memcpy(block, begin, sizeof(begin));
	for (int i = 0; i < DOUBLE_ROUND; i++) {
		for (unsigned column = 0; column < 4; column++)
			quarter_round(block, column, column + 4, column + 8, column + 12);
		for (unsigned d = 0; d < 4; d++)
			quarter_round(block, d, 4 + (d + 1) % 4, 8 + (d + 2) % 4, 12 + (d + 3) % 4);
	}
	for (int i = 0; i < BLOCK_WORDS; i++)
		block[i] += begin[i];
}

static uint32_t draw(uint64_t seed)
{
	uint64_t time = __builtin_ia32_rdtsc();
	const uint32_t input[4] = { (uint32_t)time, (uint32_t)(time >> 32), (uint32_t)seed,
				    (uint32_t)(seed >> 32) };
	uint32_t block[BLOCK_WORDS];

	block_make(input, block);
	memcpy(key, block, sizeof(key));
	return block[KEY_WORDS];
}

static uint64_t processor_random(void)
{
	unsigned eax, ebx, ecx = 0, edx;
	uint64_t value = 0;
	bool valid = false;

	if (!__get_cpuid(1, &eax, &ebx, &ecx, &edx) || !(ecx & bit_RDRND))
		return 0;
	for (int i = 0; i < RDRAND_TRIES && !valid; i++)
		__asm__ volatile("rdrand %0" : "=r"(value), "=@ccc"(valid));
	return value;
}

void random_init(void)
{
	for (int i = 0; i < KEY_WORDS; i++)
		(void)draw(processor_random());
}

uint32_t random_u32(void)
{
	return draw(0);
}
