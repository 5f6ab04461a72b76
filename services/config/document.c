#include "services/config/document.h"

#include "services/config/compile.h"
#include "services/config/scan.h"
#include "services/config/schema.h"

#include <cJSON.h>
#include <string.h>

static bool is_space(char character)
{
	return character == ' ' || character == '\t' || character == '\r' || character == '\n';
}

cJSON *document_parse(const char *text, size_t length, struct refusal *refusal)
{
	const char *end = NULL;
	cJSON *tree;

	if (!scan_document(text, length, refusal))
		return NULL;
	tree = cJSON_ParseWithLengthOpts(text, length, &end, false);
	size_t at = end != NULL && end >= text && end <= text + length ? (size_t)(end - text) : 0;
	while (tree != NULL && at < length && is_space(text[at]))
		at++;
	if (tree != NULL && at == length)
		return tree;
	refuse_at(refusal, text, at,
		  tree != NULL ? "more follows behind the end of the configuration"
			       : "this is not JSON: a quote, comma, colon or bracket is missing or "
				 "out of place");
	cJSON_Delete(tree);
	return NULL;
}

static bool compile_over(const char *text, size_t length, const struct service_names *services,
			 struct compiled *compiled, struct refusal *refusal)
{
	cJSON *tree = document_parse(text, length, refusal);
	bool good = tree != NULL && schema_check(tree, schema_configuration, refusal) &&
		    compile_document(tree, services, compiled, refusal);

	cJSON_Delete(tree);
	return good;
}

bool document_factory(struct compiled *compiled, struct refusal *refusal)
{
	static const struct service_names none = { 0 };

	memset(compiled, 0, sizeof(*compiled));
	return compile_over(schema_factory, schema_factory_bytes, &none, compiled, refusal);
}

bool document_compile(const char *text, size_t length, const struct service_names *services,
		      struct compiled *compiled, struct refusal *refusal)
{
	static struct compiled fresh; /* too large for the stack */

	*refusal = (struct refusal){ 0 };
	if (!document_factory(&fresh, refusal) ||
	    !compile_over(text, length, services, &fresh, refusal))
		return false;
	*compiled = fresh;
	return true;
}
