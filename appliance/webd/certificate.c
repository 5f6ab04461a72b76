/* See certificate.h. */
#include "appliance/webd/certificate.h"

#include "appliance/webd/issue.h"

#include <mbedtls/oid.h>
#include <stdio.h>
#include <string.h>

#define ADDRESS_BYTES 4
#define URL_BYTES     48 /* "http://255.255.255.255/authority.crl" */
#define SUBJECT_BYTES 96

bool certificate_is_due(const struct certificate_record *record,
			const struct certificate_want *want)
{
	return record->version != CERTIFICATE_VERSION || record->certificate_bytes == 0 ||
	       record->address != want->names.address ||
	       !authority_permits(&record->authority, &want->names) ||
	       validity_is_due(&record->validity, want->now_s);
}

/* --- What it says ------------------------------------------------------------------------ */

struct names {
	mbedtls_x509_san_list list[3];
	uint8_t address[ADDRESS_BYTES];
	char full[AUTHORITY_FULL_NAME_BYTES];
};

static void name_set(mbedtls_x509_san_list *entry, mbedtls_x509_san_list *next, int type,
		     const void *bytes, size_t count)
{
	entry->next = next;
	entry->node.type = type;
	entry->node.san.unstructured_name.p = (unsigned char *)bytes;
	entry->node.san.unstructured_name.len = count;
}

static bool names_set(mbedtls_x509write_cert *writer, const struct authority_names *wanted)
{
	struct names names = { 0 };

	for (int i = 0; i < ADDRESS_BYTES; i++)
		names.address[i] = (uint8_t)(wanted->address >> (24 - 8 * i));
	authority_full_name(wanted, names.full);
	name_set(&names.list[0], &names.list[1], MBEDTLS_X509_SAN_IP_ADDRESS, names.address,
		 ADDRESS_BYTES);
	name_set(&names.list[1], &names.list[2], MBEDTLS_X509_SAN_DNS_NAME, names.full,
		 strlen(names.full));
	name_set(&names.list[2], NULL, MBEDTLS_X509_SAN_DNS_NAME, wanted->hostname,
		 strlen(wanted->hostname));
	return mbedtls_x509write_crt_set_subject_alternative_name(writer, names.list) == 0;
}

/* RFC 5280, 4.2.1.13: where the CRL is. Not by HTTPS: to check that, one would need the CRL. */
static bool crl_place_set(mbedtls_x509write_cert *writer, uint32_t address)
{
	uint8_t scratch[URL_BYTES + 16];
	char url[URL_BYTES];
	struct der der;

	snprintf(url, sizeof(url), "http://%u.%u.%u.%u/authority.crl", address >> 24,
		 address >> 16 & 255u, address >> 8 & 255u, address & 255u);
	der_init(&der, scratch, sizeof(scratch));
	der_value(&der, DER_TAGGED(MBEDTLS_X509_SAN_UNIFORM_RESOURCE_IDENTIFIER), url, strlen(url));
	der_wrap(&der, DER_TAGGED_SET(0), der.end); /* fullName */
	der_wrap(&der, DER_TAGGED_SET(0), der.end); /* distributionPoint */
	der_wrap(&der, DER_SEQUENCE, der.end);
	der_wrap(&der, DER_SEQUENCE, der.end);
	return issue_extension(writer, DER_OID(CRL_DISTRIBUTION_POINTS), false, &der);
}

static bool purpose_set(mbedtls_x509write_cert *writer)
{
	static const mbedtls_asn1_sequence server_auth = {
		.buf = { .tag = MBEDTLS_ASN1_OID,
			 .len = MBEDTLS_OID_SIZE(MBEDTLS_OID_SERVER_AUTH),
			 .p = (unsigned char *)MBEDTLS_OID_SERVER_AUTH },
	};

	return mbedtls_x509write_crt_set_basic_constraints(writer, 0, -1) == 0 &&
	       mbedtls_x509write_crt_set_key_usage(writer, MBEDTLS_X509_KU_DIGITAL_SIGNATURE) ==
		       0 &&
	       mbedtls_x509write_crt_set_ext_key_usage(writer, &server_auth) == 0;
}

/* --- Pieces of making it ------------------------------------------------------------------ */

void certificate_begin(struct certificate_job *job, const struct certificate_record *former,
		       const struct certificate_want *want)
{
	memset(job, 0, sizeof(*job));
	job->stage = CERTIFICATE_AUTHORITY;
	job->want = *want;
	if (former != NULL && former->version == CERTIFICATE_VERSION)
		job->record = *former;
	job->record.version = CERTIFICATE_VERSION;
	job->record.address = want->names.address;
	job->record.validity = validity_at(want->now_s);
}

static bool authority_see_to(struct certificate_job *job, random_source random)
{
	struct certificate_record *record = &job->record;

	if (authority_permits(&record->authority, &job->want.names) &&
	    authority_is_sound(&record->authority, random))
		return true;
	record->crl_number = 0;
	return authority_make(&record->authority, &job->want.names, random);
}

static bool key_see_to(struct keypair_record *record, mbedtls_pk_context *key, random_source random)
{
	if (keypair_load(record, key, random))
		return true;
	mbedtls_pk_free(key);
	mbedtls_pk_init(key);
	return keypair_make(record, key, random);
}

static bool leaf_write(struct certificate_job *job, struct authority *authority,
		       mbedtls_pk_context *key, mbedtls_x509write_cert *writer,
		       random_source random)
{
	struct certificate_record *record = &job->record;
	char subject[SUBJECT_BYTES], issuer[AUTHORITY_NAME_BYTES];

	snprintf(subject, sizeof(subject), "CN=%.63s,O=Bulkhead", job->want.names.hostname);
	authority_name(&record->authority, issuer);
	struct issue issue = { .subject = subject,
			       .issuer = issuer,
			       .subject_key = key,
			       .issuer_key = &authority->key,
			       .validity = record->validity };

	return issue_begin(writer, &issue, random) && purpose_set(writer) &&
	       names_set(writer, &job->want.names) && crl_place_set(writer, record->address) &&
	       issue_end(writer, record->certificate, sizeof(record->certificate),
			 &record->certificate_bytes, random);
}

static bool leaf_make(struct certificate_job *job, struct authority *authority,
		      random_source random)
{
	mbedtls_x509write_cert writer;
	mbedtls_pk_context key;

	mbedtls_pk_init(&key);
	mbedtls_x509write_crt_init(&writer);
	bool made = key_see_to(&job->record.key, &key, random) &&
		    leaf_write(job, authority, &key, &writer, random);
	mbedtls_x509write_crt_free(&writer);
	mbedtls_pk_free(&key);
	return made;
}

static bool list_make(struct certificate_record *record, struct authority *authority,
		      random_source random)
{
	record->crl_number++;
	record->crl_bytes = (uint32_t)crl_make(authority, &record->validity, record->crl_number,
					       record->crl, random);
	return record->crl_bytes != 0;
}

/* A piece that the authority signs. */
static bool signed_make(struct certificate_job *job, random_source random)
{
	struct authority authority;
	bool made = authority_open(&authority, &job->record.authority, random);

	if (made && job->stage == CERTIFICATE_LEAF)
		made = leaf_make(job, &authority, random);
	else if (made)
		made = list_make(&job->record, &authority, random);
	authority_close(&authority);
	return made;
}

bool certificate_work(struct certificate_job *job, random_source random)
{
	switch (job->stage) {
	case CERTIFICATE_MADE: return true;
	case CERTIFICATE_AUTHORITY:
		job->stage = CERTIFICATE_LEAF;
		return authority_see_to(job, random);
	case CERTIFICATE_LEAF:
		if (!signed_make(job, random))
			return false;
		job->stage = CERTIFICATE_CRL;
		return true;
	case CERTIFICATE_CRL:
		if (!signed_make(job, random))
			return false;
		job->stage = CERTIFICATE_MADE;
		return true;
	}
	return false;
}

bool certificate_load(const struct certificate_record *record, mbedtls_x509_crt *certificate,
		      mbedtls_pk_context *key, random_source random)
{
	mbedtls_x509_crt authority;

	if (record->version != CERTIFICATE_VERSION ||
	    record->certificate_bytes > sizeof(record->certificate) || record->crl_bytes == 0 ||
	    record->crl_bytes > sizeof(record->crl))
		return false;
	mbedtls_x509_crt_init(&authority);
	bool loaded = authority_parse(&record->authority, &authority) &&
		      mbedtls_x509_crt_parse_der(certificate, record->certificate,
						 record->certificate_bytes) == 0 &&
		      keypair_load(&record->key, key, random) &&
		      mbedtls_pk_check_pair(&certificate->pk, key, random, NULL) == 0;
	mbedtls_x509_crt_free(&authority);
	return loaded;
}
