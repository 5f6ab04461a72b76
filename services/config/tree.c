#include "services/config/tree.h"

#include "services/proto/config.h"

#include <cJSON.h>
#include <stdlib.h>
#include <string.h>

/* --- Pointers ------------------------------------------------------------- */

/* The next token of the pointer, unescaped (RFC 6901, 4). False: it does not fit. */
static bool token_read(const char **at, char token[TREE_POINTER_BYTES])
{
	size_t length = 0;

	for ((*at)++; **at != 0 && **at != '/'; (*at)++) {
		char byte = **at;

		if (byte == '~') {
			(*at)++;
			if (**at != '0' && **at != '1')
				return false;
			byte = **at == '0' ? '~' : '/';
		}
		if (length + 1 == TREE_POINTER_BYTES)
			return false;
		token[length++] = byte;
	}
	token[length] = 0;
	return true;
}

/* A list's index; -1: it is none. */
static int index_read(const char *token)
{
	size_t digits = strspn(token, "0123456789");

	if (digits == 0 || digits > 4 || token[digits] != 0 || (token[0] == '0' && digits > 1))
		return -1;
	return atoi(token);
}

static cJSON *child_of(cJSON *node, const char *token)
{
	if (cJSON_IsArray(node))
		return index_read(token) < 0 ? NULL : cJSON_GetArrayItem(node, index_read(token));
	return cJSON_IsObject(node) ? cJSON_GetObjectItemCaseSensitive(node, token) : NULL;
}

/* What is to be made for a missing child: a list if the next token, at `rest`, begins one. */
static cJSON *child_make(cJSON *object, const char *token, const char *rest)
{
	bool list = strcmp(rest, "/-") == 0 || strcmp(rest, "/0") == 0 ||
		    strncmp(rest, "/-/", 3) == 0 || strncmp(rest, "/0/", 3) == 0;

	return list ? cJSON_AddArrayToObject(object, token)
		    : cJSON_AddObjectToObject(object, token);
}

/* The node that holds the pointer's last token; `make` the objects that are not there. */
static cJSON *parent_find(cJSON *tree, const char *pointer, char token[TREE_POINTER_BYTES],
			  bool make, struct refusal *refusal)
{
	const char *at = pointer;

	if (*at != '/') {
		refuse(refusal, "", "a place is written as /lan/address or /rules/0");
		return NULL;
	}
	for (;;) {
		cJSON *child;

		if (!token_read(&at, token)) {
			refuse(refusal, pointer, "this is no JSON pointer");
			return NULL;
		}
		if (*at == 0)
			return tree;
		child = child_of(tree, token);
		if (child == NULL && make && cJSON_IsObject(tree))
			child = child_make(tree, token, at);
		if (child == NULL) {
			refuse(refusal, pointer, "there is nothing at that place");
			return NULL;
		}
		tree = child;
	}
}

static enum status list_set(cJSON *list, const char *token, cJSON *value, const char *pointer,
			    struct refusal *refusal)
{
	int index = index_read(token);
	cJSON_bool done;

	if (strcmp(token, "-") == 0 || index == cJSON_GetArraySize(list))
		done = cJSON_AddItemToArray(list, value);
	else
		done = index >= 0 && index < cJSON_GetArraySize(list) &&
		       cJSON_ReplaceItemInArray(list, index, value);
	if (done)
		return OK;
	refuse(refusal, pointer, "the list has no such place; '-' is the one behind its last");
	return E_ARGUMENT;
}

static enum status object_set(cJSON *object, const char *token, cJSON *value)
{
	cJSON_DeleteItemFromObjectCaseSensitive(object, token);
	return cJSON_AddItemToObject(object, token, value) ? OK : E_FULL;
}

enum status tree_set(cJSON **tree, const char *pointer, cJSON *value, struct refusal *refusal)
{
	char token[TREE_POINTER_BYTES];
	enum status status = E_ARGUMENT;
	cJSON *parent;

	if (*pointer == 0) {
		cJSON_Delete(*tree);
		*tree = value;
		return OK;
	}
	parent = parent_find(*tree, pointer, token, true, refusal);
	if (cJSON_IsArray(parent))
		status = list_set(parent, token, value, pointer, refusal);
	else if (cJSON_IsObject(parent))
		status = object_set(parent, token, value);
	else
		refuse(refusal, pointer, "there is nothing at that place");
	if (status != OK)
		cJSON_Delete(value);
	return status;
}

enum status tree_delete(cJSON *tree, const char *pointer, struct refusal *refusal)
{
	char token[TREE_POINTER_BYTES];
	cJSON *parent = parent_find(tree, pointer, token, false, refusal);
	cJSON *node = parent == NULL ? NULL : child_of(parent, token);

	if (node == NULL) {
		refuse(refusal, pointer, "there is nothing at that place");
		return E_ARGUMENT;
	}
	cJSON_Delete(cJSON_DetachItemViaPointer(parent, node));
	return OK;
}

/* --- Text ----------------------------------------------------------------- */

size_t tree_print(const cJSON *tree, char *text, size_t room)
{
	char *printed = cJSON_PrintUnformatted(tree);
	size_t length = printed == NULL ? 0 : strlen(printed);

	if (length > room)
		length = 0;
	if (length > 0)
		memcpy(text, printed, length);
	cJSON_free(printed);
	return length;
}

/* --- Secrets -------------------------------------------------------------- */

static const struct schema *schema_of(const struct schema *schema, const char *key)
{
	for (unsigned i = 0; i < schema->member_count; i++)
		if (strcmp(schema->members[i].name, key) == 0)
			return schema->members[i].schema;
	return NULL;
}

/* Secrets stand in objects of objects, not in lists: those have no names for their places. */
void tree_hide(cJSON *tree, const struct schema *schema)
{
	cJSON *member, *next;

	for (member = cJSON_IsObject(tree) ? tree->child : NULL; member != NULL; member = next) {
		const struct schema *known = schema_of(schema, member->string);

		next = member->next;
		if (known != NULL && known->secret && cJSON_IsString(member))
			(void)cJSON_SetValuestring(member, CONFIG_SECRET);
		else if (known != NULL)
			tree_hide(member, known);
	}
}

void tree_hide_at(cJSON *holder, const char *name, const char *pointer, const struct schema *schema)
{
	cJSON *node = cJSON_GetObjectItemCaseSensitive(holder, name);
	char token[TREE_POINTER_BYTES];

	while (schema != NULL && *pointer == '/' && token_read(&pointer, token))
		schema = schema_of(schema, token);
	if (schema == NULL || node == NULL)
		return;
	if (schema->secret && cJSON_IsString(node))
		(void)cJSON_SetValuestring(node, CONFIG_SECRET);
	else
		tree_hide(node, schema);
}

static bool is_hidden(const cJSON *member)
{
	return cJSON_IsString(member) && strcmp(member->valuestring, CONFIG_SECRET) == 0;
}

void tree_reveal(cJSON *tree, const cJSON *first, const cJSON *second, const struct schema *schema)
{
	cJSON *member, *next;

	for (member = cJSON_IsObject(tree) ? tree->child : NULL; member != NULL; member = next) {
		const struct schema *of = schema_of(schema, member->string);
		const cJSON *one = cJSON_GetObjectItemCaseSensitive(first, member->string);
		const cJSON *other = cJSON_GetObjectItemCaseSensitive(second, member->string);

		next = member->next;
		if (of == NULL)
			continue;
		if (!of->secret || !is_hidden(member))
			tree_reveal(member, one, other, of);
		else if (cJSON_IsString(one))
			(void)cJSON_SetValuestring(member, one->valuestring);
		else if (cJSON_IsString(other))
			(void)cJSON_SetValuestring(member, other->valuestring);
		else
			cJSON_Delete(cJSON_DetachItemViaPointer(tree, member));
	}
}

bool tree_secrets_keep(cJSON *tree, const struct schema *schema)
{
	cJSON *member, *next;
	bool any = false;

	for (member = cJSON_IsObject(tree) ? tree->child : NULL; member != NULL; member = next) {
		const struct schema *of = schema_of(schema, member->string);
		bool keep = of != NULL && ((of->secret && cJSON_IsString(member)) ||
					   tree_secrets_keep(member, of));

		next = member->next;
		any = any || keep;
		if (!keep)
			cJSON_Delete(cJSON_DetachItemViaPointer(tree, member));
	}
	return any;
}
