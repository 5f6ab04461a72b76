/*
 * Checks a parsed document against config/schema.json, of which
 * config/generate.py makes the tables: types, keys, words, ranges, formats. What
 * no schema can say (that networks overlap) is checked in compile.c. Pure.
 */
#ifndef CONFIG_SCHEMA_H
#define CONFIG_SCHEMA_H

#include "services/config/refusal.h"

#include <stddef.h>
#include <stdint.h>

struct cJSON;

enum schema_kind { /* OR-ed: more than one may be allowed */
		   SCHEMA_OBJECT = 1,
		   SCHEMA_ARRAY = 2,
		   SCHEMA_STRING = 4,
		   SCHEMA_INTEGER = 8,
		   SCHEMA_BOOLEAN = 16,
};

enum schema_format {
	FORMAT_NONE = 0,
	FORMAT_IPV4,
	FORMAT_INTERFACE,
	FORMAT_NETWORK,
	FORMAT_PORT_RANGE,
	FORMAT_MAC,   /* 52:54:00:12:34:56 */
	FORMAT_LABEL, /* of a host's name: letters, digits, hyphens */
	FORMAT_HOST,  /* an IPv4 address, or labels with dots between */
	FORMAT_EMAIL, /* local@domain */
	FORMAT_LINE,  /* no control characters */
	FORMAT_TOKEN, /* RFC 6750, 2.1 */
	FORMAT_STEP,  /* of a recovery policy: restart:1000 */
};

struct schema_member;

struct schema {
	unsigned kinds;
	const struct schema_member *members; /* object: no others; none twice */
	unsigned member_count;
	const struct schema *items; /* array; object: of any key, then without members */
	int items_max;
	const char *const *words; /* string: one of these, if there are any */
	unsigned word_count;
	enum schema_format format;
	unsigned length_max;
	bool secret;              /* string: is written, but never shown again */
	int32_t minimum, maximum; /* integer */
};

struct schema_member {
	const char *name;
	const struct schema *schema;
	bool required;
};

/* Generated. */
extern const struct schema *const schema_configuration;
extern const char schema_factory[]; /* config/factory.json */
extern const size_t schema_factory_bytes;
extern const char schema_text[]; /* config/schema.json without blanks */
extern const size_t schema_text_bytes;

/* False with the first mistake in *refusal. */
bool schema_check(const struct cJSON *document, const struct schema *schema,
		  struct refusal *refusal);

#endif
