/* See password.h. The two states behind the key are kept: four compressions a round become two. */
#include "appliance/webd/password.h"

#include <mbedtls/platform_util.h>
#include <string.h>

#define BLOCK_BYTES 128u /* of SHA-512 */

bool password_is_acceptable(const char *password)
{
	size_t length = strlen(password);

	for (size_t i = 0; i < length; i++)
		if ((uint8_t)password[i] < 0x20 || password[i] == 0x7f)
			return false;
	return length >= PASSWORD_LENGTH_MIN && length <= PASSWORD_LENGTH_MAX;
}

bool password_record_is_sound(const struct password_record *record)
{
	return record->version == PASSWORD_VERSION && record->rounds > 0 &&
	       record->rounds <= PASSWORD_ROUNDS_MAX;
}

/* RFC 2104, 2: the key, filled up with zeros, each byte combined with `pad`. */
static void key_absorb(mbedtls_sha512_context *context, const uint8_t key[BLOCK_BYTES], uint8_t pad)
{
	uint8_t block[BLOCK_BYTES];

	for (size_t i = 0; i < BLOCK_BYTES; i++)
		block[i] = key[i] ^ pad;
	mbedtls_sha512_init(context);
	(void)mbedtls_sha512_starts(context, 0);
	(void)mbedtls_sha512_update(context, block, sizeof(block));
	mbedtls_platform_zeroize(block, sizeof(block));
}

static void hmac(const struct password_job *job, const uint8_t *bytes, size_t count,
		 uint8_t out[PASSWORD_HASH_BYTES])
{
	mbedtls_sha512_context context;

	mbedtls_sha512_init(&context);
	mbedtls_sha512_clone(&context, &job->inner);
	(void)mbedtls_sha512_update(&context, bytes, count);
	(void)mbedtls_sha512_finish(&context, out);
	mbedtls_sha512_clone(&context, &job->outer);
	(void)mbedtls_sha512_update(&context, out, PASSWORD_HASH_BYTES);
	(void)mbedtls_sha512_finish(&context, out);
	mbedtls_sha512_free(&context);
}

void password_begin(struct password_job *job, const char *password,
		    const uint8_t salt[PASSWORD_SALT_BYTES], uint32_t rounds)
{
	uint8_t key[BLOCK_BYTES] = { 0 };
	uint8_t first[PASSWORD_SALT_BYTES + 4] = { 0 };
	size_t length = strnlen(password, PASSWORD_LENGTH_MAX + 1);

	if (length > BLOCK_BYTES) /* RFC 2104, 2: a long key is hashed first */
		(void)mbedtls_sha512((const uint8_t *)password, length, key, 0);
	else
		memcpy(key, password, length);
	key_absorb(&job->inner, key, 0x36);
	key_absorb(&job->outer, key, 0x5c);
	mbedtls_platform_zeroize(key, sizeof(key));
	memcpy(first, salt, PASSWORD_SALT_BYTES);
	first[sizeof(first) - 1] = 1; /* the number of the block, big-endian */
	hmac(job, first, sizeof(first), job->last);
	memcpy(job->sum, job->last, sizeof(job->sum));
	job->rounds_left = rounds - 1;
}

bool password_work(struct password_job *job)
{
	for (unsigned i = 0; i < PASSWORD_SLICE_ROUNDS && job->rounds_left > 0; i++) {
		hmac(job, job->last, sizeof(job->last), job->last);
		for (size_t byte = 0; byte < sizeof(job->sum); byte++)
			job->sum[byte] ^= job->last[byte];
		job->rounds_left--;
	}
	return job->rounds_left == 0;
}

void password_end(struct password_job *job)
{
	mbedtls_platform_zeroize(job, sizeof(*job));
}
