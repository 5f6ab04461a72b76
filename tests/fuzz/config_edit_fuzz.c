/*
 * A client of config that edits: uploads in chunks of any offsets and lengths, documents set and
 * deleted by any pointer, from two slots in turn. No byte is written outside of a candidate, what
 * is taken as whole is what was uploaded, and what an edit leaves can be printed and read again.
 */
#include "services/config/desk.h"
#include "services/config/document.h"
#include "services/config/schema.h"
#include "services/config/tree.h"

#include <assert.h>
#include <cJSON.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

#define SLOTS 3u /* one more than there are candidates */

struct input {
	const uint8_t *at, *end;
};

static uint32_t take(struct input *input, unsigned count)
{
	uint32_t value = 0;

	for (; count > 0; count--)
		value = value << 8 | (input->at < input->end ? *input->at++ : 0u);
	return value;
}

/* A text up to the next zero. */
static size_t text_take(struct input *input, char *text, size_t room)
{
	size_t length = 0;

	while (input->at < input->end && *input->at != 0 && length + 1 < room)
		text[length++] = (char)*input->at++;
	take(input, input->at < input->end);
	text[length] = '\0';
	return length;
}

static struct desk desk;
/* What each slot has uploaded, as far as it is in order. */
static char model[SLOTS][CONFIG_DOCUMENT_BYTES];

static void chunk_copy(struct input *input, char *place, char *copy, uint32_t length)
{
	for (uint32_t i = 0; i < length; i++)
		place[i] = copy[i] = (char)take(input, 1);
}

static void whole_take(struct candidate *candidate, uint32_t slot, uint32_t total)
{
	struct refusal refusal = { 0 };

	assert(memcmp(candidate->text, model[slot], total) == 0);
	cJSON *tree = document_parse(candidate->text, total, &refusal);
	if (tree == NULL || desk_put(candidate, slot, 1, tree) != OK)
		desk_drop(candidate);
	else
		assert(desk_find(&desk, slot) == candidate);
	assert(tree != NULL || refusal.reason[0] != '\0');
	cJSON_Delete(tree);
}

static void chunk_play(struct input *input)
{
	uint32_t slot = take(input, 1) % SLOTS;
	struct config_request request = { .offset_bytes = take(input, 4),
					  .length_bytes = take(input, 2),
					  .total_bytes = take(input, 3) };
	struct candidate *whole;
	char *place;

	if (desk_upload_begin(&desk, slot, &request, &place) != OK)
		return;
	assert(request.offset_bytes + request.length_bytes <= CONFIG_DOCUMENT_BYTES);
	chunk_copy(input, place, model[slot] + request.offset_bytes, request.length_bytes);
	enum status status = desk_upload_end(&desk, slot, &request, &whole);
	assert(status == OK || status == E_AGAIN);
	assert(desk_room(&desk, slot) == whole && whole->owner == slot + 1);
	if (status == OK)
		whole_take(whole, slot, request.total_bytes);
}

static cJSON *edited(struct input *input, cJSON *tree, const char *pointer)
{
	struct refusal refusal = { 0 };
	char value[256];
	size_t length = text_take(input, value, sizeof(value));
	cJSON *json = length == 0 ? NULL : document_parse(value, length, &refusal);
	enum status status;

	refusal = (struct refusal){ 0 };
	if (json == NULL)
		status = tree_delete(tree, pointer, &refusal);
	else
		status = tree_set(&tree, pointer, json, &refusal);
	assert(status != E_ARGUMENT || refusal.reason[0] != '\0');
	return tree;
}

/* Printed and read again it is the same, unless it is nested too deeply to be a document. */
static void tree_check(const cJSON *tree)
{
	static char text[CONFIG_DOCUMENT_BYTES], again[CONFIG_DOCUMENT_BYTES];
	struct refusal refusal = { 0 };
	size_t length = tree_print(tree, text, sizeof(text));
	cJSON *read = document_parse(text, length, &refusal);

	if (read != NULL) {
		assert(tree_print(read, again, sizeof(again)) == length);
		assert(memcmp(text, again, length) == 0);
	}
	cJSON_Delete(read);
}

/* cJSON_Compare takes time exponential in how deeply objects are nested. */
static bool is_same(const cJSON *one, const cJSON *other)
{
	static char text[CONFIG_DOCUMENT_BYTES], other_text[CONFIG_DOCUMENT_BYTES];
	size_t length = tree_print(one, text, sizeof(text));

	return length == tree_print(other, other_text, sizeof(other_text)) &&
	       memcmp(text, other_text, length) == 0;
}

static void secrets_check(cJSON *tree)
{
	cJSON *hidden = cJSON_Duplicate(tree, true);

	tree_hide(hidden, schema_configuration);
	tree_reveal(hidden, NULL, tree, schema_configuration);
	assert(is_same(hidden, tree) ||
	       !schema_check(tree, schema_configuration, &(struct refusal){ 0 }));
	(void)tree_secrets_keep(hidden, schema_configuration);
	cJSON_Delete(hidden);
}

static void edits_play(struct input *input)
{
	cJSON *tree =
		cJSON_Parse("{\"rules\":[{\"action\":\"deny\"}],\"alerts\":{\"password\":\"x\"}}");
	char pointer[TREE_POINTER_BYTES];

	for (unsigned i = 0; i < 8 && input->at < input->end; i++) {
		(void)text_take(input, pointer, sizeof(pointer));
		tree = edited(input, tree, pointer);
		tree_check(tree);
		secrets_check(tree);
	}
	cJSON_Delete(tree);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	struct input input = { data, data + bytes };

	memset(&desk, 0, sizeof(desk));
	while (input.at < input.end) {
		if (take(&input, 1) % 2 == 0)
			edits_play(&input);
		else
			chunk_play(&input);
	}
	desk_open(&desk);
	return 0;
}
