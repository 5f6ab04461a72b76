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
/* Closes a socket of either type. */
void inet_socket_close(struct inet_socket *socket);

#endif
