/* See authority.h. */
#include "appliance/webd/authority.h"

#include "appliance/webd/issue.h"

#include <mbedtls/oid.h>
#include <mbedtls/sha256.h>
#include <stdio.h>
#include <string.h>

#define HASH_BYTES 32

struct network {
	uint32_t address, mask;
};

/* RFC 1918, 3. */
static const struct network private_networks[] = {
	{ 0x0a000000, 0xff000000 },
	{ 0xac100000, 0xfff00000 },
	{ 0xc0a80000, 0xffff0000 },
};

#define PRIVATE_NETWORKS (sizeof(private_networks) / sizeof(private_networks[0]))

static bool is_private(uint32_t address)
{
	for (size_t i = 0; i < PRIVATE_NETWORKS; i++)
		if ((address & private_networks[i].mask) == private_networks[i].address)
			return true;
	return false;
}

bool authority_permits(const struct authority_record *record, const struct authority_names *names)
{
	const struct authority_names *own = &record->names;

	return record->certificate_bytes != 0 &&
	       strncmp(own->hostname, names->hostname, sizeof(own->hostname)) == 0 &&
	       strncmp(own->domain, names->domain, sizeof(own->domain)) == 0 &&
	       (is_private(names->address) || names->address == own->address);
}

void authority_full_name(const struct authority_names *names, char name[AUTHORITY_FULL_NAME_BYTES])
{
	snprintf(name, AUTHORITY_FULL_NAME_BYTES, "%.63s.%.31s", names->hostname, names->domain);
}

void authority_name(const struct authority_record *record, char name[AUTHORITY_NAME_BYTES])
{
	snprintf(name, AUTHORITY_NAME_BYTES, "CN=Bulkhead authority %08X", record->number);
}

/* --- What it may sign -------------------------------------------------------------------- */

static void subtree_permit(struct der *der, uint8_t kind, const void *octets, size_t count)
{
	const uint8_t *behind = der->at;

	der_value(der, DER_TAGGED(kind), octets, count);
	der_wrap(der, DER_SEQUENCE, behind);
}

static void network_permit(struct der *der, const struct network *network)
{
	uint8_t octets[8];

	for (unsigned i = 0; i < 4; i++) {
		octets[i] = (uint8_t)(network->address >> (24 - 8 * i));
		octets[4 + i] = (uint8_t)(network->mask >> (24 - 8 * i));
	}
	subtree_permit(der, MBEDTLS_X509_SAN_IP_ADDRESS, octets, sizeof(octets));
}

/* RFC 5280, 4.2.1.10: of names and addresses, of version 6 too, nothing else is permitted. */
static bool names_constrain(mbedtls_x509write_cert *writer, const struct authority_names *names)
{
	uint8_t scratch[ISSUE_EXTENSION_BYTES];
	char full[AUTHORITY_FULL_NAME_BYTES];
	struct der der;

	authority_full_name(names, full);
	der_init(&der, scratch, sizeof(scratch));
	if (names->address != 0)
		network_permit(&der, &(struct network){ names->address, UINT32_MAX });
	for (size_t i = 0; i < PRIVATE_NETWORKS; i++)
		network_permit(&der, &private_networks[i]);
	subtree_permit(&der, MBEDTLS_X509_SAN_DNS_NAME, names->hostname, strlen(names->hostname));
	subtree_permit(&der, MBEDTLS_X509_SAN_DNS_NAME, full, strlen(full));
	der_wrap(&der, DER_TAGGED_SET(0), der.end);
	der_wrap(&der, DER_SEQUENCE, der.end);
	return issue_extension(writer, DER_OID(NAME_CONSTRAINTS), true, &der);
}

/* Nor is it for mail or programs: only for servers. */
static bool purpose_constrain(mbedtls_x509write_cert *writer)
{
	uint8_t scratch[16];
	struct der der;

	der_init(&der, scratch, sizeof(scratch));
	der_oid(&der, DER_OID(SERVER_AUTH));
	der_wrap(&der, DER_SEQUENCE, der.end);
	return issue_extension(writer, DER_OID(EXTENDED_KEY_USAGE), false, &der);
}

/* --- Made, and opened --------------------------------------------------------------------- */

static bool certificate_write(struct authority_record *record, mbedtls_x509write_cert *writer,
			      mbedtls_pk_context *key, random_source random)
{
	char name[AUTHORITY_NAME_BYTES];

	authority_name(record, name);
	struct issue issue = { .subject = name,
			       .issuer = name,
			       .subject_key = key,
			       .issuer_key = key,
			       .validity = validity_at(0) };

	return issue_begin(writer, &issue, random) &&
	       mbedtls_x509write_crt_set_basic_constraints(writer, 1, 0) == 0 &&
	       mbedtls_x509write_crt_set_key_usage(writer, MBEDTLS_X509_KU_KEY_CERT_SIGN |
								   MBEDTLS_X509_KU_CRL_SIGN) == 0 &&
	       names_constrain(writer, &record->names) && purpose_constrain(writer) &&
	       issue_end(writer, record->certificate, sizeof(record->certificate),
			 &record->certificate_bytes, random);
}

bool authority_make(struct authority_record *record, const struct authority_names *names,
		    random_source random)
{
	mbedtls_x509write_cert writer;
	mbedtls_pk_context key;

	memset(record, 0, sizeof(*record));
	record->names = *names;
	if (is_private(names->address))
		record->names.address = 0;
	mbedtls_pk_init(&key);
	mbedtls_x509write_crt_init(&writer);
	bool made = random(NULL, (uint8_t *)&record->number, sizeof(record->number)) == 0 &&
		    keypair_make(&record->key, &key, random) &&
		    certificate_write(record, &writer, &key, random);
	mbedtls_x509write_crt_free(&writer);
	mbedtls_pk_free(&key);
	return made;
}

/* mbedTLS does not know nameConstraints, and asks; what they say is what we wrote. */
static int extension_know(void *context, const mbedtls_x509_crt *certificate,
			  const mbedtls_x509_buf *oid, int critical, const unsigned char *value,
			  const unsigned char *end)
{
	(void)context, (void)certificate, (void)critical, (void)value, (void)end;
	return MBEDTLS_OID_CMP(MBEDTLS_OID_NAME_CONSTRAINTS, oid) == 0
		       ? 0
		       : MBEDTLS_ERR_X509_FEATURE_UNAVAILABLE;
}

bool authority_parse(const struct authority_record *record, mbedtls_x509_crt *certificate)
{
	return record->certificate_bytes <= sizeof(record->certificate) &&
	       mbedtls_x509_crt_parse_der_with_ext_cb(certificate, record->certificate,
						      record->certificate_bytes, 1, extension_know,
						      NULL) == 0;
}

bool authority_open(struct authority *authority, const struct authority_record *record,
		    random_source random)
{
	mbedtls_x509_crt_init(&authority->certificate);
	mbedtls_pk_init(&authority->key);
	return authority_parse(record, &authority->certificate) &&
	       keypair_load(&record->key, &authority->key, random);
}

void authority_close(struct authority *authority)
{
	mbedtls_x509_crt_free(&authority->certificate);
	mbedtls_pk_free(&authority->key);
}

bool authority_is_sound(const struct authority_record *record, random_source random)
{
	struct authority authority;
	bool sound =
		authority_open(&authority, record, random) &&
		mbedtls_pk_check_pair(&authority.certificate.pk, &authority.key, random, NULL) == 0;

	authority_close(&authority);
	return sound;
}

void authority_fingerprint(const struct authority_record *record,
			   char text[AUTHORITY_FINGERPRINT_BYTES])
{
	uint8_t hash[HASH_BYTES];

	text[0] = '\0';
	if (mbedtls_sha256(record->certificate, record->certificate_bytes, hash, 0) != 0)
		return;
	for (unsigned i = 0; i < HASH_BYTES; i++)
		snprintf(text + 3 * i, 4, "%02X%s", hash[i], i + 1 < HASH_BYTES ? ":" : "");
}
