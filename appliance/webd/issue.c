/* See issue.h. */
#include "appliance/webd/issue.h"

#include <mbedtls/oid.h>
#include <string.h>

#define SERIAL_BYTES 16

bool issue_extension(mbedtls_x509write_cert *writer, const char *oid, size_t oid_bytes,
		     bool critical, const struct der *der)
{
	size_t bytes = der_done(der);

	return bytes != 0 && mbedtls_x509write_crt_set_extension(writer, oid, oid_bytes, critical,
								 der->at, bytes) == 0;
}

void issue_authority_key(struct der *der, const uint8_t id[KEYPAIR_ID_BYTES])
{
	const uint8_t *behind = der->at;

	der_value(der, DER_TAGGED(0), id, KEYPAIR_ID_BYTES);
	der_wrap(der, DER_SEQUENCE, behind);
}

static bool key_ids_set(mbedtls_x509write_cert *writer, const struct issue *issue)
{
	uint8_t scratch[64], subject[KEYPAIR_ID_BYTES], issuer[KEYPAIR_ID_BYTES];
	struct der der;

	if (!keypair_id(issue->subject_key, subject) || !keypair_id(issue->issuer_key, issuer))
		return false;
	der_init(&der, scratch, sizeof(scratch));
	der_value(&der, MBEDTLS_ASN1_OCTET_STRING, subject, sizeof(subject));
	if (!issue_extension(writer, DER_OID(SUBJECT_KEY_IDENTIFIER), false, &der))
		return false;
	der_init(&der, scratch, sizeof(scratch));
	issue_authority_key(&der, issuer);
	return issue_extension(writer, DER_OID(AUTHORITY_KEY_IDENTIFIER), false, &der);
}

static bool serial_set(mbedtls_x509write_cert *writer, random_source random)
{
	uint8_t serial[SERIAL_BYTES];

	if (random(NULL, serial, sizeof(serial)) != 0)
		return false;
	serial[0] = (uint8_t)((serial[0] & 0x7f) | 0x40); /* positive, no leading zeros */
	return mbedtls_x509write_crt_set_serial_raw(writer, serial, sizeof(serial)) == 0;
}

bool issue_begin(mbedtls_x509write_cert *writer, const struct issue *issue, random_source random)
{
	char first[VALIDITY_TEXT_BYTES], last[VALIDITY_TEXT_BYTES];

	validity_text(issue->validity.first_s, first);
	validity_text(issue->validity.last_s, last);
	mbedtls_x509write_crt_set_version(writer, MBEDTLS_X509_CRT_VERSION_3);
	mbedtls_x509write_crt_set_md_alg(writer, MBEDTLS_MD_SHA256);
	mbedtls_x509write_crt_set_subject_key(writer, issue->subject_key);
	mbedtls_x509write_crt_set_issuer_key(writer, issue->issuer_key);
	return serial_set(writer, random) &&
	       mbedtls_x509write_crt_set_subject_name(writer, issue->subject) == 0 &&
	       mbedtls_x509write_crt_set_issuer_name(writer, issue->issuer) == 0 &&
	       mbedtls_x509write_crt_set_validity(writer, first, last) == 0 &&
	       key_ids_set(writer, issue);
}

/* It is written at the end of the room. */
bool issue_end(mbedtls_x509write_cert *writer, uint8_t *certificate, size_t room_bytes,
	       uint32_t *bytes, random_source random)
{
	int wrote = mbedtls_x509write_crt_der(writer, certificate, room_bytes, random, NULL);

	if (wrote <= 0)
		return false;
	memmove(certificate, certificate + room_bytes - wrote, (size_t)wrote);
	memset(certificate + wrote, 0, room_bytes - (size_t)wrote);
	*bytes = (uint32_t)wrote;
	return true;
}
