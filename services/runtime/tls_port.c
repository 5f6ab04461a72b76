/* See tls_port.h. */
#include "services/runtime/tls_port.h"

#include "services/runtime/service.h"
#include "services/runtime/wallclock.h"

#include <mbedtls/bignum.h>
#include <mbedtls/ctr_drbg.h>
#include <mbedtls/platform_time.h>
#include <mbedtls/platform_util.h>
#include <psa/crypto.h>
#include <string.h>

#define BREATH_US    5000u
#define BREATH_CALLS 16u /* time is not free either */

static mbedtls_ctr_drbg_context generator;
static const struct clock_page *clock_page;
static struct {
	const void *bytes;
	size_t count;
} seed;

/* The seed goes in once; later the generator's own state carries it on. */
static int gather(void *context, unsigned char *out, size_t count)
{
	uint8_t pool[ENTROPY_BYTES];

	(void)context;
	if (count > sizeof(pool))
		return MBEDTLS_ERR_CTR_DRBG_ENTROPY_SOURCE_FAILED;
	entropy_gather(seed.bytes, seed.count, pool);
	memcpy(out, pool, count);
	mbedtls_platform_zeroize(pool, sizeof(pool));
	return 0;
}

void tls_port_init(const void *seed_bytes, size_t count, const struct clock_page *clock)
{
	struct {
		uint64_t time_us, boot_tsc;
		uint32_t slot, generation;
	} personal = { time_us(), service_info()->boot_tsc, service_info()->self.slot,
		       service_info()->self.generation };

	clock_page = clock;
	seed.bytes = seed_bytes, seed.count = count;
	mbedtls_ctr_drbg_init(&generator);
	/* With a nonce from the same source: that asks for half as much again. */
	if (mbedtls_ctr_drbg_seed(&generator, gather, NULL, (const unsigned char *)&personal,
				  sizeof(personal)) != 0)
		service_panic("no random numbers");
	seed.bytes = NULL, seed.count = 0;
	if (psa_crypto_init() != PSA_SUCCESS)
		service_panic("no PSA cryptography");
}

int tls_port_random(void *context, unsigned char *bytes, size_t count)
{
	(void)context;
	while (count > 0) {
		size_t part =
			count < MBEDTLS_CTR_DRBG_MAX_REQUEST ? count : MBEDTLS_CTR_DRBG_MAX_REQUEST;
		int failed = mbedtls_ctr_drbg_random(&generator, bytes, part);
		if (failed != 0)
			return failed;
		bytes += part;
		count -= part;
	}
	return 0;
}

int64_t tls_port_unix_time(int64_t *time)
{
	struct wallclock now = { 0 };
	int64_t unix_s = 0;

	if (clock_page != NULL && wallclock_read(clock_page, time_us(), &now))
		unix_s = now.unix_us / 1000000;
	if (time != NULL)
		*time = unix_s;
	return unix_s;
}

/*
 * A multiplication on a curve takes tens of milliseconds on a slow machine, and a
 * step of a handshake has several. All of them are made of thousands of products,
 * and these pass by here (the linker's --wrap).
 */
static void breathe(void)
{
	static uint64_t last_us;
	static unsigned calls;

	if (++calls % BREATH_CALLS != 0)
		return;
	uint64_t now_us = time_us();

	if (now_us - last_us < BREATH_US)
		return;
	last_us = now_us;
	service_breathe();
}

int __real_mbedtls_mpi_mul_mpi(mbedtls_mpi *product, const mbedtls_mpi *a, const mbedtls_mpi *b);
int __wrap_mbedtls_mpi_mul_mpi(mbedtls_mpi *product, const mbedtls_mpi *a, const mbedtls_mpi *b);

int __wrap_mbedtls_mpi_mul_mpi(mbedtls_mpi *product, const mbedtls_mpi *a, const mbedtls_mpi *b)
{
	breathe();
	return __real_mbedtls_mpi_mul_mpi(product, a, b);
}

/* --- What mbedTLS calls ------------------------------------------------------------ */

mbedtls_ms_time_t mbedtls_ms_time(void)
{
	return (mbedtls_ms_time_t)(time_us() / 1000);
}

void mbedtls_platform_zeroize(void *bytes, size_t count)
{
	memset(bytes, 0, count);
	__asm__ volatile("" : : "r"(bytes) : "memory"); /* or the compiler might leave it out */
}

psa_status_t mbedtls_psa_external_get_random(mbedtls_psa_external_random_context_t *context,
					     uint8_t *output, size_t output_size,
					     size_t *output_length)
{
	(void)context;
	if (tls_port_random(NULL, output, output_size) != 0)
		return PSA_ERROR_INSUFFICIENT_ENTROPY;
	*output_length = output_size;
	return PSA_SUCCESS;
}
