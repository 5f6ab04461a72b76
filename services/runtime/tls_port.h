/*
 * mbedTLS in a service: random numbers and time. Link with tls_port.c, entropy.c,
 * wallclock.c and crc32.c; headers and library by
 *
 *	NAME_cflags := -isystem build/third/mbedtls/include
 *	NAME_libraries := build/third/lib/libmbedtls.a
 *	NAME_link := -Wl,--wrap=mbedtls_mpi_mul_mpi
 *
 * The last makes long computations answer the heartbeat (service_breathe).
 *
 * The generator is CTR_DRBG (NIST SP 800-90A) with AES-256. A service that has the
 * store keeps a seed there, and renews it as soon as the generator works.
 */
#ifndef RUNTIME_TLS_PORT_H
#define RUNTIME_TLS_PORT_H

#include "services/proto/clockpage.h"
#include "services/runtime/entropy.h"

#define TLS_SEED_BYTES ENTROPY_BYTES

/* Once, before anything of mbedTLS. `seed`: from the store, or NULL; `clock`: NULL if there is
 * none. */
void tls_port_init(const void *seed, size_t seed_bytes, const struct clock_page *clock);
/* As mbedTLS wants it: `context` is not used; 0 is success. */
int tls_port_random(void *context, unsigned char *bytes, size_t count);
/* Wall time in seconds since 1970, 0 if nobody knows. */
int64_t tls_port_unix_time(int64_t *time);

#endif
