/* See response.h. */
#include "appliance/webd/response.h"

#include <stdio.h>
#include <string.h>

/*
 * The page may load, and talk to, nothing but us; nobody may frame it. Strict
 * transport would lock an owner out who replaces the appliance, and its
 * certificate is its own anyway.
 */
#define SECURITY_HEADERS                                                                           \
	"Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; "       \
	"img-src 'self' data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; "         \
	"base-uri 'none'; form-action 'self'; frame-ancestors 'none'\r\n"                          \
	"X-Content-Type-Options: nosniff\r\n"                                                      \
	"X-Frame-Options: DENY\r\n"                                                                \
	"Referrer-Policy: no-referrer\r\n"                                                         \
	"Cross-Origin-Opener-Policy: same-origin\r\n"                                              \
	"Cross-Origin-Resource-Policy: same-origin\r\n"                                            \
	"Permissions-Policy: camera=(), geolocation=(), microphone=()\r\n"

#define STATUS_TABLE(X)                                                                            \
	X(200, "OK")                                                                               \
	X(202, "Accepted")                                                                         \
	X(204, "No Content")                                                                       \
	X(304, "Not Modified")                                                                     \
	X(308, "Permanent Redirect")                                                               \
	X(400, "Bad Request")                                                                      \
	X(401, "Unauthorized")                                                                     \
	X(403, "Forbidden")                                                                        \
	X(404, "Not Found")                                                                        \
	X(405, "Method Not Allowed")                                                               \
	X(408, "Request Timeout")                                                                  \
	X(409, "Conflict")                                                                         \
	X(413, "Content Too Large")                                                                \
	X(414, "URI Too Long")                                                                     \
	X(415, "Unsupported Media Type")                                                           \
	X(422, "Unprocessable Content")                                                            \
	X(429, "Too Many Requests")                                                                \
	X(431, "Request Header Fields Too Large")                                                  \
	X(500, "Internal Server Error")                                                            \
	X(501, "Not Implemented")                                                                  \
	X(503, "Service Unavailable")

static char buffer[RESPONSE_BODY_BYTES];

const char *response_status_text(unsigned status)
{
	switch (status) {
#define X(number, text)                                                                            \
	case number: return text;
		STATUS_TABLE(X)
#undef X
	default: return "Unknown";
	}
}

char *response_buffer(void)
{
	return buffer;
}

void response_init(struct response *response)
{
	memset(response, 0, sizeof(*response));
	response->status = 500;
}

struct json *response_json(struct response *response, unsigned status)
{
	response->status = status;
	response->type = "application/json";
	json_init(&response->json, buffer, sizeof(buffer));
	return &response->json;
}

void response_json_end(struct response *response)
{
	if (!json_done(&response->json)) {
		response_problem(response, 500, NULL, "the answer is too long");
		return;
	}
	response->body = buffer;
	response->body_bytes = response->json.used_bytes;
}

void response_header(struct response *response, const char *format, ...)
{
	size_t room = sizeof(response->headers) - response->headers_bytes;
	va_list arguments;

	va_start(arguments, format);
	int wrote = vsnprintf(response->headers + response->headers_bytes, room, format, arguments);
	va_end(arguments);
	if (wrote < 0 || (size_t)wrote + 2 >= room) {
		response->overflow = true;
		return;
	}
	response->headers_bytes += (size_t)wrote;
	memcpy(response->headers + response->headers_bytes, "\r\n", 3);
	response->headers_bytes += 2;
}

void response_status(struct response *response, unsigned status)
{
	response->status = status;
	response->type = NULL;
	response->body = NULL;
	response->body_bytes = 0;
}

void response_text(struct response *response, const char *type, const char *text, size_t bytes)
{
	response->status = 200;
	response->type = type;
	response->body = text;
	response->body_bytes = bytes;
}

void response_problem(struct response *response, unsigned status, const char *path,
		      const char *format, ...)
{
	char detail[256];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(detail, sizeof(detail), format, arguments);
	va_end(arguments);
	struct json *json = response_json(response, status);
	json_object(json, NULL);
	json_string(json, "type", "about:blank");
	json_string(json, "title", response_status_text(status));
	json_number(json, "status", status);
	json_string(json, "detail", detail);
	if (path != NULL)
		json_string(json, "path", path);
	json_object_end(json);
	response->type = "application/problem+json";
	(void)json_done(json);
	response->body = buffer;
	response->body_bytes = json->used_bytes;
}

size_t response_head_write(const struct response *response, bool keep_alive,
			   char head[RESPONSE_HEAD_BYTES])
{
	const char *type = response->type;
	bool has_body = response->status != 204 && response->status != 304;
	char length[48] = "";

	if (has_body && !response->is_endless)
		snprintf(length, sizeof(length), "Content-Length: %zu\r\n", response->body_bytes);
	int wrote = snprintf(head, RESPONSE_HEAD_BYTES, "HTTP/1.1 %u %s\r\n%s%s%s%s%s%s%s%s\r\n",
			     response->status, response_status_text(response->status),
			     type != NULL ? "Content-Type: " : "", type != NULL ? type : "",
			     type != NULL ? "\r\n" : "", length,
			     keep_alive ? "" : "Connection: close\r\n",
			     response->is_file ? "" : "Cache-Control: no-store\r\n",
			     SECURITY_HEADERS, response->headers);
	return wrote < 0 || wrote >= (int)RESPONSE_HEAD_BYTES || response->overflow ? 0
										    : (size_t)wrote;
}
