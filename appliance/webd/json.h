/*
 * Writes JSON (RFC 8259) into a buffer of fixed size. What does not fit is left
 * out and remembered: a text is whole if json_done() says so. Commas, escapes
 * and closing brackets are the writer's care. Strings may be foreign: what is no
 * UTF-8 becomes U+FFFD. Pure.
 */
#ifndef WEBD_JSON_H
#define WEBD_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct json {
	char *text;
	size_t room_bytes, used_bytes;
	bool overflow;
	bool wants_comma;
};

void json_init(struct json *json, char *text, size_t room_bytes);
/* The text is complete and ends in a zero, which used_bytes does not count. */
bool json_done(struct json *json);

/* Is there room for so much more? For lists that may be cut. */
bool json_has_room(const struct json *json, size_t bytes);

/* In all: `key` NULL inside an array and at the top. */
void json_object(struct json *json, const char *key);
void json_object_end(struct json *json);
void json_array(struct json *json, const char *key);
void json_array_end(struct json *json);
/* NULL is null. */
void json_string(struct json *json, const char *key, const char *text);
/* Up to `room_bytes` or a zero. */
void json_text(struct json *json, const char *key, const char *text, size_t room_bytes);
void json_number(struct json *json, const char *key, uint64_t number);
void json_integer(struct json *json, const char *key, int64_t number);
/* thousandths / 1000, with three digits behind the point. */
void json_thousandths(struct json *json, const char *key, uint64_t thousandths);
void json_hex(struct json *json, const char *key, uint64_t number);
void json_boolean(struct json *json, const char *key, bool value);
void json_null(struct json *json, const char *key);
/* "192.168.1.1" of host byte order, "02:00:..." */
void json_ipv4(struct json *json, const char *key, uint32_t address);
void json_mac(struct json *json, const char *key, const uint8_t mac[6]);

#endif
