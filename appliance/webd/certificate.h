/*
 * The appliance's own certificate: ECDSA over P-256, signed by itself, made on the
 * first boot. Pure: random numbers are the caller's, as mbedTLS wants them.
 */
#ifndef WEBD_CERTIFICATE_H
#define WEBD_CERTIFICATE_H

#include <mbedtls/pk.h>
#include <mbedtls/x509_crt.h>
#include <stdbool.h>
#include <stdint.h>

#define CERTIFICATE_VERSION    1u
#define CERTIFICATE_NAME_BYTES 64u /* a label and its zero */
#define CERTIFICATE_BYTES      800u
#define CERTIFICATE_KEY_BYTES  160u

/* As kept in the store: both in DER. */
struct certificate_record {
	uint32_t version; /* CERTIFICATE_VERSION */
	uint32_t address; /* that it is for, host byte order */
	char hostname[CERTIFICATE_NAME_BYTES];
	uint32_t key_bytes, certificate_bytes;
	uint8_t key[CERTIFICATE_KEY_BYTES];
	uint8_t certificate[CERTIFICATE_BYTES];
};

typedef int (*certificate_random)(void *context, unsigned char *bytes, size_t count);

/*
 * For `address` and the names HOSTNAME.DOMAIN and HOSTNAME. False: out of memory.
 * Takes two multiplications on the curve. A key that the record has is used again,
 * so that only a change of names changes what was trusted.
 */
bool certificate_make(struct certificate_record *record, uint32_t address, const char *hostname,
		      const char *domain, certificate_random random);
/* Both into mbedTLS's objects, which are initialised; false: damaged. */
bool certificate_load(const struct certificate_record *record, mbedtls_x509_crt *certificate,
		      mbedtls_pk_context *key, certificate_random random);
bool certificate_is_for(const struct certificate_record *record, uint32_t address,
			const char *hostname);

#endif
