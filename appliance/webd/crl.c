/* See crl.h. */
#include "appliance/webd/crl.h"

#include "appliance/webd/issue.h"

#include <mbedtls/ecdsa.h>
#include <mbedtls/oid.h>
#include <mbedtls/sha256.h>
#include <string.h>

#define BODY_BYTES 320u
#define HASH_BYTES 32
#define VERSION_2  1 /* RFC 5280, 5.1.2.1 */

/* RFC 5758, 3.2: without parameters. */
static void algorithm_write(struct der *der)
{
	const uint8_t *behind = der->at;

	der_oid(der, DER_OID(ECDSA_SHA256));
	der_wrap(der, DER_SEQUENCE, behind);
}

/* UTCTime: no validity goes beyond it. */
static void time_write(struct der *der, int64_t unix_s)
{
	char text[VALIDITY_TEXT_BYTES + 1];

	validity_text(unix_s, text);
	strcat(text, "Z");
	der_value(der, MBEDTLS_ASN1_UTC_TIME, text + 2, strlen(text) - 2);
}

/* What has been written since der->at was `behind` is the value of the extension `oid`. */
static void extension_wrap(struct der *der, const char *oid, size_t oid_bytes,
			   const uint8_t *behind)
{
	der_wrap(der, MBEDTLS_ASN1_OCTET_STRING, behind);
	der_oid(der, oid, oid_bytes);
	der_wrap(der, DER_SEQUENCE, behind);
}

static bool extensions_write(struct der *der, const struct authority *authority, uint32_t number)
{
	uint8_t id[KEYPAIR_ID_BYTES];
	const uint8_t *behind = der->at;

	if (!keypair_id(&authority->key, id))
		return false;
	der_number(der, (int)(number & INT32_MAX));
	extension_wrap(der, DER_OID(CRL_NUMBER), behind);
	const uint8_t *first = der->at;
	issue_authority_key(der, id);
	extension_wrap(der, DER_OID(AUTHORITY_KEY_IDENTIFIER), first);
	der_wrap(der, DER_SEQUENCE, behind);
	der_wrap(der, DER_TAGGED_SET(0), behind);
	return true;
}

/* TBSCertList (5.1.2), from its end to its beginning. */
static size_t body_write(struct der *der, const struct authority *authority,
			 const struct validity *validity, uint32_t number)
{
	const mbedtls_x509_buf *name = &authority->certificate.subject_raw;

	if (!extensions_write(der, authority, number))
		return 0;
	time_write(der, validity->last_s);
	time_write(der, validity->first_s);
	der_octets(der, name->p, name->len);
	algorithm_write(der);
	der_number(der, VERSION_2);
	der_wrap(der, DER_SEQUENCE, der->end);
	return der_done(der);
}

size_t crl_make(struct authority *authority, const struct validity *validity, uint32_t number,
		uint8_t crl[CRL_BYTES], random_source random)
{
	uint8_t scratch[BODY_BYTES], hash[HASH_BYTES], signature[MBEDTLS_ECDSA_MAX_LEN];
	size_t signature_bytes = 0;
	struct der body, whole;

	der_init(&body, scratch, sizeof(scratch));
	size_t body_bytes = body_write(&body, authority, validity, number);
	if (body_bytes == 0 || mbedtls_sha256(body.at, body_bytes, hash, 0) != 0 ||
	    mbedtls_pk_sign(&authority->key, MBEDTLS_MD_SHA256, hash, sizeof(hash), signature,
			    sizeof(signature), &signature_bytes, random, NULL) != 0)
		return 0;
	der_init(&whole, crl, CRL_BYTES);
	der_octets(&whole, signature, signature_bytes);
	der_octets(&whole, "\0", 1); /* no unused bits */
	der_wrap(&whole, MBEDTLS_ASN1_BIT_STRING, whole.end);
	algorithm_write(&whole);
	der_octets(&whole, body.at, body_bytes);
	der_wrap(&whole, DER_SEQUENCE, whole.end);
	size_t bytes = der_done(&whole);
	memmove(crl, whole.at, bytes);
	memset(crl + bytes, 0, CRL_BYTES - bytes);
	return bytes;
}
