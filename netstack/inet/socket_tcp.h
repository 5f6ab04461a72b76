/*
 * Streams over lwIP's TCP. Nothing here waits: E_AGAIN says that it would have
 * to, and inet_sockets_changed() is raised when it is worth another try.
 *
 * Looking is apart from taking (readable/consume, space/write), so that the
 * caller can be told in between and nothing is lost if it no longer listens.
 */
#ifndef INET_SOCKET_TCP_H
#define INET_SOCKET_TCP_H

#include "netstack/inet/socket_table.h"

#include <stddef.h>

must_use enum status inet_tcp_open(struct inet_socket *socket);
/* E_EXISTS: in use; E_UNREACHABLE: not our address; E_STATE. */
must_use enum status inet_tcp_bind(struct inet_socket *socket, struct inet_name name);
must_use enum status inet_tcp_listen(struct inet_socket *socket, uint32_t backlog);
/* The oldest connection waiting; it leaves the queue with inet_tcp_accepted. */
must_use enum status inet_tcp_accept(struct inet_socket *socket, struct inet_socket **connection);
void inet_tcp_accepted(struct inet_socket *connection);
/* Starts, or tells how it goes: E_AGAIN, OK, or why it failed. */
must_use enum status inet_tcp_connect(struct inet_socket *socket, struct inet_name peer);

/* How much can be written now. E_AGAIN: nothing; E_STATE, E_CLOSED, E_RESET. */
must_use enum status inet_tcp_space(struct inet_socket *socket, size_t *bytes);
/* At most what inet_tcp_space said; cuts the connection if memory fails all the same. */
void inet_tcp_write(struct inet_socket *socket, const void *bytes, size_t length_bytes);
/* How much has arrived; 0: end of stream. E_AGAIN: nothing yet. */
must_use enum status inet_tcp_readable(struct inet_socket *socket, uint32_t *bytes);
void inet_tcp_consume(struct inet_socket *socket, size_t length_bytes);

must_use enum status inet_tcp_shutdown(struct inet_socket *socket);
/* Frees the socket. The connection ends in the background, by FIN or by RST. */
void inet_tcp_close(struct inet_socket *socket);
/* Makes a connection, live in `pcb` or at an end, that of a former life's socket. */
void inet_tcp_restore(struct inet_socket *socket, struct tcp_pcb *pcb);
/* A connection of a former life that waits again to be accepted. */
void inet_tcp_restore_queued(struct inet_socket *listener, struct inet_socket *connection);
/* A handshake of a former life goes on, if its port is still listened on. */
void inet_tcp_restore_handshake(struct tcp_pcb *pcb);
/* enum socket_events, OR-ed. */
unsigned inet_tcp_events(struct inet_socket *socket);

#endif
