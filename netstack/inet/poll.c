/* See poll.h. */
#include "netstack/inet/poll.h"

#include "netstack/inet/socket_tcp.h"
#include "netstack/inet/socket_udp.h"

static unsigned events_of(endpoint_t client, uint32_t id)
{
	struct inet_socket *socket;

	if (inet_socket_find(client, id, &socket) != OK)
		return SOCKET_ERROR;
	return socket->type == SOCKET_STREAM ? inet_tcp_events(socket) : inet_udp_events(socket);
}

uint32_t inet_poll(endpoint_t client, struct socket_poll *polls, uint32_t count)
{
	uint32_t ready = 0;

	for (uint32_t i = 0; i < count; i++) {
		unsigned asked = polls[i].wanted | SOCKET_ERROR | SOCKET_HANGUP;
		polls[i].ready = (uint16_t)(events_of(client, polls[i].id) & asked);
		ready += polls[i].ready != 0;
	}
	return ready;
}
