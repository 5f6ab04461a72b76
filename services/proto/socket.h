/*
 * Sockets of the appliance's own services: INET's protocol. The calls with BSD
 * names stand in services/runtime/socket.h.
 *
 * Who may call: services whose manifest lists inet. INET calls nobody. It holds
 * a call that cannot be answered yet (CONNECT, ACCEPT, RECEIVE, SEND, POLL) and
 * replies when it can; the caller bounds the wait with the call's timeout, and
 * INET forgets a held call whose caller is no longer waiting. A socket belongs
 * to the slot that made it and is closed when that slot's generation changes.
 *
 * Data goes through grants, at most SOCKET_TRANSFER_MAX bytes a call.
 * Addresses and ports are in host byte order.
 *
 * INET comes back from its death with sockets and connections: after E_DEAD a
 * call is repeated. So that bytes are neither lost nor doubled by that, SEND and
 * RECEIVE say with SOCKET_POSITION where in its stream the caller is. A socket
 * that could not be taken over is E_RESET.
 */
#ifndef PROTO_SOCKET_H
#define PROTO_SOCKET_H

#include "kernel/abi/message.h"

#define SOCKET_MAX 128 /* of one service */
#define SOCKET_TRANSFER_MAX 16384u
#define SOCKET_POLL_MAX 128

enum socket_op {
	SOCKET_OPEN = 0x300, /* type -> id. E_FULL */
	SOCKET_BIND = 0x301, /* id, address, port. E_EXISTS: in use */
	SOCKET_LISTEN = 0x302, /* id, argument: backlog */
	SOCKET_ACCEPT = 0x303, /* id -> id, and the peer's address and port */
	SOCKET_CONNECT = 0x304, /* id, address, port. E_REFUSED, E_UNREACHABLE */
	SOCKET_SEND = 0x305, /* id, grant, length [, address, port] -> length */
	SOCKET_RECEIVE = 0x306, /* id, grant, length -> length, peer; 0: end of stream */
	SOCKET_SHUTDOWN = 0x307, /* id: no more will be sent */
	SOCKET_CLOSE = 0x308, /* id */
	SOCKET_NAME = 0x309, /* id -> own address and port */
	SOCKET_POLL = 0x30a, /* grant of length bytes of struct socket_poll, updated -> count ready */
	SOCKET_PEER = 0x30b, /* id -> the peer's address and port. E_STATE */
};

enum socket_type {
	SOCKET_STREAM = 1, /* TCP */
	SOCKET_DATAGRAM = 2, /* UDP */
};

#define SOCKET_NONBLOCKING 1u /* in flags: E_AGAIN instead of waiting */
/*
 * POLL only, in flags: answers at once; if nothing is ready, INET notifies the
 * caller, once, as soon as something is. So a service need not block, and so
 * stay away from its heartbeat, in order to wait. A restarted INET notifies all
 * its former clients.
 */
#define SOCKET_NOTIFY 2u
/*
 * Streams: argument is how many bytes (modulo 2^32) the caller has sent, or
 * received, by answered calls. SEND then tells of bytes taken before without an
 * answer as taken now; the caller has to send the same.
 */
#define SOCKET_POSITION 4u

struct socket_request {
	uint32_t id;
	uint32_t type; /* enum socket_type */
	uint32_t address;
	uint16_t port;
	uint16_t flags;
	uint32_t grant;
	uint32_t length_bytes;
	uint32_t argument;
};

struct socket_reply {
	uint32_t id;
	uint32_t address;
	uint16_t port;
	uint16_t reserved;
	uint32_t length_bytes;
	uint32_t count;
};

enum socket_events {
	SOCKET_READABLE = 1,
	SOCKET_WRITABLE = 2,
	SOCKET_ERROR = 4, /* reported even if not asked for */
	SOCKET_HANGUP = 8, /* likewise */
};

struct socket_poll {
	uint32_t id;
	uint16_t wanted; /* enum socket_events */
	uint16_t ready; /* filled in */
};

_Static_assert(sizeof(struct socket_request) <= MESSAGE_PAYLOAD_BYTES, "payload");
_Static_assert(sizeof(struct socket_reply) <= MESSAGE_PAYLOAD_BYTES, "payload");

#endif
