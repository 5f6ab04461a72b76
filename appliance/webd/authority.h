/*
 * The appliance's own authority: an owner trusts its certificate once, and all that it
 * signs from then on. It may speak for the appliance's two names and for private addresses
 * only (RFC 5280, 4.2.1.10), so that a stolen key is of no use against the rest of the
 * world; it is made anew when these names change. Pure.
 */
#ifndef WEBD_AUTHORITY_H
#define WEBD_AUTHORITY_H

#include "appliance/webd/keypair.h"

#include <mbedtls/x509_crt.h>

#define AUTHORITY_HOST_BYTES        64u /* a label and its zero */
#define AUTHORITY_DOMAIN_BYTES      32u
#define AUTHORITY_FULL_NAME_BYTES   (AUTHORITY_HOST_BYTES + AUTHORITY_DOMAIN_BYTES)
#define AUTHORITY_BYTES             800u
#define AUTHORITY_NAME_BYTES        40u
#define AUTHORITY_FINGERPRINT_BYTES 96u /* of SHA-256: "AA:BB:..." and its zero */

/* Who it is to speak for. */
struct authority_names {
	uint32_t address; /* host byte order */
	char hostname[AUTHORITY_HOST_BYTES];
	char domain[AUTHORITY_DOMAIN_BYTES];
};

struct authority_record {
	uint32_t number;              /* in its name */
	struct authority_names names; /* address: besides the private ones; 0: none */
	struct keypair_record key;
	uint32_t certificate_bytes;
	uint8_t certificate[AUTHORITY_BYTES]; /* DER */
};

/* One that is ready to sign. */
struct authority {
	mbedtls_x509_crt certificate;
	mbedtls_pk_context key;
};

/* May what it has signed have these names? */
bool authority_permits(const struct authority_record *record, const struct authority_names *names);
/* Another one. False: out of memory. Two multiplications on the curve. */
bool authority_make(struct authority_record *record, const struct authority_names *names,
		    random_source random);
/* False: damaged. In any case to be closed. */
bool authority_open(struct authority *authority, const struct authority_record *record,
		    random_source random);
void authority_close(struct authority *authority);
/* Does it open, and do key and certificate belong together? One multiplication. */
bool authority_is_sound(const struct authority_record *record, random_source random);
/* Parses it, into an object that is initialised; false: damaged. */
bool authority_parse(const struct authority_record *record, mbedtls_x509_crt *certificate);

/* "HOSTNAME.DOMAIN" */
void authority_full_name(const struct authority_names *names, char name[AUTHORITY_FULL_NAME_BYTES]);
/* "CN=Bulkhead authority XXXXXXXX" */
void authority_name(const struct authority_record *record, char name[AUTHORITY_NAME_BYTES]);
/* What an owner compares. */
void authority_fingerprint(const struct authority_record *record,
			   char text[AUTHORITY_FINGERPRINT_BYTES]);

#endif
