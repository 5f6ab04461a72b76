/*
 * See requests.h.
 *
 * Every op is an attempt, which looks and copies but takes nothing that could
 * be lost, then the reply, and then, for some, a finish that takes. So what a
 * caller is not told, because its time had passed, has not happened.
 */
#include "netstack/inet/requests.h"

#include "lwip/pbuf.h"
#include "netstack/inet/clients.h"
#include "netstack/inet/held.h"
#include "netstack/inet/journal.h"
#include "netstack/inet/poll.h"
#include "netstack/inet/socket_tcp.h"
#include "netstack/inet/socket_udp.h"
#include "netstack/inet/transfer.h"
#include "netstack/inet/watch.h"
#include "services/runtime/kernel.h"
#include "services/runtime/service.h"

#include <assert.h>
#include <string.h>

#define FLAGS_KNOWN (SOCKET_NONBLOCKING | SOCKET_NOTIFY | SOCKET_POSITION)

static enum status find(const struct inet_call *call, struct inet_socket **socket)
{
	return inet_socket_find(call->from, call->request.id, socket);
}

struct inet_socket *inet_call_socket(const struct inet_call *call, uint32_t id)
{
	struct inet_socket *socket = NULL;
	enum status status = inet_socket_find(call->from, id, &socket);
	assert(status == OK); /* the attempt has found it */
	return status == OK ? socket : NULL;
}

static struct inet_name name_in(const struct inet_call *call)
{
	return (struct inet_name){ .address = call->request.address, .port = call->request.port };
}

void inet_reply_name(struct socket_reply *reply, struct inet_name name)
{
	reply->address = name.address;
	reply->port = name.port;
}

void inet_socket_close(struct inet_socket *socket)
{
	if (socket->type == SOCKET_STREAM)
		inet_tcp_close(socket);
	else
		inet_udp_close(socket);
	inet_sockets_changed();
}

/* --- Making and naming ------------------------------------------------------ */

static enum status open_attempt(const struct inet_call *call, struct socket_reply *reply)
{
	struct inet_socket *socket;
	uint32_t type = call->request.type;

	if (type != SOCKET_STREAM && type != SOCKET_DATAGRAM)
		return E_ARGUMENT;
	enum status status = inet_socket_alloc(call->from, (enum socket_type)type, &socket);
	if (status != OK)
		return status;
	status = type == SOCKET_STREAM ? inet_tcp_open(socket) : inet_udp_open(socket);
	if (status != OK)
		inet_socket_free(socket);
	else
		reply->id = socket->id;
	return status;
}

static void open_finish(const struct inet_call *call, const struct socket_reply *reply,
			bool delivered)
{
	if (!delivered)
		inet_socket_close(inet_call_socket(call, reply->id));
}

static enum status bind_attempt(const struct inet_call *call, struct socket_reply *reply)
{
	struct inet_socket *socket;
	enum status status = find(call, &socket);

	if (status != OK)
		return status;
	status = socket->type == SOCKET_STREAM ? inet_tcp_bind(socket, name_in(call))
					       : inet_udp_bind(socket, name_in(call));
	inet_reply_name(reply, socket->local);
	return status;
}

static enum status listen_attempt(const struct inet_call *call, struct socket_reply *reply)
{
	struct inet_socket *socket;
	enum status status = find(call, &socket);

	(void)reply;
	if (status != OK)
		return status;
	if (socket->type != SOCKET_STREAM)
		return E_STATE;
	return inet_tcp_listen(socket, call->request.argument);
}

static enum status name_attempt(const struct inet_call *call, struct socket_reply *reply)
{
	struct inet_socket *socket;
	enum status status = find(call, &socket);

	if (status == OK)
		inet_reply_name(reply, socket->local);
	return status;
}

static enum status peer_attempt(const struct inet_call *call, struct socket_reply *reply)
{
	struct inet_socket *socket;
	enum status status = find(call, &socket);

	if (status != OK)
		return status;
	if (socket->state != INET_SOCKET_CONNECTED)
		return E_STATE;
	inet_reply_name(reply, socket->peer);
	return OK;
}

/* --- Connecting and parting -------------------------------------------------- */

static enum status accept_attempt(const struct inet_call *call, struct socket_reply *reply)
{
	struct inet_socket *socket;
	struct inet_socket *connection;
	enum status status = find(call, &socket);

	if (status != OK)
		return status;
	status = inet_tcp_accept(socket, &connection);
	if (status != OK)
		return status;
	reply->id = connection->id;
	inet_reply_name(reply, connection->peer);
	return OK;
}

static void accept_finish(const struct inet_call *call, const struct socket_reply *reply,
			  bool delivered)
{
	struct inet_socket *connection;

	(void)reply;
	if (delivered &&
	    inet_tcp_accept(inet_call_socket(call, call->request.id), &connection) == OK)
		inet_tcp_accepted(connection);
}

static enum status connect_attempt(const struct inet_call *call, struct socket_reply *reply)
{
	struct inet_socket *socket;
	enum status status = find(call, &socket);

	(void)reply;
	if (status != OK)
		return status;
	return socket->type == SOCKET_STREAM ? inet_tcp_connect(socket, name_in(call))
					     : inet_udp_connect(socket, name_in(call));
}

static enum status shutdown_attempt(const struct inet_call *call, struct socket_reply *reply)
{
	struct inet_socket *socket;
	enum status status = find(call, &socket);

	(void)reply;
	if (status != OK)
		return status;
	return socket->type == SOCKET_STREAM ? inet_tcp_shutdown(socket) : OK;
}

static enum status close_attempt(const struct inet_call *call, struct socket_reply *reply)
{
	struct inet_socket *socket;
	enum status status = find(call, &socket);

	(void)reply;
	if (status == OK)
		inet_socket_close(socket);
	return status;
}

/* --- Waiting for events ----------------------------------------------------------- */

static enum status poll_attempt(const struct inet_call *call, struct socket_reply *reply)
{
	struct socket_poll polls[SOCKET_POLL_MAX];
	uint32_t length = call->request.length_bytes;
	uint32_t count = length / (uint32_t)sizeof(polls[0]);

	if (length > sizeof(polls) || length % sizeof(polls[0]) != 0 || count == 0)
		return E_ARGUMENT;
	enum status status = copy_from(call->from.slot, call->request.grant, 0, polls, length);
	if (status != OK)
		return status;
	reply->count = inet_poll(call->from, polls, count);
	if (reply->count == 0 && !(call->request.flags & FLAGS_KNOWN))
		return E_AGAIN;
	if (reply->count == 0 && (call->request.flags & SOCKET_NOTIFY))
		inet_watch_set(call->from, polls, count);
	return copy_to(call->from.slot, call->request.grant, 0, polls, length);
}

/* --- Every op ---------------------------------------------------------------- */

struct operation {
	enum status (*attempt)(const struct inet_call *call, struct socket_reply *reply);
	/* After the reply to a successful attempt; `delivered`: the caller has it. */
	void (*finish)(const struct inet_call *call, const struct socket_reply *reply,
		       bool delivered);
};

static const struct operation *operation_of(uint32_t op)
{
	static const struct operation operations[] = {
		[SOCKET_OPEN - SOCKET_OPEN] = { open_attempt, open_finish },
		[SOCKET_BIND - SOCKET_OPEN] = { bind_attempt, NULL },
		[SOCKET_LISTEN - SOCKET_OPEN] = { listen_attempt, NULL },
		[SOCKET_ACCEPT - SOCKET_OPEN] = { accept_attempt, accept_finish },
		[SOCKET_CONNECT - SOCKET_OPEN] = { connect_attempt, NULL },
		[SOCKET_SEND - SOCKET_OPEN] = { inet_send_attempt, inet_send_finish },
		[SOCKET_RECEIVE - SOCKET_OPEN] = { inet_receive_attempt, inet_receive_finish },
		[SOCKET_SHUTDOWN - SOCKET_OPEN] = { shutdown_attempt, NULL },
		[SOCKET_CLOSE - SOCKET_OPEN] = { close_attempt, NULL },
		[SOCKET_NAME - SOCKET_OPEN] = { name_attempt, NULL },
		[SOCKET_POLL - SOCKET_OPEN] = { poll_attempt, NULL },
		[SOCKET_PEER - SOCKET_OPEN] = { peer_attempt, NULL },
	};
	uint32_t index = op - SOCKET_OPEN;

	return index < sizeof(operations) / sizeof(operations[0]) ? &operations[index] : NULL;
}

static bool answer(endpoint_t to, enum status status, const struct socket_reply *reply)
{
	struct message message = { .status = (int32_t)status };

	memcpy(message.payload.bytes, reply, sizeof(*reply));
	return service_reply(to, &message);
}

bool inet_call_try(const struct inet_call *call)
{
	const struct operation *operation = operation_of(call->op);
	struct socket_reply reply = { 0 };
	enum status status = operation->attempt(call, &reply);

	if (status == E_AGAIN && !(call->request.flags & SOCKET_NONBLOCKING))
		return false;
	/* SEND and RECEIVE see to what they move by themselves. */
	if (call->op != SOCKET_SEND && call->op != SOCKET_RECEIVE && call->op != SOCKET_POLL)
		inet_journal_commit_all();
	bool delivered = answer(call->from, status, &reply);
	if (status == OK && operation->finish != NULL)
		operation->finish(call, &reply, delivered);
	if (status == E_DEAD)
		inet_client_gone(call->from);
	return true;
}

void inet_request(const struct message *request)
{
	struct inet_call call = { .from = request->from, .op = request->op };

	memcpy(&call.request, request->payload.bytes, sizeof(call.request));
	inet_client_seen(call.from);
	inet_held_forget(call.from.slot);
	if (operation_of(call.op) == NULL)
		service_reply_fault(call.from);
	else if (call.request.flags & ~FLAGS_KNOWN)
		service_reply_status(call.from, E_ARGUMENT);
	else if (!inet_call_try(&call))
		inet_held_add(&call);
}
