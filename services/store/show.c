#include "services/runtime/ds.h"
#include "services/runtime/event.h"
#include "services/runtime/word.h"
#include "services/store/store.h"

#include <stdio.h>
#include <string.h>

#define RETRY_US 100000u
#define LOOK_US  1000000u

static const char *const modes[] = { STORE_MODE_TABLE(WORD_ROW) };
static const char *const disk_states[] = { DISK_STATE_TABLE(WORD_ROW) };

void show_status(const struct store *store, struct store_status *status)
{
	const struct life *life = &store->life;
	bool opening = life->mode == STORE_OPENING;

	*status = (struct store_status){
		.mode = life->mode,
		.cells = opening ? 0 : life->vault.cells,
		.used = opening ? 0 : vault_cells_in(&life->vault, CELL_CURRENT),
		.torn = life->vault.found.torn,
		.noise = life->vault.found.noise,
		.unreadable = life->vault.found.unreadable,
		.failures = life->failures,
		.commits = life->commits,
	};
}

static void records_show(const struct store *store, struct store_table *table)
{
	const struct record *record;
	uint32_t cursor = 0, count = 0;

	while (store->life.mode != STORE_OPENING &&
	       (record = vault_list(&store->life.vault, &cursor)) != NULL) {
		struct store_table_record *shown = &table->records[count++];

		memcpy(shown->name, record->head.name, sizeof(shown->name));
		shown->length_bytes = record->head.length_bytes;
		shown->sequence = record->head.sequence;
	}
	table->record_count = count;
}

/* The sequence is odd meanwhile, also after a former life died here. */
void show_table(struct store *store)
{
	struct store_table *table = store->table;
	uint32_t sequence = table->sequence | 1u;

	__atomic_store_n(&table->sequence, sequence, __ATOMIC_RELAXED);
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	show_status(store, &table->status);
	records_show(store, table);
	__atomic_store_n(&table->sequence, sequence + 1, __ATOMIC_RELEASE);
}

static unsigned disks_count(const struct disk_table *table)
{
	unsigned count = 0;

	for (unsigned i = 0; i < BLOCK_DISKS_MAX; i++)
		count += table->disks[i].state != DISK_ABSENT;
	return count;
}

/* What the mode means to the owner. */
static const char *consequence_text(uint32_t mode, bool has_disks)
{
	switch (mode) {
	case STORE_MEMORY:
		return has_disks ? ": no disk has a partition for it" : ": there is no disk";
	case STORE_FAILED: return ": changes are not kept";
	default: return "";
	}
}

/* "store on disk; disk 0 ready, disk 2 failed" */
static void disks_text(const struct store *store, const struct disk_table *table, char *text,
		       size_t room)
{
	const char *between = "; ";
	size_t length = 0;

	length = (size_t)snprintf(text, room, "store %s%s", WORD_OF(modes, store->life.mode),
				  consequence_text(store->life.mode, disks_count(table) != 0));
	for (unsigned i = 0; i < BLOCK_DISKS_MAX && length < room; i++) {
		if (table->disks[i].state == DISK_ABSENT)
			continue;
		length += (size_t)snprintf(text + length, room - length, "%sdisk %u %s", between, i,
					   WORD_OF(disk_states, table->disks[i].state));
		between = ", ";
	}
}

/* A former life may have published, and told of it. */
static bool published_find(char published[DS_VALUE_BYTES])
{
	struct ds_entry entry;
	enum status status = ds_retrieve("disk.status", &entry);

	if (status == OK && entry.length_bytes < DS_VALUE_BYTES)
		memcpy(published, entry.value, entry.length_bytes);
	return status == OK || status == E_ABSENT;
}

static bool is_trouble(const char *text)
{
	return strstr(text, "failed") != NULL;
}

static bool disks_publish(char published[DS_VALUE_BYTES], const char *text)
{
	if (ds_publish("disk.status", text, strlen(text)) != OK)
		return false;
	if (is_trouble(text))
		event_publish(EVENT_DISK_TROUBLE, EVENT_CRITICAL, "%s", text);
	else if (is_trouble(published))
		event_publish(EVENT_DISK_RECOVERED, EVENT_INFO, "%s", text);
	(void)snprintf(published, DS_VALUE_BYTES, "%s", text);
	return true;
}

/* False: DS is not there. */
static bool disks_look(const struct store *store)
{
	static char published[DS_VALUE_BYTES];
	static bool found;
	char text[DS_VALUE_BYTES];
	struct disk_table table;

	if (!disk_table_copy(store->volume.table, &table) || table.ready == 0 ||
	    store->life.mode == STORE_OPENING)
		return true;
	if (!found)
		found = published_find(published);
	if (!found)
		return false;
	disks_text(store, &table, text, sizeof(text));
	return strcmp(text, published) == 0 || disks_publish(published, text);
}

uint64_t show_disks(struct store *store, uint64_t now_us)
{
	static uint64_t next_us;
	bool told;

	if (now_us < next_us)
		return next_us;
	told = disks_look(store);
	told = event_work() && told;
	next_us = now_us + (told ? LOOK_US : RETRY_US);
	return next_us;
}
