/*
 * Any bytes as a request, through the whole path to its answer, with a session and
 * without: the answer fits, and JSON reads as JSON. The first byte: bit 0 a session
 * with its token in front of the headers, the others how it is cut into pieces.
 */
#include "appliance/webd/login.h"
#include "tests/unit/webd_world.h"

#include <assert.h>
#include <cJSON.h>
#include <stdio.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static struct request request;
static struct attempt attempt;
static struct response response;

static void answer_check(void)
{
	char head[RESPONSE_HEAD_BYTES];

	assert(response.status >= 200 && response.status < 600);
	assert(response_head_write(&response, true, head) != 0);
	if (response.type == NULL || strstr(response.type, "json") == NULL)
		return;
	cJSON *json = cJSON_ParseWithLength(response.body, response.body_bytes);
	assert(json != NULL);
	cJSON_Delete(json);
}

static void respond(void)
{
	struct exchange exchange = {
		.request = &request, .attempt = &attempt, .peer = WEBD_PEER, .response = &response
	};

	response_init(&response);
	if (request.state != REQUEST_COMPLETE)
		return;
	switch (app_respond(&exchange)) {
	case APP_ANSWERED: answer_check(); return;
	case APP_EVENTS: return;
	case APP_LATER:
		/* What a wrong password is, others test: 60,000 rounds are too slow here. */
		exchange.later->cancel();
		return;
	}
}

/* False: there is no more to be had of it. */
static bool piece_feed(const char *text, size_t count, size_t *used)
{
	struct exchange exchange = {
		.request = &request, .attempt = &attempt, .peer = WEBD_PEER, .response = &response
	};

	*used = request_feed(&request, text, count);
	assert(*used <= count);
	if (request.state == REQUEST_HEAD) {
		response_init(&response);
		if (request_body_expected(&request) != 0 && !app_admit(&exchange)) {
			answer_check();
			return false;
		}
		(void)request_body_allow(&request);
		return true;
	}
	return request.state < REQUEST_COMPLETE;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	static char text[70000];
	size_t length = 0;

	if (bytes < 2 || bytes > 60000)
		return 0;
	webd_world_new();
	if (data[0] & 1) {
		static const uint8_t random[SESSION_RANDOM_BYTES] = { 1, 2, 3 };
		char id[SESSION_ID_DIGITS + 1];
		struct session *session = session_begin(world.sessions, random, world.now_us, id);
		const uint8_t *line = memchr(data + 1, '\n', bytes - 1);
		size_t first = line == NULL ? 0 : (size_t)(line - data);
		memcpy(text, data + 1, first);
		length = first + (size_t)snprintf(text + first, 400,
						  "Cookie: %s=%s\r\nX-CSRF-Token: %s\r\n",
						  APP_COOKIE, id, session->csrf);
		memcpy(text + length, data + 1 + first, bytes - 1 - first);
		length += bytes - 1 - first;
	} else {
		memcpy(text, data + 1, bytes - 1);
		length = bytes - 1;
	}
	request_init(&request);
	attempt = (struct attempt){ 0 };
	for (size_t at = 0, used; at < length; at += used) {
		size_t piece = 1u + data[0] * 7u;
		if (!piece_feed(text + at, length - at < piece ? length - at : piece, &used) ||
		    used == 0)
			break;
	}
	respond();
	request_fini(&request);
	return 0;
}
