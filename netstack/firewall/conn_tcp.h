/* TCP connections as a firewall sees them. */
#ifndef FIREWALL_CONN_TCP_H
#define FIREWALL_CONN_TCP_H

#include "netstack/firewall/packet.h"

/* Sets up a record for the SYN `p`, direction 0; the state is set, not yet in force. */
void conn_tcp_start(struct conn *conn, const struct packet *p);

/*
 * Follows the segment `p` of direction `d`: FW_REASON_NONE, or why it must not
 * pass; then nothing has changed.
 */
enum fw_reason conn_tcp_track(struct conn_table *table, struct conn *conn, unsigned d,
			      const struct packet *p);

#endif
