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

static struct cell *cell_at(const struct store *store, uint16_t index)
{
	return &store->cells[index].cell;
}

static void swap(uint16_t *a, uint16_t *b)
{
	uint16_t kept = *a;

	*a = *b;
	*b = kept;
}

/* One more version of an entry: the latest is the value, one before it is kept. */
static void entry_take_up(struct store *store, uint16_t index)
{
	uint32_t id = store->cells[index].id;
	uint16_t *latest = &store->cell_of[id], *older = &store->older_of[id], third = index;

	if (store->cells[index].cell.sequence > store->sequence)
		store->sequence = store->cells[index].cell.sequence;
	/* Into their order: `latest`, `older`, `third`. */
	if (*latest == STORE_NO_CELL ||
	    cell_at(store, third)->sequence > cell_at(store, *latest)->sequence)
		swap(latest, &third);
	if (third != STORE_NO_CELL &&
	    (*older == STORE_NO_CELL ||
	     cell_at(store, third)->sequence > cell_at(store, *older)->sequence))
		swap(older, &third);
	if (third == STORE_NO_CELL)
		return;
	if (cell_dispensable(cell_at(store, third), cell_at(store, *older), store->checkpoint) ==
	    cell_at(store, *older))
		swap(older, &third);
	cell_free(cell_at(store, third));
}

static void entry_open(struct store *store, uint32_t index, struct state_findings *findings)
{
	struct entry_cell *entry = &store->cells[index];
	enum cell_finding finding = cell_find(&entry->cell, sizeof(*entry));

	if (finding == FOUND_VALID && !entry_is_sound(entry))
		finding = FOUND_DAMAGED;
	switch (finding) {
	case FOUND_FREE: return;
	case FOUND_VALID: entry_take_up(store, (uint16_t)index); return;
	case FOUND_UNFINISHED: findings->unfinished++; break;
	case FOUND_DAMAGED: findings->damaged++; break;
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

void store_open(struct store *store, struct entry_cell *cells, uint64_t checkpoint,
		struct state_findings *findings)
{
	*store = (struct store){ .cells = cells, .checkpoint = checkpoint };
	memset(store->cell_of, 0xff, sizeof(store->cell_of));
	memset(store->older_of, 0xff, sizeof(store->older_of));
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

/* The version before becomes the older one, but for that of the checkpoint, which stays so. */
static void version_retire(struct store *store, uint32_t id, uint16_t before)
{
	uint16_t *older = &store->older_of[id], freed = before;

	if (before == STORE_NO_CELL || *older == STORE_NO_CELL) {
		*older = before;
		store->spare = free_cell(store);
		return;
	}
	if (cell_dispensable(cell_at(store, *older), cell_at(store, before), store->checkpoint) ==
	    cell_at(store, *older))
		swap(older, &freed);
	cell_free(cell_at(store, freed));
	store->spare = freed;
}

/* Writes the next version of `content->id` beside the others and switches to it. */
static void version_write(struct store *store, const struct entry_cell *content)
{
	struct entry_cell *entry = &store->cells[store->spare];
	uint16_t before = store->cell_of[content->id];

	cell_begin(&entry->cell, ++store->sequence);
	memcpy((uint8_t *)entry + sizeof(struct cell),
	       (const uint8_t *)content + sizeof(struct cell),
	       sizeof(*entry) - sizeof(struct cell));
	cell_commit(&entry->cell, sizeof(*entry));
	store->cell_of[content->id] = (uint16_t)store->spare;
	version_retire(store, content->id, before);
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
	/* First the older one, or it would come back if we died in between. */
	if (store->older_of[id] != STORE_NO_CELL)
		cell_free(cell_at(store, store->older_of[id]));
	cell_free(cell_at(store, store->cell_of[id]));
	store->cell_of[id] = store->older_of[id] = STORE_NO_CELL;
	store->spare = free_cell(store);
}
