/*
 * See transfer.h. Data is copied from and to the client through its grant; it
 * enters or leaves the socket only when the client has been told.
 */
#include "netstack/inet/transfer.h"

#include "lwip/pbuf.h"
#include "netstack/inet/socket_tcp.h"
#include "netstack/inet/socket_udp.h"
#include "services/runtime/kernel.h"

/* Data on its way from a client, between attempt and finish. */
static uint8_t staging[SOCKET_TRANSFER_MAX];

static enum status fetch(const struct inet_call *call, size_t length_bytes)
{
	if (length_bytes == 0)
		return OK;
	return copy_from(call->from.slot, call->request.grant, 0, staging, length_bytes);
}

static enum status stream_send(const struct inet_call *call, struct inet_socket *socket,
			       struct socket_reply *reply)
{
	size_t space;
	enum status status = inet_tcp_space(socket, &space);

	if (status != OK)
		return status;
	if (call->request.length_bytes == 0)
		return E_ARGUMENT;
	size_t length = space < call->request.length_bytes ? space : call->request.length_bytes;
	reply->length_bytes = (uint32_t)length;
	return fetch(call, length);
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

	if (delivered && socket->type == SOCKET_STREAM)
		inet_tcp_write(socket, staging, reply->length_bytes);
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

static enum status stream_receive(const struct inet_call *call, struct inet_socket *socket,
				  struct socket_reply *reply)
{
	struct pbuf *data;
	enum status status = inet_tcp_readable(socket, &data);

	if (status != OK)
		return status;
	if (call->request.length_bytes == 0)
		return E_ARGUMENT; /* the answer would look like the end of the stream */
	inet_reply_name(reply, socket->peer);
	return deliver(call, data, &reply->length_bytes);
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
	if (socket->type == SOCKET_DATAGRAM)
		inet_udp_consume(socket);
	else if (reply->length_bytes > 0)
		inet_tcp_consume(socket, reply->length_bytes);
}
