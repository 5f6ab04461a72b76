/* The socket server: services/proto/socket.h, one function an op. */
#ifndef INET_REQUESTS_H
#define INET_REQUESTS_H

#include "netstack/inet/socket_table.h"

struct inet_call {
	endpoint_t from;
	uint32_t op; /* enum socket_op */
	struct socket_request request;
};

/* Serves a request: answers it, holds it, or faults its malformed sender. */
void inet_request(const struct message *request);
/* Answers if that is possible now. False: the call has to wait. */
bool inet_call_try(const struct inet_call *call);
/* The socket of a call whose attempt has found it. */
struct inet_socket *inet_call_socket(const struct inet_call *call, uint32_t id);
void inet_reply_name(struct socket_reply *reply, struct inet_name name);
/* Closes a socket of either type. */
void inet_socket_close(struct inet_socket *socket);

#endif
