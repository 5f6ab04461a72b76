/* Readiness of a client's sockets: for SOCKET_POLL, at once or by a later notification. */
#ifndef INET_POLL_H
#define INET_POLL_H

#include "netstack/inet/socket_table.h"

/* Fills in `ready` of each; returns how many have any. A foreign id is SOCKET_ERROR. */
uint32_t inet_poll(endpoint_t client, struct socket_poll *polls, uint32_t count);

#endif
