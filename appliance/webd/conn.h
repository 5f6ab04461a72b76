/*
 * Connections: a fixed number, each a state machine that never waits and does a
 * bounded piece at a time. When all are in use, a new one takes the place of
 * one that does nothing.
 *
 *	HANDSHAKE --> READING --> [LATER] --> WRITING --> READING ... --> FREE
 *	                              \--> EVENTS (until one side has enough)
 *
 * Whoever is refused while he still sends is let finish (LINGERING): a reset would
 * take the answer from him.
 */
#ifndef WEBD_CONN_H
#define WEBD_CONN_H

#include "appliance/webd/app.h"
#include "appliance/webd/events.h"
#include "appliance/webd/tls.h"
#include "services/runtime/socket.h"

#define CONNS_MAX         10u
#define CONN_EVENTS_MAX   4u /* of them, with a page that listens for events */
#define CONN_IN_BYTES     1024u
#define CONN_HANDSHAKE_US 15000000ull
#define CONN_REQUEST_US   10000000ull
#define CONN_IDLE_US      30000000ull
#define CONN_LINGER_US    2000000ull
#define CONN_WRITE_US     20000000ull /* without a byte taken */

enum conn_phase {
	CONN_FREE,
	CONN_HANDSHAKE,
	CONN_READING,
	CONN_LATER,
	CONN_WRITING,
	CONN_EVENTS,
	CONN_LINGERING,
};

struct conn {
	enum conn_phase phase;
	int fd;
	bool is_secure, keeps_alive;
	bool runs; /* has something to do that no poll would tell */
	uint32_t peer;
	uint64_t since_us; /* of the phase, or of its last progress */
	uint64_t begun_us; /* of the request that is being read; 0: none */
	mbedtls_ssl_context tls;
	struct request request;
	char in[CONN_IN_BYTES];
	size_t in_at, in_bytes;
	/* What is being sent: a head, then a body, which is ours if `owned`. */
	char head[RESPONSE_HEAD_BYTES];
	size_t head_bytes;
	const char *body;
	char *owned;
	size_t body_bytes, sent_bytes;
	struct events events;
};

/* Takes fd in; closes it if there is no place. */
void conn_accept(int fd, uint32_t peer, bool is_secure);
/* Closes all. */
void conns_drop(void);
/* Ends what has taken too long; returns when to look again. */
uint64_t conns_expire(void);
/* Fills CONNS_MAX entries; those without interest get fd -1. */
void conns_polls(struct pollfd polls[CONNS_MAX]);
/* Does a piece of work of each that is ready; false if none was. */
bool conns_serve(const struct pollfd polls[CONNS_MAX]);
unsigned conns_count(void);

#endif
