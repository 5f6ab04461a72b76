/* TCP (RFC 9293). */
#ifndef WIRE_TCP_H
#define WIRE_TCP_H

#include "netstack/wire/bytes.h"

#define TCP_HEADER_BYTES 20u /* without options */

enum tcp_flag {
	TCP_FIN = 0x01,
	TCP_SYN = 0x02,
	TCP_RST = 0x04,
	TCP_PSH = 0x08,
	TCP_ACK = 0x10,
	TCP_URG = 0x20,
};

#define TCP_OPTION_END          0u
#define TCP_OPTION_NOP          1u
#define TCP_OPTION_WINDOW_SCALE 3u  /* RFC 7323, 2.2 */
#define TCP_WINDOW_SCALE_MAX    14u /* RFC 7323, 2.3 */

struct tcp_header {
	be16_t source_port;
	be16_t destination_port;
	be32_t sequence;
	be32_t acknowledgement;
	uint8_t data_offset; /* header length in words in the upper 4 bits */
	uint8_t flags;
	be16_t window;
	be16_t checksum;
	be16_t urgent;
};

_Static_assert(sizeof(struct tcp_header) == TCP_HEADER_BYTES, "layout");

#endif
