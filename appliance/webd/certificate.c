/* See certificate.h. */
#include "appliance/webd/certificate.h"

#include <mbedtls/ecp.h>
#include <mbedtls/oid.h>
#include <stdio.h>
#include <string.h>

/*
 * The machine may not know what time it is: from before it was made, to the last
 * moment that UTCTime can say (RFC 5280, 4.1.2.5.1).
 */
#define NOT_BEFORE    "20250101000000"
#define NOT_AFTER     "20491231235959"
#define SERIAL_BYTES  16
#define SCRATCH_BYTES 1024

bool certificate_is_for(const struct certificate_record *record, uint32_t address,
			const char *hostname)
{
	return record->version == CERTIFICATE_VERSION && record->address == address &&
	       strncmp(record->hostname, hostname, sizeof(record->hostname)) == 0;
}

static bool key_make(struct certificate_record *record, mbedtls_pk_context *key,
		     certificate_random random)
{
	uint8_t scratch[CERTIFICATE_KEY_BYTES];

	if (record->version == CERTIFICATE_VERSION && record->key_bytes <= sizeof(record->key) &&
	    mbedtls_pk_parse_key(key, record->key, record->key_bytes, NULL, 0, random, NULL) == 0)
		return true;
	mbedtls_pk_free(key);
	mbedtls_pk_init(key);
	if (mbedtls_pk_setup(key, mbedtls_pk_info_from_type(MBEDTLS_PK_ECKEY)) != 0 ||
	    mbedtls_ecp_gen_key(MBEDTLS_ECP_DP_SECP256R1, mbedtls_pk_ec(*key), random, NULL) != 0)
		return false;
	/* DER is written from the end of the buffer. */
	int bytes = mbedtls_pk_write_key_der(key, scratch, sizeof(scratch));
	if (bytes <= 0)
		return false;
	memcpy(record->key, scratch + sizeof(scratch) - bytes, (size_t)bytes);
	record->key_bytes = (uint32_t)bytes;
	return true;
}

struct names {
	mbedtls_x509_san_list list[3];
	uint8_t address[4];
	char full[128];
	char subject[96];
};

static void name_set(mbedtls_x509_san_list *entry, mbedtls_x509_san_list *next, int type,
		     const void *bytes, size_t count)
{
	entry->next = next;
	entry->node.type = type;
	entry->node.san.unstructured_name.p = (unsigned char *)bytes;
	entry->node.san.unstructured_name.len = count;
}

static void names_fill(struct names *names, uint32_t address, const char *hostname,
		       const char *domain)
{
	memset(names, 0, sizeof(*names));
	for (int i = 0; i < 4; i++)
		names->address[i] = (uint8_t)(address >> (24 - 8 * i));
	snprintf(names->full, sizeof(names->full), "%.63s.%.31s", hostname, domain);
	snprintf(names->subject, sizeof(names->subject), "CN=%.63s,O=Bulkhead", hostname);
	name_set(&names->list[0], &names->list[1], MBEDTLS_X509_SAN_IP_ADDRESS, names->address, 4);
	name_set(&names->list[1], &names->list[2], MBEDTLS_X509_SAN_DNS_NAME, names->full,
		 strlen(names->full));
	name_set(&names->list[2], NULL, MBEDTLS_X509_SAN_DNS_NAME, hostname, strlen(hostname));
}

/* Everything that the certificate says; false: out of memory. */
static bool contents_set(mbedtls_x509write_cert *writer, const struct names *names,
			 mbedtls_pk_context *key, certificate_random random)
{
	static const mbedtls_asn1_sequence server_auth = {
		.buf = { .tag = MBEDTLS_ASN1_OID,
			 .len = MBEDTLS_OID_SIZE(MBEDTLS_OID_SERVER_AUTH),
			 .p = (unsigned char *)MBEDTLS_OID_SERVER_AUTH },
	};
	uint8_t serial[SERIAL_BYTES];

	if (random(NULL, serial, sizeof(serial)) != 0)
		return false;
	serial[0] = (uint8_t)((serial[0] & 0x7f) | 0x40); /* positive, no leading zeros */
	mbedtls_x509write_crt_set_version(writer, MBEDTLS_X509_CRT_VERSION_3);
	mbedtls_x509write_crt_set_md_alg(writer, MBEDTLS_MD_SHA256);
	mbedtls_x509write_crt_set_subject_key(writer, key);
	mbedtls_x509write_crt_set_issuer_key(writer, key);
	return mbedtls_x509write_crt_set_serial_raw(writer, serial, sizeof(serial)) == 0 &&
	       mbedtls_x509write_crt_set_subject_name(writer, names->subject) == 0 &&
	       mbedtls_x509write_crt_set_issuer_name(writer, names->subject) == 0 &&
	       mbedtls_x509write_crt_set_validity(writer, NOT_BEFORE, NOT_AFTER) == 0 &&
	       mbedtls_x509write_crt_set_basic_constraints(writer, 0, -1) == 0 &&
	       mbedtls_x509write_crt_set_key_usage(writer, MBEDTLS_X509_KU_DIGITAL_SIGNATURE) ==
		       0 &&
	       mbedtls_x509write_crt_set_ext_key_usage(writer, &server_auth) == 0 &&
	       mbedtls_x509write_crt_set_subject_alternative_name(writer, names->list) == 0;
}

static bool certificate_write(struct certificate_record *record, const struct names *names,
			      mbedtls_pk_context *key, certificate_random random)
{
	uint8_t scratch[SCRATCH_BYTES];
	mbedtls_x509write_cert writer;
	int bytes = 0;

	mbedtls_x509write_crt_init(&writer);
	if (contents_set(&writer, names, key, random))
		bytes = mbedtls_x509write_crt_der(&writer, scratch, sizeof(scratch), random, NULL);
	mbedtls_x509write_crt_free(&writer);
	if (bytes <= 0 || (size_t)bytes > sizeof(record->certificate))
		return false;
	memcpy(record->certificate, scratch + sizeof(scratch) - bytes, (size_t)bytes);
	record->certificate_bytes = (uint32_t)bytes;
	return true;
}

bool certificate_make(struct certificate_record *record, uint32_t address, const char *hostname,
		      const char *domain, certificate_random random)
{
	mbedtls_pk_context key;
	struct names names;

	mbedtls_pk_init(&key);
	names_fill(&names, address, hostname, domain);
	bool made =
		key_make(record, &key, random) && certificate_write(record, &names, &key, random);
	mbedtls_pk_free(&key);
	if (!made)
		return false;
	record->version = CERTIFICATE_VERSION;
	record->address = address;
	memset(record->hostname, 0, sizeof(record->hostname));
	memcpy(record->hostname, hostname, strnlen(hostname, sizeof(record->hostname) - 1));
	return true;
}

bool certificate_load(const struct certificate_record *record, mbedtls_x509_crt *certificate,
		      mbedtls_pk_context *key, certificate_random random)
{
	if (record->version != CERTIFICATE_VERSION || record->key_bytes > sizeof(record->key) ||
	    record->certificate_bytes > sizeof(record->certificate))
		return false;
	return mbedtls_x509_crt_parse_der(certificate, record->certificate,
					  record->certificate_bytes) == 0 &&
	       mbedtls_pk_parse_key(key, record->key, record->key_bytes, NULL, 0, random, NULL) ==
		       0 &&
	       mbedtls_pk_check_pair(&certificate->pk, key, random, NULL) == 0;
}
