#include "services/config/texts.h"

#include "services/config/compare.h"
#include "services/config/document.h"
#include "services/config/schema.h"
#include "services/config/tree.h"

#include <cJSON.h>
#include <string.h>

/* The text made last, and of what. */
static struct {
	uint32_t slot, what, serial, edition;
	size_t length;
	char text[CONFIG_TEXT_BYTES];
} made;

/* With its secrets. */
static cJSON *tree_of_text(const char *text, size_t length)
{
	struct refusal refusal = { 0 };

	return document_parse(text, length, &refusal);
}

static cJSON *hidden(cJSON *tree)
{
	if (tree != NULL)
		tree_hide(tree, schema_configuration);
	return tree;
}

static cJSON *tree_of_entry(const struct ledger *ledger, uint32_t serial)
{
	const struct ledger_entry *entry = ledger_find(ledger, serial);

	if (serial == 0)
		return tree_of_text(schema_factory, schema_factory_bytes);
	if (entry == NULL || !ledger_text(ledger, entry, made.text))
		return NULL;
	return tree_of_text(made.text, entry->length_bytes);
}

static uint32_t running_of(const struct ledger *ledger)
{
	const struct ledger_head *head = ledger_head(ledger);

	return head == NULL ? 0 : head->running;
}

static cJSON *differences(const struct texts_source *source)
{
	const struct candidate *candidate = source->candidate;
	cJSON *before = tree_of_entry(source->ledger, running_of(source->ledger));
	cJSON *after =
		candidate == NULL ? NULL : tree_of_text(candidate->text, candidate->length_bytes);
	cJSON *list = before == NULL || after == NULL ? NULL : compare(before, after);
	cJSON *item;

	/* Only now: that a secret is another one is to be seen. */
	cJSON_ArrayForEach(item, list)
	{
		const char *path =
			cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(item, "path"));

		tree_hide_at(item, "before", path, schema_configuration);
		tree_hide_at(item, "after", path, schema_configuration);
	}
	cJSON_Delete(before);
	cJSON_Delete(after);
	return list;
}

static void log_entry_add(cJSON *list, const struct ledger_entry *entry, uint32_t running)
{
	cJSON *item = cJSON_CreateObject();

	cJSON_AddNumberToObject(item, "serial", entry->serial);
	if (entry->time_s == LEDGER_TIME_UNKNOWN)
		cJSON_AddNullToObject(item, "time");
	else
		cJSON_AddNumberToObject(item, "time", (double)entry->time_s);
	cJSON_AddStringToObject(item, "author", entry->author);
	cJSON_AddStringToObject(item, "comment", entry->comment);
	cJSON_AddBoolToObject(item, "confirmed", entry->confirmed != 0);
	cJSON_AddBoolToObject(item, "running", entry->serial == running);
	cJSON_AddItemToArray(list, item);
}

/* The newest first. */
static cJSON *log_list(const struct ledger *ledger)
{
	const struct ledger_head *head = ledger_head(ledger);
	cJSON *list = cJSON_CreateArray();

	for (uint32_t i = head == NULL ? 0 : head->count; i-- > 0;)
		if (head->entries[i].hidden == 0)
			log_entry_add(list, &head->entries[i], head->running);
	return list;
}

static cJSON *tree_make(const struct texts_source *source, const struct config_request *request)
{
	switch ((enum config_what)request->what) {
	case CONFIG_RUNNING:
		return hidden(tree_of_entry(source->ledger, running_of(source->ledger)));
	case CONFIG_CANDIDATE:
		return source->candidate == NULL
			       ? NULL
			       : hidden(tree_of_text(source->candidate->text,
						     source->candidate->length_bytes));
	case CONFIG_HISTORY: return hidden(tree_of_entry(source->ledger, request->serial));
	case CONFIG_DIFFERENCES: return differences(source);
	case CONFIG_LOG: return log_list(source->ledger);
	case CONFIG_SCHEMA: break;
	}
	return NULL;
}

static bool is_made(const struct texts_source *source, uint32_t slot,
		    const struct config_request *request)
{
	return made.length != 0 && made.edition == source->edition && made.slot == slot &&
	       made.what == request->what && made.serial == request->serial;
}

enum status texts_get(const struct texts_source *source, uint32_t slot,
		      const struct config_request *request, const char **text, size_t *length)
{
	*text = request->what == CONFIG_SCHEMA ? schema_text : made.text;
	if (request->what == CONFIG_SCHEMA) {
		*length = schema_text_bytes;
		return OK;
	}
	if (!is_made(source, slot, request)) {
		made.length = 0;
		cJSON *tree = tree_make(source, request);
		if (tree == NULL)
			return E_ABSENT;
		made.length = tree_print(tree, made.text, sizeof(made.text));
		cJSON_Delete(tree);
		made.edition = source->edition;
		made.slot = slot;
		made.what = request->what;
		made.serial = request->serial;
	}
	*length = made.length;
	return made.length == 0 ? E_FULL : OK;
}
