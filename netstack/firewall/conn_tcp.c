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
 * Either end may forget a connection, by a power cut or a time-out, and begin anew between the same
 * ports (RFC 9293, 3.5.1). A SYN of direction 0 passes, then, and changes nothing yet. Who still
 * knows the connection answers with an acknowledgement of it, which is answered with a reset: both
 * pass, also where the flow itself has begun anew. Who does not know it answers with a SYN: if that
 * acknowledges the one before, the flow is in SYN_RECEIVED.
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
	case FW_CONN_TCP_RESET: state = FW_CONN_TCP_ESTABLISHED; break;
	case FW_CONN_FREE:
	case FW_CONN_TCP_ESTABLISHED:
	case FW_CONN_TCP_CLOSING:
	case FW_CONN_TCP_CLOSED:
	case FW_CONN_UDP_ONE_WAY:
	case FW_CONN_UDP_TWO_WAY:
	case FW_CONN_ICMP_QUERY:
	case FW_CONN_OTHER:
	case FW_CONN_STATE_COUNT: break;
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

/* A SYN in a synchronised state, of which only the receiver's answer says whether it counts. */
static void syn_note(struct conn *conn, const struct packet *p)
{
	conn->syn_end = segment_end(p);
	conn->syn_scale = syn_window_scale(p);
}

/* Does direction 1 take up the connection that the SYN noted wants? */
static bool syn_is_taken_up(const struct conn *conn, unsigned d, const struct packet *p)
{
	return d == 1 && conn->state != FW_CONN_TCP_SYN_SENT && conn->syn_end != 0 &&
	       (p->tcp_flags & TCP_ACK) != 0 &&
	       be32_get(&tcp_of(p)->acknowledgement) == conn->syn_end;
}

static void begin_anew(struct conn_table *table, struct conn *conn, const struct packet *answer)
{
	conn->tcp_end[0] = conn->syn_end;
	conn->window_scale[0] = conn->syn_scale;
	conn->window_log2[0] = WINDOW_LOG2_MIN;
	conn->fin_seen = 0;
	conn->syn_end = 0;
	conn->unsynced = 0;
	direction_start(conn, 1, answer);
	conn_state_set(table, conn, FW_CONN_TCP_SYN_RECEIVED);
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
		conn->syn_end = 0;
		conn->unsynced = 2;
		direction_start(conn, 0, p);
		return FW_REASON_NONE;
	}
	if (syn_is_taken_up(conn, d, p)) {
		begin_anew(table, conn, p);
		return FW_REASON_NONE;
	}
	if (d == 0 && (p->tcp_flags & TCP_ACK) == 0 && conn->state != FW_CONN_TCP_SYN_SENT)
		syn_note(conn, p);
	/* In a synchronised state the receiver answers with a challenge (RFC 5961, 4). */
	if (conn->state != FW_CONN_TCP_SYN_SENT && conn->state != FW_CONN_TCP_SYN_RECEIVED)
		return FW_REASON_NONE;
	if ((p->tcp_flags & TCP_ACK) != 0 && !in_window(conn, d, p))
		return DROP_TCP_WINDOW;
	if (d == 0 && conn->tcp_end[0] != segment_end(p) && conn->state != FW_CONN_TCP_SYN_SENT)
		return FW_REASON_NONE;
	conn->syn_end = 0;
	direction_start(conn, d, p);
	conn_state_set(table, conn, state_after(conn->state, d, p->tcp_flags, false));
	return FW_REASON_NONE;
}

/*
 * The flow has begun anew, but not for direction 1: its acknowledgement of the old connection, and
 * the reset that takes its number from it (RFC 9293, 3.5.1, figure 9).
 */
static bool is_half_open(const struct conn *conn, unsigned d, const struct packet *p)
{
	uint8_t flags = p->tcp_flags & (TCP_FIN | TCP_RST | TCP_ACK);

	if (conn->state != FW_CONN_TCP_SYN_SENT)
		return false;
	if (d == 1)
		return flags == TCP_ACK && p->l4_bytes == tcp_header_bytes(p);
	return flags == TCP_RST && conn->syn_end != 0 &&
	       be32_get(&tcp_of(p)->sequence) == conn->syn_end;
}

static enum fw_reason half_open_track(struct conn *conn, unsigned d, const struct packet *p)
{
	enum fw_reason reason = packet_checksum_check(p);

	if (reason == FW_REASON_NONE && d == 1)
		conn->syn_end = be32_get(&tcp_of(p)->acknowledgement);
	return reason;
}

/* Segments that may change the state. */
static enum fw_reason event_track(struct conn_table *table, struct conn *conn, unsigned d,
				  const struct packet *p)
{
	enum fw_reason reason = FW_REASON_NONE;
	enum fw_conn_state state;

	if (is_half_open(conn, d, p))
		return half_open_track(conn, d, p);
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
