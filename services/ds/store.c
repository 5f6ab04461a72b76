#include "services/ds/store.h"

#include "services/ds/name.h"

#include <string.h>

/* --- Taking up ----------------------------------------------------------- */

/* The checksum was right, but the content is judged all the same. */
static bool entry_is_sound(const struct entry_cell *entry)
{
	return entry->id < DS_ENTRIES_MAX && entry->owner < SERVICE_MAX && entry->removed <= 1 &&
	       entry->length_bytes <= DS_VALUE_BYTES && name_is_valid(entry->name);
}

static bool is_outdated(const struct store *store, const struct entry_cell *entry)
{
	const struct entry_cell *known = store_by_id(store, entry->id);

	return known != NULL && known->cell.sequence >= entry->cell.sequence;
}

static void entry_take_up(struct store *store, uint32_t index)
{
	struct entry_cell *entry = &store->cells[index];

	if (is_outdated(store, entry)) {
		cell_free(&entry->cell);
		return;
	}
	if (store->cell_of[entry->id] != STORE_NO_CELL)
		cell_free(&store->cells[store->cell_of[entry->id]].cell);
	store->cell_of[entry->id] = (uint16_t)index;
	if (entry->cell.sequence > store->sequence)
		store->sequence = entry->cell.sequence;
}

static void entry_open(struct store *store, uint32_t index, struct state_findings *findings)
{
	struct entry_cell *entry = &store->cells[index];
	enum cell_finding finding = cell_find(&entry->cell, sizeof(*entry));

	if (finding == FOUND_VALID && !entry_is_sound(entry))
		finding = FOUND_DAMAGED;
	switch (finding) {
	case FOUND_FREE:
		return;
	case FOUND_VALID:
		entry_take_up(store, index);
		return;
	case FOUND_UNFINISHED:
		findings->unfinished++;
		break;
	case FOUND_DAMAGED:
		findings->damaged++;
		break;
	}
	cell_free(&entry->cell);
}

static uint32_t free_cell(const struct store *store)
{
	for (uint32_t i = 0; i < DS_ENTRY_CELLS; i++)
		if (store->cells[i].cell.state == CELL_FREE)
			return i;
	return STORE_NO_CELL; /* cannot be: there are more cells than ids */
}

void store_open(struct store *store, struct entry_cell *cells, struct state_findings *findings)
{
	*store = (struct store){ .cells = cells };
	memset(store->cell_of, 0xff, sizeof(store->cell_of));
	for (uint32_t i = 0; i < DS_ENTRY_CELLS; i++)
		entry_open(store, i, findings);
	for (uint32_t id = 0; id < DS_ENTRIES_MAX; id++)
		findings->kept += store->cell_of[id] != STORE_NO_CELL;
	store->spare = free_cell(store);
}

/* --- Looking ------------------------------------------------------------- */

const struct entry_cell *store_by_id(const struct store *store, uint32_t id)
{
	if (id >= DS_ENTRIES_MAX || store->cell_of[id] == STORE_NO_CELL)
		return NULL;
	return &store->cells[store->cell_of[id]];
}

/* With the withdrawn ones, so that a name that comes back keeps its id. */
static const struct entry_cell *by_name(const struct store *store, const char name[DS_NAME_BYTES])
{
	for (uint32_t id = 0; id < DS_ENTRIES_MAX; id++) {
		const struct entry_cell *entry = store_by_id(store, id);

		if (entry != NULL && memcmp(entry->name, name, DS_NAME_BYTES) == 0)
			return entry;
	}
	return NULL;
}

const struct entry_cell *store_by_name(const struct store *store, const char name[DS_NAME_BYTES])
{
	const struct entry_cell *entry = by_name(store, name);

	return entry != NULL && entry->removed == 0 ? entry : NULL;
}

const struct entry_cell *store_nth(const struct store *store, uint32_t nth)
{
	for (uint32_t id = 0; id < DS_ENTRIES_MAX; id++) {
		const struct entry_cell *entry = store_by_id(store, id);

		if (entry != NULL && entry->removed == 0 && nth-- == 0)
			return entry;
	}
	return NULL;
}

/* --- Changing ------------------------------------------------------------ */

/* An id not in use, or that of the withdrawn entry that was so for longest. */
static uint32_t id_take(struct store *store)
{
	uint32_t oldest = DS_ENTRIES_MAX;
	uint64_t oldest_sequence = UINT64_MAX;

	for (uint32_t id = 0; id < DS_ENTRIES_MAX; id++) {
		const struct entry_cell *entry = store_by_id(store, id);

		if (entry == NULL)
			return id;
		if (entry->removed == 1 && entry->cell.sequence < oldest_sequence) {
			oldest = id;
			oldest_sequence = entry->cell.sequence;
		}
	}
	return oldest;
}

/* Writes the next version of `content->id` beside the old one and switches to it. */
static void version_write(struct store *store, const struct entry_cell *content)
{
	struct entry_cell *entry = &store->cells[store->spare];
	uint16_t old = store->cell_of[content->id];

	cell_begin(&entry->cell, ++store->sequence);
	memcpy((uint8_t *)entry + sizeof(struct cell),
	       (const uint8_t *)content + sizeof(struct cell),
	       sizeof(*entry) - sizeof(struct cell));
	cell_commit(&entry->cell, sizeof(*entry));
	store->cell_of[content->id] = (uint16_t)store->spare;
	if (old != STORE_NO_CELL)
		cell_free(&store->cells[old].cell);
	store->spare = old != STORE_NO_CELL ? old : free_cell(store);
}

enum status store_publish(struct store *store, uint32_t owner, const char name[DS_NAME_BYTES],
			  const void *value, uint32_t length_bytes, uint32_t *id)
{
	struct entry_cell content = { .owner = owner, .length_bytes = length_bytes };

	if (!name_is_valid(name) || length_bytes > DS_VALUE_BYTES || owner >= SERVICE_MAX)
		return E_ARGUMENT;
	const struct entry_cell *known = by_name(store, name);
	if (known != NULL && known->removed == 0 && known->owner != owner)
		return E_DENIED;
	content.id = known != NULL ? known->id : id_take(store);
	if (content.id == DS_ENTRIES_MAX)
		return E_FULL;
	memcpy(content.name, name, DS_NAME_BYTES);
	memcpy(content.value, value, length_bytes);
	version_write(store, &content);
	*id = content.id;
	return OK;
}

enum status store_withdraw(struct store *store, uint32_t owner, const char name[DS_NAME_BYTES],
			   uint32_t *id)
{
	if (!name_is_valid(name))
		return E_ARGUMENT;
	const struct entry_cell *known = store_by_name(store, name);
	if (known == NULL)
		return E_ABSENT;
	if (known->owner != owner)
		return E_DENIED;
	struct entry_cell content = *known;
	content.removed = 1;
	content.length_bytes = 0;
	memset(content.value, 0, sizeof(content.value));
	version_write(store, &content);
	*id = content.id;
	return OK;
}

void store_forget(struct store *store, uint32_t id)
{
	const struct entry_cell *entry = store_by_id(store, id);

	if (entry == NULL || entry->removed == 0)
		return;
	cell_free(&store->cells[store->cell_of[id]].cell);
	store->cell_of[id] = STORE_NO_CELL;
}
