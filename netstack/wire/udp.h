/* UDP (RFC 768). */
#ifndef WIRE_UDP_H
#define WIRE_UDP_H

#include "netstack/wire/bytes.h"

#define UDP_HEADER_BYTES 8u

struct udp_header {
	be16_t source_port;
	be16_t destination_port;
	be16_t length_bytes; /* header and data */
	be16_t checksum;     /* 0: none was computed */
};

_Static_assert(sizeof(struct udp_header) == UDP_HEADER_BYTES, "layout");

/* RFC 2131, 4.1. */
#define UDP_PORT_DHCP_SERVER 67u
#define UDP_PORT_DHCP_CLIENT 68u

#endif
