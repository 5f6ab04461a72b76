/* See conn.h. */
#include "appliance/webd/conn.h"

#include "appliance/webd/conn_answer.h"
#include "appliance/webd/world.h"
#include "services/runtime/service.h"
#include "services/runtime/socket.h"

#include <stdlib.h>
#include <string.h>

void conn_phase_set(struct conn *conn, enum conn_phase phase)
{
	conn->phase = phase;
	conn->since_us = world.now_us;
	if (phase == CONN_WRITING)
		conn->begun_us = world.now_us;
	conn->runs = true;
}

/* --- Beginning and end ---------------------------------------------------------------------- */

void conn_open(struct conn *conn, int fd, uint32_t peer, bool is_secure)
{
	memset(conn, 0, sizeof(*conn));
	conn->fd = fd;
	conn->peer = peer;
	conn->is_secure = is_secure;
	request_init(&conn->request);
	if (is_secure && !tls_open(&conn->tls, &conn->fd)) {
		socket_abandon(fd);
		return;
	}
	conn_phase_set(conn, is_secure ? CONN_HANDSHAKE : CONN_READING);
}

void conn_close(struct conn *conn)
{
	if (conn->phase == CONN_FREE)
		return;
	if (conn->phase == CONN_LATER)
		conn->later->cancel();
	if (conn->is_secure) {
		if (conn->phase != CONN_HANDSHAKE && conn->phase != CONN_LINGERING)
			tls_notify_close(&conn->tls);
		tls_close(&conn->tls);
	}
	request_fini(&conn->request);
	conn_body_drop(conn);
	socket_abandon(conn->fd);
	conn->phase = CONN_FREE;
}

/* --- Bytes ---------------------------------------------------------------------------------- */

static ssize_t plain_outcome(ssize_t result)
{
	if (result > 0)
		return result;
	return result < 0 && errno == EAGAIN ? TLS_AGAIN : TLS_CLOSED;
}

static ssize_t conn_read(struct conn *conn)
{
	if (conn->is_secure)
		return tls_read(&conn->tls, conn->in, sizeof(conn->in));
	return plain_outcome(recv(conn->fd, conn->in, sizeof(conn->in), MSG_DONTWAIT));
}

static ssize_t conn_write(struct conn *conn, const void *bytes, size_t count)
{
	if (conn->is_secure)
		return tls_write(&conn->tls, bytes, count);
	return plain_outcome(send(conn->fd, bytes, count, MSG_DONTWAIT));
}

/* --- Pieces of work ------------------------------------------------------------------------------
 */

static void handshake_work(struct conn *conn)
{
	int result = tls_handshake(&conn->tls);

	conn->runs = result == 0;
	conn->sends = result == TLS_FULL;
	if (result == TLS_CLOSED)
		conn_close(conn);
	else if (result == 1)
		conn_phase_set(conn, CONN_READING);
}

static void request_work(struct conn *conn)
{
	conn->in_at +=
		request_feed(&conn->request, conn->in + conn->in_at, conn->in_bytes - conn->in_at);
	switch (conn->request.state) {
	case REQUEST_READING_HEAD:
	case REQUEST_READING_BODY: return;
	case REQUEST_HEAD: conn_answer_head(conn); return;
	case REQUEST_COMPLETE: conn_answer_request(conn); return;
	case REQUEST_REFUSED: conn_refuse(conn, conn->request.refused_status); return;
	}
}

static void reading_work(struct conn *conn)
{
	conn->runs = true;
	if (conn->in_at < conn->in_bytes) {
		request_work(conn);
		return;
	}
	ssize_t got = conn_read(conn);
	if (got == TLS_CLOSED) {
		conn_close(conn);
	} else if (got == TLS_AGAIN) {
		conn->runs = false;
	} else {
		if (conn->begun_us == 0)
			conn->begun_us = world.now_us;
		conn->since_us = world.now_us;
		conn->in_at = 0;
		conn->in_bytes = (size_t)got;
	}
}

static void linger_begin(struct conn *conn)
{
	if (conn->is_secure)
		tls_notify_close(&conn->tls);
	(void)shutdown(conn->fd, SHUT_WR);
	conn_phase_set(conn, CONN_LINGERING);
}

static void linger_work(struct conn *conn)
{
	ssize_t got = plain_outcome(recv(conn->fd, conn->in, sizeof(conn->in), MSG_DONTWAIT));

	conn->runs = got > 0;
	if (got == TLS_CLOSED)
		conn_close(conn);
}

static void written(struct conn *conn)
{
	conn_body_drop(conn);
	conn->head_bytes = conn->sent_bytes = 0;
	if (events_are_wanted(&conn->events)) {
		conn_phase_set(conn, CONN_EVENTS);
		return;
	}
	if (!conn->keeps_alive) {
		linger_begin(conn);
		return;
	}
	request_init(&conn->request);
	conn->begun_us = conn->in_at < conn->in_bytes ? world.now_us : 0;
	conn_phase_set(conn, CONN_READING);
}

static void writing_work(struct conn *conn)
{
	bool in_head = conn->sent_bytes < conn->head_bytes;
	size_t done = in_head ? conn->sent_bytes : conn->sent_bytes - conn->head_bytes;
	const char *from = in_head ? conn->head : conn->body;
	size_t count = (in_head ? conn->head_bytes : conn->body_bytes) - done;

	if (count == 0) {
		written(conn);
		return;
	}
	ssize_t sent = conn_write(conn, from + done, count);
	conn->runs = sent > 0;
	if (sent == TLS_CLOSED)
		conn_close(conn);
	if (sent > 0) {
		conn->sent_bytes += (size_t)sent;
		conn->since_us = world.now_us;
	}
}

/* Whoever listens says nothing; if it does, or is gone, that is the end. */
static void events_work(struct conn *conn)
{
	size_t bytes = events_write(&conn->events, response_buffer(), RESPONSE_BODY_BYTES);

	conn->runs = false;
	if (bytes == EVENTS_OVER) {
		conn_close(conn);
		return;
	}
	if (bytes == 0) {
		if (conn_read(conn) != TLS_AGAIN)
			conn_close(conn);
		return;
	}
	conn->owned = malloc(bytes);
	if (conn->owned == NULL)
		return;
	memcpy(conn->owned, response_buffer(), bytes);
	conn->body = conn->owned;
	conn->body_bytes = bytes;
	conn_phase_set(conn, CONN_WRITING);
}

void conn_work(struct conn *conn)
{
	switch (conn->phase) {
	case CONN_FREE: return;
	case CONN_HANDSHAKE: handshake_work(conn); return;
	case CONN_READING: reading_work(conn); return;
	case CONN_LATER: conn_answer_later(conn); return;
	case CONN_WRITING: writing_work(conn); return;
	case CONN_EVENTS: events_work(conn); return;
	case CONN_LINGERING: linger_work(conn); return;
	}
}

/* --- Time ---------------------------------------------------------------------------------------
 */

uint64_t conn_due_us(const struct conn *conn)
{
	switch (conn->phase) {
	case CONN_LATER: return conn->due_us;
	case CONN_EVENTS: return events_due_us(&conn->events);
	case CONN_FREE:
	case CONN_HANDSHAKE:
	case CONN_READING:
	case CONN_WRITING:
	case CONN_LINGERING: break;
	}
	return SERVICE_NO_DEADLINE;
}

static uint64_t earlier(uint64_t a_us, uint64_t b_us)
{
	return a_us < b_us ? a_us : b_us;
}

uint64_t conn_deadline_us(const struct conn *conn)
{
	switch (conn->phase) {
	case CONN_FREE:
	case CONN_LATER: return SERVICE_NO_DEADLINE;
	case CONN_HANDSHAKE: return conn->since_us + CONN_HANDSHAKE_US;
	case CONN_READING:
		return conn->begun_us != 0 ? conn->begun_us + CONN_REQUEST_US
					   : conn->since_us + CONN_IDLE_US;
	case CONN_WRITING:
		return earlier(conn->since_us + CONN_WRITE_US, conn->begun_us + CONN_ANSWER_US);
	case CONN_LINGERING: return conn->since_us + CONN_LINGER_US;
	case CONN_EVENTS: return SERVICE_NO_DEADLINE;
	}
	return SERVICE_NO_DEADLINE;
}

void conn_expire(struct conn *conn)
{
	if (conn->phase == CONN_READING && conn->begun_us != 0)
		conn_refuse(conn, 408);
	else
		conn_close(conn);
}
