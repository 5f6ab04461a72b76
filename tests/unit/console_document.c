/* See console_document.h. */
#include "tests/unit/console_document.h"

#include "tests/unit/console_world.h"
#include "tests/unit/unit.h"

#include <string.h>

cJSON *document(const char *line)
{
	const char *printed = world_run(line);
	const char *end;
	cJSON *parsed = cJSON_ParseWithOpts(printed, &end, 0);

	if (parsed == NULL || strcmp(end, "\r\n") != 0)
		fail_msg("'%s' printed '%.500s'", line, printed);
	for (const char *byte = printed; byte < end; byte++)
		assert_true((uint8_t)*byte >= 0x20);
	return parsed;
}

unsigned array_length(const char *line, const char *name)
{
	cJSON *parsed = document(line);
	cJSON *array = cJSON_GetObjectItemCaseSensitive(parsed, name);
	unsigned length;

	assert_true(cJSON_IsArray(array));
	length = (unsigned)cJSON_GetArraySize(array);
	cJSON_Delete(parsed);
	return length;
}

const cJSON *member(const cJSON *at, const char *path)
{
	while (at != NULL && *path != '\0') {
		char name[32] = "";
		size_t length = strcspn(path, ".");

		memcpy(name, path, length);
		at = cJSON_IsArray(at) ? cJSON_GetArrayItem(at, name[0] - '0')
				       : cJSON_GetObjectItemCaseSensitive(at, name);
		path += length + (path[length] == '.');
	}
	return at;
}

void check_text(const char *line, const char *path, const char *expected)
{
	cJSON *parsed = document(line);
	const cJSON *at = member(parsed, path);

	assert_non_null(at);
	assert_string_equal(cJSON_GetStringValue(at), expected);
	cJSON_Delete(parsed);
}

void check_number(const char *line, const char *path, unsigned expected)
{
	cJSON *parsed = document(line);
	const cJSON *at = member(parsed, path);

	assert_true(cJSON_IsNumber(at));
	assert_int_equal(at->valueint, expected);
	cJSON_Delete(parsed);
}
