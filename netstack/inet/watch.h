/*
 * Clients to be notified, once, when one of some sockets is ready: SOCKET_POLL
 * with SOCKET_NOTIFY. One watch a client; a new one replaces it.
 */
#ifndef INET_WATCH_H
#define INET_WATCH_H

#include "netstack/inet/socket_table.h"

void inet_watch_set(endpoint_t client, const struct socket_poll *polls, uint32_t count);
void inet_watch_clear(uint32_t slot);
/* Notifies those for whom something is ready. */
void inet_watch_check(void);

#endif
