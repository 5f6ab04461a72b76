/*
 * What is answered: status, headers, body. The body lies in the program (a file),
 * or in the one buffer in which answers are made; who sends it keeps a copy.
 */
#ifndef WEBD_RESPONSE_H
#define WEBD_RESPONSE_H

#include "appliance/webd/json.h"

#include <stdarg.h>

#define RESPONSE_BODY_BYTES    73728u
#define RESPONSE_HEADERS_BYTES 512u
#define RESPONSE_HEAD_BYTES    1536u

struct response {
	unsigned status;
	const char *type; /* NULL: no body */
	const char *body;
	size_t body_bytes;
	bool is_file;    /* the body stays where it is for ever */
	bool is_endless; /* the body comes later and ends with the connection */
	bool overflow;
	char headers[RESPONSE_HEADERS_BYTES]; /* further ones, each with its CR LF */
	size_t headers_bytes;
	struct json json;
};

void response_init(struct response *response);
/* The JSON writer of the body; response_json_end() when it is written. */
struct json *response_json(struct response *response, unsigned status);
void response_json_end(struct response *response);
void response_header(struct response *response, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void response_status(struct response *response, unsigned status);
/* Text that is in the answer buffer, or stays valid until it is sent. */
void response_text(struct response *response, const char *type, const char *text, size_t bytes);
/* RFC 9457. `path`: NULL or where in a document. */
void response_problem(struct response *response, unsigned status, const char *path,
		      const char *format, ...) __attribute__((format(printf, 4, 5)));
/* The buffer in which bodies are made, RESPONSE_BODY_BYTES. */
char *response_buffer(void);

const char *response_status_text(unsigned status);
/* Status line and headers; returns their length, 0 if they do not fit. */
size_t response_head_write(const struct response *response, bool keep_alive,
			   char head[RESPONSE_HEAD_BYTES]);

#endif
