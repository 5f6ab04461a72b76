/* See request.h. What http-parser is lenient in is refused here. */
#include "appliance/webd/request.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const struct {
	const char *name;
	size_t offset, room_bytes;
} wanted[] = {
#define WANTED(text, member)                                                                       \
	{                                                                                          \
		text, offsetof(struct request, member), sizeof(((struct request *)0)->member)      \
	}
	WANTED("cookie", cookie),
	WANTED("x-csrf-token", csrf),
	WANTED("host", host),
	WANTED("origin", origin),
	WANTED("content-type", content_type),
	WANTED("authorization", authorization),
	WANTED("if-none-match", if_none_match),
#undef WANTED
};

#define WANTED_COUNT (sizeof(wanted) / sizeof(wanted[0]))

static int refuse(struct request *request, unsigned status)
{
	request->state = REQUEST_REFUSED;
	request->refused_status = status;
	return -1; /* http-parser stops; 1 would mean something else to it at the end of the head */
}

static struct request *of(http_parser *parser)
{
	return parser->data;
}

/* --- The target ------------------------------------------------------------------ */

static int on_url(http_parser *parser, const char *at, size_t count)
{
	struct request *request = of(parser);

	if (count >= REQUEST_TARGET_BYTES - request->target_bytes)
		return refuse(request, 414);
	memcpy(request->target + request->target_bytes, at, count);
	request->target_bytes += count;
	return 0;
}

static int hex_digit(char digit)
{
	if (digit >= '0' && digit <= '9')
		return digit - '0';
	digit = (char)(digit | 0x20);
	return digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
}

/* Decodes [text, end) in place and ends it with a zero; false if it is malformed. */
static bool decode(char *text, const char *end)
{
	char *to = text;

	while (text < end) {
		char character = *text++;
		if (character == '%') {
			if (end - text < 2 || hex_digit(text[0]) < 0 || hex_digit(text[1]) < 0)
				return false;
			character = (char)(hex_digit(text[0]) * 16 + hex_digit(text[1]));
			text += 2;
		}
		if ((uint8_t)character < 0x20 || character == 0x7f)
			return false;
		*to++ = character;
	}
	*to = '\0';
	return true;
}

/* Only plain paths: nothing that could be read as a step up, or as another machine's. */
static bool path_is_plain(const char *path)
{
	return path[0] == '/' && strstr(path, "..") == NULL && strstr(path, "//") == NULL &&
	       strchr(path, '\\') == NULL;
}

static bool target_split(struct request *request)
{
	char *end = request->target + request->target_bytes;
	char *mark = memchr(request->target, '?', request->target_bytes);

	*end = '\0';
	request->query = mark == NULL ? end : mark + 1;
	return decode(request->target, mark == NULL ? end : mark) && path_is_plain(request->target);
}

/* --- Headers --------------------------------------------------------------------- */

static int on_header_field(http_parser *parser, const char *at, size_t count)
{
	struct request *request = of(parser);

	if (request->in_value)
		request->name_bytes = 0;
	request->in_value = false;
	for (size_t i = 0; i < count; i++, request->name_bytes++)
		if (request->name_bytes < REQUEST_HEADER_NAME - 1)
			request->name[request->name_bytes] = at[i];
	return 0;
}

/* A header that we look at may come once only: which of two would be the right one? */
static int value_begin(struct request *request)
{
	request->in_value = true;
	request->value = NULL;
	if (request->name_bytes >= REQUEST_HEADER_NAME)
		return 0;
	request->name[request->name_bytes] = '\0';
	for (size_t i = 0; i < WANTED_COUNT; i++) {
		if (strcasecmp(wanted[i].name, request->name) != 0)
			continue;
		request->value = (char *)request + wanted[i].offset;
		request->value_room = wanted[i].room_bytes;
		request->value_bytes = 0;
		return request->value[0] == '\0' ? 0 : refuse(request, 400);
	}
	return 0;
}

static int on_header_value(http_parser *parser, const char *at, size_t count)
{
	struct request *request = of(parser);

	if (!request->in_value && value_begin(request) != 0)
		return -1;
	if (request->value == NULL)
		return 0;
	if (count >= request->value_room - request->value_bytes)
		return refuse(request, 431);
	memcpy(request->value + request->value_bytes, at, count);
	request->value_bytes += count;
	request->value[request->value_bytes] = '\0';
	return 0;
}

/* RFC 9112, 3.2: since version 1.1 a request names whom it is for. */
static bool lacks_host(const struct request *request)
{
	const http_parser *parser = &request->parser;
	bool may_lack = parser->http_major == 1 && parser->http_minor == 0;

	return !may_lack && request->host[0] == '\0';
}

static int on_headers_complete(http_parser *parser)
{
	struct request *request = of(parser);

	if (!target_split(request))
		return refuse(request, 400);
	if (parser->flags & F_CHUNKED || parser->upgrade || parser->method == HTTP_CONNECT)
		return refuse(request, 501);
	if (request_body_expected(request) > REQUEST_BODY_BYTES)
		return refuse(request, 413);
	if (lacks_host(request))
		return refuse(request, 400);
	request->state = REQUEST_HEAD;
	http_parser_pause(parser, 1);
	return 0;
}

/* --- The body -------------------------------------------------------------------- */

static int on_body(http_parser *parser, const char *at, size_t count)
{
	struct request *request = of(parser);

	if (count > request->body_room - request->body_bytes)
		return refuse(request, 413);
	memcpy(request->body + request->body_bytes, at, count);
	request->body_bytes += count;
	return 0;
}

static int on_message_complete(http_parser *parser)
{
	of(parser)->state = REQUEST_COMPLETE;
	http_parser_pause(parser, 1);
	return 0;
}

static const http_parser_settings settings = {
	.on_url = on_url,
	.on_header_field = on_header_field,
	.on_header_value = on_header_value,
	.on_headers_complete = on_headers_complete,
	.on_body = on_body,
	.on_message_complete = on_message_complete,
};

void request_init(struct request *request)
{
	memset(request, 0, sizeof(*request));
	http_parser_init(&request->parser, HTTP_REQUEST);
	request->parser.data = request;
	request->query = "";
}

void request_fini(struct request *request)
{
	free(request->body);
	request->body = NULL;
	request->body_bytes = request->body_room = 0;
}

size_t request_body_expected(const struct request *request)
{
	uint64_t length = request->parser.content_length;

	if (length == UINT64_MAX) /* http-parser's word for: none given */
		return 0;
	return length > SIZE_MAX ? SIZE_MAX : (size_t)length;
}

bool request_body_allow(struct request *request)
{
	size_t expected = request_body_expected(request);

	request->body = calloc(1, expected + 1);
	if (request->body == NULL) {
		(void)refuse(request, 503);
		return false;
	}
	request->body_room = expected;
	request->state = REQUEST_READING_BODY;
	http_parser_pause(&request->parser, 0);
	return true;
}

static unsigned status_of(const http_parser *parser)
{
	return HTTP_PARSER_ERRNO(parser) == HPE_HEADER_OVERFLOW ? 431 : 400;
}

size_t request_feed(struct request *request, const char *bytes, size_t count)
{
	bool in_head = request->state == REQUEST_READING_HEAD;

	if (!in_head && request->state != REQUEST_READING_BODY)
		return 0;
	if (in_head && count > REQUEST_HEAD_BYTES - request->head_bytes)
		count = REQUEST_HEAD_BYTES - request->head_bytes;
	if (in_head && count == 0) {
		(void)refuse(request, 431);
		return 0;
	}
	size_t used = http_parser_execute(&request->parser, &settings, bytes, count);
	if (in_head)
		request->head_bytes += used;
	if (HTTP_PARSER_ERRNO(&request->parser) != HPE_OK &&
	    HTTP_PARSER_ERRNO(&request->parser) != HPE_PAUSED && request->state != REQUEST_REFUSED)
		(void)refuse(request, status_of(&request->parser));
	return used;
}

bool request_keeps_alive(const struct request *request)
{
	return request->state == REQUEST_COMPLETE && http_should_keep_alive(&request->parser) != 0;
}

/* --- Cookies and query --------------------------------------------------------------- */

/* The value behind "NAME=" in a list of such pairs, up to the separator; NULL: none. */
static const char *pair_find(const char *list, const char *name, char separator, size_t *bytes)
{
	size_t name_bytes = strlen(name);

	while (*list != '\0') {
		list += strspn(list, " ");
		const char *end = strchr(list, separator);
		size_t length = end == NULL ? strlen(list) : (size_t)(end - list);
		if (length > name_bytes && strncmp(list, name, name_bytes) == 0 &&
		    list[name_bytes] == '=') {
			*bytes = length - name_bytes - 1;
			return list + name_bytes + 1;
		}
		list += length;
		list += *list != '\0';
	}
	return NULL;
}

static enum request_value pair_get(const char *list, const char *name, char separator, char *value,
				   size_t room_bytes)
{
	size_t bytes;
	const char *found = pair_find(list, name, separator, &bytes);

	if (found == NULL)
		return REQUEST_NO_VALUE;
	if (bytes >= room_bytes)
		return REQUEST_BAD_VALUE;
	memcpy(value, found, bytes);
	value[bytes] = '\0';
	return REQUEST_VALUE;
}

bool request_cookie_get(const struct request *request, const char *name, char *value,
			size_t room_bytes)
{
	return pair_get(request->cookie, name, ';', value, room_bytes) == REQUEST_VALUE;
}

enum request_value request_query_get(const struct request *request, const char *name, char *value,
				     size_t room_bytes)
{
	enum request_value got = pair_get(request->query, name, '&', value, room_bytes);

	if (got == REQUEST_VALUE && !decode(value, value + strlen(value)))
		return REQUEST_BAD_VALUE;
	return got;
}
