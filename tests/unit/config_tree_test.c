/* Editing by JSON pointer, differences, secrets, candidates: services/config/{tree,compare,desk}.c
 */
#include "services/config/compare.h"
#include "services/config/desk.h"
#include "services/config/document.h"
#include "services/config/tree.h"
#include "tests/unit/unit.h"

#include <cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct refusal refusal;
static char text[4096];

static cJSON *tree_of(const char *json)
{
	refusal = (struct refusal){ 0 };
	cJSON *tree = document_parse(json, strlen(json), &refusal);
	if (tree == NULL)
		fail_msg("%s: %s", json, refusal.reason);
	return tree;
}

static void assert_prints(const cJSON *tree, const char *wanted)
{
	size_t length = tree_print(tree, text, sizeof(text) - 1);

	text[length] = 0;
	assert_string_equal(text, wanted);
}

struct edit {
	const char *before, *pointer, *value, *after, *reason; /* value NULL: delete */
};

static const struct edit edits[] = {
	{ "{\"nat\":true}", "/nat", "false", "{\"nat\":false}", "" },
	{ "{}", "/lan/dhcp/enabled", "false", "{\"lan\":{\"dhcp\":{\"enabled\":false}}}", "" },
	{ "{\"rules\":[1,2]}", "/rules/0", "3", "{\"rules\":[3,2]}", "" },
	{ "{\"rules\":[1,2]}", "/rules/-", "3", "{\"rules\":[1,2,3]}", "" },
	{ "{}", "/rules/-", "3", "{\"rules\":[3]}", "" },
	{ "{}", "/logs/x/0", "3", "{\"logs\":{\"x\":[3]}}", "" },
	{ "{}", "/rules/1", "3", "{\"rules\":{\"1\":3}}", "" },
	{ "{\"rules\":[1,2]}", "/rules/2", "3", "{\"rules\":[1,2,3]}", "" },
	{ "{\"rules\":[1,2]}", "/rules/3", "3", NULL,
	  "the list has no such place; '-' is the one behind its last" },
	{ "{\"rules\":[1,2]}", "/rules/01", "3", NULL,
	  "the list has no such place; '-' is the one behind its last" },
	{ "{\"rules\":[1,2]}", "/rules/x/y", "3", NULL, "there is nothing at that place" },
	{ "{\"rules\":[{\"a\":1}]}", "/rules/0/a", "2", "{\"rules\":[{\"a\":2}]}", "" },
	{ "{\"nat\":true}", "/nat/x", "1", NULL, "there is nothing at that place" },
	{ "{\"nat\":true}", "nat", "1", NULL, "a place is written as /lan/address or /rules/0" },
	{ "{\"nat\":true}", "", "{\"a\":1}", "{\"a\":1}", "" },
	{ "{}", "/a~1b~0c", "1", "{\"a/b~c\":1}", "" },
	{ "{}", "/a~2", "1", NULL, "this is no JSON pointer" },
	{ "{\"a\":1,\"b\":2}", "/a", NULL, "{\"b\":2}", "" },
	{ "{\"a\":[1,2,3]}", "/a/1", NULL, "{\"a\":[1,3]}", "" },
	{ "{\"a\":[1,2,3]}", "/a/3", NULL, NULL, "there is nothing at that place" },
	{ "{\"a\":1}", "/b", NULL, NULL, "there is nothing at that place" },
	{ "{\"a\":1}", "/b/c", NULL, NULL, "there is nothing at that place" },
};

static void edit_check(const struct edit *edit)
{
	cJSON *tree = tree_of(edit->before);
	enum status status;

	refusal = (struct refusal){ 0 };
	if (edit->value == NULL)
		status = tree_delete(tree, edit->pointer, &refusal);
	else
		status = tree_set(&tree, edit->pointer, tree_of(edit->value), &refusal);
	if ((status == OK) != (edit->after != NULL) || strcmp(refusal.reason, edit->reason) != 0)
		fail_msg("%s at '%s': %s", edit->before, edit->pointer, refusal.reason);
	assert_prints(tree, edit->after != NULL ? edit->after : edit->before);
	cJSON_Delete(tree);
}

static void places_are_set_and_deleted_by_pointer(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(edits) / sizeof(edits[0]); i++)
		edit_check(&edits[i]);
}

static void assert_differences(const char *before, const char *after, const char *wanted)
{
	cJSON *one = tree_of(before), *other = tree_of(after), *list = compare(one, other);

	assert_prints(list, wanted);
	cJSON_Delete(one);
	cJSON_Delete(other);
	cJSON_Delete(list);
}

static void differences_are_named_by_pointer(void **state)
{
	(void)state;
	assert_differences("{\"a\":1,\"b\":[1,2]}", "{\"b\":[1,2],\"a\":1}", "[]");
	assert_differences("{\"nat\":true}", "{\"nat\":false}",
			   "[{\"path\":\"/nat\",\"before\":true,\"after\":false}]");
	assert_differences(
		"{\"a\":1}", "{\"b\":{\"c\":2}}",
		"[{\"path\":\"/a\",\"before\":1},{\"path\":\"/b\",\"after\":{\"c\":2}}]");
	assert_differences("{\"r\":[{\"x\":1},2]}", "{\"r\":[{\"x\":3},2,4]}",
			   "[{\"path\":\"/r/0/x\",\"before\":1,\"after\":3},"
			   "{\"path\":\"/r/2\",\"after\":4}]");
	assert_differences("{\"a/b\":1}", "{\"a/b\":2}",
			   "[{\"path\":\"/a~1b\",\"before\":1,\"after\":2}]");
	assert_differences("{\"a\":{}}", "{\"a\":[]}",
			   "[{\"path\":\"/a\",\"before\":{},\"after\":[]}]");
}

/* "[0,1,2]" of `count` numbers from `first` on; to be freed. */
static char *numbers(unsigned first, unsigned count)
{
	char *made = malloc(8u * count + 20), *at = made;

	at += sprintf(at, "{\"l\":[");
	for (unsigned i = 0; i < count; i++)
		at += sprintf(at, "%s%u", i == 0 ? "" : ",", first + i);
	sprintf(at, "]}");
	return made;
}

static void of_long_lists_only_what_changed_is_named(void **state)
{
	char *all = numbers(0, 2500), *behind = numbers(1, 2500), *first = numbers(0, 2499),
	     *others = numbers(5000, 2498);

	(void)state;
	assert_differences("{\"l\":[1,2,3]}", "{\"l\":[1,9,2,3]}",
			   "[{\"path\":\"/l/1\",\"after\":9}]");
	assert_differences("{\"l\":[1,2,3,4]}", "{\"l\":[1,7,4]}",
			   "[{\"path\":\"/l/1\",\"before\":2,\"after\":7},"
			   "{\"path\":\"/l/2\",\"before\":3}]");
	assert_differences("{\"l\":[1,1]}", "{\"l\":[1,1,1]}", "[{\"path\":\"/l/2\",\"after\":1}]");
	assert_differences("{\"l\":[]}", "{\"l\":[1]}", "[{\"path\":\"/l/0\",\"after\":1}]");
	assert_differences(all, all, "[]");
	assert_differences(all, first, "[{\"path\":\"/l/2499\",\"before\":2499}]");
	assert_differences(first, all, "[{\"path\":\"/l/2499\",\"after\":2499}]");
	assert_differences(
		all, behind,
		"[{\"path\":\"/l\",\"before\":\"2500 entries\",\"after\":\"2500 entries\"}]");
	assert_differences(
		all, others,
		"[{\"path\":\"/l\",\"before\":\"2500 entries\",\"after\":\"2498 entries\"}]");
	free(all);
	free(behind);
	free(first);
	free(others);
}

#define SECRETS(password) "{\"alerts\":{\"user\":\"me\",\"password\":\"" password "\"}}"

static void secrets_are_hidden_and_come_back(void **state)
{
	cJSON *known = tree_of(SECRETS("hunter2")), *tree = tree_of(SECRETS("hunter2"));

	(void)state;
	tree_hide(tree, schema_configuration);
	assert_prints(tree, SECRETS("********"));
	tree_reveal(tree, NULL, known, schema_configuration);
	assert_prints(tree, SECRETS("hunter2"));
	cJSON_Delete(tree);
	tree = tree_of(SECRETS("other"));
	tree_reveal(tree, NULL, known, schema_configuration);
	assert_prints(tree, SECRETS("other"));
	cJSON_Delete(tree);
	/* nothing is known of it: it is no password of eight stars */
	tree = tree_of(SECRETS("********"));
	tree_reveal(tree, NULL, NULL, schema_configuration);
	assert_prints(tree, "{\"alerts\":{\"user\":\"me\"}}");
	cJSON_Delete(tree);
	cJSON_Delete(known);
}

/* Every setting that is writeOnly, and nothing else: what the document has of them is gone. */
static void every_secret_of_the_schema_is_hidden(void **state)
{
	static const char json[] = "{\"alerts\":{\"password\":\"SECRET-1\",\"user\":\"me\"},"
				   "\"web\":{\"metrics_token\":\"SECRET-2-0123456\"}}";
	cJSON *tree = tree_of(json);
	unsigned secrets = 0;

	(void)state;
	for (const char *at = schema_text; (at = strstr(at, "\"writeOnly\":true")) != NULL; at++)
		secrets++;
	assert_int_equal(secrets, 2); /* another one belongs into this document, too */
	tree_hide(tree, schema_configuration);
	assert_prints(tree, "{\"alerts\":{\"password\":\"********\",\"user\":\"me\"},"
			    "\"web\":{\"metrics_token\":\"********\"}}");
	cJSON_Delete(tree);
	tree = tree_of(json);
	assert_true(tree_secrets_keep(tree, schema_configuration));
	assert_prints(tree, "{\"alerts\":{\"password\":\"SECRET-1\"},"
			    "\"web\":{\"metrics_token\":\"SECRET-2-0123456\"}}");
	cJSON_Delete(tree);
}

static void a_secret_of_the_candidate_comes_before_that_in_force(void **state)
{
	cJSON *own = tree_of("{\"alerts\":{\"password\":\"new\"}}");
	cJSON *known = tree_of(SECRETS("hunter2")), *tree = tree_of(SECRETS("********"));

	(void)state;
	tree_reveal(tree, own, known, schema_configuration);
	assert_prints(tree, SECRETS("new"));
	cJSON_Delete(own);
	cJSON_Delete(known);
	cJSON_Delete(tree);
}

static void a_difference_does_not_tell_a_secret(void **state)
{
	static const struct {
		const char *value, *pointer, *hidden;
	} values[] = {
		{ "{\"x\":\"hunter2\"}", "/alerts/password", "{\"x\":\"********\"}" },
		{ "{\"x\":\"hunter2\"}", "/alerts/user", "{\"x\":\"hunter2\"}" },
		{ "{\"x\":{\"password\":\"hunter2\"}}", "/alerts",
		  "{\"x\":{\"password\":\"********\"}}" },
		{ "{\"x\":" SECRETS("hunter2") "}", "", "{\"x\":" SECRETS("********") "}" },
		{ "{\"x\":\"a\"}", "/nowhere/at/all", "{\"x\":\"a\"}" },
		{ "{\"y\":\"a\"}", "/alerts/password", "{\"y\":\"a\"}" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		cJSON *tree = tree_of(values[i].value);

		tree_hide_at(tree, "x", values[i].pointer, schema_configuration);
		assert_prints(tree, values[i].hidden);
		cJSON_Delete(tree);
	}
}

static struct desk desk;

static enum status upload(uint32_t slot, uint32_t offset, uint32_t length, uint32_t total)
{
	const struct config_request request = { .offset_bytes = offset,
						.length_bytes = length,
						.total_bytes = total };
	struct candidate *whole;
	char *place;
	enum status status = desk_upload_begin(&desk, slot, &request, &place);

	if (status != OK)
		return status;
	memset(place, 'x', length);
	return desk_upload_end(&desk, slot, &request, &whole);
}

static void chunks_come_in_order(void **state)
{
	(void)state;
	memset(&desk, 0, sizeof(desk));
	assert_int_equal(upload(5, 10, 10, 30), E_STATE);
	assert_int_equal(upload(5, 0, 10, 30), E_AGAIN);
	assert_int_equal(upload(5, 0, 10, 30), E_AGAIN);
	assert_int_equal(upload(5, 20, 10, 30), E_STATE);
	assert_int_equal(upload(5, 10, 10, 31), E_STATE);
	assert_int_equal(upload(5, 10, 21, 30), E_ARGUMENT);
	assert_int_equal(upload(5, 10, 0, 30), E_ARGUMENT);
	assert_int_equal(upload(5, 4294967290u, 10, 30), E_ARGUMENT);
	assert_int_equal(upload(5, 10, 10, 30), E_AGAIN);
	assert_int_equal(upload(5, 10, 20, 30), OK);
	assert_int_equal(upload(5, 0, 1, CONFIG_DOCUMENT_BYTES + 1), E_TOO_LARGE);
	assert_null(desk_find(&desk, 5)); /* it is put when it was parsed */
}

static void an_upload_keeps_the_secrets_of_the_candidate_before(void **state)
{
	cJSON *tree = tree_of(SECRETS("new"));

	(void)state;
	memset(&desk, 0, sizeof(desk));
	assert_int_equal(desk_put(desk_room(&desk, 3), 3, 1, tree), OK);
	assert_int_equal(upload(3, 0, 10, 30), E_AGAIN);
	assert_int_equal(upload(3, 0, 10, 30), E_AGAIN); /* repeated */
	assert_string_equal(desk_room(&desk, 3)->secrets, "{\"alerts\":{\"password\":\"new\"}}");
	assert_int_equal(desk_put(desk_room(&desk, 3), 3, 1, tree), OK);
	assert_string_equal(desk_room(&desk, 3)->secrets, "");
	assert_int_equal(upload(3, 0, 10, 30), E_AGAIN);
	desk_drop(desk_room(&desk, 3));
	assert_int_equal(upload(4, 0, 10, 30), E_AGAIN);
	for (unsigned i = 0; i < CONFIG_CANDIDATES_MAX; i++)
		assert_string_equal(desk.candidates[i].secrets, "");
	cJSON_Delete(tree);
}

static void each_client_has_its_own_candidate(void **state)
{
	cJSON *one = tree_of("{\"a\":1}"), *other = tree_of("{\"b\":2}");

	(void)state;
	memset(&desk, 0, sizeof(desk));
	assert_int_equal(desk_put(desk_room(&desk, 3), 3, 1, one), OK);
	assert_int_equal(desk_put(desk_room(&desk, 4), 4, 2, other), OK);
	assert_null(desk_room(&desk, 6));
	assert_int_equal(upload(6, 0, 1, 2), E_FULL);
	desk_open(&desk);
	assert_int_equal(desk_find(&desk, 4)->base, 2);
	assert_memory_equal(desk_find(&desk, 4)->text, "{\"b\":2}", 7);
	desk_find(&desk, 3)->text[2] ^= 1;
	desk_open(&desk);
	assert_null(desk_find(&desk, 3));
	assert_non_null(desk_find(&desk, 4));
	desk_drop(desk_find(&desk, 4));
	assert_null(desk_find(&desk, 4));
	cJSON_Delete(one);
	cJSON_Delete(other);
}

/* Who it belongs to, on what it stands, and each bit of its text. */
static void a_flipped_bit_in_a_candidate_drops_that_candidate(void **state)
{
	static struct desk whole;
	const size_t head_bytes = offsetof(struct candidate, uploaded_bytes);
	cJSON *tree = tree_of("{\"a\":1}");

	(void)state;
	memset(&desk, 0, sizeof(desk));
	assert_int_equal(desk_put(desk_room(&desk, 3), 3, 1, tree), OK);
	assert_int_equal(desk_put(desk_room(&desk, 4), 4, 2, tree), OK);
	whole = desk;
	for (size_t bit = 0; bit < 8 * (head_bytes + 7); bit++) {
		size_t byte = bit / 8;

		desk = whole;
		if (byte >= head_bytes)
			byte += offsetof(struct candidate, text) - head_bytes;
		((uint8_t *)desk_find(&desk, 3))[byte] ^= (uint8_t)(1u << bit % 8);
		desk_open(&desk);
		assert_null(desk_find(&desk, 3));
		assert_non_null(desk_find(&desk, 4));
	}
	cJSON_Delete(tree);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(places_are_set_and_deleted_by_pointer),
		cmocka_unit_test(differences_are_named_by_pointer),
		cmocka_unit_test(of_long_lists_only_what_changed_is_named),
		cmocka_unit_test(secrets_are_hidden_and_come_back),
		cmocka_unit_test(every_secret_of_the_schema_is_hidden),
		cmocka_unit_test(a_secret_of_the_candidate_comes_before_that_in_force),
		cmocka_unit_test(a_difference_does_not_tell_a_secret),
		cmocka_unit_test(chunks_come_in_order),
		cmocka_unit_test(an_upload_keeps_the_secrets_of_the_candidate_before),
		cmocka_unit_test(each_client_has_its_own_candidate),
		cmocka_unit_test(a_flipped_bit_in_a_candidate_drops_that_candidate),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
