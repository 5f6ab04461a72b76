/*
 * A request as it comes, byte by byte, through http-parser: what of it we want to
 * know, bounded, and nothing else. Pure; the only memory is the body's, which is
 * asked for when the head has been judged.
 *
 *	READING_HEAD --> HEAD --> READING_BODY --> COMPLETE
 *	     |                         |
 *	     +------> REFUSED <--------+        refused_status says with what
 *
 * At HEAD it waits for request_body_allow(), so that nobody who may not ask can
 * make us keep a body.
 */
#ifndef WEBD_REQUEST_H
#define WEBD_REQUEST_H

#include <http_parser.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define REQUEST_HEAD_BYTES   8192u  /* of request line and headers together */
#define REQUEST_BODY_BYTES   65536u /* largest body */
#define REQUEST_TARGET_BYTES 512u   /* path and query */
#define REQUEST_HEADER_NAME  24u    /* longest name of a header that we look at */
#define REQUEST_COOKIE_BYTES 1024u
#define REQUEST_CSRF_BYTES   64u
#define REQUEST_VALUE_BYTES  160u

enum request_state {
	REQUEST_READING_HEAD,
	REQUEST_HEAD,
	REQUEST_READING_BODY,
	REQUEST_COMPLETE,
	REQUEST_REFUSED,
};

struct request {
	enum request_state state;
	unsigned refused_status; /* of HTTP */
	http_parser parser;
	size_t head_bytes;
	size_t target_bytes;
	char target[REQUEST_TARGET_BYTES]; /* as sent; then the path, decoded, ends in a zero */
	const char *query;                 /* in `target`; "" if there is none */
	/* Headers that we look at; "" if it was not sent. */
	char cookie[REQUEST_COOKIE_BYTES];
	char csrf[REQUEST_CSRF_BYTES];
	char host[REQUEST_VALUE_BYTES];
	char origin[REQUEST_VALUE_BYTES];
	char content_type[REQUEST_VALUE_BYTES];
	char authorization[REQUEST_VALUE_BYTES];
	char if_none_match[REQUEST_VALUE_BYTES];
	char *body; /* body_room bytes and a zero, ours since request_body_allow */
	size_t body_bytes, body_room;
	/* While a header arrives: */
	char name[REQUEST_HEADER_NAME];
	size_t name_bytes, value_bytes;
	bool in_value;
	char *value; /* where it goes; NULL: nowhere */
	size_t value_room;
};

void request_init(struct request *request);
/* Frees the body. */
void request_fini(struct request *request);
/*
 * Returns how many bytes were used; fewer only at HEAD, COMPLETE and REFUSED. At HEAD
 * at least one is left, so that there is something to go on with.
 */
size_t request_feed(struct request *request, const char *bytes, size_t count);
/* At HEAD: the length that the head announces. */
size_t request_body_expected(const struct request *request);
/* At HEAD: go on. False: there is no memory for its body, and it is refused with 503. */
bool request_body_allow(struct request *request);
bool request_keeps_alive(const struct request *request);

/* Value of cookie `name` into `value`; false if there is none, or it is longer. */
bool request_cookie_get(const struct request *request, const char *name, char *value,
			size_t room_bytes);
enum request_value {
	REQUEST_NO_VALUE, /* it was not sent */
	REQUEST_VALUE,
	REQUEST_BAD_VALUE, /* it does not fit, or is malformed */
};
/* Value of `name` in the query, decoded. */
enum request_value request_query_get(const struct request *request, const char *name, char *value,
				     size_t room_bytes);

#endif
