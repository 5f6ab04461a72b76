/*
 * See socket.h. A descriptor is INET's id. Of a stream we know how much has
 * gone each way: INET may die between doing and answering, and its next life
 * goes by what we say (SOCKET_POSITION).
 */
#include "services/runtime/socket.h"

#include "services/proto/socket.h"
#include "services/runtime/kernel.h"
#include "services/runtime/service.h"

#include <string.h>

#define WAIT_US ((uint64_t)SOCKET_WAIT_MS * 1000)
/* INET answers these without waiting; what it could not tell us it takes back. */
#define ANSWER_US WAIT_US

static int errno_of(enum status status)
{
	switch (status) {
	case OK: return 0;
	case E_ARGUMENT:
	case E_CALL:
	case E_STALE:
	case E_NOT_WAITING:
	case E_DEVICE:
	case E_DMA:
	case E_DAMAGED: return EINVAL;
	case E_DENIED: return EACCES;
	case E_RESET: return ECONNRESET;
	case E_TIMEOUT: return ETIMEDOUT;
	case E_FAULT:
	case E_GRANT: return EFAULT;
	case E_FULL: return ENOBUFS;
	case E_ABSENT: return EBADF;
	case E_STATE: return ENOTCONN;
	case E_EXISTS: return EADDRINUSE;
	case E_TOO_LARGE: return EMSGSIZE;
	case E_DEAD: /* INET is between two lives */
	case E_AGAIN: return EAGAIN;
	case E_REFUSED: return ECONNREFUSED;
	case E_UNREACHABLE: return EHOSTUNREACH;
	case E_CLOSED: return EPIPE;
	}
	return EINVAL;
}

static int fail(int error)
{
	errno = error;
	return -1;
}

/* --- Streams ------------------------------------------------------------------ */

struct stream {
	uint32_t id;                         /* 0: none */
	uint32_t sent_bytes, received_bytes; /* modulo 2^32 */
};

/* An id's low bits are its place in INET's table: no two live ones share them. */
static struct stream streams[256];

static struct stream *stream_of(uint32_t id)
{
	return &streams[id % (sizeof(streams) / sizeof(streams[0]))];
}

static void stream_begin(uint32_t id)
{
	*stream_of(id) = (struct stream){ .id = id };
}

/* --- Calls -------------------------------------------------------------------- */

static enum status ask_once(enum socket_op op, const struct socket_request *request,
			    uint64_t timeout_us, struct socket_reply *reply)
{
	endpoint_t inet = { .slot = service_slot("inet"), .generation = ANY_GENERATION };
	struct message message = { .op = op };

	memcpy(message.payload.bytes, request, sizeof(*request));
	enum status status = service_call(&inet, &message, timeout_us);
	if (status == OK)
		memcpy(reply, message.payload.bytes, sizeof(*reply));
	/* Without an answer only our time is up; in an answer it is the peer who does not. */
	return status == E_TIMEOUT && message.status != E_TIMEOUT ? E_AGAIN : status;
}

/* The same, lending INET the request's length_bytes at `memory` for as long as it takes. */
static enum status ask_once_lending(enum socket_op op, struct socket_request *request,
				    const void *memory, enum grant_access access,
				    uint64_t timeout_us, struct socket_reply *reply)
{
	uint32_t grant;

	if (request->length_bytes == 0)
		return ask_once(op, request, timeout_us, reply);
	enum status status =
		grant_create(service_slot("inet"), memory, request->length_bytes, access, &grant);
	if (status != OK)
		return status;
	request->grant = grant;
	status = ask_once(op, request, timeout_us, reply);
	grant_revoke(grant);
	return status;
}

/* What an earlier try may have done before INET died. */
static bool was_done(enum socket_op op, enum status status)
{
	switch (op) {
	case SOCKET_BIND:
	case SOCKET_LISTEN: return status == E_STATE;
	case SOCKET_CLOSE: return status == E_ABSENT;
	default: return false;
	}
}

/*
 * One call to INET, or if it dies meanwhile, as many as our heartbeat allows
 * until it is back. False with errno set if it failed.
 */
static bool ask_lending(enum socket_op op, struct socket_request *request, const void *memory,
			enum grant_access access, uint64_t timeout_us, struct socket_reply *reply)
{
	uint64_t give_up_us = time_us() + WAIT_US;
	bool repeated = false;

	if (service_slot("inet") >= SERVICE_MAX)
		return fail(ENOSYS) == 0;
	memset(reply, 0, sizeof(*reply));
	enum status status = ask_once_lending(op, request, memory, access, timeout_us, reply);
	while (status == E_DEAD && time_us() < give_up_us) {
		repeated = true;
		status = ask_once_lending(op, request, memory, access, timeout_us, reply);
	}
	if (status == OK || (repeated && was_done(op, status)))
		return true;
	return fail(errno_of(status)) == 0;
}

static bool ask(enum socket_op op, const struct socket_request *request, uint64_t timeout_us,
		struct socket_reply *reply)
{
	struct socket_request copy = *request;

	copy.length_bytes = 0;
	return ask_lending(op, &copy, NULL, GRANT_READ, timeout_us, reply);
}

static bool address_in(struct socket_request *request, const struct sockaddr *address,
		       socklen_t length)
{
	struct sockaddr_in in;

	if (address == NULL || length < sizeof(in))
		return fail(EINVAL) == 0;
	memcpy(&in, address, sizeof(in));
	if (in.sin_family != AF_INET)
		return fail(EAFNOSUPPORT) == 0;
	request->address = ntohl(in.sin_addr.s_addr);
	request->port = ntohs(in.sin_port);
	return true;
}

static void address_out(const struct socket_reply *reply, struct sockaddr *address,
			socklen_t *length)
{
	struct sockaddr_in in = { .sin_family = AF_INET,
				  .sin_port = htons(reply->port),
				  .sin_addr.s_addr = htonl(reply->address) };

	if (address == NULL || length == NULL)
		return;
	memcpy(address, &in, *length < sizeof(in) ? *length : sizeof(in));
	*length = sizeof(in);
}

static int ask_simple(enum socket_op op, const struct socket_request *request)
{
	struct socket_reply reply;
	return ask(op, request, ANSWER_US, &reply) ? 0 : -1;
}

/* --- Closing ------------------------------------------------------------------ */

int socket_close(int fd)
{
	struct socket_request request = { .id = (uint32_t)fd };
	int result = ask_simple(SOCKET_CLOSE, &request);

	if (result == 0 || errno != EAGAIN)
		*stream_of((uint32_t)fd) = (struct stream){ 0 };
	return result;
}

/* Sockets that nobody wants any more, of which INET has not heard so. */
static int abandoned[SOCKET_ABANDONED_MAX];
static unsigned abandoned_count;

/* Once INET is known to be away it is not waited for again and again in the same turn. */
void socket_abandon(int fd)
{
	if (fd < 0)
		return;
	if (abandoned_count == 0 && (socket_close(fd) == 0 || errno != EAGAIN))
		return;
	if (abandoned_count < SOCKET_ABANDONED_MAX)
		abandoned[abandoned_count++] = fd;
}

/* False, with EAGAIN: INET is still not there. */
static bool abandoned_close(void)
{
	while (abandoned_count > 0) {
		if (socket_close(abandoned[abandoned_count - 1]) < 0 && errno == EAGAIN)
			return false;
		abandoned_count--;
	}
	return true;
}

/* --- Opening, and all the others ---------------------------------------------- */

int socket(int domain, int type, int protocol)
{
	struct socket_request request = { 0 };
	struct socket_reply reply;

	if (domain != AF_INET)
		return fail(EAFNOSUPPORT);
	if ((type != SOCK_STREAM && type != SOCK_DGRAM) || protocol != 0)
		return fail(EPROTONOSUPPORT);
	request.type = type == SOCK_STREAM ? SOCKET_STREAM : SOCKET_DATAGRAM;
	if (!abandoned_close() || !ask(SOCKET_OPEN, &request, ANSWER_US, &reply))
		return -1;
	stream_begin(reply.id);
	return (int)reply.id;
}

int bind(int fd, const struct sockaddr *address, socklen_t length)
{
	struct socket_request request = { .id = (uint32_t)fd };

	if (!address_in(&request, address, length))
		return -1;
	return ask_simple(SOCKET_BIND, &request);
}

int listen(int fd, int backlog)
{
	struct socket_request request = { .id = (uint32_t)fd,
					  .argument = backlog > 0 ? (uint32_t)backlog : 1 };
	return ask_simple(SOCKET_LISTEN, &request);
}

static int accept_with(int fd, struct sockaddr *address, socklen_t *length, uint16_t flags)
{
	struct socket_request request = { .id = (uint32_t)fd, .flags = flags };
	struct socket_reply reply;

	do {
		if (!ask(SOCKET_ACCEPT, &request, WAIT_US, &reply))
			return -1;
		/* INET may offer again, after its death, what we have already. */
	} while (stream_of(reply.id)->id == reply.id);
	stream_begin(reply.id);
	address_out(&reply, address, length);
	return (int)reply.id;
}

int accept(int fd, struct sockaddr *address, socklen_t *length)
{
	return accept_with(fd, address, length, 0);
}

int accept_nowait(int fd, struct sockaddr *address, socklen_t *length)
{
	return accept_with(fd, address, length, SOCKET_NONBLOCKING);
}

/* Never waits in INET: E_AGAIN is that the peer has not answered yet, or INET has not. */
int connect(int fd, const struct sockaddr *address, socklen_t length)
{
	struct socket_request request = { .id = (uint32_t)fd, .flags = SOCKET_NONBLOCKING };

	if (!address_in(&request, address, length))
		return -1;
	int result = ask_simple(SOCKET_CONNECT, &request);
	if (result < 0 && errno == EAGAIN)
		errno = EINPROGRESS;
	return result;
}

static uint16_t flags_of(int flags)
{
	return flags & MSG_DONTWAIT ? SOCKET_NONBLOCKING : 0;
}

static uint32_t length_of(size_t length_bytes)
{
	/* One more than the limit, so that INET refuses a datagram that is too long. */
	return length_bytes > SOCKET_TRANSFER_MAX ? SOCKET_TRANSFER_MAX + 1
						  : (uint32_t)length_bytes;
}

static ssize_t send_request(struct socket_request *request, const void *bytes)
{
	struct socket_reply reply;

	struct stream *stream = stream_of(request->id);

	request->flags |= SOCKET_POSITION;
	request->argument = stream->sent_bytes;
	if (!ask_lending(SOCKET_SEND, request, bytes, GRANT_READ, WAIT_US, &reply))
		return -1;
	stream->sent_bytes += reply.length_bytes;
	return (ssize_t)reply.length_bytes;
}

ssize_t send(int fd, const void *bytes, size_t length_bytes, int flags)
{
	struct socket_request request = { .id = (uint32_t)fd,
					  .flags = flags_of(flags),
					  .length_bytes = length_of(length_bytes) };
	return send_request(&request, bytes);
}

ssize_t sendto(int fd, const void *bytes, size_t length_bytes, int flags, const struct sockaddr *to,
	       socklen_t to_length)
{
	struct socket_request request = { .id = (uint32_t)fd,
					  .flags = flags_of(flags),
					  .length_bytes = length_of(length_bytes) };

	if (to != NULL && !address_in(&request, to, to_length))
		return -1;
	return send_request(&request, bytes);
}

ssize_t recvfrom(int fd, void *bytes, size_t length_bytes, int flags, struct sockaddr *from,
		 socklen_t *from_length)
{
	struct stream *stream = stream_of((uint32_t)fd);
	struct socket_request request = { .id = (uint32_t)fd,
					  .flags = flags_of(flags) | SOCKET_POSITION,
					  .argument = stream->received_bytes };
	struct socket_reply reply;

	request.length_bytes =
		length_bytes < SOCKET_TRANSFER_MAX ? (uint32_t)length_bytes : SOCKET_TRANSFER_MAX;
	if (!ask_lending(SOCKET_RECEIVE, &request, bytes, GRANT_WRITE, WAIT_US, &reply))
		return -1;
	stream->received_bytes += reply.length_bytes;
	address_out(&reply, from, from_length);
	return (ssize_t)reply.length_bytes;
}

ssize_t recv(int fd, void *bytes, size_t length_bytes, int flags)
{
	return recvfrom(fd, bytes, length_bytes, flags, NULL, NULL);
}

int shutdown(int fd, int how)
{
	struct socket_request request = { .id = (uint32_t)fd };
	return how == SHUT_RD ? 0 : ask_simple(SOCKET_SHUTDOWN, &request);
}

static int ask_name(enum socket_op op, int fd, struct sockaddr *address, socklen_t *length)
{
	struct socket_request request = { .id = (uint32_t)fd };
	struct socket_reply reply;

	if (!ask(op, &request, ANSWER_US, &reply))
		return -1;
	address_out(&reply, address, length);
	return 0;
}

int getsockname(int fd, struct sockaddr *address, socklen_t *length)
{
	return ask_name(SOCKET_NAME, fd, address, length);
}

int getpeername(int fd, struct sockaddr *address, socklen_t *length)
{
	return ask_name(SOCKET_PEER, fd, address, length);
}

/* --- poll -------------------------------------------------------------------- */

static uint32_t polls_in(const struct pollfd *fds, nfds_t count, struct socket_poll *polls)
{
	uint32_t used = 0;

	for (nfds_t i = 0; i < count; i++) {
		if (fds[i].fd < 0)
			continue;
		unsigned wanted = (fds[i].events & POLLIN ? (unsigned)SOCKET_READABLE : 0u) |
				  (fds[i].events & POLLOUT ? (unsigned)SOCKET_WRITABLE : 0u);
		polls[used++] = (struct socket_poll){ .id = (uint32_t)fds[i].fd,
						      .wanted = (uint16_t)wanted };
	}
	return used;
}

static void polls_out(const struct socket_poll *polls, struct pollfd *fds, nfds_t count)
{
	for (nfds_t i = 0; i < count; i++) {
		fds[i].revents = 0;
		if (fds[i].fd < 0)
			continue;
		unsigned ready = polls++->ready;
		fds[i].revents = (short)((ready & SOCKET_READABLE ? POLLIN : 0) |
					 (ready & SOCKET_WRITABLE ? POLLOUT : 0) |
					 (ready & SOCKET_ERROR ? POLLERR : 0) |
					 (ready & SOCKET_HANGUP ? POLLHUP : 0));
	}
}

static int poll_with(struct pollfd *fds, nfds_t count, uint16_t flags, uint64_t timeout_us)
{
	struct socket_poll polls[SOCKET_POLL_MAX];
	struct socket_reply reply;

	if (count > SOCKET_POLL_MAX)
		return fail(EINVAL);
	uint32_t used = polls_in(fds, count, polls);
	struct socket_request request = { .flags = flags,
					  .length_bytes = used * (uint32_t)sizeof(polls[0]) };
	if (used == 0)
		return 0;
	if (ask_lending(SOCKET_POLL, &request, polls, GRANT_READ | GRANT_WRITE, timeout_us,
			&reply)) {
		polls_out(polls, fds, count);
		return (int)reply.count;
	}
	if (errno != EAGAIN || (flags & SOCKET_NONBLOCKING) != 0)
		return -1;
	for (nfds_t i = 0; i < count; i++)
		fds[i].revents = 0;
	return 0;
}

int poll(struct pollfd *fds, nfds_t count, int timeout_ms)
{
	if (timeout_ms < 0 || timeout_ms > SOCKET_WAIT_MS)
		timeout_ms = SOCKET_WAIT_MS;
	if (timeout_ms == 0)
		return poll_with(fds, count, SOCKET_NONBLOCKING, ANSWER_US);
	return poll_with(fds, count, 0, (uint64_t)timeout_ms * 1000);
}

int socket_watch(struct pollfd *fds, nfds_t count)
{
	if (!abandoned_close())
		return -1;
	return poll_with(fds, count, SOCKET_NONBLOCKING | SOCKET_NOTIFY, ANSWER_US);
}
