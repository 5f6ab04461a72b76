/* The rewriting half of NAT; see nat.h. */
#include "netstack/firewall/checksum.h"
#include "netstack/firewall/nat.h"

void nat_deltas_set(struct conn *conn)
{
	for (unsigned d = 0; d < 2; d++) {
		const union conn_key *from = &conn->key[d], *to = &conn->key[!d];
		uint32_t addresses = checksum_delta32(from->source, to->destination) +
				     checksum_delta32(from->destination, to->source);
		uint32_t ports = checksum_delta16(from->source_port, to->destination_port) +
				 checksum_delta16(from->destination_port, to->source_port);

		conn->ip_delta[d] = checksum_fold(addresses);
		/* ICMP has no pseudo-header (RFC 792). */
		conn->l4_delta[d] = checksum_fold(
			ports + (from->protocol == IPPROTO_ICMP_NUMBER ? 0 : addresses));
	}
}

static void udp_translate(const struct conn *conn, unsigned d, struct udp_header *udp)
{
	const union conn_key *to = &conn->key[!d];

	be16_set(&udp->source_port, to->destination_port);
	be16_set(&udp->destination_port, to->source_port);
	if (be16_get(&udp->checksum) == 0)
		return; /* none was computed (RFC 768) */
	checksum_update(&udp->checksum, conn->l4_delta[d]);
	if (be16_get(&udp->checksum) == 0)
		be16_set(&udp->checksum, 0xffff);
}

static void tcp_translate(const struct conn *conn, unsigned d, struct tcp_header *tcp)
{
	const union conn_key *to = &conn->key[!d];

	be16_set(&tcp->source_port, to->destination_port);
	be16_set(&tcp->destination_port, to->source_port);
	checksum_update(&tcp->checksum, conn->l4_delta[d]);
}

/* Exactly one of the ports is the id; the other is 0. */
static void icmp_translate(const struct conn *conn, unsigned d, struct icmp_header *icmp)
{
	const union conn_key *to = &conn->key[!d];

	be16_set(&icmp->id, (uint16_t)(to->source_port | to->destination_port));
	checksum_update(&icmp->checksum, conn->l4_delta[d]);
}

void nat_translate(const struct conn *conn, unsigned d, const struct packet *p)
{
	struct ipv4_header *ip = packet_ip(p);

	be32_set(&ip->source, conn->key[!d].destination);
	be32_set(&ip->destination, conn->key[!d].source);
	checksum_update(&ip->checksum, conn->ip_delta[d]);
	switch ((enum packet_kind)p->kind) {
	case PACKET_TCP:
		tcp_translate(conn, d, packet_l4(p));
		return;
	case PACKET_UDP:
		udp_translate(conn, d, packet_l4(p));
		return;
	case PACKET_ICMP_QUERY:
		icmp_translate(conn, d, packet_l4(p));
		return;
	case PACKET_ICMP_ERROR: /* see icmp_related.c */
	case PACKET_OTHER:
	case PACKET_FRAGMENT:
		return;
	}
}
