/*
 * Writes one JSON document (RFC 8259) on one line, value by value, so that a
 * document may be longer than the memory it is written through. Pure.
 *
 * `key` is the member's name inside an object, NULL inside an array and for the
 * document itself. Keys are ours and need no escape; values are escaped, and
 * what is not UTF-8 becomes U+FFFD.
 */
#ifndef CONSOLE_JSON_H
#define CONSOLE_JSON_H

#include "services/console/text.h"

#define JSON_DEPTH_MAX 8

struct json {
	unsigned depth;
	bool filled[JSON_DEPTH_MAX]; /* a value was written at that depth: a comma is due */
};

void json_object(struct json *json, struct text *out, const char *key);
void json_object_end(struct json *json, struct text *out);
void json_array(struct json *json, struct text *out, const char *key);
void json_array_end(struct json *json, struct text *out);
/* A string ends at a zero or after `max` bytes. */
void json_string(struct json *json, struct text *out, const char *key, const char *value,
		 size_t max);
/* A string of our own. */
void json_word(struct json *json, struct text *out, const char *key, const char *value);
void json_number(struct json *json, struct text *out, const char *key, uint64_t value);
void json_boolean(struct json *json, struct text *out, const char *key, bool value);

#endif
