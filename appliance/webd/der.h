/*
 * DER (X.690, 10), written from the end of a buffer to its beginning, as a length
 * stands before what it counts: the last member of a sequence first. What does not fit
 * is remembered. Pure; the octets are mbedTLS's to make.
 */
#ifndef WEBD_DER_H
#define WEBD_DER_H

#include <mbedtls/asn1.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DER_SEQUENCE (MBEDTLS_ASN1_CONSTRUCTED | MBEDTLS_ASN1_SEQUENCE)
/* [number] of RFC 5280's modules: of a value (IMPLICIT), and around others. */
#define DER_TAGGED(number)     ((uint8_t)(MBEDTLS_ASN1_CONTEXT_SPECIFIC | (number)))
#define DER_TAGGED_SET(number) ((uint8_t)(DER_TAGGED(number) | MBEDTLS_ASN1_CONSTRUCTED))
/* Both arguments for an object identifier of mbedtls/oid.h. */
#define DER_OID(name) MBEDTLS_OID_##name, MBEDTLS_OID_SIZE(MBEDTLS_OID_##name)

struct der {
	uint8_t *start, *at, *end; /* [at, end) is written */
	bool overflow;
};

void der_init(struct der *der, uint8_t *buffer, size_t room_bytes);
/* As they are. */
void der_octets(struct der *der, const void *octets, size_t count);
void der_value(struct der *der, uint8_t tag, const void *octets, size_t count);
void der_number(struct der *der, int number);
void der_oid(struct der *der, const char *oid, size_t count);
/* What has been written since der->at was `behind` becomes the contents of `tag`. */
void der_wrap(struct der *der, uint8_t tag, const uint8_t *behind);
/* How many bytes lie at der->at; 0: they did not fit. */
size_t der_done(const struct der *der);

#endif
