/* ICMP (RFC 792). */
#ifndef WIRE_ICMP_H
#define WIRE_ICMP_H

#include "netstack/wire/bytes.h"

#define ICMP_HEADER_BYTES 8u

enum icmp_type {
	ICMP_ECHO_REPLY = 0,
	ICMP_UNREACHABLE = 3,
	ICMP_SOURCE_QUENCH = 4, /* deprecated, RFC 6633 */
	ICMP_REDIRECT = 5,
	ICMP_ECHO_REQUEST = 8,
	ICMP_TIME_EXCEEDED = 11,
	ICMP_PARAMETER_PROBLEM = 12,
};

enum icmp_unreachable_code {
	ICMP_UNREACHABLE_NET = 0,
	ICMP_UNREACHABLE_HOST = 1,
	ICMP_UNREACHABLE_PORT = 3,
	ICMP_UNREACHABLE_FRAGMENTATION = 4, /* next-hop MTU in `sequence`, RFC 1191 */
	ICMP_UNREACHABLE_PROHIBITED = 13,   /* RFC 1812, 5.2.7.1 */
};

struct icmp_header {
	uint8_t type;
	uint8_t code;
	be16_t checksum;
	be16_t id; /* of echo; else unused or type-specific */
	be16_t sequence;
};

_Static_assert(sizeof(struct icmp_header) == ICMP_HEADER_BYTES, "layout");

#endif
