/* The authority, what it signs, how long that holds, and when it is made anew. */
#include "appliance/webd/certificate.h"
#include "appliance/webd/der.h"
#include "tests/unit/unit.h"
#include "tests/unit/webd_world.h"

#include <mbedtls/oid.h>
#include <mbedtls/sha256.h>
#include <stdio.h>
#include <string.h>

#define HOME   0xc0a80101u /* 192.168.1.1 */
#define OTHER  0x0a000001u /* 10.0.0.1 */
#define PUBLIC 0xcb007109u /* 203.0.113.9 */
#define NOW_S  INT64_C(1795265184)
#define DAY_S  VALIDITY_DAY_S

static struct certificate_record record;

static struct certificate_want want_of(uint32_t address, const char *hostname, const char *domain,
				       int64_t now_s)
{
	struct certificate_want want = { .names.address = address, .now_s = now_s };

	strncpy(want.names.hostname, hostname, sizeof(want.names.hostname) - 1);
	strncpy(want.names.domain, domain, sizeof(want.names.domain) - 1);
	return want;
}

static void make(struct certificate_record *made, const struct certificate_want *want)
{
	static struct certificate_job job;

	certificate_begin(&job, made, want);
	while (job.stage != CERTIFICATE_MADE)
		assert_true(certificate_work(&job, webd_random));
	*made = job.record;
	assert_false(certificate_is_due(made, want));
}

static int record_new(void **state)
{
	struct certificate_want want = want_of(HOME, "router", "lan", NOW_S);

	(void)state;
	webd_world_new();
	memset(&record, 0, sizeof(record));
	make(&record, &want);
	webd_unix_s = NOW_S;
	return 0;
}

/* --- The chain --------------------------------------------------------------------------- */

struct chain {
	mbedtls_x509_crt authority, certificate;
	mbedtls_pk_context key;
};

static bool chain_load(struct chain *chain, const struct certificate_record *from)
{
	mbedtls_x509_crt_init(&chain->authority);
	mbedtls_x509_crt_init(&chain->certificate);
	mbedtls_pk_init(&chain->key);
	return certificate_load(from, &chain->certificate, &chain->key, webd_random) &&
	       authority_parse(&from->authority, &chain->authority);
}

static void chain_free(struct chain *chain)
{
	mbedtls_x509_crt_free(&chain->authority);
	mbedtls_x509_crt_free(&chain->certificate);
	mbedtls_pk_free(&chain->key);
}

static bool loads(const struct certificate_record *from)
{
	struct chain chain;
	bool loaded = chain_load(&chain, from);

	chain_free(&chain);
	return loaded;
}

/* What speaks against the record's certificate as that of `name`. */
static uint32_t flags_for(const struct certificate_record *from, const char *name)
{
	struct chain chain;
	uint32_t flags = 0;

	assert_true(chain_load(&chain, from));
	(void)mbedtls_x509_crt_verify(&chain.certificate, &chain.authority, NULL, name, &flags,
				      NULL, NULL);
	chain_free(&chain);
	return flags;
}

static void who_trusts_the_authority_trusts_the_certificate(void **state)
{
	(void)state;
	assert_int_equal(flags_for(&record, "router.lan"), 0);
	assert_int_equal(flags_for(&record, "router"), 0);
	assert_int_equal(flags_for(&record, "192.168.1.1"), 0);
	assert_int_equal(flags_for(&record, "evil.example"), MBEDTLS_X509_BADCERT_CN_MISMATCH);
	webd_unix_s = NOW_S + VALIDITY_DAYS * DAY_S;
	assert_int_equal(flags_for(&record, "router"), MBEDTLS_X509_BADCERT_EXPIRED);
}

static void another_authority_is_none(void **state)
{
	struct certificate_want want = want_of(HOME, "router", "lan", NOW_S);
	static struct certificate_record other;

	(void)state;
	memset(&other, 0, sizeof(other));
	make(&other, &want);
	other.authority = record.authority;
	assert_int_equal(flags_for(&other, "router"), MBEDTLS_X509_BADCERT_NOT_TRUSTED);
}

static bool contains(const uint8_t *bytes, size_t count, const char *what, size_t length)
{
	for (size_t at = 0; at + length <= count; at++)
		if (memcmp(bytes + at, what, length) == 0)
			return true;
	return false;
}

#define SAYS(of, what) contains((of).certificate, (of).certificate_bytes, "" what, sizeof(what) - 1)

/* RFC 5280, 4.2.1.10, byte by byte; OpenSSL obeys them in tests/system/test_web_trust.py. */
static void the_authority_may_sign_for_us_only(void **state)
{
	const struct authority_record *authority = &record.authority;
	struct certificate_want want = want_of(PUBLIC, "router", "lan", NOW_S);
	struct chain chain;

	(void)state;
	assert_true(chain_load(&chain, &record));
	assert_int_not_equal(mbedtls_x509_crt_get_ca_istrue(&chain.authority), 0);
	assert_int_equal(mbedtls_x509_crt_check_key_usage(&chain.authority,
							  MBEDTLS_X509_KU_KEY_CERT_SIGN |
								  MBEDTLS_X509_KU_CRL_SIGN),
			 0);
	assert_int_equal(mbedtls_x509_crt_get_ca_istrue(&chain.certificate), 0);
	chain_free(&chain);
	assert_true(SAYS(*authority, "\x06\x03\x55\x1d\x1e\x01\x01\xff\x04")); /* critical */
	assert_true(SAYS(*authority, "\x30\x08\x82\x06"
				     "router"));
	assert_true(SAYS(*authority, "\x30\x0c\x82\x0a"
				     "router.lan"));
	assert_true(SAYS(*authority, "\x87\x08\x0a\x00\x00\x00\xff\x00\x00\x00"));
	assert_true(SAYS(*authority, "\x87\x08\xac\x10\x00\x00\xff\xf0\x00\x00"));
	assert_true(SAYS(*authority, "\x87\x08\xc0\xa8\x00\x00\xff\xff\x00\x00"));
	assert_false(SAYS(*authority, "\x87\x08\xcb"));
	make(&record, &want);
	assert_true(SAYS(*authority, "\x87\x08\xcb\x00\x71\x09\xff\xff\xff\xff"));
}

/* RFC 7093, 2: the leftmost 160 bits of SHA-256 of the public key's bits. */
static void keys_are_named_by_their_hash(void **state)
{
	uint8_t point[80], hash[32], *at = point + sizeof(point);
	struct chain chain;

	(void)state;
	assert_true(chain_load(&chain, &record));
	int bytes = mbedtls_pk_write_pubkey(&at, point, &chain.authority.pk);
	assert_int_equal(bytes, 65);
	assert_int_equal(mbedtls_sha256(at, (size_t)bytes, hash, 0), 0);
	assert_int_equal(chain.authority.subject_key_id.len, KEYPAIR_ID_BYTES);
	assert_memory_equal(chain.authority.subject_key_id.p, hash, KEYPAIR_ID_BYTES);
	assert_int_equal(chain.certificate.authority_key_id.keyIdentifier.len, KEYPAIR_ID_BYTES);
	assert_memory_equal(chain.certificate.authority_key_id.keyIdentifier.p, hash,
			    KEYPAIR_ID_BYTES);
	assert_memory_not_equal(chain.certificate.subject_key_id.p, hash, KEYPAIR_ID_BYTES);
	chain_free(&chain);
}

static void the_fingerprint_is_of_the_whole_certificate(void **state)
{
	char text[AUTHORITY_FINGERPRINT_BYTES], first[4];
	uint8_t hash[32];

	(void)state;
	authority_fingerprint(&record.authority, text);
	assert_int_equal(strlen(text), AUTHORITY_FINGERPRINT_BYTES - 1);
	assert_int_equal(mbedtls_sha256(record.authority.certificate,
					record.authority.certificate_bytes, hash, 0),
			 0);
	snprintf(first, sizeof(first), "%02X:", hash[0]);
	assert_memory_equal(text, first, 3);
	record.authority.certificate[record.authority.certificate_bytes - 1] ^= 1;
	char other[AUTHORITY_FINGERPRINT_BYTES];
	authority_fingerprint(&record.authority, other);
	assert_string_not_equal(text, other);
}

static void the_longest_names_fit(void **state)
{
	char hostname[AUTHORITY_HOST_BYTES], domain[AUTHORITY_DOMAIN_BYTES], full[100];
	struct certificate_want want;

	(void)state;
	memset(hostname, 'h', sizeof(hostname));
	memset(domain, 'd', sizeof(domain));
	hostname[sizeof(hostname) - 1] = domain[sizeof(domain) - 1] = '\0';
	want = want_of(0xcbfefdfcu, hostname, domain, NOW_S);
	make(&record, &want);
	snprintf(full, sizeof(full), "%s.%s", hostname, domain);
	assert_int_equal(flags_for(&record, full), 0);
	print_message("authority %u, certificate %u, CRL %u, key %u bytes\n",
		      record.authority.certificate_bytes, record.certificate_bytes,
		      record.crl_bytes, record.key.bytes);
}

/* --- The CRL ------------------------------------------------------------------------------- */

/* Enters what lies at *at, which has to be `tag`; its end. */
static unsigned char *enter(unsigned char **at, const unsigned char *end, int tag)
{
	size_t bytes;

	assert_int_equal(mbedtls_asn1_get_tag(at, end, &bytes, tag), 0);
	return *at + bytes;
}

static void the_crl_is_signed_by_the_authority(void **state)
{
	unsigned char *at = record.crl, hash[32];
	const unsigned char *end = record.crl + record.crl_bytes;
	struct chain chain;

	(void)state;
	assert_true(chain_load(&chain, &record));
	assert_ptr_equal(enter(&at, end, DER_SEQUENCE), end);
	const unsigned char *body = at;
	unsigned char *inside = at;
	at = enter(&inside, end, DER_SEQUENCE);
	assert_int_equal(mbedtls_sha256(body, (size_t)(at - body), hash, 0), 0);
	at = enter(&at, end, DER_SEQUENCE); /* the algorithm */
	assert_ptr_equal(enter(&at, end, MBEDTLS_ASN1_BIT_STRING), end);
	assert_int_equal(*at++, 0);
	assert_int_equal(mbedtls_pk_verify(&chain.authority.pk, MBEDTLS_MD_SHA256, hash,
					   sizeof(hash), at, (size_t)(end - at)),
			 0);
	hash[0] ^= 1;
	assert_int_not_equal(mbedtls_pk_verify(&chain.authority.pk, MBEDTLS_MD_SHA256, hash,
					       sizeof(hash), at, (size_t)(end - at)),
			     0);
	assert_true(contains(record.crl, record.crl_bytes,
			     (const char *)chain.authority.subject_raw.p,
			     chain.authority.subject_raw.len));
	assert_true(contains(record.crl, record.crl_bytes, "261120124624Z", 13));
	assert_true(contains(record.crl, record.crl_bytes, "271222124623Z", 13));
	chain_free(&chain);
}

static void each_crl_of_an_authority_has_a_higher_number(void **state)
{
	struct certificate_want want = want_of(OTHER, "router", "lan", NOW_S);

	(void)state;
	assert_int_equal(record.crl_number, 1);
	assert_true(contains(record.crl, record.crl_bytes, "\x55\x1d\x14\x04\x03\x02\x01\x01", 8));
	make(&record, &want);
	assert_int_equal(record.crl_number, 2);
	assert_true(contains(record.crl, record.crl_bytes, "\x55\x1d\x14\x04\x03\x02\x01\x02", 8));
	want = want_of(OTHER, "another", "lan", NOW_S);
	make(&record, &want);
	assert_int_equal(record.crl_number, 1);
}

static void the_certificate_says_where_the_crl_is(void **state)
{
	(void)state;
	assert_true(contains(record.certificate, record.certificate_bytes,
			     "\x86\x20http://192.168.1.1/authority.crl", 34));
}

/* --- Made anew ----------------------------------------------------------------------------- */

/* Makes what is wanted; does it have the authority that was trusted before? */
static bool keeps_authority(uint32_t address, const char *hostname, const char *domain)
{
	struct certificate_want want = want_of(address, hostname, domain, NOW_S);
	static struct certificate_record before;

	before = record;
	assert_true(certificate_is_due(&record, &want));
	make(&record, &want);
	assert_true(loads(&record));
	assert_memory_equal(&record.key, &before.key, sizeof(before.key));
	return memcmp(&record.authority, &before.authority, sizeof(before.authority)) == 0;
}

static void an_authority_stays_as_long_as_its_names_do(void **state)
{
	(void)state;
	assert_true(keeps_authority(OTHER, "router", "lan"));
	assert_int_equal(flags_for(&record, "10.0.0.1"), 0);
	assert_int_equal(flags_for(&record, "192.168.1.1"), MBEDTLS_X509_BADCERT_CN_MISMATCH);
	assert_true(keeps_authority(0xac1fffffu, "router", "lan"));
	assert_false(keeps_authority(0xac200000u, "router", "lan")); /* just outside */
	assert_true(keeps_authority(HOME, "router", "lan"));
	assert_true(keeps_authority(0xac200000u, "router", "lan"));
	assert_false(keeps_authority(PUBLIC, "router", "lan"));
	assert_false(keeps_authority(PUBLIC, "gate", "lan"));
	assert_false(keeps_authority(PUBLIC, "gate", "home"));
	assert_int_equal(flags_for(&record, "gate.home"), 0);
}

static void a_renewal_changes_neither_authority_nor_key(void **state)
{
	static struct certificate_record before;
	struct certificate_want want = want_of(HOME, "router", "lan", NOW_S + 370 * DAY_S);

	(void)state;
	before = record;
	assert_true(certificate_is_due(&record, &want));
	make(&record, &want);
	assert_memory_equal(&record.authority, &before.authority, sizeof(before.authority));
	assert_memory_equal(&record.key, &before.key, sizeof(before.key));
	assert_memory_not_equal(record.certificate, before.certificate, before.certificate_bytes);
	webd_unix_s = want.now_s;
	assert_int_equal(flags_for(&record, "router"), 0);
}

static void validity_follows_the_clock(void **state)
{
	struct validity unknown = validity_at(0), known = validity_at(NOW_S);

	(void)state;
	assert_int_equal(unknown.first_s, VALIDITY_FIRST_S);
	assert_int_equal(unknown.last_s, VALIDITY_LAST_S);
	assert_int_equal(known.first_s, NOW_S - DAY_S);
	assert_int_equal(known.last_s - known.first_s + 1, 397 * DAY_S);
	/* A clock from before we were made tells as little as none. */
	assert_int_equal(validity_at(VALIDITY_FIRST_S - 1).last_s, VALIDITY_LAST_S);
	assert_int_equal(validity_at(VALIDITY_FIRST_S + 5).first_s, VALIDITY_FIRST_S);
	assert_int_equal(validity_at(VALIDITY_LAST_S - DAY_S).last_s, VALIDITY_LAST_S);
}

static void it_is_renewed_when_its_time_comes_and_not_before(void **state)
{
	struct validity unknown = validity_at(0), known = validity_at(NOW_S);
	struct validity last = validity_at(VALIDITY_LAST_S - DAY_S);

	(void)state;
	assert_true(validity_is_due(&unknown, NOW_S)); /* now the time is known */
	assert_false(validity_is_due(&unknown, 0));
	assert_false(validity_is_due(&unknown, VALIDITY_FIRST_S - 1));
	assert_false(validity_is_due(&known, 0)); /* nobody can tell */
	assert_false(validity_is_due(&known, NOW_S));
	assert_false(validity_is_due(&known, NOW_S - DAY_S));
	assert_true(validity_is_due(&known, NOW_S - DAY_S - 1)); /* the clock was ahead */
	assert_false(validity_is_due(&known, known.last_s - 30 * DAY_S));
	assert_true(validity_is_due(&known, known.last_s - 30 * DAY_S + 1));
	assert_true(validity_is_due(&known, known.last_s + 1000 * DAY_S));
	assert_false(validity_is_due(&last, VALIDITY_LAST_S)); /* or it would be for ever */
}

static void times_are_said_as_certificates_want_them(void **state)
{
	char text[VALIDITY_TEXT_BYTES];

	(void)state;
	validity_text(VALIDITY_FIRST_S, text);
	assert_string_equal(text, "20250101000000");
	validity_text(VALIDITY_LAST_S, text);
	assert_string_equal(text, "20491231235959");
}

/* --- Damage -------------------------------------------------------------------------------- */

static void what_is_damaged_is_not_loaded(void **state)
{
	static struct certificate_record damaged;

	(void)state;
	assert_true(loads(&record));
#define DAMAGED(change)                                                                            \
	damaged = record;                                                                          \
	damaged.change;                                                                            \
	assert_false(loads(&damaged))
	DAMAGED(version = 1);
	DAMAGED(key.der[20] ^= 1);
	DAMAGED(key.bytes = KEYPAIR_BYTES + 1);
	DAMAGED(key.bytes = 0);
	DAMAGED(certificate_bytes = CERTIFICATE_BYTES + 1);
	DAMAGED(certificate_bytes = 0);
	DAMAGED(certificate[0] ^= 1);
	DAMAGED(crl_bytes = CRL_BYTES + 1);
	DAMAGED(crl_bytes = 0);
	DAMAGED(authority.certificate_bytes = AUTHORITY_BYTES + 1);
	DAMAGED(authority.certificate_bytes = 0);
	DAMAGED(authority.certificate[1] ^= 1);
#undef DAMAGED
}

static void what_is_whole_of_a_damaged_record_is_kept(void **state)
{
	static struct certificate_record damaged;
	struct certificate_want want = want_of(HOME, "router", "lan", NOW_S);

	(void)state;
	damaged = record;
	damaged.key.bytes = 7;
	damaged.certificate_bytes = 0;
	make(&damaged, &want);
	assert_true(loads(&damaged));
	assert_memory_equal(&damaged.authority, &record.authority, sizeof(record.authority));
	assert_memory_not_equal(&damaged.key, &record.key, sizeof(record.key));
	damaged = record;
	damaged.authority.key.der[20] ^= 1;
	make(&damaged, &want);
	assert_int_equal(flags_for(&damaged, "router"), 0);
	assert_memory_not_equal(&damaged.authority, &record.authority, sizeof(record.authority));
	assert_memory_equal(&damaged.key, &record.key, sizeof(record.key));
}

static void a_record_of_an_earlier_version_is_replaced(void **state)
{
	struct certificate_want want = want_of(HOME, "router", "lan", NOW_S);

	(void)state;
	memset(&record, 0x55, sizeof(record));
	record.version = CERTIFICATE_VERSION - 1;
	assert_true(certificate_is_due(&record, &want));
	make(&record, &want);
	assert_int_equal(flags_for(&record, "router"), 0);
}

#define TEST(name) cmocka_unit_test_setup(name, record_new)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(who_trusts_the_authority_trusts_the_certificate),
		TEST(another_authority_is_none),
		TEST(the_authority_may_sign_for_us_only),
		TEST(keys_are_named_by_their_hash),
		TEST(the_fingerprint_is_of_the_whole_certificate),
		TEST(the_longest_names_fit),
		TEST(the_crl_is_signed_by_the_authority),
		TEST(each_crl_of_an_authority_has_a_higher_number),
		TEST(the_certificate_says_where_the_crl_is),
		TEST(an_authority_stays_as_long_as_its_names_do),
		TEST(a_renewal_changes_neither_authority_nor_key),
		TEST(validity_follows_the_clock),
		TEST(it_is_renewed_when_its_time_comes_and_not_before),
		TEST(times_are_said_as_certificates_want_them),
		TEST(what_is_damaged_is_not_loaded),
		TEST(what_is_whole_of_a_damaged_record_is_kept),
		TEST(a_record_of_an_earlier_version_is_replaced),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
