/*
 * Echo (RFC 862) and discard (RFC 863), TCP and UDP, ports 7 and 9: the
 * smallest client of INET, there so that sockets are tested from outside.
 *
 * One thread, bounded clients. An echo client is read only when what it sent
 * before has been sent back, so that a peer which does not read cannot make us
 * keep more than one buffer. A restart of INET is a pause; a listener that it
 * lost is opened again, a connection that it lost is closed.
 */
#include "services/runtime/service.h"
#include "services/runtime/socket.h"

#include <string.h>

#define ECHO_PORT    7
#define DISCARD_PORT 9
#ifndef CLIENTS_MAX
#define CLIENTS_MAX 112
#endif
#define BUFFER_BYTES     4096
#define BACKLOG          8
#define ROUNDS_PER_TURN  8
#define IDLE_US          60000000u
#define REOPEN_US        100000u
#define CLOSE_LOOK_US    1000000u /* for connections that are idle too long */
#define PRIVILEGED_PORTS 1024 /* a datagram from below is another server's: never start a loop */

struct listener {
	int type;
	uint16_t port;
	int fd;
};

enum { LISTENERS = 4 };

static struct listener listeners[LISTENERS] = {
	{ SOCK_STREAM, ECHO_PORT, -1 },
	{ SOCK_STREAM, DISCARD_PORT, -1 },
	{ SOCK_DGRAM, ECHO_PORT, -1 },
	{ SOCK_DGRAM, DISCARD_PORT, -1 },
};

struct client {
	int fd; /* -1: free */
	bool echoes;
	bool closing;      /* INET has not answered yet */
	size_t begin, end; /* what is still to be sent back in `buffer` */
	uint64_t active_us;
	uint8_t buffer[BUFFER_BYTES];
};

static struct client clients[CLIENTS_MAX];
static uint8_t datagram[BUFFER_BYTES];

/* --- Opening ----------------------------------------------------------------- */

static bool listener_open(struct listener *listener)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(listener->port) };

	listener->fd = socket(AF_INET, listener->type, 0);
	if (listener->fd < 0)
		return false;
	if (bind(listener->fd, (struct sockaddr *)&address, sizeof(address)) == 0 &&
	    (listener->type == SOCK_DGRAM || listen(listener->fd, BACKLOG) == 0))
		return true;
	socket_close(listener->fd);
	listener->fd = -1;
	return false;
}

static bool listeners_open(void)
{
	bool all = true;

	for (int i = 0; i < LISTENERS; i++)
		if (listeners[i].fd < 0)
			all &= listener_open(&listeners[i]);
	return all;
}

static void forget_all(void)
{
	for (int i = 0; i < LISTENERS; i++)
		listeners[i].fd = -1;
	for (int i = 0; i < CLIENTS_MAX; i++)
		clients[i].fd = -1;
}

/* --- Streams ----------------------------------------------------------------- */

/* INET may be restarting: what is not closed yet is closed when it comes up idle. */
static void client_close(struct client *client)
{
	client->closing = socket_close(client->fd) < 0 && errno == EAGAIN;
	if (!client->closing)
		client->fd = -1;
}

static struct client *client_free_slot(void)
{
	for (int i = 0; i < CLIENTS_MAX; i++)
		if (clients[i].fd < 0)
			return &clients[i];
	return NULL;
}

static void listener_accept(const struct listener *listener, uint64_t now_us)
{
	struct client *client = client_free_slot();

	if (client == NULL)
		return;
	client->fd = accept_nowait(listener->fd, NULL, NULL);
	client->echoes = listener->port == ECHO_PORT;
	client->closing = false;
	client->begin = client->end = 0;
	client->active_us = now_us;
}

/* False if the connection is over. */
static bool client_read(struct client *client)
{
	ssize_t got = recv(client->fd, client->buffer, sizeof(client->buffer), MSG_DONTWAIT);

	if (got < 0)
		return errno == EAGAIN;
	client->begin = 0;
	client->end = client->echoes ? (size_t)got : 0;
	return got > 0;
}

static bool client_write(struct client *client)
{
	ssize_t sent = send(client->fd, client->buffer + client->begin, client->end - client->begin,
			    MSG_DONTWAIT);
	if (sent < 0)
		return errno == EAGAIN;
	client->begin += (size_t)sent;
	return true;
}

static void client_serve(struct client *client, uint64_t now_us)
{
	bool alive = !client->closing;

	client->active_us = now_us;
	if (alive && client->begin == client->end)
		alive = client_read(client);
	if (alive && client->begin < client->end)
		alive = client_write(client);
	if (!alive)
		client_close(client);
}

/* --- Datagrams --------------------------------------------------------------- */

static void datagram_serve(const struct listener *listener)
{
	struct sockaddr_in from;
	socklen_t length = sizeof(from);
	ssize_t got = recvfrom(listener->fd, datagram, sizeof(datagram), MSG_DONTWAIT,
			       (struct sockaddr *)&from, &length);

	if (got < 0 || listener->port != ECHO_PORT || ntohs(from.sin_port) < PRIVILEGED_PORTS)
		return;
	/* Lost if it cannot be sent now: a datagram may be. */
	(void)sendto(listener->fd, datagram, (size_t)got, MSG_DONTWAIT, (struct sockaddr *)&from,
		     sizeof(from));
}

/* --- The loop ---------------------------------------------------------------- */

static void polls_fill(struct pollfd polls[LISTENERS + CLIENTS_MAX])
{
	bool room = client_free_slot() != NULL;

	for (int i = 0; i < LISTENERS; i++) {
		bool wanted = room || listeners[i].type == SOCK_DGRAM;
		polls[i] = (struct pollfd){ .fd = wanted ? listeners[i].fd : -1, .events = POLLIN };
	}
	for (int i = 0; i < CLIENTS_MAX; i++) {
		bool full = clients[i].begin < clients[i].end;
		polls[LISTENERS + i] =
			(struct pollfd){ .fd = clients[i].fd, .events = full ? POLLOUT : POLLIN };
	}
}

static void polls_serve(const struct pollfd polls[LISTENERS + CLIENTS_MAX], uint64_t now_us)
{
	for (int i = 0; i < CLIENTS_MAX; i++)
		if (polls[LISTENERS + i].revents != 0)
			client_serve(&clients[i], now_us);
	for (int i = 0; i < LISTENERS; i++) {
		if (polls[i].revents == 0)
			continue;
		if (listeners[i].type == SOCK_STREAM)
			listener_accept(&listeners[i], now_us);
		else
			datagram_serve(&listeners[i]);
	}
}

/* INET could not take them over from its former life. */
static void lost_listeners_drop(const struct pollfd polls[LISTENERS + CLIENTS_MAX])
{
	for (int i = 0; i < LISTENERS; i++)
		if (polls[i].revents & POLLERR)
			listeners[i].fd = -1;
}

static void idle_close(uint64_t now_us)
{
	for (int i = 0; i < CLIENTS_MAX; i++)
		if (clients[i].fd >= 0 &&
		    (clients[i].closing || now_us - clients[i].active_us >= IDLE_US))
			client_close(&clients[i]);
}

static uint64_t next_look_us(uint64_t now_us)
{
	for (int i = 0; i < CLIENTS_MAX; i++)
		if (clients[i].fd >= 0)
			return now_us + CLOSE_LOOK_US;
	return service_rest_until_us(now_us, SERVICE_LONG_REST_US);
}

static uint64_t work(uint64_t now_us)
{
	struct pollfd polls[LISTENERS + CLIENTS_MAX];

	if (!listeners_open())
		return now_us + REOPEN_US;
	idle_close(now_us);
	for (int round = 0; round < ROUNDS_PER_TURN; round++) {
		polls_fill(polls);
		int ready = socket_watch(polls, LISTENERS + CLIENTS_MAX);
		if (ready == 0)
			return next_look_us(now_us); /* INET notifies us before if need be */
		if (ready < 0)
			return now_us + REOPEN_US;
		polls_serve(polls, now_us);
		lost_listeners_drop(polls);
		if (!listeners_open())
			return now_us + REOPEN_US;
	}
	return now_us;
}

static enum status start(void)
{
	forget_all();
	return OK;
}

int main(void)
{
	static const struct service echo = { .start = start, .work = work };
	return service_run(&echo);
}
