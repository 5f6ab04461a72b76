/* See place.h: the schema's places. */
#include "services/console/place.h"

#include <stdio.h>
#include <string.h>

static bool is_wild(const char *segment, size_t length, const char *kind)
{
	return length == strlen(kind) && strncmp(segment, kind, length) == 0;
}

static bool is_index(const char *segment, size_t length)
{
	return (length == 1 && *segment == '-') ||
	       (length > 0 && strspn(segment, "0123456789") >= length);
}

/* May `typed` stand where the schema has `segment`? */
static bool segment_fits(const char *segment, size_t length, const char *typed, size_t typed_length)
{
	if (is_wild(segment, length, "N"))
		return is_index(typed, typed_length);
	if (is_wild(segment, length, "NAME"))
		return typed_length > 0;
	return length == typed_length && strncmp(segment, typed, length) == 0;
}

/* What the segment may be: itself, the first entry or a new one, what has been typed, a name. */
static const char *segment_word(const char *segment, size_t length, const char *typed, unsigned nth,
				place_source *source, char plain[32])
{
	static const char *const entries[] = { "0", "-" };
	bool typed_index = is_index(typed, strlen(typed)) && strcmp(typed, "0") != 0 &&
			   strcmp(typed, "-") != 0;

	if (is_wild(segment, length, "NAME"))
		return source("NAME", nth);
	if (is_wild(segment, length, "N"))
		return nth < 2 ? entries[nth] : nth == 2 && typed_index ? typed : NULL;
	if (nth > 0)
		return NULL;
	(void)snprintf(plain, 32, "%.*s", (int)length, segment);
	return plain;
}

bool place_word(const struct place *place, const char *begun, unsigned nth, place_source *source,
		char word[PLACE_BYTES])
{
	const char *schema = place->pointer, *typed = *begun == '\0' ? "/" : begun;
	size_t used = 0;
	char plain[32];

	while (*schema == '/' && *typed == '/') {
		size_t length = strcspn(++schema, "/"), typed_length = strcspn(++typed, "/");

		if (typed[typed_length] == '\0') {
			const char *last = segment_word(schema, length, typed, nth, source, plain);
			const char *more = schema[length] == '/' ? "/" : "";

			return last != NULL && snprintf(word + used, PLACE_BYTES - used, "/%s%s",
							last, more) < (int)(PLACE_BYTES - used);
		}
		if (!segment_fits(schema, length, typed, typed_length) ||
		    used + typed_length + 2 > PLACE_BYTES)
			return false;
		used += (size_t)snprintf(word + used, PLACE_BYTES - used, "/%.*s",
					 (int)typed_length, typed);
		schema += length;
		typed += typed_length;
	}
	return false;
}

bool place_fits(const struct place *place, const char *pointer, bool whole)
{
	const char *schema = place->pointer;

	while (*schema == '/' && *pointer == '/') {
		size_t length = strcspn(++schema, "/"), typed_length = strcspn(++pointer, "/");

		if (typed_length == 0 && pointer[0] == '\0')
			return !whole;
		if (!segment_fits(schema, length, pointer, typed_length))
			return false;
		schema += length;
		pointer += typed_length;
	}
	return *pointer == '\0' && (!whole || *schema == '\0');
}
