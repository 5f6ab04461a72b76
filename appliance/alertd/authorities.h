/*
 * The certificate authorities that are trusted to vouch for mail servers: those
 * of Mozilla's list, as Debian's package ca-certificates has them. The table is
 * made by authorities.py; an image for tests has one more.
 */
#ifndef ALERTD_AUTHORITIES_H
#define ALERTD_AUTHORITIES_H

#include <stddef.h>

struct authority {
	const unsigned char *der; /* the certificate */
	size_t der_bytes;
	size_t subject_at, subject_bytes; /* its name in there, DER */
};

extern const struct authority authorities[];
extern const unsigned authority_count;

#endif
