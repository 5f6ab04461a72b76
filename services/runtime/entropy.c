/* See entropy.h. */
#include "services/runtime/entropy.h"

#include <cpuid.h>
#include <mbedtls/platform_util.h>
#include <mbedtls/sha512.h>

#define RDRAND_WORDS 8
#define RDRAND_TRIES 10 /* Intel SDM volume 1, 7.3.17.1 */
#define WALK_BYTES   8192u

bool entropy_has_rdrand(void)
{
	unsigned eax, ebx, ecx = 0, edx;

	return __get_cpuid(1, &eax, &ebx, &ecx, &edx) && (ecx & bit_RDRND);
}

static void rdrand_add(mbedtls_sha512_context *pool)
{
	for (int word = 0; word < RDRAND_WORDS; word++) {
		uint64_t value = 0;
		bool valid = false;
		for (int i = 0; i < RDRAND_TRIES && !valid; i++)
			__asm__ volatile("rdrand %0" : "=r"(value), "=@ccc"(valid));
		(void)mbedtls_sha512_update(pool, (const uint8_t *)&value, sizeof(value));
	}
}

/* Each sample is a walk through memory that the one before has led to. */
static void jitter_add(mbedtls_sha512_context *pool)
{
	static volatile uint8_t walk[WALK_BYTES];
	uint64_t last = __builtin_ia32_rdtsc();
	unsigned at = 0;

	for (unsigned sample = 0; sample < ENTROPY_JITTER_SAMPLES; sample++) {
		for (unsigned step = 0; step < 1u + (at & 7u); step++) {
			at = (at * 33u + walk[at] + 61u) % WALK_BYTES;
			walk[at]++;
		}
		uint64_t now = __builtin_ia32_rdtsc();
		uint32_t delta = (uint32_t)(now - last);
		last = now;
		at = (at + delta) % WALK_BYTES;
		(void)mbedtls_sha512_update(pool, (const uint8_t *)&delta, sizeof(delta));
	}
	(void)mbedtls_sha512_update(pool, (const uint8_t *)&last, sizeof(last));
}

void entropy_gather(const void *seed, size_t seed_bytes, uint8_t out[ENTROPY_BYTES])
{
	mbedtls_sha512_context pool;

	mbedtls_sha512_init(&pool);
	(void)mbedtls_sha512_starts(&pool, 0);
	if (seed != NULL)
		(void)mbedtls_sha512_update(&pool, seed, seed_bytes);
	if (entropy_has_rdrand())
		rdrand_add(&pool);
	jitter_add(&pool);
	(void)mbedtls_sha512_finish(&pool, out);
	mbedtls_sha512_free(&pool);
}
