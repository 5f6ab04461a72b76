/* See json.h. */
#include "services/console/json.h"

#include "services/runtime/utf8.h"

#include <assert.h>
#include <string.h>

/* The comma and the name before a value. */
static void json_lead(struct json *json, struct text *out, const char *key)
{
	if (json->filled[json->depth])
		text_string(out, ",");
	json->filled[json->depth] = true;
	if (key != NULL) {
		text_string(out, "\"");
		text_string(out, key);
		text_string(out, "\":");
	}
}

static void json_open(struct json *json, struct text *out, const char *key, const char *bracket)
{
	json_lead(json, out, key);
	text_string(out, bracket);
	json->depth++;
	assert(json->depth < JSON_DEPTH_MAX);
	json->filled[json->depth] = false;
}

static void json_close(struct json *json, struct text *out, const char *bracket)
{
	assert(json->depth > 0);
	json->depth--;
	text_string(out, bracket);
}

void json_object(struct json *json, struct text *out, const char *key)
{
	json_open(json, out, key, "{");
}

void json_object_end(struct json *json, struct text *out)
{
	json_close(json, out, "}");
}

void json_array(struct json *json, struct text *out, const char *key)
{
	json_open(json, out, key, "[");
}

void json_array_end(struct json *json, struct text *out)
{
	json_close(json, out, "]");
}

/* RFC 8259, section 7: quotation mark, reverse solidus and U+0000 to U+001F. */
static void json_ascii(struct text *out, char character)
{
	switch (character) {
	case '"':
		text_string(out, "\\\"");
		return;
	case '\\':
		text_string(out, "\\\\");
		return;
	case '\n':
		text_string(out, "\\n");
		return;
	case '\r':
		text_string(out, "\\r");
		return;
	case '\t':
		text_string(out, "\\t");
		return;
	default:
		if ((uint8_t)character < 0x20 || character == 0x7f)
			text_printf(out, "\\u%04x", (uint8_t)character);
		else
			text_add(out, &character, 1);
	}
}

void json_string(struct json *json, struct text *out, const char *key, const char *value,
		 size_t max)
{
	size_t count = strnlen(value, max);

	json_lead(json, out, key);
	text_string(out, "\"");
	for (size_t i = 0; i < count;) {
		size_t length = utf8_length(value + i, count - i);

		if (length == 0)
			text_string(out, "\\ufffd");
		else if (length == 1)
			json_ascii(out, value[i]);
		else if ((uint8_t)value[i] == 0xc2 && (uint8_t)value[i + 1] < 0xa0)
			/* C1 controls: legal in JSON, but terminals may obey them */
			text_printf(out, "\\u%04x", (uint8_t)value[i + 1]);
		else
			text_add(out, value + i, length);
		i += length == 0 ? 1 : length;
	}
	text_string(out, "\"");
}

void json_word(struct json *json, struct text *out, const char *key, const char *value)
{
	json_string(json, out, key, value, strlen(value));
}

void json_number(struct json *json, struct text *out, const char *key, uint64_t value)
{
	json_lead(json, out, key);
	text_printf(out, "%llu", (unsigned long long)value);
}

void json_boolean(struct json *json, struct text *out, const char *key, bool value)
{
	json_lead(json, out, key);
	text_string(out, value ? "true" : "false");
}
