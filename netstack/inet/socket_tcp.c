/*
 * See socket_tcp.h.
 *
 * lwIP frees a pcb by itself when a connection has failed (it tells on_error)
 * and when one that both sides have ended runs out its TIME-WAIT (it does not
 * tell). So a socket lets go of its pcb as soon as both directions have ended.
 */
#include "netstack/inet/socket_tcp.h"

#include "lwip/priv/tcp_priv.h"
#include "lwip/sys.h"
#include "netstack/inet/hooks.h"
#include "netstack/inet/journal.h"
#include "netstack/inet/lwip_error.h"
#include "netstack/inet/netif.h"
#include "netstack/inet/random.h"
#include "netstack/inet/tcp_memory.h"
#include "netstack/inet/time_wait.h"

#include <assert.h>

#define BACKLOG_MAX 16u
#define PORT_TRIES  32

/* --- What lwIP tells ----------------------------------------------------- */

/* It is nobody's then: where there is no room, it ends for a new one. */
static void pcb_let_go(struct inet_socket *socket)
{
	struct tcp_pcb *pcb = socket->tcp;

	socket->tcp = NULL;
	tcp_arg(pcb, NULL);
	tcp_recv(pcb, NULL);
	tcp_sent(pcb, NULL);
	tcp_err(pcb, NULL);
	tcp_setprio(pcb, TCP_PRIO_MIN);
}

static void unread_drop(struct inet_socket *socket)
{
	inet_journal_receive_consume(socket->entry, inet_journal_unread(socket->entry));
}

static void queue_remove(struct inet_socket *connection)
{
	struct inet_socket **link = &connection->listener->queue;

	while (*link != connection)
		link = &(*link)->queue_next;
	*link = connection->queue_next;
	connection->queue_next = NULL;
	connection->listener = NULL;
}

static enum status failure_of(const struct inet_socket *socket, err_t error)
{
	if (socket->state != INET_SOCKET_CONNECTING)
		return E_RESET;
	/* lwIP says "aborted" when its retries are used up. */
	return error == ERR_RST ? E_REFUSED : E_TIMEOUT;
}

/* The pcb is gone already. */
static void on_error(void *argument, err_t error)
{
	struct inet_socket *socket = argument;

	socket->tcp = NULL;
	inet_sockets_changed();
	if (error == ERR_CLSD) {
		socket->ended = true;
		socket->shut = true;
		return;
	}
	socket->error = failure_of(socket, error);
	socket->state = INET_SOCKET_FAILED;
	unread_drop(socket);
	if (socket->listener != NULL) {
		queue_remove(socket);
		inet_socket_free(socket);
	}
}

static void on_end_of_stream(struct inet_socket *socket)
{
	socket->ended = true;
	if (socket->shut)
		pcb_let_go(socket);
}

static void unread_append(struct inet_socket *socket, struct pbuf *data)
{
	for (const struct pbuf *part = data; part != NULL; part = part->next)
		inet_journal_receive_append(socket->entry, part->payload, part->len);
	pbuf_free(data);
}

static err_t on_receive(void *argument, struct tcp_pcb *pcb, struct pbuf *data, err_t error)
{
	struct inet_socket *socket = argument;

	(void)pcb;
	(void)error; /* lwIP 2.2 passes ERR_OK only */
	if (data == NULL)
		on_end_of_stream(socket);
	else
		unread_append(socket, data);
	inet_sockets_changed();
	return ERR_OK;
}

static err_t on_sent(void *argument, struct tcp_pcb *pcb, uint16_t length_bytes)
{
	(void)argument;
	(void)pcb;
	(void)length_bytes;
	inet_sockets_changed();
	return ERR_OK;
}

static void socket_connected(struct inet_socket *socket, struct tcp_pcb *pcb)
{
	socket->state = INET_SOCKET_CONNECTED;
	socket->local = inet_name_of(&pcb->local_ip, pcb->local_port);
	socket->peer = inet_name_of(&pcb->remote_ip, pcb->remote_port);
	inet_sockets_changed();
}

static err_t on_connected(void *argument, struct tcp_pcb *pcb, err_t error)
{
	struct inet_socket *socket = argument;

	(void)error; /* always ERR_OK: failures come through on_error */
	inet_journal_begin(socket->entry, pcb->snd_lbb, pcb->rcv_nxt);
	socket_connected(socket, pcb);
	return ERR_OK;
}

static void pcb_adopt(struct inet_socket *socket, struct tcp_pcb *pcb)
{
	socket->tcp = pcb;
	ip_set_option(pcb, SOF_KEEPALIVE);
	tcp_arg(pcb, socket);
	tcp_recv(pcb, on_receive);
	tcp_sent(pcb, on_sent);
	tcp_err(pcb, on_error);
}

static void queue_append(struct inet_socket *listener, struct inet_socket *connection)
{
	struct inet_socket **link = &listener->queue;

	while (*link != NULL)
		link = &(*link)->queue_next;
	*link = connection;
	connection->listener = listener;
}

static err_t on_accept(void *argument, struct tcp_pcb *pcb, err_t error)
{
	struct inet_socket *listener = argument;
	struct inet_socket *connection;

	if (error != ERR_OK || pcb == NULL)
		return ERR_VAL;
	if (listener == NULL ||
	    inet_socket_alloc(listener->owner, SOCKET_STREAM, &connection) != OK) {
		tcp_abort(pcb);
		return ERR_ABRT;
	}
	tcp_backlog_delayed(pcb);
	connection->entry = inet_journal_of(pcb);
	connection->entry->socket = connection;
	pcb_adopt(connection, pcb);
	queue_append(listener, connection);
	socket_connected(connection, pcb);
	return ERR_OK;
}

/* --- What lwIP asks (hooks.h) -------------------------------------------- */

uint32_t inet_tcp_isn(const ip_addr_t *local, uint16_t local_port, const ip_addr_t *remote,
		      uint16_t remote_port)
{
	struct inet_flow_id flow = { .local_address = local->addr,
				     .remote_address = remote->addr,
				     .local_port = local_port,
				     .remote_port = remote_port };
	return inet_time_wait_isn(&flow, inet_random_isn(&flow, (uint64_t)sys_now() * 1000));
}

/* --- What clients ask ----------------------------------------------------- */

enum status inet_tcp_open(struct inet_socket *socket)
{
	struct tcp_pcb *pcb = tcp_new();

	if (pcb == NULL)
		return E_FULL;
	if (!inet_journal_open(socket)) {
		tcp_abort(pcb);
		return E_FULL;
	}
	inet_journal_pcb_set(socket->entry, pcb);
	pcb_adopt(socket, pcb);
	return OK;
}

enum status inet_tcp_bind(struct inet_socket *socket, struct inet_name name)
{
	ip_addr_t address = inet_lwip_address(name.address);

	if (socket->state != INET_SOCKET_NEW || socket->local.port != 0)
		return E_STATE;
	if (name.address != 0 && !inet_netif_is_own(name.address))
		return E_UNREACHABLE;
	if (name.port != 0) {
		if (inet_socket_port_taken(socket, name))
			return E_EXISTS;
		ip_set_option(socket->tcp, SOF_REUSEADDR);
	}
	enum status status = inet_status_of(tcp_bind(socket->tcp, &address, name.port));
	if (status == OK)
		socket->local = inet_name_of(&socket->tcp->local_ip, socket->tcp->local_port);
	return status;
}

enum status inet_tcp_listen(struct inet_socket *socket, uint32_t backlog)
{
	err_t error = ERR_OK;

	if (socket->state != INET_SOCKET_NEW || socket->local.port == 0)
		return E_STATE;
	if (backlog == 0 || backlog > BACKLOG_MAX)
		backlog = backlog == 0 ? 1 : BACKLOG_MAX;
	inet_journal_listen(socket->entry, socket->tcp, true);
	struct tcp_pcb *pcb = tcp_listen_with_backlog_and_err(socket->tcp, (u8_t)backlog, &error);
	if (pcb == NULL) {
		inet_journal_listen(socket->entry, socket->tcp, false);
		return inet_status_of(error);
	}
	socket->tcp = pcb;
	socket->backlog = backlog;
	socket->state = INET_SOCKET_LISTENING;
	tcp_accept(pcb, on_accept);
	return OK;
}

enum status inet_tcp_accept(struct inet_socket *socket, struct inet_socket **connection)
{
	if (socket->state != INET_SOCKET_LISTENING)
		return E_STATE;
	*connection = socket->queue;
	return socket->queue != NULL ? OK : E_AGAIN;
}

void inet_tcp_accepted(struct inet_socket *connection)
{
	queue_remove(connection);
	if (connection->tcp != NULL)
		tcp_backlog_accepted(connection->tcp);
}

/* RFC 6056: a port that an outsider cannot guess; lwIP's own count upwards. */
static enum status bind_any_port(struct inet_socket *socket)
{
	for (int i = 0; i < PORT_TRIES; i++) {
		err_t error = tcp_bind(socket->tcp, &socket->tcp->local_ip, inet_random_port());
		if (error != ERR_USE)
			return inet_status_of(error);
	}
	return E_FULL;
}

static enum status connect_start(struct inet_socket *socket, struct inet_name peer)
{
	ip_addr_t address = inet_lwip_address(peer.address);
	enum status status = OK;

	if (peer.address == 0 || peer.port == 0)
		return E_ARGUMENT;
	if (socket->tcp->local_port == 0)
		status = bind_any_port(socket);
	if (status != OK)
		return status;
	socket->local.port = socket->tcp->local_port;
	status = inet_status_of(tcp_connect(socket->tcp, &address, peer.port, on_connected));
	if (status != OK)
		return status;
	socket->state = INET_SOCKET_CONNECTING;
	socket->peer = peer;
	return E_AGAIN;
}

enum status inet_tcp_connect(struct inet_socket *socket, struct inet_name peer)
{
	switch (socket->state) {
	case INET_SOCKET_NEW: return connect_start(socket, peer);
	case INET_SOCKET_CONNECTING: return E_AGAIN;
	case INET_SOCKET_CONNECTED: return OK;
	case INET_SOCKET_FAILED: return socket->error;
	case INET_SOCKET_LISTENING:
	case INET_SOCKET_FREE: break;
	}
	return E_STATE;
}

enum status inet_tcp_space(struct inet_socket *socket, size_t *bytes)
{
	if (socket->state == INET_SOCKET_FAILED)
		return socket->error;
	if (socket->state == INET_SOCKET_CONNECTING)
		return E_AGAIN;
	if (socket->state != INET_SOCKET_CONNECTED)
		return E_STATE;
	if (socket->shut || socket->tcp == NULL)
		return E_CLOSED;
	*bytes = LWIP_MIN(inet_tcp_writable_bytes(socket->tcp),
			  inet_journal_send_room(socket->entry));
	return *bytes > 0 ? OK : E_AGAIN;
}

void inet_tcp_write(struct inet_socket *socket, const void *bytes, size_t length_bytes)
{
	assert(length_bytes <= UINT16_MAX);
	err_t error = tcp_write(socket->tcp, bytes, (u16_t)length_bytes, TCP_WRITE_FLAG_COPY);
	if (error != ERR_OK) {
		/* The client counts on these bytes: an error now is better than a gap. */
		tcp_abort(socket->tcp);
		return;
	}
	tcp_output(socket->tcp);
}

enum status inet_tcp_readable(struct inet_socket *socket, uint32_t *bytes)
{
	*bytes = inet_journal_unread(socket->entry);
	if (*bytes > 0)
		return OK;
	if (socket->state == INET_SOCKET_FAILED)
		return socket->error;
	if (socket->state == INET_SOCKET_CONNECTING)
		return E_AGAIN;
	if (socket->state != INET_SOCKET_CONNECTED)
		return E_STATE;
	return socket->ended ? OK : E_AGAIN;
}

void inet_tcp_consume(struct inet_socket *socket, size_t length_bytes)
{
	inet_journal_receive_consume(socket->entry, (uint32_t)length_bytes);
	if (socket->tcp != NULL)
		tcp_recved(socket->tcp, (u16_t)length_bytes);
}

enum status inet_tcp_shutdown(struct inet_socket *socket)
{
	if (socket->state == INET_SOCKET_FAILED)
		return socket->error;
	if (socket->state != INET_SOCKET_CONNECTED)
		return E_STATE;
	if (socket->shut)
		return OK;
	enum status status = inet_status_of(tcp_shutdown(socket->tcp, 0, 1));
	if (status != OK)
		return status;
	socket->shut = true;
	if (socket->ended)
		pcb_let_go(socket);
	return OK;
}

static void queue_abort(struct inet_socket *listener)
{
	while (listener->queue != NULL) {
		struct inet_socket *connection = listener->queue;
		queue_remove(connection);
		inet_tcp_close(connection);
	}
}

void inet_tcp_close(struct inet_socket *socket)
{
	struct tcp_pcb *pcb = socket->tcp;

	if (socket->listener != NULL)
		queue_remove(socket);
	if (socket->state == INET_SOCKET_LISTENING) {
		queue_abort(socket);
		tcp_arg(pcb, NULL);
		tcp_accept(pcb, NULL);
		socket->tcp = NULL;
		tcp_close(pcb);
	} else if (pcb != NULL) {
		pcb_let_go(socket);
		if (tcp_close(pcb) != ERR_OK)
			tcp_abort(pcb);
	}
	inet_socket_free(socket);
}

/* Worth a wake-up: a whole segment, or all that there will ever be. */
static bool is_writable(struct inet_socket *socket)
{
	size_t space;
	enum status status = inet_tcp_space(socket, &space);

	if (status != OK)
		return status != E_AGAIN; /* the client is to learn why not */
	return space >= socket->tcp->mss || socket->tcp->snd_queuelen == 0;
}

unsigned inet_tcp_events(struct inet_socket *socket)
{
	unsigned events = 0;
	uint32_t bytes;
	struct inet_socket *connection;

	switch (socket->state) {
	case INET_SOCKET_LISTENING:
		return inet_tcp_accept(socket, &connection) == OK ? SOCKET_READABLE : 0;
	case INET_SOCKET_CONNECTED:
		if (inet_tcp_readable(socket, &bytes) == OK)
			events |= SOCKET_READABLE;
		if (is_writable(socket))
			events |= SOCKET_WRITABLE;
		if (socket->ended && socket->shut)
			events |= SOCKET_HANGUP;
		return events;
	case INET_SOCKET_FAILED:
		return SOCKET_READABLE | SOCKET_WRITABLE | SOCKET_ERROR | SOCKET_HANGUP;
	case INET_SOCKET_CONNECTING:
	case INET_SOCKET_NEW:
	case INET_SOCKET_FREE: break;
	}
	return 0;
}

/* --- A former life's -------------------------------------------------------- */

void inet_tcp_restore(struct inet_socket *socket, struct tcp_pcb *pcb)
{
	pcb_adopt(socket, pcb);
	if (socket->ended && socket->shut)
		pcb_let_go(socket);
}

void inet_tcp_restore_queued(struct inet_socket *listener, struct inet_socket *connection)
{
	if (connection->tcp != NULL) {
		connection->tcp->listener = (struct tcp_pcb_listen *)listener->tcp;
		tcp_backlog_delayed(connection->tcp);
	}
	queue_append(listener, connection);
}

static struct tcp_pcb_listen *listener_at(const struct tcp_pcb *pcb)
{
	for (struct tcp_pcb_listen *each = tcp_listen_pcbs.listen_pcbs; each != NULL;
	     each = each->next)
		if (each->local_port == pcb->local_port &&
		    (ip_addr_isany_val(each->local_ip) ||
		     ip_addr_eq(&each->local_ip, &pcb->local_ip)))
			return each;
	return NULL;
}

void inet_tcp_restore_handshake(struct tcp_pcb *pcb)
{
	struct tcp_pcb_listen *listener = listener_at(pcb);

	if (listener == NULL) {
		tcp_abort(pcb);
		return;
	}
	pcb->listener = listener;
	pcb->callback_arg = listener->callback_arg;
	tcp_backlog_delayed(pcb);
}
