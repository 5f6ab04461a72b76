/*
 * Flows without a state machine of their own: UDP, ICMP queries, and protocols
 * we know nothing of. Their time-outs (services/proto/fwtable.h):
 *
 *	UDP one-way	2 min	the least that RFC 4787, REQ-5 allows
 *	UDP two-way	5 min	RFC 4787, REQ-5c
 *	ICMP query	60 s	RFC 5508, REQ-2
 *	others		5 min	as UDP; no RFC says
 *
 * Packets of both directions refresh (RFC 4787, REQ-6).
 */
#ifndef FIREWALL_CONN_UDP_H
#define FIREWALL_CONN_UDP_H

#include "netstack/firewall/packet.h"

/* Sets up a record for the first packet; what p->kind has no flow of its own is our mistake. */
void conn_udp_start(struct conn *conn, const struct packet *p);

/* Follows a packet of direction `d`; it never refuses one. */
static inline void conn_udp_track(struct conn_table *table, struct conn *conn, unsigned d)
{
	if (d == 1 && conn->state == FW_CONN_UDP_ONE_WAY)
		conn_state_set(table, conn, FW_CONN_UDP_TWO_WAY);
}

#endif
