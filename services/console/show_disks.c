/* show disks: what the disk driver found, and how they did since boot. */
#include "services/console/command.h"
#include "services/console/view.h"
#include "services/runtime/block.h"
#include "services/runtime/word.h"

#define MIB_SECTORS 2048u

static const char *const states[] = { DISK_STATE_TABLE(WORD_ROW) };

static bool holds_store(const struct disk_table *table, unsigned disk)
{
	return table->store.count != 0 && table->store.disk == disk;
}

static void disk_json(struct job *job, struct text *out, const struct disk_table *table,
		      unsigned disk)
{
	const struct disk_entry *entry = &table->disks[disk];

	json_object(&job->json, out, NULL);
	json_number(&job->json, out, "disk", disk);
	json_word(&job->json, out, "state", WORD_OF(states, entry->state));
	json_string(&job->json, out, "model", entry->model, sizeof(entry->model));
	json_string(&job->json, out, "serial", entry->serial, sizeof(entry->serial));
	json_number(&job->json, out, "sectors", entry->sectors);
	json_boolean(&job->json, out, "store", holds_store(table, disk));
#define X(name, text) json_number(&job->json, out, #name, entry->statistics.name);
	DISK_STATISTICS(X)
#undef X
	json_object_end(&job->json, out);
}

static void disk_text(struct text *out, const struct disk_table *table, unsigned disk)
{
	const struct disk_entry *entry = &table->disks[disk];

	text_printf(out, "disk %u: %s, ", disk, WORD_OF(states, entry->state));
	text_foreign(out, entry->model, sizeof(entry->model));
	text_string(out, ", serial ");
	text_foreign(out, entry->serial, sizeof(entry->serial));
	text_printf(out, ", %llu MiB%s\r\n", (unsigned long long)(entry->sectors / MIB_SECTORS),
		    holds_store(table, disk) ? ", has the store" : "");
#define X(name, text)                                                                              \
	if (entry->statistics.name != 0)                                                           \
		text_printf(out, "  %s: %llu\r\n", text,                                           \
			    (unsigned long long)entry->statistics.name);
	DISK_STATISTICS(X)
#undef X
}

/* The driver changes the table rarely, and never for long. */
static bool table_get(struct disk_table *table)
{
	for (unsigned i = 0; i < 3; i++)
		if (disk_table_copy(view.disks, table))
			return true;
	return false;
}

bool show_disks(struct job *job, struct text *out)
{
	struct disk_table table;
	unsigned shown = 0;

	if (!table_get(&table))
		return job_fail(job, out, "the table of disks is changing; look again");
	if (job->as_json) {
		json_object(&job->json, out, NULL);
		json_boolean(&job->json, out, "ready", table.ready != 0);
		json_array(&job->json, out, "disks");
	}
	for (unsigned disk = 0; disk < BLOCK_DISKS_MAX; disk++) {
		if (table.disks[disk].state == DISK_ABSENT)
			continue;
		shown++;
		if (job->as_json)
			disk_json(job, out, &table, disk);
		else
			disk_text(out, &table, disk);
	}
	if (job->as_json) {
		json_array_end(&job->json, out);
		json_object_end(&job->json, out);
		text_string(out, "\r\n");
	} else if (shown == 0) {
		text_string(out, table.ready ? "no disk\r\n" : "disks are being looked for\r\n");
	}
	return false;
}
