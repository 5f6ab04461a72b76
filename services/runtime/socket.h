/*
 * Sockets for services: the BSD calls by their names, over INET
 * (services/proto/socket.h). They return -1 and set errno as usual; addresses
 * and ports in struct sockaddr_in are in network byte order.
 *
 * What is different:
 * - A service owes RS a heartbeat, so no call waits longer than SOCKET_WAIT_MS.
 *   A blocking call that would have to gives EAGAIN (connect: EINPROGRESS, call
 *   it again or poll). Wait for events with socket_watch() instead.
 * - close() is socket_close() or, without a care, socket_abandon(), as descriptors are not
 *   those of a file system.
 * - While INET restarts, calls may take SOCKET_WAIT_MS and give EAGAIN (connect:
 *   EINPROGRESS); descriptors and connections stay. After EAGAIN, send() has to
 *   be repeated with the same bytes, and socket_close() until it gives something
 *   else. A socket that INET could not take over gives ECONNRESET until closed.
 *
 * The manifest has to allow: call inet; grant_create, grant_revoke.
 */
#ifndef RUNTIME_SOCKET_H
#define RUNTIME_SOCKET_H

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define SOCKET_WAIT_MS       20
#define SOCKET_ABANDONED_MAX 64u /* more than any service has open */

#define AF_INET         2
#define SOCK_STREAM     1
#define SOCK_DGRAM      2
#define INADDR_ANY      0u
#define INADDR_LOOPBACK 0x7f000001u
#define MSG_DONTWAIT    0x40
#define SHUT_RD         0
#define SHUT_WR         1
#define SHUT_RDWR       2

#define POLLIN  0x001
#define POLLOUT 0x004
#define POLLERR 0x008 /* reported even if not asked for, and so is */
#define POLLHUP 0x010

typedef uint16_t sa_family_t;
typedef uint32_t socklen_t;
typedef uint32_t in_addr_t; /* network byte order */
typedef uint16_t in_port_t; /* network byte order */
typedef unsigned nfds_t;

struct in_addr {
	in_addr_t s_addr;
};

struct sockaddr {
	sa_family_t sa_family;
	char sa_data[14];
};

struct sockaddr_in {
	sa_family_t sin_family;
	in_port_t sin_port;
	struct in_addr sin_addr;
	uint8_t sin_zero[8];
};
_Static_assert(sizeof(struct sockaddr_in) == sizeof(struct sockaddr), "interchangeable");

struct pollfd {
	int fd; /* negative: ignored */
	short events, revents;
};

static inline uint16_t socket_htons(uint16_t host)
{
	return __builtin_bswap16(host);
}

static inline uint32_t socket_htonl(uint32_t host)
{
	return __builtin_bswap32(host);
}

#ifndef htons
#define htons(x) socket_htons(x)
#define ntohs(x) socket_htons(x)
#define htonl(x) socket_htonl(x)
#define ntohl(x) socket_htonl(x)
#endif

/* AF_INET, and SOCK_STREAM or SOCK_DGRAM; protocol 0. */
int socket(int domain, int type, int protocol);
int bind(int fd, const struct sockaddr *address, socklen_t length);
int listen(int fd, int backlog);
int accept(int fd, struct sockaddr *address, socklen_t *length);
/* Like accept, but EAGAIN at once if no connection waits. */
int accept_nowait(int fd, struct sockaddr *address, socklen_t *length);
/* EINPROGRESS: not yet; poll for POLLOUT, then call it again for the outcome. */
int connect(int fd, const struct sockaddr *address, socklen_t length);
/* A stream takes what fits, at least one byte; a datagram all or nothing. */
ssize_t send(int fd, const void *bytes, size_t length_bytes, int flags);
ssize_t sendto(int fd, const void *bytes, size_t length_bytes, int flags, const struct sockaddr *to,
	       socklen_t to_length);
ssize_t recv(int fd, void *bytes, size_t length_bytes, int flags);
ssize_t recvfrom(int fd, void *bytes, size_t length_bytes, int flags, struct sockaddr *from,
		 socklen_t *from_length);
/* SHUT_RD does nothing: what arrives is still there to read. */
int shutdown(int fd, int how);
int socket_close(int fd);
/*
 * Closes it for sure: what INET does not hear of now, it hears of before the next socket()
 * or socket_watch(). Of at most SOCKET_ABANDONED_MAX. Negative: there is nothing to close.
 */
void socket_abandon(int fd);
int getsockname(int fd, struct sockaddr *address, socklen_t *length);
int getpeername(int fd, struct sockaddr *address, socklen_t *length);

/* At most SOCKET_POLL_MAX descriptors; waits timeout_ms or SOCKET_WAIT_MS, whichever is less; < 0:
 * the latter.
 */
int poll(struct pollfd *fds, nfds_t count, int timeout_ms);
/*
 * Like poll with timeout 0; and if nothing is ready, INET will notify this
 * service once when something is. Call it from the service's `work`.
 */
int socket_watch(struct pollfd *fds, nfds_t count);

#endif
