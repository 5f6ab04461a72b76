/*
 * The appliance's own certificate: ECDSA over P-256, signed by its authority, for its
 * address and its names, and renewed in time. Its key stays. Pure: random numbers are
 * the caller's, as mbedTLS wants them.
 */
#ifndef WEBD_CERTIFICATE_H
#define WEBD_CERTIFICATE_H

#include "appliance/webd/authority.h"
#include "appliance/webd/crl.h"
#include "appliance/webd/validity.h"

#include <mbedtls/x509_crt.h>

#define CERTIFICATE_VERSION 2u
#define CERTIFICATE_BYTES   1000u

/* As kept in the store. */
struct certificate_record {
	uint32_t version; /* CERTIFICATE_VERSION */
	uint32_t address; /* that it is for, host byte order */
	struct validity validity;
	struct authority_record authority;
	struct keypair_record key;
	uint32_t crl_number; /* of the last CRL of this authority */
	uint32_t certificate_bytes, crl_bytes;
	uint8_t certificate[CERTIFICATE_BYTES]; /* DER */
	uint8_t crl[CRL_BYTES];
	uint32_t reserved;
};

/* What a certificate has to be good for. */
struct certificate_want {
	struct authority_names names;
	int64_t now_s; /* Unix time; 0: nobody knows */
};

/* Has it to be made anew? */
bool certificate_is_due(const struct certificate_record *record,
			const struct certificate_want *want);

/*
 * Making one, in pieces of a few multiplications on the curve. From the record before it takes
 * the authority, if that may sign for the names, and the key.
 *
 *	AUTHORITY --> LEAF --> CRL --> MADE
 */
enum certificate_stage {
	CERTIFICATE_MADE = 0,
	CERTIFICATE_AUTHORITY,
	CERTIFICATE_LEAF,
	CERTIFICATE_CRL,
};

struct certificate_job {
	enum certificate_stage stage;
	struct certificate_want want;
	struct certificate_record record; /* whole when it is MADE */
};

/* `former`: NULL if there is none. */
void certificate_begin(struct certificate_job *job, const struct certificate_record *former,
		       const struct certificate_want *want);
/* The next piece; false: out of memory. */
bool certificate_work(struct certificate_job *job, random_source random);

/* Both into mbedTLS's objects, which are initialised; false: damaged, the CRL and the authority's
 * certificate included. */
bool certificate_load(const struct certificate_record *record, mbedtls_x509_crt *certificate,
		      mbedtls_pk_context *key, random_source random);

#endif
