/* See socket_udp.h. */
#include "netstack/inet/socket_udp.h"

#include "lwip/stats.h"
#include "lwip/udp.h"
#include "netstack/inet/journal.h"
#include "netstack/inet/lwip_error.h"
#include "netstack/inet/netif.h"
#include "netstack/inet/random.h"

#include <assert.h>

#define PORT_TRIES   32
#define UNREAD_SHARE 4u /* one socket's part of the free packet pool */

static bool has_room(const struct inet_socket *socket)
{
	const struct stats_mem *pool = lwip_stats.memp[MEMP_PBUF_POOL];
	size_t share = ((size_t)pool->avail - pool->used) / UNREAD_SHARE;

	return socket->datagram_count < INET_DATAGRAMS_MAX && socket->datagram_count <= share;
}

static void on_datagram(void *argument, struct udp_pcb *pcb, struct pbuf *data,
			const ip_addr_t *address, uint16_t port)
{
	struct inet_socket *socket = argument;

	(void)pcb;
	if (!has_room(socket)) {
		pbuf_free(data);
		return;
	}
	unsigned last = (socket->datagram_first + socket->datagram_count) % INET_DATAGRAMS_MAX;
	socket->datagrams[last] =
		(struct inet_datagram){ .data = data, .from = inet_name_of(address, port) };
	socket->datagram_count++;
	inet_sockets_changed();
}

enum status inet_udp_open(struct inet_socket *socket)
{
	socket->udp = udp_new();
	if (socket->udp == NULL)
		return E_FULL;
	if (!inet_journal_open(socket)) {
		udp_remove(socket->udp);
		socket->udp = NULL;
		return E_FULL;
	}
	udp_recv(socket->udp, on_datagram, socket);
	return OK;
}

static enum status bind_any_port(struct inet_socket *socket, const ip_addr_t *address)
{
	for (int i = 0; i < PORT_TRIES; i++) {
		err_t error = udp_bind(socket->udp, address, inet_random_port());
		if (error != ERR_USE)
			return inet_status_of(error);
	}
	return E_FULL;
}

static void local_name_update(struct inet_socket *socket)
{
	socket->local = inet_name_of(&socket->udp->local_ip, socket->udp->local_port);
}

enum status inet_udp_bind(struct inet_socket *socket, struct inet_name name)
{
	ip_addr_t address = inet_lwip_address(name.address);

	if (socket->local.port != 0)
		return E_STATE;
	if (name.address != 0 && !inet_netif_is_own(name.address))
		return E_UNREACHABLE;
	enum status status = name.port == 0
				     ? bind_any_port(socket, &address)
				     : inet_status_of(udp_bind(socket->udp, &address, name.port));
	if (status == OK)
		local_name_update(socket);
	return status;
}

static enum status bind_if_unbound(struct inet_socket *socket)
{
	return socket->local.port != 0 ? OK : inet_udp_bind(socket, (struct inet_name){ 0 });
}

enum status inet_udp_connect(struct inet_socket *socket, struct inet_name peer)
{
	ip_addr_t address = inet_lwip_address(peer.address);
	enum status status = bind_if_unbound(socket);

	if (status != OK)
		return status;
	if (peer.address == 0 || peer.port == 0)
		return E_ARGUMENT;
	status = inet_status_of(udp_connect(socket->udp, &address, peer.port));
	if (status != OK)
		return status;
	socket->state = INET_SOCKET_CONNECTED;
	socket->peer = peer;
	return OK;
}

static enum status send_packet(struct inet_socket *socket, struct inet_name to, struct pbuf *packet)
{
	ip_addr_t address = inet_lwip_address(to.address);

	if (to.port != 0)
		return inet_status_of(udp_sendto(socket->udp, packet, &address, to.port));
	if (socket->state != INET_SOCKET_CONNECTED)
		return E_STATE;
	return inet_status_of(udp_send(socket->udp, packet));
}

enum status inet_udp_send(struct inet_socket *socket, struct inet_name to, const void *bytes,
			  size_t length_bytes)
{
	enum status status = bind_if_unbound(socket);

	if (status != OK)
		return status;
	assert(length_bytes <= SOCKET_TRANSFER_MAX);
	struct pbuf *packet = pbuf_alloc(PBUF_TRANSPORT, (u16_t)length_bytes, PBUF_RAM);
	if (packet == NULL)
		return E_FULL;
	pbuf_take(packet, bytes, (u16_t)length_bytes);
	status = send_packet(socket, to, packet);
	pbuf_free(packet);
	return status;
}

enum status inet_udp_oldest(struct inet_socket *socket, const struct inet_datagram **found)
{
	if (socket->datagram_count == 0)
		return E_AGAIN;
	*found = &socket->datagrams[socket->datagram_first];
	return OK;
}

void inet_udp_consume(struct inet_socket *socket)
{
	assert(socket->datagram_count > 0);
	pbuf_free(socket->datagrams[socket->datagram_first].data);
	socket->datagram_first = (socket->datagram_first + 1) % INET_DATAGRAMS_MAX;
	socket->datagram_count--;
}

void inet_udp_close(struct inet_socket *socket)
{
	while (socket->datagram_count > 0)
		inet_udp_consume(socket);
	if (socket->udp != NULL)
		udp_remove(socket->udp);
	socket->udp = NULL;
	inet_socket_free(socket);
}

unsigned inet_udp_events(const struct inet_socket *socket)
{
	return SOCKET_WRITABLE | (socket->datagram_count > 0 ? (unsigned)SOCKET_READABLE : 0u);
}
