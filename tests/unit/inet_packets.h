/* Packets of the world outside, made and looked at by tests of INET. */
#ifndef INET_PACKETS_H
#define INET_PACKETS_H

#include "netstack/inet/netif.h"
#include "tests/unit/inet_fixture.h"

#include <string.h>

enum { WEB = 20 };
enum { PROTOCOL_ICMP = 1, PROTOCOL_TCP = 6, PROTOCOL_UDP = 17 };
enum { FIN = 1, SYN = 2, RST = 4, PSH = 8, ACK = 16 };

/* A packet under construction, and one that came out. */
struct packet {
	uint8_t bytes[2048];
	uint16_t length;
	uint16_t interface;
};

static inline void put16(uint8_t *at, uint32_t value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
}

static inline void put32(uint8_t *at, uint32_t value)
{
	put16(at, value >> 16);
	put16(at + 2, value & 0xffff);
}

static inline uint32_t get16(const uint8_t *at)
{
	return (uint32_t)at[0] << 8 | at[1];
}

static inline uint32_t get32(const uint8_t *at)
{
	return get16(at) << 16 | get16(at + 2);
}

static inline uint32_t sum16(const uint8_t *bytes, size_t length, uint32_t sum)
{
	for (size_t i = 0; i < length; i++)
		sum += (uint32_t)bytes[i] << (i % 2 ? 0 : 8);
	return sum;
}

/* RFC 1071. */
static inline uint16_t folded(uint32_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

static inline uint16_t transport_checksum(const struct packet *p)
{
	uint32_t pseudo = sum16(p->bytes + 12, 8, p->bytes[9] + (uint32_t)p->length - 20);
	return folded(sum16(p->bytes + 20, p->length - 20u, pseudo));
}

static inline void ip_begin(struct packet *p, uint8_t protocol, uint32_t from, uint32_t to,
			    uint16_t payload_bytes)
{
	memset(p, 0, sizeof(*p));
	p->length = (uint16_t)(20 + payload_bytes);
	p->bytes[0] = 0x45;
	put16(p->bytes + 2, p->length);
	p->bytes[8] = 64;
	p->bytes[9] = protocol;
	put32(p->bytes + 12, from);
	put32(p->bytes + 16, to);
	put16(p->bytes + 10, folded(sum16(p->bytes, 20, 0)));
}

static inline void deliver(const struct packet *p, uint16_t interface)
{
	fixture_packet_in(interface, p->bytes, p->length);
}

static inline bool came_out(struct packet *p)
{
	const uint8_t *bytes;

	p->length = fixture_packet_out(&bytes, &p->interface);
	if (p->length > 0)
		memcpy(p->bytes, bytes, p->length);
	return p->length > 0;
}

static inline void echo_request(struct packet *p, uint32_t from, uint32_t to, uint16_t data_bytes)
{
	ip_begin(p, PROTOCOL_ICMP, from, to, (uint16_t)(8 + data_bytes));
	p->bytes[20] = 8;
	memset(p->bytes + 28, 'x', data_bytes);
	put16(p->bytes + 22, folded(sum16(p->bytes + 20, 8u + data_bytes, 0)));
}

struct segment {
	uint16_t from_port, to_port;
	uint32_t sequence, acknowledged;
	uint8_t flags;
	uint16_t window;
};

static inline void tcp(struct packet *p, const struct segment *s, const void *data,
		       uint16_t data_bytes)
{
	ip_begin(p, PROTOCOL_TCP, LAN_HOST, LAN_ADDRESS, (uint16_t)(20 + data_bytes));
	uint8_t *header = p->bytes + 20;
	put16(header, s->from_port);
	put16(header + 2, s->to_port);
	put32(header + 4, s->sequence);
	put32(header + 8, s->acknowledged);
	header[12] = 5 << 4;
	header[13] = s->flags;
	put16(header + 14, s->window);
	if (data_bytes > 0)
		memcpy(header + 20, data, data_bytes);
	put16(header + 16, transport_checksum(p));
}

/* Shakes hands with a listener on port 80; *s is then ready to send. */
static inline void shake_hands(struct segment *s, uint16_t from_port)
{
	struct packet p;

	*s = (struct segment){ .from_port = from_port,
			       .to_port = 80,
			       .sequence = 1000,
			       .flags = SYN,
			       .window = 8000 };
	tcp(&p, s, NULL, 0);
	deliver(&p, INET_LAN);
	do
		assert_true(came_out(&p));
	while (get16(p.bytes + 22) != from_port); /* what goes to others is theirs */
	assert_int_equal(p.bytes[33], SYN | ACK);
	s->sequence++;
	s->acknowledged = get32(p.bytes + 24) + 1;
	s->flags = ACK;
	tcp(&p, s, NULL, 0);
	deliver(&p, INET_LAN);
}

static inline uint32_t accept_one(uint32_t listener)
{
	struct socket_request request = { .id = listener, .flags = SOCKET_NONBLOCKING };
	struct fixture_answer answer = fixture_call(WEB, SOCKET_ACCEPT, request, NULL);
	assert_int_equal(answer.status, OK);
	return answer.reply.id;
}

static inline void drain_packets(void)
{
	struct packet p;

	while (came_out(&p))
		continue;
}

#endif
