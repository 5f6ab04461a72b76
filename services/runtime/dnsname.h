/*
 * One question to a name server and the IPv4 addresses in its answer (RFC 1035,
 * 4). Pure. Nothing of the answer is believed but what belongs to the question
 * that was asked; names in it are skipped, and pointers never followed.
 */
#ifndef RUNTIME_DNSNAME_H
#define RUNTIME_DNSNAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DNSNAME_QUERY_BYTES   300u /* header, a name of 255 bytes, type and class */
#define DNSNAME_ANSWER_BYTES  512u /* RFC 1035, 4.2.1, as no more is asked for */
#define DNSNAME_ADDRESSES_MAX 4u

enum dnsname_outcome {
	DNSNAME_FOREIGN, /* not the answer to this question */
	DNSNAME_FOUND,
	DNSNAME_NONE,   /* there is no such name, or it has no IPv4 address */
	DNSNAME_FAILED, /* the server could not find out */
};

/* "192.0.2.1" */
bool dnsname_is_address(const char *name, uint32_t *address);

/* Returns its length; 0: not a name that could be asked for. */
size_t dnsname_query_build(const char *name, uint16_t id, uint8_t out[DNSNAME_QUERY_BYTES]);

/* At DNSNAME_FOUND *count addresses, at least one, in host byte order. */
enum dnsname_outcome dnsname_answer_parse(const uint8_t *bytes, size_t length, const uint8_t *query,
					  size_t query_bytes,
					  uint32_t addresses[DNSNAME_ADDRESSES_MAX],
					  unsigned *count);

#endif
