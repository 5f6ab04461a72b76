/*
 * A key pair of ours, on the curve P-256, as it is kept. Pure: random numbers are the
 * caller's, as mbedTLS wants them.
 */
#ifndef WEBD_KEYPAIR_H
#define WEBD_KEYPAIR_H

#include <mbedtls/pk.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define KEYPAIR_BYTES    160u
#define KEYPAIR_ID_BYTES 20u

struct keypair_record {
	uint32_t bytes;
	uint8_t der[KEYPAIR_BYTES]; /* RFC 5915 */
};

typedef int (*random_source)(void *context, unsigned char *bytes, size_t count);

/* Another one, into `key`, which is initialised. False: out of memory. One multiplication on the
 * curve. */
bool keypair_make(struct keypair_record *record, mbedtls_pk_context *key, random_source random);
/* Into `key`, which is initialised. False: damaged, or none of ours. */
bool keypair_load(const struct keypair_record *record, mbedtls_pk_context *key,
		  random_source random);
/* What certificates call it. False: out of memory. */
bool keypair_id(const mbedtls_pk_context *key, uint8_t id[KEYPAIR_ID_BYTES]);

#endif
