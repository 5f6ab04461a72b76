/* See conn.h. */
#include "appliance/webd/conn.h"

#include "appliance/webd/conns.h"
#include "appliance/webd/world.h"
#include "services/runtime/service.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void phase_set(struct conn *conn, enum conn_phase phase)
{
	conn->phase = phase;
	conn->since_us = world.now_us;
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
		(void)socket_close(fd);
		return;
	}
	phase_set(conn, is_secure ? CONN_HANDSHAKE : CONN_READING);
}

static void body_drop(struct conn *conn)
{
	free(conn->owned);
	conn->owned = NULL;
	conn->body = NULL;
	conn->body_bytes = 0;
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
	body_drop(conn);
	(void)socket_close(conn->fd);
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

/* --- Answers --------------------------------------------------------------------------------- */

/* Keeps a copy of what lies in the one buffer; false: no memory. */
static bool body_keep(struct conn *conn, const struct response *response)
{
	conn->body = response->body;
	conn->body_bytes = response->body == NULL ? 0 : response->body_bytes;
	if (response->is_file || conn->body_bytes == 0)
		return true;
	conn->owned = malloc(conn->body_bytes);
	if (conn->owned == NULL)
		return false;
	memcpy(conn->owned, response->body, conn->body_bytes);
	conn->body = conn->owned;
	return true;
}

static void answer(struct conn *conn, struct response *response)
{
	bool is_head = conn->request.parser.method == HTTP_HEAD;

	conn->keeps_alive = request_keeps_alive(&conn->request) && !response->is_endless;
	conn->sent_bytes = 0;
	if (!body_keep(conn, response)) {
		response_status(response, 503);
		conn->keeps_alive = false;
		body_drop(conn);
	}
	conn->head_bytes = response_head_write(response, conn->keeps_alive, conn->head);
	if (is_head)
		body_drop(conn);
	request_fini(&conn->request);
	if (conn->head_bytes == 0)
		conn_close(conn);
	else
		phase_set(conn, CONN_WRITING);
}

static void exchange_init(struct exchange *exchange, struct conn *conn, struct response *response)
{
	response_init(response);
	*exchange = (struct exchange){ .request = &conn->request,
				       .peer = conn->peer,
				       .response = response };
}

static void refuse(struct conn *conn, unsigned status)
{
	struct response response;

	response_init(&response);
	response_problem(&response, status, NULL, "%s", response_status_text(status));
	answer(conn, &response);
}

/* Port 80 only says where the console is. */
static void redirect(struct conn *conn)
{
	static const char allowed[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-";
	const char *host = conn->request.host;
	uint32_t own = world.netconf.lan.address;
	size_t length = strspn(host, allowed);
	struct response response;

	response_init(&response);
	response_status(&response, 308);
	if (length > 0 && (host[length] == '\0' || host[length] == ':'))
		response_header(&response, "Location: https://%.*s/", (int)length, host);
	else
		response_header(&response, "Location: https://%u.%u.%u.%u/", own >> 24,
				own >> 16 & 255u, own >> 8 & 255u, own & 255u);
	answer(conn, &response);
}

static void respond(struct conn *conn)
{
	struct response response;
	struct exchange exchange;

	exchange_init(&exchange, conn, &response);
	switch (app_respond(&exchange)) {
	case APP_ANSWERED: answer(conn, &response); return;
	case APP_LATER:
		conn->later = exchange.later;
		conn->due_us = world.now_us;
		phase_set(conn, CONN_LATER);
		return;
	case APP_EVENTS:
		if (conns_listening() >= CONN_EVENTS_MAX) {
			refuse(conn, 503);
			return;
		}
		events_init(&conn->events, exchange.session, &conn->request);
		answer(conn, &response);
		return;
	}
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
		phase_set(conn, CONN_READING);
}

/* The head has arrived: is its body to be let in? */
static void head_judge(struct conn *conn)
{
	struct response response;
	struct exchange exchange;

	if (!conn->is_secure) {
		redirect(conn);
		return;
	}
	exchange_init(&exchange, conn, &response);
	if (request_body_expected(&conn->request) != 0 && !app_admit(&exchange))
		answer(conn, &response);
	else
		(void)request_body_allow(&conn->request);
}

static void request_work(struct conn *conn)
{
	conn->in_at +=
		request_feed(&conn->request, conn->in + conn->in_at, conn->in_bytes - conn->in_at);
	switch (conn->request.state) {
	case REQUEST_READING_HEAD:
	case REQUEST_READING_BODY: return;
	case REQUEST_HEAD: head_judge(conn); return;
	case REQUEST_COMPLETE: respond(conn); return;
	case REQUEST_REFUSED: refuse(conn, conn->request.refused_status); return;
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
	phase_set(conn, CONN_LINGERING);
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
	body_drop(conn);
	conn->head_bytes = conn->sent_bytes = 0;
	if (events_are_wanted(&conn->events)) {
		phase_set(conn, CONN_EVENTS);
		return;
	}
	if (!conn->keeps_alive) {
		linger_begin(conn);
		return;
	}
	request_init(&conn->request);
	conn->begun_us = conn->in_at < conn->in_bytes ? world.now_us : 0;
	phase_set(conn, CONN_READING);
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
	phase_set(conn, CONN_WRITING);
}

static void later_work(struct conn *conn)
{
	struct response response;
	struct exchange exchange;

	conn->runs = false;
	conn->due_us = conn->later->work(world.now_us);
	if (conn->due_us != LATER_OVER)
		return;
	exchange_init(&exchange, conn, &response);
	conn->later->finish(&exchange);
	answer(conn, &response);
}

void conn_work(struct conn *conn)
{
	switch (conn->phase) {
	case CONN_FREE: return;
	case CONN_HANDSHAKE: handshake_work(conn); return;
	case CONN_READING: reading_work(conn); return;
	case CONN_LATER: later_work(conn); return;
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

uint64_t conn_deadline_us(const struct conn *conn)
{
	switch (conn->phase) {
	case CONN_FREE:
	case CONN_LATER: return SERVICE_NO_DEADLINE;
	case CONN_HANDSHAKE: return conn->since_us + CONN_HANDSHAKE_US;
	case CONN_READING:
		return conn->begun_us != 0 ? conn->begun_us + CONN_REQUEST_US
					   : conn->since_us + CONN_IDLE_US;
	case CONN_WRITING: return conn->since_us + CONN_WRITE_US;
	case CONN_LINGERING: return conn->since_us + CONN_LINGER_US;
	case CONN_EVENTS: return SERVICE_NO_DEADLINE;
	}
	return SERVICE_NO_DEADLINE;
}

void conn_expire(struct conn *conn)
{
	if (conn->phase == CONN_READING && conn->begun_us != 0)
		refuse(conn, 408);
	else
		conn_close(conn);
}
