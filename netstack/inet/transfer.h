/* The ops that move data: SOCKET_SEND and SOCKET_RECEIVE; see requests.c for attempt and finish. */
#ifndef INET_TRANSFER_H
#define INET_TRANSFER_H

#include "netstack/inet/requests.h"

enum status inet_send_attempt(const struct inet_call *call, struct socket_reply *reply);
void inet_send_finish(const struct inet_call *call, const struct socket_reply *reply,
		      bool delivered);
enum status inet_receive_attempt(const struct inet_call *call, struct socket_reply *reply);
void inet_receive_finish(const struct inet_call *call, const struct socket_reply *reply,
			 bool delivered);

#endif
