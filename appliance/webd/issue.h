/*
 * What the authority's certificate and the appliance's have in common (RFC 5280, 4), on
 * top of mbedTLS's writer. Pure.
 */
#ifndef WEBD_ISSUE_H
#define WEBD_ISSUE_H

#include "appliance/webd/der.h"
#include "appliance/webd/keypair.h"
#include "appliance/webd/validity.h"

#include <mbedtls/x509_crt.h>

#define ISSUE_EXTENSION_BYTES 320u /* longest value of an extension */

struct issue {
	const char *subject, *issuer; /* "CN=..." */
	mbedtls_pk_context *subject_key, *issuer_key;
	struct validity validity;
};

/*
 * Sets names, keys and their ids, validity and a serial number. `writer` is initialised
 * and stays the caller's to free. All of these: false: out of memory.
 */
bool issue_begin(mbedtls_x509write_cert *writer, const struct issue *issue, random_source random);
/* Adds an extension, whose value has been written to `der`. */
bool issue_extension(mbedtls_x509write_cert *writer, const char *oid, size_t oid_bytes,
		     bool critical, const struct der *der);
/* The value of an authorityKeyIdentifier (4.2.1.1). */
void issue_authority_key(struct der *der, const uint8_t id[KEYPAIR_ID_BYTES]);
/* Signs it: one multiplication on the curve. Sets *bytes. */
bool issue_end(mbedtls_x509write_cert *writer, uint8_t *certificate, size_t room_bytes,
	       uint32_t *bytes, random_source random);

#endif
