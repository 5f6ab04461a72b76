/* See conn_answer.h. */
#include "appliance/webd/conn_answer.h"

#include "appliance/webd/conns.h"
#include "appliance/webd/world.h"

#include <stdlib.h>
#include <string.h>

void conn_body_drop(struct conn *conn)
{
	free(conn->owned);
	conn->owned = NULL;
	conn->body = NULL;
	conn->body_bytes = 0;
}

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
		conn_body_drop(conn);
	}
	conn->head_bytes = response_head_write(response, conn->keeps_alive, conn->head);
	if (is_head)
		conn_body_drop(conn);
	request_fini(&conn->request);
	conn->attempt = (struct attempt){ 0 };
	if (conn->head_bytes == 0)
		conn_close(conn);
	else
		conn_phase_set(conn, CONN_WRITING);
}

static void exchange_init(struct exchange *exchange, struct conn *conn, struct response *response)
{
	response_init(response);
	*exchange = (struct exchange){ .request = &conn->request,
				       .attempt = &conn->attempt,
				       .peer = conn->peer,
				       .response = response };
}

void conn_refuse(struct conn *conn, unsigned status)
{
	struct response response;

	response_init(&response);
	response_problem(&response, status, NULL, "%s", response_status_text(status));
	answer(conn, &response);
}

/* Of all but what is public port 80 only says where it is. */
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

void conn_answer_head(struct conn *conn)
{
	struct response response;
	struct exchange exchange;

	if (!conn->is_secure && !app_is_public(&conn->request)) {
		redirect(conn);
		return;
	}
	exchange_init(&exchange, conn, &response);
	if (request_body_expected(&conn->request) != 0 && !app_admit(&exchange))
		answer(conn, &response);
	else
		(void)request_body_allow(&conn->request);
}

void conn_answer_request(struct conn *conn)
{
	struct response response;
	struct exchange exchange;

	exchange_init(&exchange, conn, &response);
	switch (app_respond(&exchange)) {
	case APP_ANSWERED: answer(conn, &response); return;
	case APP_LATER:
		conn->later = exchange.later;
		conn->due_us = world.now_us;
		conn_phase_set(conn, CONN_LATER);
		return;
	case APP_EVENTS:
		if (conns_listening() >= CONN_EVENTS_MAX) {
			conn_refuse(conn, 503);
			return;
		}
		events_init(&conn->events, exchange.session);
		answer(conn, &response);
		return;
	}
}

void conn_answer_later(struct conn *conn)
{
	struct response response;
	struct exchange exchange;

	conn->runs = false;
	exchange_init(&exchange, conn, &response);
	conn->due_us = conn->later->work(&exchange);
	if (conn->due_us == LATER_OVER)
		answer(conn, &response);
}
