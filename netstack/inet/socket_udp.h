/* Datagrams over lwIP's UDP. Looking is apart from taking, as in socket_tcp.h. */
#ifndef INET_SOCKET_UDP_H
#define INET_SOCKET_UDP_H

#include "netstack/inet/socket_table.h"

#include <stddef.h>

must_use enum status inet_udp_open(struct inet_socket *socket);
must_use enum status inet_udp_bind(struct inet_socket *socket, struct inet_name name);
/* Fixes the peer: only its datagrams come in. */
must_use enum status inet_udp_connect(struct inet_socket *socket, struct inet_name peer);
/* To `to`, or to the peer if to.port is 0. E_STATE: there is none; E_UNREACHABLE, E_FULL. */
must_use enum status inet_udp_send(struct inet_socket *socket, struct inet_name to,
				   const void *bytes, size_t length_bytes);
/* The oldest waiting, until inet_udp_consume. E_AGAIN: none. */
must_use enum status inet_udp_oldest(struct inet_socket *socket,
				     const struct inet_datagram **found);
void inet_udp_consume(struct inet_socket *socket);
void inet_udp_close(struct inet_socket *socket);
unsigned inet_udp_events(const struct inet_socket *socket);

#endif
