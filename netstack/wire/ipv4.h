/* IPv4 (RFC 791). */
#ifndef WIRE_IPV4_H
#define WIRE_IPV4_H

#include "netstack/wire/bytes.h"

#define IPV4_HEADER_BYTES 20u /* without options */
#define IPV4_HEADER_MAX   60u
#define IPV4_TTL_DEFAULT  64u /* RFC 1340 */

#define IPV4_DONT_FRAGMENT   0x4000u
#define IPV4_MORE_FRAGMENTS  0x2000u
#define IPV4_FRAGMENT_OFFSET 0x1fffu /* in units of 8 bytes */

#define IPPROTO_ICMP_NUMBER 1u
#define IPPROTO_TCP_NUMBER  6u
#define IPPROTO_UDP_NUMBER  17u

/* Options, RFC 791, 3.1 */
#define IPV4_OPTION_END  0u
#define IPV4_OPTION_NOP  1u
#define IPV4_OPTION_LSRR 131u
#define IPV4_OPTION_SSRR 137u

#define IPV4_LIMITED_BROADCAST 0xffffffffu

struct ipv4_header {
	uint8_t version_ihl; /* version 4 bits, header length in words 4 bits */
	uint8_t tos;
	be16_t total_bytes;
	be16_t id;
	be16_t fragment; /* flags 3 bits, offset 13 bits */
	uint8_t ttl;
	uint8_t protocol;
	be16_t checksum;
	be32_t source;
	be32_t destination;
};

_Static_assert(sizeof(struct ipv4_header) == IPV4_HEADER_BYTES, "layout");

#endif
