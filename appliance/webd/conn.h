/*
 * A connection: a state machine that never waits and does a bounded piece at a time.
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

#define CONN_EVENTS_MAX   4u /* of them, with a page that listens for events */
#define CONN_IN_BYTES     1024u
#define CONN_HANDSHAKE_US 15000000ull
#define CONN_REQUEST_US   10000000ull
#define CONN_IDLE_US      30000000ull
#define CONN_LINGER_US    2000000ull
#define CONN_WRITE_US     20000000ull /* without a byte taken */
#define CONN_SLOW_US                                                                               \
	10000000ull /* an answer that takes longer gives way to another's connection               \
		     */
#define CONN_ANSWER_US 60000000ull /* a whole answer */

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
	bool runs;  /* has something to do that no poll would tell */
	bool sends; /* the handshake waits for room to send */
	uint32_t peer;
	uint64_t since_us; /* of the phase, or of its last progress */
	uint64_t begun_us; /* of the request that is being read (0: none), or of what is being sent
			    */
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
	/* LATER: whom the answer waits for, and when that is to be called. */
	const struct later *later;
	uint64_t due_us;
	struct attempt attempt; /* of the request that is being answered */
};

/* Takes fd in; it stays FREE, and fd is closed, if there is no memory for TLS. */
void conn_open(struct conn *conn, int fd, uint32_t peer, bool is_secure);
void conn_close(struct conn *conn);
/* What follows may begin at once. */
void conn_phase_set(struct conn *conn, enum conn_phase phase);
/* A piece of what is to be done. */
void conn_work(struct conn *conn);
/* When there is work without a poll telling so; when it has taken too long. */
uint64_t conn_due_us(const struct conn *conn);
uint64_t conn_deadline_us(const struct conn *conn);
/* That moment has come. */
void conn_expire(struct conn *conn);

#endif
