#include "services/config/compare.h"

#include <cJSON.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define PATH_BYTES  160
#define PLAIN_SHOWN 16 /* entries of a list of single values that are shown one by one */

/* The differences so far, and the place of the walk. */
struct walk {
	cJSON *list;
	char path[PATH_BYTES];
	bool failed;
};

static void walk_node(struct walk *walk, const cJSON *before, const cJSON *after);

static void side_add(struct walk *walk, cJSON *item, const char *key, const cJSON *node)
{
	cJSON *copy = node == NULL ? NULL : cJSON_Duplicate(node, true);

	if (node != NULL && (copy == NULL || !cJSON_AddItemToObject(item, key, copy)))
		walk->failed = true;
}

static void difference_add(struct walk *walk, const cJSON *before, const cJSON *after)
{
	cJSON *item = cJSON_CreateObject();

	if (item == NULL || cJSON_AddStringToObject(item, "path", walk->path) == NULL ||
	    !cJSON_AddItemToArray(walk->list, item)) {
		walk->failed = true;
		return;
	}
	side_add(walk, item, "before", before);
	side_add(walk, item, "after", after);
}

/* Goes down by an escaped token (RFC 6901, 3); the caller cuts the path again. */
static void path_enter(struct walk *walk, const char *key)
{
	size_t at = strlen(walk->path);

	walk->path[at++] = '/';
	for (; *key != 0 && at + 3 < PATH_BYTES; key++) {
		if (*key == '~' || *key == '/') {
			walk->path[at++] = '~';
			walk->path[at++] = *key == '~' ? '0' : '1';
		} else {
			walk->path[at++] = *key;
		}
	}
	walk->path[at] = 0;
}

static void walk_member(struct walk *walk, const char *key, const cJSON *before, const cJSON *after)
{
	size_t back = strlen(walk->path);

	if (back + 4 > PATH_BYTES)
		return;
	path_enter(walk, key);
	walk_node(walk, before, after);
	walk->path[back] = 0;
}

static void walk_object(struct walk *walk, const cJSON *before, const cJSON *after)
{
	const cJSON *member;

	cJSON_ArrayForEach(member, before)
		walk_member(walk, member->string, member,
			    cJSON_GetObjectItemCaseSensitive(after, member->string));
	cJSON_ArrayForEach(member, after)
	{
		if (cJSON_GetObjectItemCaseSensitive(before, member->string) == NULL)
			walk_member(walk, member->string, NULL, member);
	}
}

/* What is left of a list of single values. */
struct rest {
	const cJSON *first, *last;
	int count;
};

static struct rest rest_of(const cJSON *list)
{
	const cJSON *first = list->child;

	return (struct rest){ first, first == NULL ? NULL : first->prev, cJSON_GetArraySize(list) };
}

static bool is_plain(const cJSON *list)
{
	const cJSON *item;

	cJSON_ArrayForEach(item, list)
	{
		if (cJSON_IsObject(item) || cJSON_IsArray(item))
			return false;
	}
	return true;
}

/* Cuts off what both begin and end with; returns how many they begin with. */
static unsigned rests_cut(struct rest *old, struct rest *new)
{
	unsigned begin = 0;

	while (old->count > 0 && new->count > 0 && cJSON_Compare(old->first, new->first, true)) {
		old->first = old->first->next;
		new->first = new->first->next;
		old->count--;
		new->count--;
		begin++;
	}
	while (old->count > 0 && new->count > 0 && cJSON_Compare(old->last, new->last, true)) {
		old->last = old->last->prev;
		new->last = new->last->prev;
		old->count--;
		new->count--;
	}
	return begin;
}

static void counts_add(struct walk *walk, const cJSON *before, const cJSON *after)
{
	char old[24], new[24];

	(void)snprintf(old, sizeof(old), "%d entries", cJSON_GetArraySize(before));
	(void)snprintf(new, sizeof(new), "%d entries", cJSON_GetArraySize(after));
	cJSON *old_text = cJSON_CreateString(old), *new_text = cJSON_CreateString(new);
	if (old_text == NULL || new_text == NULL)
		walk->failed = true;
	else
		difference_add(walk, old_text, new_text);
	cJSON_Delete(old_text);
	cJSON_Delete(new_text);
}

/* Of lists that may be long: only what lies between the first and the last change, or its size. */
static void walk_plain(struct walk *walk, const cJSON *before, const cJSON *after)
{
	struct rest old = rest_of(before), new = rest_of(after);
	unsigned at = rests_cut(&old, &new);

	if (old.count > PLAIN_SHOWN || new.count > PLAIN_SHOWN) {
		counts_add(walk, before, after);
		return;
	}
	for (; old.count > 0 || new.count > 0; old.count--, new.count--) {
		char key[12];

		(void)snprintf(key, sizeof(key), "%u", at++);
		walk_member(walk, key, old.count > 0 ? old.first : NULL,
			    new.count > 0 ? new.first : NULL);
		old.first = old.count > 0 ? old.first->next : NULL;
		new.first = new.count > 0 ? new.first->next : NULL;
	}
}

/* By place: an entry put in front changes all behind it. */
static void walk_array(struct walk *walk, const cJSON *before, const cJSON *after)
{
	const cJSON *old = before->child, *new = after->child;

	if (is_plain(before) && is_plain(after)) {
		walk_plain(walk, before, after);
		return;
	}

	for (unsigned i = 0; old != NULL || new != NULL; i++) {
		char key[12];

		(void)snprintf(key, sizeof(key), "%u", i);
		walk_member(walk, key, old, new);
		old = old == NULL ? NULL : old->next;
		new = new == NULL ? NULL : new->next;
	}
}

static void walk_node(struct walk *walk, const cJSON *before, const cJSON *after)
{
	if (before == NULL || after == NULL)
		difference_add(walk, before, after);
	else if (cJSON_IsObject(before) && cJSON_IsObject(after))
		walk_object(walk, before, after);
	else if (cJSON_IsArray(before) && cJSON_IsArray(after))
		walk_array(walk, before, after);
	else if (!cJSON_Compare(before, after, true))
		difference_add(walk, before, after);
}

cJSON *compare(const cJSON *before, const cJSON *after)
{
	struct walk walk = { .list = cJSON_CreateArray() };

	if (walk.list == NULL)
		return NULL;
	walk_node(&walk, before, after);
	if (!walk.failed)
		return walk.list;
	cJSON_Delete(walk.list);
	return NULL;
}
