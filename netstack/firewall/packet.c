/*
 * IPv4, TCP, UDP and ICMP headers, checked in that order; every length is held
 * against what is really there before anything behind it is looked at.
 */
#include "netstack/firewall/packet.h"

#include "netstack/firewall/checksum.h"

#define IP_BYTES_MAX   65535u /* of a reassembled datagram */
#define TCP_HEADER_MAX 60u    /* with all options */

/* Nearly all headers have 20 bytes: five words, added without a loop. */
static bool ip_header_checksum_holds(const struct ipv4_header *ip, unsigned header_bytes)
{
	uint64_t words[2], sum;
	uint32_t last;

	if (header_bytes != IPV4_HEADER_BYTES)
		return checksum_holds(checksum_add(0, ip, header_bytes));
	__builtin_memcpy(words, ip, sizeof words);
	__builtin_memcpy(&last, (const uint8_t *)ip + sizeof words, sizeof last);
	sum = (words[0] & 0xffffffffu) + (words[0] >> 32) + (words[1] & 0xffffffffu) +
	      (words[1] >> 32) + last;
	/* All ones, which is what it has to be, look the same in either byte order. */
	sum = (sum & 0xffffffffu) + (sum >> 32);
	return checksum_holds((uint32_t)((sum & 0xffffu) + (sum >> 16)));
}

/* Refuses source routing (RFC 7126, 4.3 and 4.4) and options that do not parse. */
static enum fw_reason options_check(const uint8_t *option, unsigned bytes)
{
	while (bytes > 0 && *option != IPV4_OPTION_END) {
		unsigned length = 1;

		if (*option != IPV4_OPTION_NOP) {
			if (bytes < 2 || option[1] < 2 || option[1] > bytes)
				return DROP_IP_OPTIONS;
			length = option[1];
		}
		if (*option == IPV4_OPTION_LSRR || *option == IPV4_OPTION_SSRR)
			return DROP_IP_OPTIONS;
		option += length;
		bytes -= length;
	}
	return FW_REASON_NONE;
}

/* RFC 791, 3.2, and RFC 1858: no tiny first fragments, no overlap with the headers. */
static enum fw_reason fragment_check(struct packet *p, uint16_t field)
{
	p->dont_fragment = (field & IPV4_DONT_FRAGMENT) != 0;
	p->more_fragments = (field & IPV4_MORE_FRAGMENTS) != 0;
	p->fragment_offset = (uint16_t)((field & IPV4_FRAGMENT_OFFSET) * 8u);
	if (!p->more_fragments && p->fragment_offset == 0)
		return FW_REASON_NONE;
	if (p->l4_bytes == 0 || (p->more_fragments && p->l4_bytes % 8 != 0))
		return DROP_FRAGMENT_ODD;
	if (p->fragment_offset + p->l4_bytes + IPV4_HEADER_BYTES > IP_BYTES_MAX)
		return DROP_FRAGMENT_ODD;
	if (p->fragment_offset != 0 && p->fragment_offset < TCP_HEADER_MAX)
		return DROP_FRAGMENT_TINY; /* could lie over a TCP header with its options */
	return FW_REASON_NONE;
}

static enum fw_reason ip_parse(struct packet *p)
{
	const struct ipv4_header *ip = packet_ip(p);
	unsigned there = p->frame_bytes - ETHERNET_HEADER_BYTES;
	unsigned header_bytes, total_bytes;

	if (there < IPV4_HEADER_BYTES)
		return DROP_IP_SHORT;
	if (ip->version_ihl >> 4 != 4)
		return DROP_IP_VERSION;
	header_bytes = (ip->version_ihl & 15u) * 4;
	if (header_bytes < IPV4_HEADER_BYTES || header_bytes > there)
		return DROP_IP_HEADER_LENGTH;
	total_bytes = be16_get(&ip->total_bytes);
	if (total_bytes < header_bytes || total_bytes > there)
		return DROP_IP_TOTAL_LENGTH;
	if (!ip_header_checksum_holds(ip, header_bytes))
		return DROP_IP_CHECKSUM;
	p->header_bytes = (uint16_t)header_bytes;
	p->ip_bytes = (uint16_t)total_bytes;
	p->l4_bytes = (uint16_t)(total_bytes - header_bytes);
	p->ttl = ip->ttl;
	p->fragment_id = be16_get(&ip->id);
	p->key.source = be32_get(&ip->source);
	p->key.destination = be32_get(&ip->destination);
	p->key.words[1] = 0;
	p->key.protocol = ip->protocol;
	p->key.zone = p->in_zone;
	if (header_bytes > IPV4_HEADER_BYTES) {
		enum fw_reason reason =
			options_check((const uint8_t *)(ip + 1), header_bytes - IPV4_HEADER_BYTES);

		if (reason != FW_REASON_NONE)
			return reason;
	}
	return fragment_check(p, be16_get(&ip->fragment));
}

/* The flags that say what kind of segment it is have to agree. */
static bool tcp_flags_are_sound(uint8_t flags)
{
	flags &= TCP_FIN | TCP_SYN | TCP_RST | TCP_ACK;
	if ((flags & TCP_SYN) != 0)
		return (flags & (TCP_FIN | TCP_RST)) == 0;
	if ((flags & TCP_RST) != 0)
		return (flags & TCP_FIN) == 0;
	return (flags & TCP_ACK) != 0; /* RFC 9293, 3.10.7.4: the rest carries one */
}

static enum fw_reason tcp_parse(struct packet *p)
{
	const struct tcp_header *tcp = packet_l4(p);
	unsigned header_bytes;

	if (p->l4_bytes < TCP_HEADER_BYTES)
		return p->more_fragments ? DROP_FRAGMENT_TINY : DROP_TCP_HEADER;
	header_bytes = (tcp->data_offset >> 4) * 4u;
	if (header_bytes < TCP_HEADER_BYTES)
		return DROP_TCP_HEADER;
	if (header_bytes > p->l4_bytes)
		return p->more_fragments ? DROP_FRAGMENT_TINY : DROP_TCP_HEADER;
	if (!tcp_flags_are_sound(tcp->flags))
		return DROP_TCP_FLAGS;
	p->kind = PACKET_TCP;
	p->tcp_flags = tcp->flags;
	p->key.source_port = be16_get(&tcp->source_port);
	p->key.destination_port = be16_get(&tcp->destination_port);
	if (p->key.source_port == 0 || p->key.destination_port == 0)
		return DROP_PORT_ZERO;
	return FW_REASON_NONE;
}

static enum fw_reason udp_parse(struct packet *p)
{
	const struct udp_header *udp = packet_l4(p);
	unsigned length_bytes;

	if (p->l4_bytes < UDP_HEADER_BYTES)
		return p->more_fragments ? DROP_FRAGMENT_TINY : DROP_UDP_LENGTH;
	length_bytes = be16_get(&udp->length_bytes);
	/* Of a datagram in fragments more is to come, so only the lower bound can be held. */
	if (length_bytes < UDP_HEADER_BYTES || (length_bytes > p->l4_bytes && !p->more_fragments))
		return DROP_UDP_LENGTH;
	p->kind = PACKET_UDP;
	p->key.source_port = be16_get(&udp->source_port);
	p->key.destination_port = be16_get(&udp->destination_port);
	if (p->key.source_port == 0 || p->key.destination_port == 0)
		return DROP_PORT_ZERO;
	return FW_REASON_NONE;
}

static enum fw_reason icmp_parse(struct packet *p)
{
	const struct icmp_header *icmp = packet_l4(p);

	if (p->l4_bytes < ICMP_HEADER_BYTES)
		return p->more_fragments ? DROP_FRAGMENT_TINY : DROP_ICMP_HEADER;
	switch (icmp->type) {
	case ICMP_ECHO_REQUEST:
		p->kind = PACKET_ICMP_QUERY;
		p->key.source_port = be16_get(&icmp->id);
		return FW_REASON_NONE;
	case ICMP_ECHO_REPLY:
		p->kind = PACKET_ICMP_QUERY;
		p->key.destination_port = be16_get(&icmp->id);
		return FW_REASON_NONE;
	case ICMP_UNREACHABLE:
	case ICMP_TIME_EXCEEDED:
	case ICMP_PARAMETER_PROBLEM:
		/* An error never needs fragments: RFC 1812, 4.3.2.3 */
		p->kind = PACKET_ICMP_ERROR;
		return p->more_fragments ? DROP_FRAGMENT_ODD : FW_REASON_NONE;
	default:
		return DROP_ICMP_TYPE;
	}
}

enum fw_reason packet_parse(struct packet *p)
{
	enum fw_reason reason = ip_parse(p);

	if (reason != FW_REASON_NONE)
		return reason;
	if (p->fragment_offset != 0) {
		p->kind = PACKET_FRAGMENT;
		return FW_REASON_NONE;
	}
	switch (p->key.protocol) {
	case IPPROTO_TCP_NUMBER:
		return tcp_parse(p);
	case IPPROTO_UDP_NUMBER:
		return udp_parse(p);
	case IPPROTO_ICMP_NUMBER:
		return icmp_parse(p);
	default:
		p->kind = PACKET_OTHER;
		return FW_REASON_NONE;
	}
}

static bool transport_checksum_holds(const struct packet *p, unsigned bytes)
{
	uint32_t sum = checksum_pseudo_header(p->key.source, p->key.destination, p->key.protocol,
					      (uint16_t)bytes);

	return checksum_holds(checksum_add(sum, packet_l4(p), bytes));
}

enum fw_reason packet_checksum_check(const struct packet *p)
{
	const struct udp_header *udp = packet_l4(p);

	if (packet_is_first_fragment(p))
		return FW_REASON_NONE;
	switch ((enum packet_kind)p->kind) {
	case PACKET_TCP:
		return transport_checksum_holds(p, p->l4_bytes) ? FW_REASON_NONE
								: DROP_TCP_CHECKSUM;
	case PACKET_UDP:
		if (be16_get(&udp->checksum) == 0)
			return FW_REASON_NONE;
		return transport_checksum_holds(p, be16_get(&udp->length_bytes))
			       ? FW_REASON_NONE
			       : DROP_UDP_CHECKSUM;
	case PACKET_ICMP_QUERY:
	case PACKET_ICMP_ERROR:
		return checksum_holds(checksum_add(0, packet_l4(p), p->l4_bytes))
			       ? FW_REASON_NONE
			       : DROP_ICMP_CHECKSUM;
	case PACKET_OTHER:
	case PACKET_FRAGMENT:
		return FW_REASON_NONE;
	}
	return FW_REASON_NONE;
}
