#include "netstack/firewall/icmp_related.h"

#include "netstack/firewall/checksum.h"

/* RFC 792: at least 8 bytes of what the quoted packet carried. */
#define QUOTED_L4_BYTES 8u

/* The quoted packet: its headers, and how much of it there is. */
struct quoted {
	struct ipv4_header *ip;
	void *l4;
	unsigned l4_bytes; /* present */
};

static bool quoted_locate(const struct packet *p, struct quoted *quoted)
{
	uint8_t *start = (uint8_t *)packet_l4(p) + ICMP_HEADER_BYTES;
	unsigned there = p->l4_bytes - ICMP_HEADER_BYTES;
	unsigned header_bytes;

	quoted->ip = (struct ipv4_header *)start;
	if (there < IPV4_HEADER_BYTES || quoted->ip->version_ihl >> 4 != 4)
		return false;
	header_bytes = (quoted->ip->version_ihl & 15u) * 4;
	if (header_bytes < IPV4_HEADER_BYTES || there < header_bytes + QUOTED_L4_BYTES)
		return false;
	if ((be16_get(&quoted->ip->fragment) & IPV4_FRAGMENT_OFFSET) != 0)
		return false; /* no ports in it */
	quoted->l4 = start + header_bytes;
	quoted->l4_bytes = there - header_bytes;
	return true;
}

/* The key of the quoted packet as it was sent; false if it can belong to no flow. */
static bool quoted_key(const struct quoted *quoted, union conn_key *key)
{
	const struct icmp_header *icmp = quoted->l4;
	const struct udp_header *ports = quoted->l4; /* TCP's lie at the same place */

	key->words[1] = 0;
	key->source = be32_get(&quoted->ip->source);
	key->destination = be32_get(&quoted->ip->destination);
	key->protocol = quoted->ip->protocol;
	if (key->protocol == IPPROTO_TCP_NUMBER || key->protocol == IPPROTO_UDP_NUMBER) {
		key->source_port = be16_get(&ports->source_port);
		key->destination_port = be16_get(&ports->destination_port);
	} else if (key->protocol == IPPROTO_ICMP_NUMBER) {
		if (icmp->type == ICMP_ECHO_REQUEST)
			key->source_port = be16_get(&icmp->id);
		else if (icmp->type == ICMP_ECHO_REPLY)
			key->destination_port = be16_get(&icmp->id);
		else
			return false;
	}
	return true;
}

enum fw_reason icmp_related_find(const struct firewall *fw, const struct packet *p, uint32_t *node)
{
	struct quoted quoted;
	union conn_key key, answer;
	enum fw_reason reason = packet_checksum_check(p);

	if (reason != FW_REASON_NONE)
		return reason;
	if (!quoted_locate(p, &quoted) || !quoted_key(&quoted, &key))
		return DROP_ICMP_EMBEDDED;
	if (key.source != p->key.destination)
		return DROP_ICMP_EMBEDDED; /* an error goes to who sent what it quotes */
	/* The error travels like an answer to the quoted packet. */
	answer = conn_key_reverse(&key, p->in_zone);
	*node = conn_lookup(&fw->conns, &answer);
	return *node == CONN_NONE ? DROP_ICMP_NO_FLOW : FW_REASON_NONE;
}

/*
 * The quoted packet went the other way, from key[!d].source to key[!d].destination where the error
 * goes. It holds the same addresses and ports as a packet of direction d, in other places, so the
 * sums change by the same deltas.
 */
static void quoted_translate(const struct conn *conn, unsigned d, const struct quoted *quoted)
{
	const union conn_key *to = &conn->key[!d];
	struct udp_header *udp = quoted->l4;
	struct tcp_header *tcp = quoted->l4;
	struct icmp_header *icmp = quoted->l4;

	be32_set(&quoted->ip->source, to->source);
	be32_set(&quoted->ip->destination, to->destination);
	checksum_update(&quoted->ip->checksum, conn->ip_delta[d]);
	switch (to->protocol) {
	case IPPROTO_TCP_NUMBER:
		be16_set(&tcp->source_port, to->source_port);
		be16_set(&tcp->destination_port, to->destination_port);
		if (quoted->l4_bytes >= TCP_HEADER_BYTES)
			checksum_update(&tcp->checksum, conn->l4_delta[d]);
		break;
	case IPPROTO_UDP_NUMBER:
		be16_set(&udp->source_port, to->source_port);
		be16_set(&udp->destination_port, to->destination_port);
		if (be16_get(&udp->checksum) != 0)
			checksum_update(&udp->checksum, conn->l4_delta[d]);
		break;
	case IPPROTO_ICMP_NUMBER:
		be16_set(&icmp->id, (uint16_t)(to->source_port | to->destination_port));
		checksum_update(&icmp->checksum, conn->l4_delta[d]);
		break;
	default: break;
	}
}

void icmp_related_translate(const struct conn *conn, unsigned d, const struct packet *p)
{
	struct ipv4_header *ip = packet_ip(p);
	struct icmp_header *icmp = packet_l4(p);
	const union conn_key *to = &conn->key[!d];
	struct quoted quoted;

	if (!quoted_locate(p, &quoted))
		return; /* icmp_related_find has refused it */
	quoted_translate(conn, d, &quoted);
	be16_set(&icmp->checksum, 0);
	be16_set(&icmp->checksum, (uint16_t)~checksum_fold(checksum_add(0, icmp, p->l4_bytes)));
	/* Inside routers hide behind our address as the flow does (RFC 5508, REQ-5). */
	if (conn->key[d].source != to->destination)
		be32_set(&ip->source, to->destination);
	be32_set(&ip->destination, to->source);
	be16_set(&ip->checksum, 0);
	be16_set(&ip->checksum, (uint16_t)~checksum_fold(checksum_add(0, ip, p->header_bytes)));
}
