#include "services/runtime/ds.h"
#include "services/runtime/event.h"
#include "services/runtime/word.h"
#include "services/store/store.h"

#include <stdio.h>
#include <string.h>

#define RETRY_US 100000u
#define LOOK_US  (4ull * SERVICE_REST_US) /* at what the disk's driver says */

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

/* Words of a text that is trouble. */
#define FAILED     "failed"
#define UNREADABLE "unreadable"
#define NOISE      "noise"

/* What was found when the disk was read back. */
static void damage_text(const struct vault_findings *found, char *text, size_t room)
{
	int length = 0;

	text[0] = 0;
	if (found->unreadable != 0)
		length = snprintf(text, room, ", %u cells " UNREADABLE, found->unreadable);
	if (found->noise != 0)
		(void)snprintf(text + length, room - (size_t)length, ", %u cells of " NOISE,
			       found->noise);
}

/* What the mode means to the owner. */
static void consequence_text(const struct life *life, unsigned disks, char *text, size_t room)
{
	switch ((enum store_mode)life->mode) {
	case STORE_MEMORY:
		(void)snprintf(text, room, "%s",
			       disks != 0 ? ": no disk that works has a partition for it"
					  : ": there is no disk");
		return;
	case STORE_FAILED:
		(void)snprintf(text, room, "%s",
			       life->refused ? ": the disk refuses writes, changes are not kept"
					     : ": changes are not kept");
		return;
	case STORE_DISK: damage_text(&life->vault.found, text, room); return;
	case STORE_OPENING: break;
	}
	text[0] = 0;
}

/* "store on disk; disk 0 ready, disk 2 failed" */
static void disks_text(const struct store *store, const struct disk_table *table, char *text,
		       size_t room)
{
	char consequence[64];
	const char *between = "; ";
	size_t length = 0;

	consequence_text(&store->life, disks_count(table), consequence, sizeof(consequence));
	length = (size_t)snprintf(text, room, "store %s%s", WORD_OF(modes, store->life.mode),
				  consequence);
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

/* EVENT_INFO: it is none. */
static enum event_severity trouble_of(const char *text)
{
	if (strstr(text, FAILED) != NULL)
		return EVENT_CRITICAL;
	return strstr(text, UNREADABLE) != NULL || strstr(text, NOISE) != NULL ? EVENT_WARNING
									       : EVENT_INFO;
}

static bool disks_publish(char published[DS_VALUE_BYTES], const char *text)
{
	if (ds_publish("disk.status", text, strlen(text)) != OK)
		return false;
	enum event_severity before = trouble_of(published), trouble = trouble_of(text);

	if (trouble < before)
		event_publish(EVENT_DISK_RECOVERED, EVENT_INFO, "%s", text);
	else if (trouble != EVENT_INFO)
		event_publish(EVENT_DISK_TROUBLE, trouble, "%s", text);
	(void)snprintf(published, DS_VALUE_BYTES, "%s", text);
	return true;
}

/* After changes that the disk refused it is well again when it has taken one. */
static bool is_in_doubt(const struct life *life)
{
	return life->mode == STORE_OPENING || (life->mode == STORE_DISK && life->retries != 0);
}

/* Another than before: there may be something new to say. */
static uint32_t life_mark(const struct life *life)
{
	return life->mode << 24 ^ life->refused << 16 ^ life->retries;
}

/* False: DS is not there. */
static bool disks_look(struct store *store)
{
	char text[DS_VALUE_BYTES];
	struct disk_table table;

	if (!disk_table_copy(store->volume.table, &table) || table.ready == 0 ||
	    is_in_doubt(&store->life))
		return true;
	if (!store->shown_known)
		store->shown_known = published_find(store->shown);
	if (!store->shown_known)
		return false;
	disks_text(store, &table, text, sizeof(text));
	return strcmp(text, store->shown) == 0 || disks_publish(store->shown, text);
}

uint64_t show_disks(struct store *store, uint64_t now_us)
{
	uint32_t sequence = __atomic_load_n(&store->volume.table->sequence, __ATOMIC_ACQUIRE);
	bool same = life_mark(&store->life) == store->show_mark, told;

	if (now_us < store->show_us && same)
		return store->show_us;
	if (!same || !store->show_told || sequence != store->show_sequence)
		store->show_told = disks_look(store);
	store->show_mark = life_mark(&store->life);
	store->show_sequence = sequence;
	told = event_work() && store->show_told;
	store->show_us = told ? service_rest_until_us(now_us, LOOK_US) : now_us + RETRY_US;
	return store->show_us;
}
