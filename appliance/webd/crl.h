/*
 * The authority's list of revoked certificates (RFC 5280, 5): there is none on it, as
 * what it has signed is either in use or forgotten. Who wants to look at one can. Pure.
 */
#ifndef WEBD_CRL_H
#define WEBD_CRL_H

#include "appliance/webd/authority.h"
#include "appliance/webd/validity.h"

#define CRL_BYTES 440u

/*
 * DER into `crl`; its length, 0: out of memory. `number` has to grow from list to list.
 * One multiplication on the curve.
 */
size_t crl_make(struct authority *authority, const struct validity *validity, uint32_t number,
		uint8_t crl[CRL_BYTES], random_source random);

#endif
