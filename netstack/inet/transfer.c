/*
 * See transfer.h. Data is copied from and to the client through its grant; it
 * enters or leaves the socket only when the client has been told.
 */
#include "netstack/inet/transfer.h"

#include "lwip/def.h"
#include "lwip/pbuf.h"
#include "netstack/inet/journal.h"
#include "netstack/inet/socket_tcp.h"
#include "netstack/inet/socket_udp.h"
#include "services/runtime/kernel.h"

/* Data on its way from a client, between attempt and finish. */
static uint8_t staging[SOCKET_TRANSFER_MAX];
static uint32_t staged_bytes; /* of them, those in the journal that lwIP has not got */

static enum status fetch(const struct inet_call *call, size_t length_bytes)
{
	if (length_bytes == 0)
		return OK;
	return copy_from(call->from.slot, call->request.grant, 0, staging, length_bytes);
}

/*
 * How much of what the client sends it has sent before: a former life took it
 * and died before the answer.
 */
static enum status sent_before(const struct inet_call *call, const struct inet_socket *socket,
			       uint32_t *bytes)
{
	const struct preserved_record *record = &socket->entry->record;

	if (!(call->request.flags & SOCKET_POSITION) || socket->state != INET_SOCKET_CONNECTED)
		return OK;
	*bytes = record->send.end - record->send_first - call->request.argument;
	return *bytes <= PRESERVED_RING_BYTES ? OK : E_ARGUMENT;
}

static enum status stream_send(const struct inet_call *call, struct inet_socket *socket,
			       struct socket_reply *reply)
{
	size_t space;
	uint32_t repeated = 0;

	staged_bytes = 0;
	enum status status = sent_before(call, socket, &repeated);
	if (status == OK && repeated > 0) {
		reply->length_bytes = LWIP_MIN(repeated, call->request.length_bytes);
		return OK;
	}
	if (status == OK)
		status = inet_tcp_space(socket, &space);
	if (status != OK)
		return status;
	if (call->request.length_bytes == 0)
		return E_ARGUMENT;
	size_t length = space < call->request.length_bytes ? space : call->request.length_bytes;
	reply->length_bytes = (uint32_t)length;
	status = fetch(call, length);
	if (status != OK)
		return status;
	/* The client will count on it: so it is in safety before the client is told. */
	inet_journal_send_append(socket->entry, staging, reply->length_bytes);
	inet_journal_commit(socket->entry);
	staged_bytes = reply->length_bytes;
	return OK;
}

static enum status datagram_send(const struct inet_call *call, struct inet_socket *socket,
				 struct socket_reply *reply)
{
	enum status status = fetch(call, call->request.length_bytes);

	if (status != OK)
		return status;
	reply->length_bytes = call->request.length_bytes;
	return inet_udp_send(socket,
			     (struct inet_name){ call->request.address, call->request.port },
			     staging, call->request.length_bytes);
}

enum status inet_send_attempt(const struct inet_call *call, struct socket_reply *reply)
{
	struct inet_socket *socket;
	enum status status = inet_socket_find(call->from, call->request.id, &socket);

	if (status != OK)
		return status;
	if (call->request.length_bytes > SOCKET_TRANSFER_MAX)
		return E_TOO_LARGE;
	return socket->type == SOCKET_STREAM ? stream_send(call, socket, reply)
					     : datagram_send(call, socket, reply);
}

void inet_send_finish(const struct inet_call *call, const struct socket_reply *reply,
		      bool delivered)
{
	struct inet_socket *socket = inet_call_socket(call, call->request.id);

	(void)reply;
	if (socket->type != SOCKET_STREAM || staged_bytes == 0)
		return;
	if (delivered) {
		inet_tcp_write(socket, staging, staged_bytes);
		return;
	}
	inet_journal_send_retract(socket->entry, staged_bytes);
	inet_journal_commit(socket->entry);
}

/* Copies up to the caller's length of the chain to the caller. */
static enum status deliver(const struct inet_call *call, const struct pbuf *data,
			   uint32_t *length_bytes)
{
	uint32_t limit = call->request.length_bytes;
	uint32_t done = 0;

	for (; data != NULL && done < limit; data = data->next) {
		uint32_t part = data->len < limit - done ? data->len : limit - done;
		if (part == 0)
			continue;
		enum status status =
			copy_to(call->from.slot, call->request.grant, done, data->payload, part);
		if (status != OK)
			return status;
		done += part;
	}
	*length_bytes = done;
	return OK;
}

/* Copies up to the caller's length of the stream to the caller. */
static enum status stream_deliver(const struct inet_call *call, const struct inet_socket *socket,
				  uint32_t unread, uint32_t *length_bytes)
{
	uint32_t wanted = LWIP_MIN(call->request.length_bytes, unread);

	for (uint32_t done = 0; done < wanted;) {
		uint32_t piece;
		const uint8_t *from = inet_journal_unread_piece(socket->entry, done, &piece);
		piece = LWIP_MIN(piece, wanted - done);
		enum status status =
			copy_to(call->from.slot, call->request.grant, done, from, piece);
		if (status != OK)
			return status;
		done += piece;
	}
	*length_bytes = wanted;
	return OK;
}

/*
 * The client has had more than we know of: a former life died between telling
 * it and taking that down. If it is not even here yet, it is coming again.
 */
static enum status received_before(const struct inet_call *call, struct inet_socket *socket)
{
	const struct preserved_record *record = &socket->entry->record;
	uint32_t unread = inet_journal_unread(socket->entry);

	if (!(call->request.flags & SOCKET_POSITION) || socket->state != INET_SOCKET_CONNECTED)
		return OK;
	uint32_t ahead = call->request.argument - (record->receive.begin - record->receive_first);
	if (ahead > PRESERVED_RING_BYTES)
		return E_ARGUMENT;
	if (ahead > 0 && unread > 0)
		inet_tcp_consume(socket, LWIP_MIN(ahead, unread));
	return ahead > unread ? E_AGAIN : OK;
}

static enum status stream_receive(const struct inet_call *call, struct inet_socket *socket,
				  struct socket_reply *reply)
{
	uint32_t unread = 0;
	enum status status = received_before(call, socket);

	if (status == OK)
		status = inet_tcp_readable(socket, &unread);
	if (status != OK)
		return status;
	if (call->request.length_bytes == 0)
		return E_ARGUMENT; /* the answer would look like the end of the stream */
	inet_reply_name(reply, socket->peer);
	return stream_deliver(call, socket, unread, &reply->length_bytes);
}

static enum status datagram_receive(const struct inet_call *call, struct inet_socket *socket,
				    struct socket_reply *reply)
{
	const struct inet_datagram *oldest;
	enum status status = inet_udp_oldest(socket, &oldest);

	if (status != OK)
		return status;
	inet_reply_name(reply, oldest->from);
	reply->count = oldest->data->tot_len; /* more than length_bytes: it was cut */
	return deliver(call, oldest->data, &reply->length_bytes);
}

enum status inet_receive_attempt(const struct inet_call *call, struct socket_reply *reply)
{
	struct inet_socket *socket;
	enum status status = inet_socket_find(call->from, call->request.id, &socket);

	if (status != OK)
		return status;
	if (call->request.length_bytes > SOCKET_TRANSFER_MAX)
		return E_TOO_LARGE;
	return socket->type == SOCKET_STREAM ? stream_receive(call, socket, reply)
					     : datagram_receive(call, socket, reply);
}

void inet_receive_finish(const struct inet_call *call, const struct socket_reply *reply,
			 bool delivered)
{
	struct inet_socket *socket = inet_call_socket(call, call->request.id);

	if (!delivered)
		return;
	if (socket->type == SOCKET_DATAGRAM) {
		inet_udp_consume(socket);
	} else if (reply->length_bytes > 0) {
		inet_tcp_consume(socket, reply->length_bytes);
		inet_journal_commit(socket->entry);
	}
}
