/* See keypair.h. */
#include "appliance/webd/keypair.h"

#include <mbedtls/ecp.h>
#include <mbedtls/platform_util.h>
#include <mbedtls/sha256.h>
#include <string.h>

#define HASH_BYTES 32

bool keypair_make(struct keypair_record *record, mbedtls_pk_context *key, random_source random)
{
	uint8_t scratch[KEYPAIR_BYTES];

	memset(record, 0, sizeof(*record));
	if (mbedtls_pk_setup(key, mbedtls_pk_info_from_type(MBEDTLS_PK_ECKEY)) != 0 ||
	    mbedtls_ecp_gen_key(MBEDTLS_ECP_DP_SECP256R1, mbedtls_pk_ec(*key), random, NULL) != 0)
		return false;
	/* DER is written from the end of the buffer. */
	int bytes = mbedtls_pk_write_key_der(key, scratch, sizeof(scratch));
	if (bytes > 0) {
		memcpy(record->der, scratch + sizeof(scratch) - bytes, (size_t)bytes);
		record->bytes = (uint32_t)bytes;
	}
	mbedtls_platform_zeroize(scratch, sizeof(scratch));
	return bytes > 0;
}

bool keypair_load(const struct keypair_record *record, mbedtls_pk_context *key,
		  random_source random)
{
	return record->bytes <= sizeof(record->der) &&
	       mbedtls_pk_parse_key(key, record->der, record->bytes, NULL, 0, random, NULL) == 0 &&
	       mbedtls_pk_can_do(key, MBEDTLS_PK_ECDSA) != 0;
}

/* RFC 7093, 2, method 1: as SHA-1, which RFC 5280, 4.2.1.2 has, is not built. */
bool keypair_id(const mbedtls_pk_context *key, uint8_t id[KEYPAIR_ID_BYTES])
{
	uint8_t point[MBEDTLS_ECP_MAX_PT_LEN], hash[HASH_BYTES];
	uint8_t *at = point + sizeof(point);
	int bytes = mbedtls_pk_write_pubkey(&at, point, key);

	if (bytes <= 0 || mbedtls_sha256(at, (size_t)bytes, hash, 0) != 0)
		return false;
	memcpy(id, hash, KEYPAIR_ID_BYTES);
	return true;
}
