/*
 * States of a TCP connection in the middle; 0 and 1 say who sent it:
 *
 *	             SYN 0
 *	FREE ------------------> SYN_SENT
 *	                            | SYN 1 (with or without ACK: RFC 5382, REQ-2)
 *	                            v
 *	                       SYN_RECEIVED
 *	                            | ACK 0 (or 1)
 *	                            v
 *	        any but RST    ESTABLISHED ---- FIN of one ----> CLOSING
 *	    +----------------> |                                   | FIN of the other
 *	    |                  | RST in the window                 v
 *	  RESET <--------------+------- also from CLOSING ------ CLOSED
 *	    |                                                      |
 *	    +---------------------- SYN 0 -----------------------> SYN_SENT
 *
 * A flow ends by its time-out only: 2 h 4 min when established, 4 min otherwise
 * (RFC 5382, REQ-5). So a forged RST does no more than shorten the time-out, and
 * the next segment of either side undoes it (RFC 7857, 2.2).
 *
 * The window is tracked lightly: per direction we keep the highest end of data
 * sent, and the power of two above every window advertised. A segment passes if
 * its sequence number and its acknowledgement are no farther off than that. It
 * takes no more state than this to make blind injection impractical, and an
 * unlucky firewall restart cannot wedge a connection: what does not fit then is
 * learned anew (`unsynced`).
 */
#include "netstack/firewall/conn_tcp.h"

#define WINDOW_LOG2_MIN 16u /* a window before any scale is known */
#define WINDOW_LOG2_MAX (16u + TCP_WINDOW_SCALE_MAX)

static const struct tcp_header *tcp_of(const struct packet *p)
{
	return packet_l4(p);
}

static unsigned tcp_header_bytes(const struct packet *p)
{
	return (tcp_of(p)->data_offset >> 4) * 4u;
}

/* The sequence number behind this segment: SYN and FIN take one each. */
static uint32_t segment_end(const struct packet *p)
{
	return be32_get(&tcp_of(p)->sequence) + (uint32_t)p->l4_bytes - tcp_header_bytes(p) +
	       ((p->tcp_flags & TCP_SYN) != 0) + ((p->tcp_flags & TCP_FIN) != 0);
}

/* The window scale a SYN offers; 0 if none (RFC 7323, 2.2). */
static uint8_t syn_window_scale(const struct packet *p)
{
	const uint8_t *option = (const uint8_t *)(tcp_of(p) + 1);
	unsigned bytes = tcp_header_bytes(p) - TCP_HEADER_BYTES;

	while (bytes > 0 && *option != TCP_OPTION_END) {
		unsigned length = 1;

		if (*option != TCP_OPTION_NOP) {
			if (bytes < 2 || option[1] < 2 || option[1] > bytes)
				return 0;
			length = option[1];
		}
		if (*option == TCP_OPTION_WINDOW_SCALE && length == 3)
			return option[2] < TCP_WINDOW_SCALE_MAX ? option[2] : TCP_WINDOW_SCALE_MAX;
		option += length;
		bytes -= length;
	}
	return 0;
}

static void direction_start(struct conn *conn, unsigned d, const struct packet *p)
{
	conn->tcp_end[d] = segment_end(p);
	conn->window_scale[d] = syn_window_scale(p);
	conn->window_log2[d] = WINDOW_LOG2_MIN;
	conn->unsynced &= (uint8_t) ~(1u << d);
}

void conn_tcp_start(struct conn *conn, const struct packet *p)
{
	conn->state = FW_CONN_TCP_SYN_SENT;
	direction_start(conn, 0, p);
	conn->window_log2[1] = WINDOW_LOG2_MIN;
	conn->unsynced = 2;
}

static bool near(uint32_t number, uint32_t end, unsigned log2)
{
	int32_t distance = (int32_t)(number - end);
	int32_t limit = (int32_t)(1u << (log2 < WINDOW_LOG2_MAX ? log2 : WINDOW_LOG2_MAX));

	return distance <= limit && distance >= -limit;
}

/* Sent data is bounded by the receiver's window, acknowledgements by the sender's own. */
static bool in_window(const struct conn *conn, unsigned d, const struct packet *p)
{
	const struct tcp_header *tcp = tcp_of(p);

	if ((conn->unsynced & (1u << d)) == 0 &&
	    !near(be32_get(&tcp->sequence), conn->tcp_end[d], conn->window_log2[!d]))
		return false;
	return (p->tcp_flags & TCP_ACK) == 0 || (conn->unsynced & (1u << !d)) != 0 ||
	       near(be32_get(&tcp->acknowledgement), conn->tcp_end[!d], conn->window_log2[d]);
}

static void window_learn(struct conn *conn, unsigned d, const struct packet *p)
{
	uint32_t end = segment_end(p);
	uint32_t window = (uint32_t)be16_get(&tcp_of(p)->window) << (conn->window_scale[d] & 15u);

	if ((conn->unsynced & (1u << d)) != 0 || (int32_t)(end - conn->tcp_end[d]) > 0)
		conn->tcp_end[d] = end;
	conn->unsynced &= (uint8_t) ~(1u << d);
	while (conn->window_log2[d] < WINDOW_LOG2_MAX && window >> conn->window_log2[d] != 0)
		conn->window_log2[d]++;
}

/* The transition function of the diagram above. */
static enum fw_conn_state state_after(enum fw_conn_state state, unsigned d, uint8_t flags,
				      bool other_has_closed)
{
	if ((flags & TCP_RST) != 0)
		return FW_CONN_TCP_RESET;
	switch (state) {
	case FW_CONN_TCP_SYN_SENT:
		return d == 1 && (flags & TCP_SYN) != 0 ? FW_CONN_TCP_SYN_RECEIVED : state;
	case FW_CONN_TCP_SYN_RECEIVED:
		if ((flags & (TCP_SYN | TCP_ACK)) == TCP_ACK)
			state = FW_CONN_TCP_ESTABLISHED;
		break;
	case FW_CONN_TCP_RESET:
		state = FW_CONN_TCP_ESTABLISHED;
		break;
	case FW_CONN_FREE:
	case FW_CONN_TCP_ESTABLISHED:
	case FW_CONN_TCP_CLOSING:
	case FW_CONN_TCP_CLOSED:
	case FW_CONN_UDP_ONE_WAY:
	case FW_CONN_UDP_TWO_WAY:
	case FW_CONN_ICMP_QUERY:
	case FW_CONN_OTHER:
	case FW_CONN_STATE_COUNT:
		break;
	}
	if ((flags & TCP_FIN) != 0 && state == FW_CONN_TCP_ESTABLISHED)
		return FW_CONN_TCP_CLOSING;
	if ((flags & TCP_FIN) != 0 && state == FW_CONN_TCP_CLOSING && other_has_closed)
		return FW_CONN_TCP_CLOSED;
	return state;
}

static bool may_start_again(const struct conn *conn, unsigned d, const struct packet *p)
{
	return d == 0 && (p->tcp_flags & (TCP_SYN | TCP_ACK)) == TCP_SYN &&
	       (conn->state == FW_CONN_TCP_CLOSED || conn->state == FW_CONN_TCP_RESET);
}

static enum fw_reason syn_track(struct conn_table *table, struct conn *conn, unsigned d,
				const struct packet *p)
{
	enum fw_reason reason = packet_checksum_check(p);

	if (reason != FW_REASON_NONE)
		return reason;
	if (may_start_again(conn, d, p)) {
		conn_state_set(table, conn, FW_CONN_TCP_SYN_SENT);
		conn->fin_seen = 0;
		conn->unsynced = 2;
		direction_start(conn, 0, p);
		return FW_REASON_NONE;
	}
	/* In a synchronised state the receiver answers with a challenge (RFC 5961, 4). */
	if (conn->state != FW_CONN_TCP_SYN_SENT && conn->state != FW_CONN_TCP_SYN_RECEIVED)
		return FW_REASON_NONE;
	if ((p->tcp_flags & TCP_ACK) != 0 && !in_window(conn, d, p))
		return DROP_TCP_WINDOW;
	if (d == 0 && conn->tcp_end[0] != segment_end(p) && conn->state != FW_CONN_TCP_SYN_SENT)
		return FW_REASON_NONE;
	direction_start(conn, d, p);
	conn_state_set(table, conn, state_after(conn->state, d, p->tcp_flags, false));
	return FW_REASON_NONE;
}

/* Segments that may change the state. */
static enum fw_reason event_track(struct conn_table *table, struct conn *conn, unsigned d,
				  const struct packet *p)
{
	enum fw_reason reason = FW_REASON_NONE;
	enum fw_conn_state state;

	if (!in_window(conn, d, p))
		return DROP_TCP_WINDOW;
	if ((p->tcp_flags & (TCP_FIN | TCP_RST)) != 0)
		reason = packet_checksum_check(p);
	if (reason != FW_REASON_NONE)
		return reason;
	state = state_after(conn->state, d, p->tcp_flags, (conn->fin_seen & (1u << !d)) != 0);
	if ((p->tcp_flags & TCP_FIN) != 0)
		conn->fin_seen |= (uint8_t)(1u << d);
	if (state != conn->state)
		conn_state_set(table, conn, state);
	if ((p->tcp_flags & TCP_RST) == 0)
		window_learn(conn, d, p);
	return FW_REASON_NONE;
}

enum fw_reason conn_tcp_track(struct conn_table *table, struct conn *conn, unsigned d,
			      const struct packet *p)
{
	if (conn->state == FW_CONN_TCP_ESTABLISHED &&
	    (p->tcp_flags & (TCP_SYN | TCP_FIN | TCP_RST)) == 0) {
		if (!in_window(conn, d, p))
			return DROP_TCP_WINDOW;
		window_learn(conn, d, p);
		return FW_REASON_NONE;
	}
	if ((p->tcp_flags & TCP_SYN) != 0)
		return syn_track(table, conn, d, p);
	return event_track(table, conn, d, p);
}
