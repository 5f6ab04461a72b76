/*
 * See restore.h.
 *
 * A connection's pcb is made anew and its unacknowledged data written to it, to
 * be sent again: much of it may have arrived, so acknowledgements up to the
 * former snd_nxt are taken. What the peer had sent early, lwIP has lost with
 * its memory, and the peer, not having had it acknowledged, sends it again (RFC
 * 2018, section 8: selective acknowledgements are only advice).
 */
#include "netstack/inet/restore.h"

#include "lwip/priv/tcp_priv.h"
#include "netstack/inet/clients.h"
#include "netstack/inet/journal.h"
#include "netstack/inet/lwip_error.h"
#include "netstack/inet/requests.h"
#include "netstack/inet/socket_tcp.h"
#include "netstack/inet/socket_udp.h"

#define INITIAL_SEGMENTS 2u /* RFC 5681, 4.1: restart carefully */

/* --- Connections ----------------------------------------------------------------- */

static void receiver_set(struct tcp_pcb *pcb, const struct preserved_record *record)
{
	pcb->rcv_nxt = record->receive_next;
	pcb->rcv_wnd = (tcpwnd_size_t)record->receive_window;
	pcb->rcv_ann_wnd = (tcpwnd_size_t)record->announced_window;
	pcb->rcv_ann_right_edge = record->announced_edge;
}

static void sender_set(struct tcp_pcb *pcb, const struct preserved_record *record)
{
	pcb->lastack = pcb->snd_lbb = pcb->snd_nxt = record->acknowledged;
	pcb->snd_wnd = (tcpwnd_size_t)record->send_window;
	pcb->snd_wnd_max = (tcpwnd_size_t)record->send_window_max;
	pcb->snd_wl1 = record->send_window_sequence;
	pcb->snd_wl2 = record->send_window_acknowledged;
	pcb->mss = (u16_t)record->mss;
	pcb->cwnd = (tcpwnd_size_t)(INITIAL_SEGMENTS * pcb->mss);
	pcb->ssthresh = TCP_SND_BUF;
}

static struct tcp_pcb *pcb_new(const struct preserved_record *record)
{
	struct tcp_pcb *pcb = tcp_new();

	if (pcb == NULL)
		return NULL;
	pcb->local_ip = inet_lwip_address(record->local_address);
	pcb->remote_ip = inet_lwip_address(record->peer_address);
	pcb->local_port = (u16_t)record->local_port;
	pcb->remote_port = (u16_t)record->peer_port;
	receiver_set(pcb, record);
	sender_set(pcb, record);
	ip_set_option(pcb, SOF_KEEPALIVE | SOF_REUSEADDR);
	tcp_set_flags(pcb, (tcpflags_t)record->tcp_flags);
	return pcb;
}

static err_t data_write(struct journal_entry *entry, struct tcp_pcb *pcb)
{
	const struct preserved_range *send = &entry->record.send;
	err_t error = ERR_OK;

	for (uint32_t at = send->begin; at != send->end && error == ERR_OK;) {
		uint32_t piece = preserved_piece(at, send->end);
		error = tcp_write(pcb, inet_journal_send_at(entry, at), (u16_t)piece,
				  TCP_WRITE_FLAG_COPY);
		at += piece;
	}
	return error;
}

/* All that the peer has not acknowledged is queued again. */
static err_t unacknowledged_queue(struct journal_entry *entry, struct tcp_pcb *pcb)
{
	const struct preserved_record *record = &entry->record;
	err_t error;

	if (record->tcp_state == SYN_RCVD)
		return tcp_enqueue_flags(pcb, TCP_SYN | TCP_ACK);
	pcb->state = ESTABLISHED; /* as lwIP wants of one who writes */
	error = data_write(entry, pcb);
	if (error != ERR_OK || !(record->flags & PRESERVED_FIN))
		return error;
	if (record->acknowledged != record->send.end + 1)
		return tcp_send_fin(pcb);
	tcp_set_flags(pcb, TF_FIN);
	return ERR_OK;
}

/* A pcb in none of lwIP's lists yet. */
static void pcb_drop(struct tcp_pcb *pcb)
{
	tcp_segs_free(pcb->unsent);
	pcb->unsent = NULL;
	pcb->state = CLOSED;
	tcp_abandon(pcb, 0);
}

static struct tcp_pcb *connection_rebuild(struct journal_entry *entry)
{
	const struct preserved_record *record = &entry->record;
	struct tcp_pcb *pcb = pcb_new(record);

	if (pcb == NULL)
		return NULL;
	pcb->state = (enum tcp_state)record->tcp_state;
	if (unacknowledged_queue(entry, pcb) != ERR_OK) {
		pcb_drop(pcb);
		return NULL;
	}
	pcb->state = (enum tcp_state)record->tcp_state;
	pcb->snd_nxt = record->send_next;
	inet_journal_pcb_set(entry, pcb);
	if (pcb->state == TIME_WAIT)
		TCP_REG(&tcp_tw_pcbs, pcb);
	else
		TCP_REG_ACTIVE(pcb);
	pcb->tmr = tcp_ticks;
	return pcb;
}

/* --- Sockets ---------------------------------------------------------------------- */

static struct inet_name local_of(const struct preserved_record *record)
{
	return (struct inet_name){ record->local_address, (uint16_t)record->local_port };
}

static struct inet_name peer_of(const struct preserved_record *record)
{
	return (struct inet_name){ record->peer_address, (uint16_t)record->peer_port };
}

static enum status datagram_restore(struct inet_socket *socket,
				    const struct preserved_record *record)
{
	enum status status = inet_udp_open(socket);

	if (status == OK && record->local_port != 0)
		status = inet_udp_bind(socket, local_of(record));
	if (status == OK && record->socket_state == INET_SOCKET_CONNECTED)
		status = inet_udp_connect(socket, peer_of(record));
	return status;
}

/* New, listening, or connecting: done again, as the client did it. */
static enum status stream_repeat(struct inet_socket *socket, const struct preserved_record *record)
{
	enum status status = inet_tcp_open(socket);

	if (status == OK && record->local_port != 0)
		status = inet_tcp_bind(socket, local_of(record));
	if (status == OK && record->socket_state == INET_SOCKET_LISTENING)
		status = inet_tcp_listen(socket, record->backlog);
	if (status == OK && record->socket_state == INET_SOCKET_CONNECTING)
		status = inet_tcp_connect(socket, peer_of(record));
	return status == E_AGAIN ? OK : status;
}

static enum status stream_carry_on(struct inet_socket *socket, struct journal_entry *entry)
{
	const struct preserved_record *record = &entry->record;
	struct tcp_pcb *pcb = NULL;

	socket->state = (enum inet_socket_state)record->socket_state;
	socket->error = (enum status)record->error;
	socket->local = local_of(record);
	socket->peer = peer_of(record);
	socket->ended = record->flags & PRESERVED_ENDED;
	socket->shut = record->flags & PRESERVED_SHUT;
	if (record->tcp_state != 0) {
		pcb = connection_rebuild(entry);
		if (pcb == NULL)
			return E_FULL;
		inet_tcp_restore(socket, pcb);
	}
	return OK;
}

static bool is_repeated(const struct preserved_record *record)
{
	return record->socket_state == INET_SOCKET_NEW ||
	       record->socket_state == INET_SOCKET_LISTENING ||
	       record->socket_state == INET_SOCKET_CONNECTING;
}

static enum status socket_rebuild(struct journal_entry *entry)
{
	const struct preserved_record *record = &entry->record;
	endpoint_t owner = { record->owner_slot, record->owner_generation };
	struct inet_socket *socket =
		inet_socket_restore(record->socket_id, owner, (enum socket_type)record->type);
	enum status status;

	if (socket == NULL)
		return E_EXISTS;
	inet_client_seen(owner);
	entry->socket = socket;
	socket->entry = entry;
	if (record->type == SOCKET_DATAGRAM)
		status = datagram_restore(socket, record);
	else if (is_repeated(record))
		status = stream_repeat(socket, record);
	else
		status = stream_carry_on(socket, entry);
	if (status == OK)
		return OK;
	inet_socket_close(socket);
	return status;
}

static enum status entry_rebuild(struct journal_entry *entry)
{
	if (entry->record.socket_id != 0)
		return socket_rebuild(entry);
	struct tcp_pcb *pcb = connection_rebuild(entry);

	if (pcb == NULL)
		return E_FULL;
	if (pcb->state != SYN_RCVD) /* as when it was let go */
		tcp_setprio(pcb, TCP_PRIO_MIN);
	return OK;
}

/* --- All of them -------------------------------------------------------------------- */

/* Both ends of a connection over loopback were not taken down at one time. */
static bool is_worth_it(const struct preserved_record *record)
{
	return record->tcp_state == 0 || (record->local_address >> 24) != IP_LOOPBACKNET;
}

static void entry_restore(struct preserved_region *region, uint32_t index,
			  struct inet_restored *count)
{
	struct preserved_record record;
	enum status status = preserved_load(region, index, &record);

	if (status == E_ABSENT)
		return;
	/* An entry that has killed a former life is not tried again. */
	region->loading = index + 1;
	if (status == OK)
		status = is_worth_it(&record) ? entry_rebuild(inet_journal_reopen(index, &record))
					      : E_RESET;
	if (status != OK) {
		inet_journal_discard(index);
		count->discarded++;
	} else {
		count->sockets += record.socket_id != 0;
		count->connections += record.tcp_state != 0;
	}
	region->loading = 0;
}

static struct inet_socket *listener_of(const struct journal_entry *entry)
{
	endpoint_t owner = { entry->record.owner_slot, entry->record.owner_generation };
	struct inet_socket *listener;

	if (inet_socket_find(owner, entry->record.listener_id, &listener) != OK ||
	    listener->state != INET_SOCKET_LISTENING)
		return NULL;
	return listener;
}

/* Handshakes and connections that nobody has accepted belong to a listener. */
static void queue_rejoin(struct journal_entry *entry)
{
	struct inet_socket *listener;

	if (entry->socket != NULL && entry->record.listener_id != 0) {
		listener = listener_of(entry);
		if (listener != NULL)
			inet_tcp_restore_queued(listener, entry->socket);
	} else if (entry->pcb != NULL && entry->pcb->state == SYN_RCVD) {
		inet_tcp_restore_handshake(entry->pcb);
	}
}

/* The peer may be waiting for us; it also learns that we are still there. */
static void peers_greet(void)
{
	for (struct tcp_pcb *pcb = tcp_active_pcbs; pcb != NULL; pcb = pcb->next) {
		tcp_ack_now(pcb);
		tcp_output(pcb);
	}
}

struct inet_restored inet_restore(struct preserved_region *region)
{
	struct inet_restored count = { 0 };

	if (region->loading > 0 && region->loading <= PRESERVED_ENTRIES) {
		inet_journal_discard(region->loading - 1);
		count.discarded++;
	}
	region->loading = 0;
	for (uint32_t i = 0; i < PRESERVED_ENTRIES; i++)
		entry_restore(region, i, &count);
	inet_journal_each(queue_rejoin);
	inet_journal_commit_all();
	peers_greet();
	return count;
}
