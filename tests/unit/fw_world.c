#include "tests/unit/fw_world.h"

#include "netstack/wire/arp.h"
#include "services/runtime/crc32.h"

#include <stdlib.h>
#include <string.h>

const mac_t mac_lan = { { 2, 0, 0, 0, 0, 0xa0 } };
const mac_t mac_wan = { { 2, 0, 0, 0, 0, 0xa1 } };
const mac_t mac_client = { { 2, 0, 0, 0, 1, 10 } };
const mac_t mac_client2 = { { 2, 0, 0, 0, 1, 11 } };
const mac_t mac_gateway = { { 2, 0, 0, 0, 2, 1 } };
const mac_t mac_all = { { 255, 255, 255, 255, 255, 255 } };

static struct world *world_make(size_t flows_bytes)
{
	struct world *w = calloc(1, sizeof *w);

	w->flows_bytes = flows_bytes;
	w->flows = aligned_alloc(64, (flows_bytes + 63) / 64 * 64);
	memset(w->flows, 0, flows_bytes);
	w->now_us = 10000000;
	fw_init(&w->fw, w->flows, flows_bytes, false, 42);
	while (!fw_adopt(&w->fw))
		;
	fw_time_set(&w->fw, w->now_us);
	fw_mac_set(&w->fw, LAN_PORT, &mac_lan);
	fw_mac_set(&w->fw, WAN_PORT, &mac_wan);
	w->netconf.version = NETCONF_VERSION;
	w->netconf.serial = 1;
	w->netconf.zone[LAN_PORT] = ZONE_LAN;
	w->netconf.zone[WAN_PORT] = ZONE_WAN;
	w->netconf.zone[LAN_PORT2] = ZONE_LAN;
	w->netconf.lan = (struct netconf_interface){ LAN_ADDRESS, 24 };
	w->netconf.wan = (struct netconf_interface){ WAN_ADDRESS, 24 };
	w->netconf.gateway = GATEWAY;
	w->netconf.nat = 1;
	return w;
}

static struct world *world_start(struct world *w)
{
	if (world_configure(w) != NULL)
		abort();
	world_introduce(w, LAN_PORT, &mac_client, CLIENT);
	world_introduce(w, WAN_PORT, &mac_gateway, GATEWAY);
	world_discard_queued(w);
	return w;
}

struct world *world_new_unconfigured(void)
{
	return world_make(WORLD_FLOWS_BYTES);
}

struct world *world_new(void)
{
	return world_start(world_make(WORLD_FLOWS_BYTES));
}

struct world *world_new_sized(unsigned flows)
{
	return world_start(world_make(flow_room_bytes(flows + 1)));
}

void world_free(struct world *w)
{
	free(w->flows);
	free(w);
}

const char *world_configure(struct world *w)
{
	w->netconf.lists_crc32 = crc32_of(&w->lists, sizeof w->lists);
	w->netconf.crc32 = crc32_of((const uint8_t *)&w->netconf + sizeof w->netconf.crc32,
					  sizeof w->netconf - sizeof w->netconf.crc32);
	return fw_configure(&w->fw, &w->netconf, &w->lists);
}

void world_restart_begin(struct world *w)
{
	memset(&w->fw, 0, sizeof w->fw);
	fw_init(&w->fw, w->flows, w->flows_bytes, true, 43);
	while (!fw_adopt(&w->fw))
		;
	fw_time_set(&w->fw, w->now_us);
	fw_mac_set(&w->fw, LAN_PORT, &mac_lan);
	fw_mac_set(&w->fw, WAN_PORT, &mac_wan);
}

void world_restart(struct world *w)
{
	world_restart_begin(w);
	if (world_configure(w) != NULL)
		abort();
	world_discard_queued(w);
}

void world_pass_time(struct world *w, uint64_t us)
{
	w->now_us += us;
	fw_time_set(&w->fw, w->now_us);
}

void world_run(struct world *w, unsigned seconds)
{
	for (unsigned i = 0; i < seconds * 10; i++) {
		world_pass_time(w, 100000);
		fw_tick(&w->fw);
	}
}

void world_introduce(struct world *w, unsigned port, const mac_t *mac, uint32_t address)
{
	struct frame f;

	frame_arp(&f, ARP_REQUEST, mac, address, port == WAN_PORT ? WAN_ADDRESS : LAN_ADDRESS);
	world_send(w, port, &f);
}

struct fw_verdict world_send(struct world *w, unsigned port, const struct frame *frame)
{
	unsigned skipped = port == FW_PORT_HOST ? ETHERNET_HEADER_BYTES : 0;

	memcpy(w->out.buffer, frame->buffer, sizeof w->out.buffer);
	w->verdict =
		fw_process(&w->fw, port, w->out.buffer, frame->bytes - skipped, FW_INTERFACE_LAN);
	w->out.bytes = w->verdict.bytes;
	return w->verdict;
}

bool world_take(struct world *w)
{
	if (!fw_process_queued(&w->fw, w->out.buffer, &w->verdict))
		return false;
	w->out.bytes = w->verdict.bytes;
	return true;
}

void world_discard_queued(struct world *w)
{
	while (world_take(w))
		;
}

void frame_ethernet(struct frame *f, const mac_t *to, const mac_t *from, uint16_t type)
{
	struct ethernet_header *ethernet = (struct ethernet_header *)f->buffer;

	ethernet->destination = *to;
	ethernet->source = *from;
	be16_set(&ethernet->type, type);
}

void frame_from_lan(struct frame *f)
{
	frame_ethernet(f, &mac_lan, &mac_client, ETHERTYPE_IPV4);
}

void frame_from_wan(struct frame *f)
{
	frame_ethernet(f, &mac_wan, &mac_gateway, ETHERTYPE_IPV4);
}

struct ipv4_header *frame_ip(struct frame *f)
{
	return (struct ipv4_header *)(f->buffer + ETHERNET_HEADER_BYTES);
}

void *frame_l4(struct frame *f)
{
	return (uint8_t *)frame_ip(f) + (frame_ip(f)->version_ihl & 15) * 4;
}

/* An IP packet of `l4_bytes` behind the header, filled with a pattern; from the right side. */
static void *frame_ipv4(struct frame *f, uint8_t protocol, uint32_t from, uint32_t to,
			unsigned l4_bytes)
{
	struct ipv4_header *ip = frame_ip(f);

	memset(f, 0, sizeof *f);
	for (unsigned i = 0; i < l4_bytes; i++)
		f->buffer[ETHERNET_HEADER_BYTES + IPV4_HEADER_BYTES + i] = (uint8_t)(i * 7 + 1);
	ip->version_ihl = 0x45;
	be16_set(&ip->total_bytes, (uint16_t)(IPV4_HEADER_BYTES + l4_bytes));
	be16_set(&ip->id, 0x1234);
	ip->ttl = 64;
	ip->protocol = protocol;
	be32_set(&ip->source, from);
	be32_set(&ip->destination, to);
	f->bytes = ETHERNET_HEADER_BYTES + IPV4_HEADER_BYTES + l4_bytes;
	if ((from & 0xffffff00u) == (LAN_ADDRESS & 0xffffff00u))
		frame_from_lan(f);
	else
		frame_from_wan(f);
	return frame_l4(f);
}

void frame_udp(struct frame *f, uint32_t from, uint16_t from_port, uint32_t to, uint16_t to_port,
	       unsigned data_bytes)
{
	struct udp_header *udp =
		frame_ipv4(f, IPPROTO_UDP_NUMBER, from, to, UDP_HEADER_BYTES + data_bytes);

	be16_set(&udp->source_port, from_port);
	be16_set(&udp->destination_port, to_port);
	be16_set(&udp->length_bytes, (uint16_t)(UDP_HEADER_BYTES + data_bytes));
	frame_seal(f);
}

void frame_tcp(struct frame *f, uint32_t from, uint16_t from_port, uint32_t to, uint16_t to_port,
	       uint8_t flags, uint32_t sequence, uint32_t acknowledgement, unsigned data_bytes)
{
	struct tcp_header *tcp =
		frame_ipv4(f, IPPROTO_TCP_NUMBER, from, to, TCP_HEADER_BYTES + data_bytes);

	memset(tcp, 0, sizeof *tcp);
	be16_set(&tcp->source_port, from_port);
	be16_set(&tcp->destination_port, to_port);
	be32_set(&tcp->sequence, sequence);
	be32_set(&tcp->acknowledgement, acknowledgement);
	be16_set(&tcp->window, 0xffff);
	tcp->data_offset = 5 << 4;
	tcp->flags = flags;
	frame_seal(f);
}

void frame_echo(struct frame *f, uint8_t type, uint32_t from, uint32_t to, uint16_t id,
		unsigned data_bytes)
{
	struct icmp_header *icmp =
		frame_ipv4(f, IPPROTO_ICMP_NUMBER, from, to, ICMP_HEADER_BYTES + data_bytes);

	icmp->type = type;
	icmp->code = 0;
	be16_set(&icmp->id, id);
	frame_seal(f);
}

void frame_icmp_error(struct frame *f, uint8_t type, uint8_t code, uint32_t from, uint32_t to,
		      const struct frame *about, unsigned quoted_bytes)
{
	struct icmp_header *icmp =
		frame_ipv4(f, IPPROTO_ICMP_NUMBER, from, to, ICMP_HEADER_BYTES + quoted_bytes);

	memset(icmp, 0, sizeof *icmp);
	icmp->type = type;
	icmp->code = code;
	memcpy(icmp + 1, about->buffer + ETHERNET_HEADER_BYTES, quoted_bytes);
	frame_seal(f);
}

void frame_arp(struct frame *f, uint16_t operation, const mac_t *from_mac, uint32_t from,
	       uint32_t to)
{
	struct arp_packet *arp = (struct arp_packet *)(f->buffer + ETHERNET_HEADER_BYTES);

	memset(f, 0, sizeof *f);
	frame_ethernet(f, &mac_all, from_mac, ETHERTYPE_ARP);
	be16_set(&arp->hardware, ARP_HARDWARE_ETHERNET);
	be16_set(&arp->protocol, ETHERTYPE_IPV4);
	arp->hardware_bytes = 6;
	arp->protocol_bytes = 4;
	be16_set(&arp->operation, operation);
	arp->sender_mac = *from_mac;
	be32_set(&arp->sender_address, from);
	be32_set(&arp->target_address, to);
	f->bytes = 60;
}

/* As slow and as plain as RFC 1071 describes it: on purpose not the code under test. */
static uint16_t plain_sum(const uint8_t *at, unsigned bytes, uint32_t sum)
{
	for (unsigned i = 0; i < bytes; i++)
		sum += i % 2 == 0 ? (uint32_t)at[i] << 8 : at[i];
	while (sum > 0xffff)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)sum;
}

static uint32_t plain_pseudo(const uint8_t *ip, unsigned l4_bytes)
{
	return (uint32_t)plain_sum(ip + 12, 8, 0) + ip[9] + l4_bytes;
}

void frame_seal_ip(struct frame *f)
{
	struct ipv4_header *ip = frame_ip(f);

	be16_set(&ip->checksum, 0);
	be16_set(&ip->checksum,
		 (uint16_t)~plain_sum((uint8_t *)ip, (ip->version_ihl & 15u) * 4, 0));
}

void frame_seal(struct frame *f)
{
	struct ipv4_header *ip = frame_ip(f);
	uint8_t *l4 = frame_l4(f);
	unsigned l4_bytes = be16_get(&ip->total_bytes) - (ip->version_ihl & 15u) * 4;
	uint32_t sum =
		ip->protocol == IPPROTO_ICMP_NUMBER ? 0 : plain_pseudo((uint8_t *)ip, l4_bytes);
	unsigned at = ip->protocol == IPPROTO_TCP_NUMBER   ? 16
		      : ip->protocol == IPPROTO_UDP_NUMBER ? 6
							   : 2;

	frame_seal_ip(f);
	be16_set((be16_t *)(l4 + at), 0);
	be16_set((be16_t *)(l4 + at), (uint16_t)~plain_sum(l4, l4_bytes, sum));
}

bool frame_sums_hold(const uint8_t *ip, unsigned bytes)
{
	unsigned header_bytes = (ip[0] & 15u) * 4;
	unsigned total_bytes = (unsigned)ip[2] << 8 | ip[3];
	unsigned fragment = (unsigned)ip[6] << 8 | ip[7];
	const uint8_t *l4 = ip + header_bytes;
	unsigned l4_bytes = total_bytes - header_bytes;

	if (total_bytes > bytes || plain_sum(ip, header_bytes, 0) != 0xffff)
		return false;
	if ((fragment & (IPV4_MORE_FRAGMENTS | IPV4_FRAGMENT_OFFSET)) != 0)
		return true;
	switch (ip[9]) {
	case IPPROTO_TCP_NUMBER:
		return plain_sum(l4, l4_bytes, plain_pseudo(ip, l4_bytes)) == 0xffff;
	case IPPROTO_UDP_NUMBER:
		return (l4[6] | l4[7]) == 0 ||
		       plain_sum(l4, l4_bytes, plain_pseudo(ip, l4_bytes)) == 0xffff;
	case IPPROTO_ICMP_NUMBER: return plain_sum(l4, l4_bytes, 0) == 0xffff;
	default: return true;
	}
}

struct netconf_rule world_rule(uint8_t action, uint8_t from_zone, uint8_t to_zone)
{
	return (struct netconf_rule){ .action = action,
				      .from_zone = from_zone,
				      .to_zone = to_zone,
				      .source_port_high = 65535,
				      .destination_port_high = 65535 };
}
