/* See der.h. */
#include "appliance/webd/der.h"

#include <mbedtls/asn1write.h>

static void check(struct der *der, int written)
{
	if (written < 0)
		der->overflow = true;
}

void der_init(struct der *der, uint8_t *buffer, size_t room_bytes)
{
	*der = (struct der){ .start = buffer,
			     .at = buffer + room_bytes,
			     .end = buffer + room_bytes };
}

void der_octets(struct der *der, const void *octets, size_t count)
{
	check(der, mbedtls_asn1_write_raw_buffer(&der->at, der->start, octets, count));
}

void der_wrap(struct der *der, uint8_t tag, const uint8_t *behind)
{
	size_t count = (size_t)(behind - der->at);

	check(der, mbedtls_asn1_write_len(&der->at, der->start, count));
	check(der, mbedtls_asn1_write_tag(&der->at, der->start, tag));
}

void der_value(struct der *der, uint8_t tag, const void *octets, size_t count)
{
	const uint8_t *behind = der->at;

	der_octets(der, octets, count);
	der_wrap(der, tag, behind);
}

void der_number(struct der *der, int number)
{
	check(der, mbedtls_asn1_write_int(&der->at, der->start, number));
}

void der_oid(struct der *der, const char *oid, size_t count)
{
	der_value(der, MBEDTLS_ASN1_OID, oid, count);
}

size_t der_done(const struct der *der)
{
	return der->overflow ? 0 : (size_t)(der->end - der->at);
}
