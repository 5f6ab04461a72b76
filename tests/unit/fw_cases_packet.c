/* What an IPv4 packet is dropped for before any rule is asked. */
#include "tests/unit/fw_cases.h"

#include <string.h>

static void tcp(uint8_t flags, unsigned data_bytes)
{
	frame_tcp(&f, CLIENT, 5000, SERVER, 80, flags, 1000, 0, data_bytes);
}

static struct tcp_header *tcp_of(void)
{
	return frame_l4(&f);
}

static struct udp_header *udp_of(void)
{
	return frame_l4(&f);
}

static void fragment(unsigned offset_bytes, bool more, unsigned data_bytes)
{
	frame_udp(&f, CLIENT, 5000, SERVER, 53, data_bytes);
	be16_set(&frame_ip(&f)->fragment,
		 (uint16_t)(offset_bytes / 8 | (more ? IPV4_MORE_FRAGMENTS : 0)));
	frame_seal_ip(&f);
}

/* --- IPv4 --- */

static void case_ip_short(struct world *w)
{
	udp();
	f.bytes = 14 + 19;
	lan(w);
}

static void case_ip_version(struct world *w)
{
	udp();
	frame_ip(&f)->version_ihl = 0x65;
	lan(w);
}

static void case_ip_header_length(struct world *w)
{
	udp();
	frame_ip(&f)->version_ihl = 0x44;
	lan(w);
}

static void case_ip_total_length(struct world *w)
{
	udp();
	be16_set(&frame_ip(&f)->total_bytes, 1000);
	frame_seal_ip(&f);
	lan(w);
}

static void case_ip_checksum(struct world *w)
{
	udp();
	frame_ip(&f)->checksum.byte[0] ^= 0x10;
	lan(w);
}

static void case_ip_options(struct world *w)
{
	udp();
	frame_ip(&f)->version_ihl = 0x47;
	memcpy(frame_ip(&f) + 1, (uint8_t[]){ 131, 7, 4, 1, 2, 3, 4, 0 }, 8);
	frame_seal_ip(&f);
	lan(w);
}

static void case_ip_source(struct world *w)
{
	frame_udp(&f, 0x7f000001, 5000, SERVER, 53, 10);
	frame_from_lan(&f);
	lan(w);
}

static void case_ip_spoofed(struct world *w)
{
	frame_udp(&f, CLIENT, 5000, WAN_ADDRESS, 53, 10);
	frame_from_wan(&f);
	wan(w);
}

static void case_ip_destination(struct world *w)
{
	frame_udp(&f, CLIENT, 5000, 0xf0000001, 53, 10);
	lan(w);
}

static void case_ip_broadcast(struct world *w)
{
	frame_udp(&f, SERVER, 5000, LAN_ADDRESS | 0xff, 53, 10);
	wan(w);
}

static void case_ip_multicast(struct world *w)
{
	frame_udp(&f, CLIENT, 5000, 0xe0000105, 53, 10);
	lan(w);
}

static void case_ip_ttl(struct world *w)
{
	udp();
	frame_ip(&f)->ttl = 1;
	frame_seal_ip(&f);
	lan(w);
}

static void case_ip_mtu(struct world *w)
{
	w->fw.settings.wan.mtu_bytes = 100;
	udp();
	lan(w);
}

static void case_fragment_odd(struct world *w)
{
	fragment(0, true, 93);
	lan(w);
}

static void case_fragment_tiny(struct world *w)
{
	fragment(8, false, 96);
	lan(w);
}

static void case_fragment_unknown(struct world *w)
{
	fragment(800, false, 96);
	lan(w);
}

/* --- TCP, UDP, ICMP --- */

static void case_tcp_header(struct world *w)
{
	tcp(TCP_SYN, 0);
	tcp_of()->data_offset = 6 << 4;
	frame_seal(&f);
	lan(w);
}

static void case_tcp_flags(struct world *w)
{
	tcp(TCP_SYN | TCP_FIN, 0);
	lan(w);
}

static void case_tcp_checksum(struct world *w)
{
	tcp(TCP_SYN, 0);
	tcp_of()->checksum.byte[1] ^= 1;
	lan(w);
}

static void case_tcp_no_flow(struct world *w)
{
	tcp(TCP_ACK, 0);
	lan(w);
}

static void case_tcp_window(struct world *w)
{
	tcp(TCP_SYN, 0);
	lan(w);
	frame_tcp(&f, SERVER, 80, WAN_ADDRESS, 5000, TCP_SYN | TCP_ACK, 7000, 1001, 0);
	wan(w);
	tcp(TCP_ACK, 0);
	be32_set(&tcp_of()->sequence, 1001);
	be32_set(&tcp_of()->acknowledgement, 7001);
	frame_seal(&f);
	lan(w);
	frame_tcp(&f, SERVER, 80, WAN_ADDRESS, 5000, TCP_RST, 7001 + (1 << 24), 0, 0);
	wan(w);
}

static void case_udp_length(struct world *w)
{
	udp();
	be16_set(&udp_of()->length_bytes, 109);
	frame_seal(&f);
	lan(w);
}

static void case_udp_checksum(struct world *w)
{
	udp();
	udp_of()->checksum.byte[0] ^= 1;
	lan(w);
}

static void case_port_zero(struct world *w)
{
	frame_udp(&f, CLIENT, 5000, SERVER, 0, 10);
	lan(w);
}

static void case_icmp_header(struct world *w)
{
	frame_echo(&f, ICMP_ECHO_REQUEST, CLIENT, SERVER, 1, 0);
	be16_set(&frame_ip(&f)->total_bytes, 27);
	frame_seal(&f);
	lan(w);
}

static void case_icmp_checksum(struct world *w)
{
	frame_echo(&f, ICMP_ECHO_REQUEST, CLIENT, SERVER, 1, 10);
	f.buffer[45] ^= 1;
	lan(w);
}

static void case_icmp_type(struct world *w)
{
	frame_echo(&f, ICMP_REDIRECT, CLIENT, SERVER, 1, 10);
	lan(w);
}

static void case_icmp_embedded(struct world *w)
{
	struct frame about;

	frame_udp(&about, WAN_ADDRESS, 5000, SERVER, 53, 10);
	frame_icmp_error(&f, ICMP_UNREACHABLE, 3, SERVER, WAN_ADDRESS, &about, 27);
	wan(w);
}

static void case_icmp_no_flow(struct world *w)
{
	struct frame about;

	frame_udp(&about, WAN_ADDRESS, 5000, SERVER, 53, 10);
	frame_icmp_error(&f, ICMP_UNREACHABLE, 3, SERVER, WAN_ADDRESS, &about, 28);
	wan(w);
}

const drop_case_t fw_cases_packet[FW_REASON_COUNT] = {
	[DROP_IP_SHORT] = case_ip_short,
	[DROP_IP_VERSION] = case_ip_version,
	[DROP_IP_HEADER_LENGTH] = case_ip_header_length,
	[DROP_IP_TOTAL_LENGTH] = case_ip_total_length,
	[DROP_IP_CHECKSUM] = case_ip_checksum,
	[DROP_IP_OPTIONS] = case_ip_options,
	[DROP_IP_SOURCE] = case_ip_source,
	[DROP_IP_SPOOFED] = case_ip_spoofed,
	[DROP_IP_DESTINATION] = case_ip_destination,
	[DROP_IP_BROADCAST] = case_ip_broadcast,
	[DROP_IP_MULTICAST] = case_ip_multicast,
	[DROP_IP_TTL] = case_ip_ttl,
	[DROP_IP_MTU] = case_ip_mtu,
	[DROP_FRAGMENT_ODD] = case_fragment_odd,
	[DROP_FRAGMENT_TINY] = case_fragment_tiny,
	[DROP_FRAGMENT_UNKNOWN] = case_fragment_unknown,
	[DROP_TCP_HEADER] = case_tcp_header,
	[DROP_TCP_FLAGS] = case_tcp_flags,
	[DROP_TCP_CHECKSUM] = case_tcp_checksum,
	[DROP_TCP_NO_FLOW] = case_tcp_no_flow,
	[DROP_TCP_WINDOW] = case_tcp_window,
	[DROP_UDP_LENGTH] = case_udp_length,
	[DROP_UDP_CHECKSUM] = case_udp_checksum,
	[DROP_PORT_ZERO] = case_port_zero,
	[DROP_ICMP_HEADER] = case_icmp_header,
	[DROP_ICMP_CHECKSUM] = case_icmp_checksum,
	[DROP_ICMP_TYPE] = case_icmp_type,
	[DROP_ICMP_EMBEDDED] = case_icmp_embedded,
	[DROP_ICMP_NO_FLOW] = case_icmp_no_flow,
};
