/*
 * The generator is SipHash of a counter under a secret key. The key starts from
 * RDRAND, where the processor has it, and the time stamp counter, and takes in
 * the arrival time of every packet. The key for sequence numbers is drawn at
 * the first connection, when packets have already stirred, and then stays, as
 * RFC 6528 wants.
 */
#include "netstack/inet/random.h"

#include "netstack/inet/siphash.h"

#include <cpuid.h>
#include <stdbool.h>

#define CPUID_1_ECX_RDRAND (1u << 30)
#define RDRAND_TRIES       10 /* Intel SDM volume 1, 7.3.17.1 */

static struct siphash_key generator_key;
static uint64_t generator_counter;
static struct siphash_key isn_key;
static bool isn_key_drawn;

static bool processor_has_rdrand(void)
{
	unsigned eax, ebx, ecx, edx;
	return __get_cpuid(1, &eax, &ebx, &ecx, &edx) && (ecx & CPUID_1_ECX_RDRAND);
}

static uint64_t processor_random(void)
{
	uint64_t value = 0;
	bool valid = false;

	for (int i = 0; i < RDRAND_TRIES && !valid; i++)
		__asm__ volatile("rdrand %0" : "=r"(value), "=@ccc"(valid));
	return value;
}

static void generator_mix(uint64_t low, uint64_t high)
{
	const uint64_t input[] = { low, high, generator_counter++ };
	uint64_t mixed = siphash(&generator_key, input, sizeof(input));
	generator_key.low ^= mixed;
	generator_key.high += siphash(&generator_key, &mixed, sizeof(mixed));
}

void inet_random_init(void)
{
	bool rdrand = processor_has_rdrand();

	for (int i = 0; i < 4; i++)
		generator_mix(__builtin_ia32_rdtsc(), rdrand ? processor_random() : 0);
}

void inet_random_stir(void)
{
	generator_mix(__builtin_ia32_rdtsc(), 0);
}

static uint64_t random_u64(void)
{
	uint64_t counter = generator_counter++;
	return siphash(&generator_key, &counter, sizeof(counter));
}

uint32_t inet_random_u32(void)
{
	return (uint32_t)random_u64();
}

uint16_t inet_random_port(void)
{
	return (uint16_t)(49152u + inet_random_u32() % 16384u);
}

uint32_t inet_random_isn(const struct inet_flow_id *flow, uint64_t now_us)
{
	if (!isn_key_drawn) {
		isn_key.low = random_u64();
		isn_key.high = random_u64();
		isn_key_drawn = true;
	}
	uint64_t words[] = {
		(uint64_t)flow->local_address << 32 | flow->remote_address,
		(uint64_t)flow->local_port << 16 | flow->remote_port,
	};
	return (uint32_t)(now_us / 4 + siphash(&isn_key, words, sizeof(words)));
}
