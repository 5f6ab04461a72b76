/*
 * The password's hash: PBKDF2 with HMAC-SHA-512 (RFC 8018, 5.2; RFC 4868), worked
 * out in slices, since a service must not be away for as long as it takes. Pure.
 */
#ifndef WEBD_PASSWORD_H
#define WEBD_PASSWORD_H

#include <mbedtls/sha512.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PASSWORD_LENGTH_MIN   12u
#define PASSWORD_LENGTH_MAX   128u
#define PASSWORD_HASH_BYTES   64u /* one block of PBKDF2 */
#define PASSWORD_SALT_BYTES   16u
#define PASSWORD_ROUNDS       60000u /* for new ones; the record says its own */
#define PASSWORD_ROUNDS_MAX   1000000u
#define PASSWORD_SLICE_ROUNDS 100u
#define PASSWORD_VERSION      1u

/* As kept in the store. */
struct password_record {
	uint32_t version; /* PASSWORD_VERSION */
	uint32_t rounds;
	uint8_t salt[PASSWORD_SALT_BYTES];
	uint8_t hash[PASSWORD_HASH_BYTES];
};

struct password_job {
	mbedtls_sha512_context inner, outer; /* the key has gone in */
	uint8_t last[PASSWORD_HASH_BYTES], sum[PASSWORD_HASH_BYTES];
	uint32_t rounds_left;
};

/* Bytes, of UTF-8 without control characters. */
bool password_is_acceptable(const char *password);
/* Is a record from the store one that can be used? */
bool password_record_is_sound(const struct password_record *record);

/* `password` is not needed any more afterwards. */
void password_begin(struct password_job *job, const char *password,
		    const uint8_t salt[PASSWORD_SALT_BYTES], uint32_t rounds);
/* One slice; true when `sum` holds the hash. */
bool password_work(struct password_job *job);
void password_end(struct password_job *job);

#endif
