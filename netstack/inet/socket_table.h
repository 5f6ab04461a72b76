/*
 * The sockets: who owns them and what waits in them.
 *
 * A socket belongs to one life of one slot. Its id names the socket, its use
 * count and the life of INET that made it, so that an id whose socket could not
 * be taken over by a later life is recognised (E_RESET) and never mistaken for
 * a new one. Ids are positive as an int: clients use them as BSD descriptors.
 */
#ifndef INET_SOCKET_TABLE_H
#define INET_SOCKET_TABLE_H

#include "kernel/abi/message.h"
#include "kernel/abi/status.h"
#include "services/proto/socket.h"

#include <stdbool.h>

struct tcp_pcb;
struct udp_pcb;
struct pbuf;
struct journal_entry;

#define INET_SOCKETS       256u
#define INET_DATAGRAMS_MAX 32u /* waiting in one socket */

/*
 *	NEW ---- listen ---> LISTENING
 *	 |
 *	 +-- connect --> CONNECTING --> CONNECTED ---+
 *	 |                    |  (or accepted)       |
 *	 |                    +------ error ---------+--> FAILED (pcb is gone)
 *
 * A datagram socket is NEW, and CONNECTED once it has a fixed peer.
 */
enum inet_socket_state {
	INET_SOCKET_FREE = 0,
	INET_SOCKET_NEW,
	INET_SOCKET_LISTENING,
	INET_SOCKET_CONNECTING,
	INET_SOCKET_CONNECTED,
	INET_SOCKET_FAILED,
};

/* Host byte order. */
struct inet_name {
	uint32_t address;
	uint16_t port;
};

struct inet_datagram {
	struct pbuf *data;
	struct inet_name from;
};

struct inet_socket {
	uint32_t id;
	enum inet_socket_state state;
	enum socket_type type;
	endpoint_t owner;
	struct inet_name local, peer;
	struct journal_entry *entry; /* what is preserved of it */
	bool restored;               /* from a former life of INET */

	/* Streams. tcp is NULL in FAILED, and once both directions have ended. */
	struct tcp_pcb *tcp;
	enum status error;            /* why it FAILED */
	bool ended;                   /* the peer will send no more */
	bool shut;                    /* we will send no more */
	uint32_t backlog;             /* LISTENING */
	struct inet_socket *listener; /* while we wait in its queue */
	struct inet_socket *queue;    /* LISTENING: connections to accept, oldest first */
	struct inet_socket *queue_next;

	/* Datagrams: a ring, oldest at `first`. */
	struct udp_pcb *udp;
	unsigned datagram_first, datagram_count;
	struct inet_datagram datagrams[INET_DATAGRAMS_MAX];
};

/* `life` is our generation: it marks the ids. */
void inet_sockets_init(uint32_t life);
/* E_FULL: the table, or the owner's share of SOCKET_MAX, is used up. */
must_use enum status inet_socket_alloc(endpoint_t owner, enum socket_type type,
				       struct inet_socket **socket);
/* Puts a socket of a former life back at its place; NULL: it is taken. */
struct inet_socket *inet_socket_restore(uint32_t id, endpoint_t owner, enum socket_type type);
/* Frees the entry; what it held has to be gone. */
void inet_socket_free(struct inet_socket *socket);
/* E_RESET: of a former life of INET; E_ABSENT: no such socket of this owner. */
must_use enum status inet_socket_find(endpoint_t owner, uint32_t id, struct inet_socket **socket);
/* The owner's next socket at or after *cursor, which moves on; NULL: no more. */
struct inet_socket *inet_socket_next(uint32_t owner_slot, uint32_t *cursor);
/* A socket other than `self` that claims this port on an overlapping address. */
bool inet_socket_port_taken(const struct inet_socket *self, struct inet_name name);

/* Something happened that may let a held call go on; `take` clears it. */
void inet_sockets_changed(void);
bool inet_sockets_changed_take(void);

#endif
