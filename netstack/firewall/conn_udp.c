#include "netstack/firewall/conn_udp.h"

#include <assert.h>

void conn_udp_start(struct conn *conn, const struct packet *p)
{
	switch ((enum packet_kind)p->kind) {
	case PACKET_UDP:
		conn->state = FW_CONN_UDP_ONE_WAY;
		return;
	case PACKET_ICMP_QUERY:
		conn->state = FW_CONN_ICMP_QUERY;
		return;
	case PACKET_OTHER:
		conn->state = FW_CONN_OTHER;
		return;
	case PACKET_TCP:
	case PACKET_ICMP_ERROR:
	case PACKET_FRAGMENT:
		break;
	}
	assert(false); /* the caller opens no flow for these */
}
