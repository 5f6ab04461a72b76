#include "services/config/schema.h"

#include "services/config/address.h"
#include "services/config/format.h"
#include "services/config/nearest.h"

#include <cJSON.h>
#include <stdio.h>
#include <string.h>

#define SHOWN_BYTES 32 /* of what stands in the document */
#define LIST_BYTES  112

/* The place of a value, as a text that grows and shrinks with the walk. */
struct place {
	char path[REFUSAL_PATH_BYTES];
	struct refusal *refusal;
};

static bool value_check(struct place *place, const cJSON *value, const struct schema *schema);

/* Goes down to a member or, if `key` is NULL, an item; returns the way back. */
static size_t place_enter(struct place *place, const char *key, int index)
{
	size_t length = strlen(place->path), room_bytes = sizeof(place->path) - length;
	char shown[SHOWN_BYTES];

	if (key == NULL) {
		snprintf(place->path + length, room_bytes, "/%d", index);
		return length;
	}
	refusal_printable(shown, sizeof(shown), key);
	snprintf(place->path + length, room_bytes, "/%s", shown);
	return length;
}

static void place_leave(struct place *place, size_t length)
{
	place->path[length] = 0;
}

/* --- Objects and arrays -------------------------------------------------- */

static const struct schema_member *member_find(const struct schema *schema, const char *key)
{
	for (unsigned i = 0; i < schema->member_count; i++)
		if (strcmp(schema->members[i].name, key) == 0)
			return &schema->members[i];
	return NULL;
}

static bool refuse_unknown(const struct place *place, const struct schema *schema, const char *key)
{
	const char *nearest = NULL;
	unsigned best = nearest_limit(key);

	for (unsigned i = 0; i < schema->member_count; i++) {
		unsigned distance = nearest_distance(key, schema->members[i].name);

		if (distance <= best && (nearest == NULL || distance < best)) {
			best = distance;
			nearest = schema->members[i].name;
		}
	}
	if (nearest == NULL)
		return refuse(place->refusal, place->path, "there is no setting of this name");
	return refuse(place->refusal, place->path,
		      "there is no setting of this name; is '%s' meant?", nearest);
}

/* Of the members before `member`, has one its key? */
static bool is_repeated(const cJSON *object, const cJSON *member)
{
	for (const cJSON *other = object->child; other != member; other = other->next)
		if (strcmp(other->string, member->string) == 0)
			return true;
	return false;
}

static bool member_check(struct place *place, const cJSON *object, const cJSON *member,
			 const struct schema *schema)
{
	const struct schema_member *known = member_find(schema, member->string);

	if (known == NULL && schema->items == NULL)
		return refuse_unknown(place, schema, member->string);
	if (is_repeated(object, member))
		return refuse(place->refusal, place->path, "stands here twice");
	return value_check(place, member, known != NULL ? known->schema : schema->items);
}

static bool object_check(struct place *place, const cJSON *object, const struct schema *schema)
{
	const cJSON *member;

	if (schema->items != NULL && cJSON_GetArraySize(object) > schema->items_max)
		return refuse(place->refusal, place->path, "has more than %d entries",
			      schema->items_max);
	cJSON_ArrayForEach(member, object)
	{
		size_t back = place_enter(place, member->string, 0);

		if (!member_check(place, object, member, schema))
			return false;
		place_leave(place, back);
	}
	for (unsigned i = 0; i < schema->member_count; i++) {
		const struct schema_member *known = &schema->members[i];

		if (!known->required ||
		    cJSON_GetObjectItemCaseSensitive(object, known->name) != NULL)
			continue;
		(void)place_enter(place, known->name, 0);
		return refuse(place->refusal, place->path, "is missing");
	}
	return true;
}

static bool array_check(struct place *place, const cJSON *array, const struct schema *schema)
{
	const cJSON *item;
	int index = 0;

	if (cJSON_GetArraySize(array) > schema->items_max)
		return refuse(place->refusal, place->path, "has more than %d entries",
			      schema->items_max);
	cJSON_ArrayForEach(item, array)
	{
		size_t back = place_enter(place, NULL, index++);

		if (!value_check(place, item, schema->items))
			return false;
		place_leave(place, back);
	}
	return true;
}

/* --- Single values ------------------------------------------------------- */

static const char *format_check(const char *text, enum schema_format format)
{
	struct ipv4_network network;
	struct port_range ports;
	uint8_t mac[MAC_BYTES];

	switch (format) {
	case FORMAT_NONE: return NULL;
	case FORMAT_IPV4: return address_parse(text, &network.address);
	case FORMAT_INTERFACE: return interface_parse(text, &network);
	case FORMAT_NETWORK: return network_parse(text, &network);
	case FORMAT_PORT_RANGE: return ports_parse(text, &ports);
	case FORMAT_MAC: return mac_parse(text, mac);
	case FORMAT_LABEL: return label_check(text);
	case FORMAT_HOST: return format_host(text);
	case FORMAT_EMAIL: return format_email(text);
	case FORMAT_LINE: return format_line(text);
	case FORMAT_TOKEN: return format_token(text);
	case FORMAT_STEP: return format_step(text);
	}
	return NULL;
}

static bool word_check(const struct place *place, const char *text, const struct schema *schema)
{
	char list[LIST_BYTES] = "", shown[SHOWN_BYTES];

	for (unsigned i = 0; i < schema->word_count; i++) {
		size_t length = strlen(list);

		if (strcmp(schema->words[i], text) == 0)
			return true;
		snprintf(list + length, sizeof(list) - length, "%s'%s'", i == 0 ? "" : ", ",
			 schema->words[i]);
	}
	refusal_printable(shown, sizeof(shown), text);
	return refuse(place->refusal, place->path, "'%s' is none of %s", shown, list);
}

static bool string_check(const struct place *place, const char *text, const struct schema *schema)
{
	char shown[SHOWN_BYTES];

	if (schema->word_count != 0)
		return word_check(place, text, schema);
	if (strlen(text) > schema->length_max)
		return refuse(place->refusal, place->path, "is longer than %u characters",
			      schema->length_max);
	const char *wrong = format_check(text, schema->format);
	if (wrong == NULL)
		return true;
	if (schema->secret)
		return refuse(place->refusal, place->path, "%s", wrong);
	refusal_printable(shown, sizeof(shown), text);
	return refuse(place->refusal, place->path, "'%s' %s", shown, wrong);
}

static bool integer_check(const struct place *place, double number, const struct schema *schema)
{
	if (!(number >= schema->minimum && number <= schema->maximum))
		return refuse(place->refusal, place->path, "has to be from %d to %d",
			      (int)schema->minimum, (int)schema->maximum);
	if (number != (double)(int32_t)number)
		return refuse(place->refusal, place->path, "has to be a whole number");
	return true;
}

static unsigned kind_of(const cJSON *value)
{
	if (cJSON_IsObject(value))
		return SCHEMA_OBJECT;
	if (cJSON_IsArray(value))
		return SCHEMA_ARRAY;
	if (cJSON_IsString(value))
		return SCHEMA_STRING;
	if (cJSON_IsNumber(value))
		return SCHEMA_INTEGER;
	return cJSON_IsBool(value) ? SCHEMA_BOOLEAN : 0;
}

static const char *kinds_text(unsigned kinds)
{
	switch (kinds) {
	case SCHEMA_OBJECT: return "a group of settings in { }";
	case SCHEMA_ARRAY: return "a list in [ ]";
	case SCHEMA_STRING: return "a text in quotes";
	case SCHEMA_INTEGER: return "a number";
	case SCHEMA_BOOLEAN: return "true or false";
	case SCHEMA_STRING | SCHEMA_ARRAY: return "a text in quotes, or a list of them in [ ]";
	case SCHEMA_STRING | SCHEMA_INTEGER | SCHEMA_ARRAY:
		return "a number or a text in quotes, or a list of them in [ ]";
	default: return "a number or a text in quotes";
	}
}

static bool value_check(struct place *place, const cJSON *value, const struct schema *schema)
{
	unsigned kind = kind_of(value);

	if ((kind & schema->kinds) == 0)
		return refuse(place->refusal, place->path, "has to be %s",
			      kinds_text(schema->kinds));
	switch ((enum schema_kind)kind) {
	case SCHEMA_OBJECT: return object_check(place, value, schema);
	case SCHEMA_ARRAY: return array_check(place, value, schema);
	case SCHEMA_STRING: return string_check(place, value->valuestring, schema);
	case SCHEMA_INTEGER: return integer_check(place, value->valuedouble, schema);
	case SCHEMA_BOOLEAN: return true;
	}
	return false;
}

bool schema_check(const cJSON *document, const struct schema *schema, struct refusal *refusal)
{
	struct place place = { .refusal = refusal };

	return value_check(&place, document, schema);
}
