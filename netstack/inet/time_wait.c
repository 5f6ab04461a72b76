/*
 * See time_wait.h. RFC 9293, 3.6.1 (MAY-2): a SYN may reopen the connection if it is no old
 * duplicate, and our own sequence numbers begin beyond those used. It is none if it lies behind all
 * that the peer has sent: its sequence numbers, too, go up with time (RFC 6528).
 */
#include "netstack/inet/time_wait.h"

#include "lwip/priv/tcp_priv.h"

#define BEYOND_OLD 65536u /* more than any window of ours */

static bool gave_way;

/* The last that gave way. */
static struct {
	struct inet_flow_id flow;
	uint32_t sent; /* the first sequence number that it has not used */
} former;

static struct inet_flow_id flow_of(const struct tcp_pcb *pcb)
{
	return (struct inet_flow_id){ .local_address = pcb->local_ip.addr,
				      .remote_address = pcb->remote_ip.addr,
				      .local_port = pcb->local_port,
				      .remote_port = pcb->remote_port };
}

static bool is_same(const struct inet_flow_id *a, const struct inet_flow_id *b)
{
	return a->local_address == b->local_address && a->remote_address == b->remote_address &&
	       a->local_port == b->local_port && a->remote_port == b->remote_port;
}

err_t inet_time_wait_admit(struct tcp_pcb *pcb, const struct tcp_hdr *header)
{
	unsigned flags = TCPH_FLAGS(header) & (TCP_SYN | TCP_ACK | TCP_FIN | TCP_RST);

	if (flags != TCP_SYN || !TCP_SEQ_GT(header->seqno, pcb->rcv_nxt))
		return ERR_OK;
	former.flow = flow_of(pcb);
	former.sent = pcb->snd_nxt;
	tcp_abort(pcb); /* in TIME-WAIT it tells nobody */
	gave_way = true;
	return ERR_ABRT;
}

bool inet_time_wait_gave_way(void)
{
	bool did = gave_way;

	gave_way = false;
	return did;
}

uint32_t inet_time_wait_isn(const struct inet_flow_id *flow, uint32_t isn)
{
	if (!is_same(flow, &former.flow))
		return isn;
	former.flow = (struct inet_flow_id){ 0 };
	return TCP_SEQ_GT(isn, former.sent) ? isn : former.sent + BEYOND_OLD;
}
