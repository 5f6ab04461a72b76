/*
 * DHCP messages (RFC 2131, 2; options RFC 2132) between bytes and a struct. Pure.
 *
 * Nothing of what arrives is trusted: lengths are checked against the datagram,
 * an option that is too short or too long is as good as absent, a repeated one
 * counts once. Addresses are in host byte order.
 */
#ifndef DHCPD_MESSAGE_H
#define DHCPD_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DHCP_SERVER_PORT 67
#define DHCP_CLIENT_PORT 68
#define DHCP_MESSAGE_MAX 1500u
#define DHCP_REPLY_BYTES 548u /* RFC 2131, 2: every client takes 576 with the IP header */
#define DHCP_ID_MAX      255u
#define DHCP_NAME_MAX    63u

enum dhcp_type { /* RFC 2132, 9.6 */
		 DHCP_DISCOVER = 1,
		 DHCP_OFFER = 2,
		 DHCP_REQUEST = 3,
		 DHCP_DECLINE = 4,
		 DHCP_ACK = 5,
		 DHCP_NAK = 6,
		 DHCP_RELEASE = 7,
		 DHCP_INFORM = 8,
};

struct dhcp_message {
	uint32_t transaction;
	uint16_t seconds, flags;
	uint32_t client_address;      /* ciaddr: what it has; 0 */
	uint32_t relay_address;       /* giaddr */
	uint8_t mac[6];               /* chaddr */
	uint8_t type;                 /* enum dhcp_type */
	uint32_t requested;           /* option 50; 0 */
	uint32_t server;              /* option 54; 0 */
	uint32_t lease_s;             /* option 51; 0 */
	uint8_t id[DHCP_ID_MAX];      /* option 61 */
	uint8_t id_bytes;             /* 0: none */
	char name[DHCP_NAME_MAX + 1]; /* option 12 as a label of DNS; "" */
};

/* What a reply says. An address of 0 and a time of 0 are left out. */
struct dhcp_reply {
	uint8_t type;
	uint32_t address; /* yiaddr */
	uint32_t server, mask, router, dns, broadcast;
	uint32_t lease_s;
	const char *domain;
};

/* False if it is no request of a client on Ethernet. */
bool dhcp_message_parse(const uint8_t *bytes, size_t length, struct dhcp_message *message);

/* Writes the reply to `request` and returns its length, at most DHCP_REPLY_BYTES. */
size_t dhcp_reply_build(const struct dhcp_message *request, const struct dhcp_reply *reply,
			uint8_t out[DHCP_REPLY_BYTES]);

#endif
