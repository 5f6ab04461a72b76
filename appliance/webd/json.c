/* See json.h. */
#include "appliance/webd/json.h"

#include "services/runtime/utf8.h"

#include <stdio.h>
#include <string.h>

#define NUMBER_BYTES 32

void json_init(struct json *json, char *text, size_t room_bytes)
{
	*json = (struct json){ .text = text, .room_bytes = room_bytes };
}

bool json_has_room(const struct json *json, size_t bytes)
{
	return !json->overflow && json->room_bytes - json->used_bytes > bytes;
}

static void put(struct json *json, const char *bytes, size_t count)
{
	/* One is kept for the zero at the end. */
	if (json->overflow || count >= json->room_bytes - json->used_bytes) {
		json->overflow = true;
		return;
	}
	memcpy(json->text + json->used_bytes, bytes, count);
	json->used_bytes += count;
}

static void put_word(struct json *json, const char *word)
{
	put(json, word, strlen(word));
}

bool json_done(struct json *json)
{
	if (json->room_bytes == 0)
		return false;
	json->text[json->used_bytes] = '\0';
	return !json->overflow;
}

/* --- Strings ----------------------------------------------------------------- */

static void put_character(struct json *json, const char *text, size_t bytes)
{
	char escaped[8];

	switch (text[0]) {
	case '"': put_word(json, "\\\""); return;
	case '\\': put_word(json, "\\\\"); return;
	case '\n': put_word(json, "\\n"); return;
	case '\t': put_word(json, "\\t"); return;
	default: break;
	}
	if ((uint8_t)text[0] >= 0x20 && text[0] != 0x7f) {
		put(json, text, bytes);
		return;
	}
	snprintf(escaped, sizeof(escaped), "\\u%04x", (unsigned)(uint8_t)text[0]);
	put_word(json, escaped);
}

static void put_string(struct json *json, const char *text, size_t room_bytes)
{
	size_t length = strnlen(text, room_bytes);

	put_word(json, "\"");
	for (size_t at = 0; at < length && !json->overflow;) {
		size_t bytes = utf8_length(text + at, length - at);
		if (bytes == 0)
			put_word(json, "\xef\xbf\xbd");
		else
			put_character(json, text + at, bytes);
		at += bytes == 0 ? 1 : bytes;
	}
	put_word(json, "\"");
}

/* --- Values ------------------------------------------------------------------ */

static void begin(struct json *json, const char *key)
{
	if (json->wants_comma)
		put_word(json, ",");
	json->wants_comma = true;
	if (key == NULL)
		return;
	put_string(json, key, SIZE_MAX);
	put_word(json, ":");
}

static void value(struct json *json, const char *key, const char *word)
{
	begin(json, key);
	put_word(json, word);
}

static void open_bracket(struct json *json, const char *key, const char *bracket)
{
	value(json, key, bracket);
	json->wants_comma = false;
}

static void close_bracket(struct json *json, const char *bracket)
{
	put_word(json, bracket);
	json->wants_comma = true;
}

void json_object(struct json *json, const char *key)
{
	open_bracket(json, key, "{");
}

void json_object_end(struct json *json)
{
	close_bracket(json, "}");
}

void json_array(struct json *json, const char *key)
{
	open_bracket(json, key, "[");
}

void json_array_end(struct json *json)
{
	close_bracket(json, "]");
}

void json_text(struct json *json, const char *key, const char *text, size_t room_bytes)
{
	begin(json, key);
	put_string(json, text, room_bytes);
}

void json_string(struct json *json, const char *key, const char *text)
{
	if (text == NULL)
		json_null(json, key);
	else
		json_text(json, key, text, SIZE_MAX);
}

void json_number(struct json *json, const char *key, uint64_t number)
{
	char digits[NUMBER_BYTES];

	snprintf(digits, sizeof(digits), "%llu", (unsigned long long)number);
	value(json, key, digits);
}

void json_integer(struct json *json, const char *key, int64_t number)
{
	char digits[NUMBER_BYTES];

	snprintf(digits, sizeof(digits), "%lld", (long long)number);
	value(json, key, digits);
}

void json_thousandths(struct json *json, const char *key, uint64_t thousandths)
{
	char digits[NUMBER_BYTES];

	snprintf(digits, sizeof(digits), "%llu.%03u", (unsigned long long)(thousandths / 1000),
		 (unsigned)(thousandths % 1000));
	value(json, key, digits);
}

void json_hex(struct json *json, const char *key, uint64_t number)
{
	char digits[NUMBER_BYTES];

	snprintf(digits, sizeof(digits), "\"%#llx\"", (unsigned long long)number);
	value(json, key, digits);
}

void json_boolean(struct json *json, const char *key, bool is)
{
	value(json, key, is ? "true" : "false");
}

void json_null(struct json *json, const char *key)
{
	value(json, key, "null");
}

void json_ipv4(struct json *json, const char *key, uint32_t address)
{
	char text[NUMBER_BYTES];

	snprintf(text, sizeof(text), "%u.%u.%u.%u", address >> 24, address >> 16 & 255u,
		 address >> 8 & 255u, address & 255u);
	json_string(json, key, text);
}

void json_mac(struct json *json, const char *key, const uint8_t mac[6])
{
	char text[NUMBER_BYTES];

	snprintf(text, sizeof(text), "%02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1], mac[2],
		 mac[3], mac[4], mac[5]);
	json_string(json, key, text);
}
