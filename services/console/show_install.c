/* install list: the disks that the system can be installed to, and how far an installation is. */
#include "services/console/show_install.h"

#include "services/console/command.h"
#include "services/console/view.h"
#include "services/runtime/word.h"

#define MIB_SECTORS 2048u

static const char *const findings[] = { INSTALL_FINDING_TABLE(WORD_ROW) };
static const char *const phases[] = { INSTALL_PHASE_TABLE(WORD_ROW) };
static const char *const results[] = { INSTALL_RESULT_TABLE(WORD_ROW) };

/* Shown tables may change while they are read: a copy, which may be of two moments. */
static void row_get(unsigned disk, struct install_disk *found, struct disk_entry *entry)
{
	*found = view.install->disks[disk];
	*entry = view.disks->disks[disk];
}

static bool is_at_work(uint32_t phase)
{
	return phase > INSTALL_IDLE;
}

static unsigned percent(const struct install_table *table)
{
	uint64_t done = table->done, total = table->total;

	return total == 0 || done > total ? 0 : (unsigned)(done * 100 / total);
}

static void disk_json(struct job *job, struct text *out, unsigned disk)
{
	struct install_disk found;
	struct disk_entry entry;
	char code[8];
	struct text code_text;

	row_get(disk, &found, &entry);
	text_init(&code_text, code, sizeof(code));
	text_printf(&code_text, "%04x", found.code);
	json_object(&job->json, out, NULL);
	json_number(&job->json, out, "disk", disk);
	json_string(&job->json, out, "model", entry.model, sizeof(entry.model));
	json_string(&job->json, out, "serial", entry.serial, sizeof(entry.serial));
	json_number(&job->json, out, "sectors", entry.sectors);
	json_word(&job->json, out, "holds", WORD_OF(findings, found.finding));
	if (found.code != 0)
		json_string(&job->json, out, "code", code, code_text.length);
	json_object_end(&job->json, out);
}

void show_install_disk(struct text *out, unsigned disk)
{
	struct install_disk found;
	struct disk_entry entry;

	row_get(disk, &found, &entry);
	text_printf(out, "disk %u: ", disk);
	text_foreign(out, entry.model, sizeof(entry.model));
	text_string(out, ", serial ");
	text_foreign(out, entry.serial, sizeof(entry.serial));
	text_printf(out, ", %llu MiB; holds: %s\r\n",
		    (unsigned long long)(entry.sectors / MIB_SECTORS),
		    WORD_OF(findings, found.finding));
}

static void state_text(struct text *out)
{
	const struct install_table *table = view.install;

	if (is_at_work(table->phase))
		text_printf(out, "installing to disk %u: %s, %u %%\r\n", table->disk,
			    WORD_OF(phases, table->phase), percent(table));
	else if (table->result != INSTALL_NEVER)
		text_printf(out, "disk %u: %s\r\n", table->disk, WORD_OF(results, table->result));
}

static void state_json(struct job *job, struct text *out)
{
	const struct install_table *table = view.install;

	json_object(&job->json, out, NULL);
	json_boolean(&job->json, out, "installing", is_at_work(table->phase));
	json_word(&job->json, out, "phase", WORD_OF(phases, table->phase));
	json_word(&job->json, out, "result", WORD_OF(results, table->result));
	json_boolean(&job->json, out, "done", table->result == INSTALL_DONE);
	json_number(&job->json, out, "disk", table->disk);
	json_number(&job->json, out, "percent", percent(table));
	json_array(&job->json, out, "disks");
}

bool install_list(struct job *job, struct text *out)
{
	unsigned shown = 0;

	if (job->as_json)
		state_json(job, out);
	for (unsigned disk = 0; disk < BLOCK_DISKS_MAX; disk++) {
		uint32_t finding = view.install->disks[disk].finding;

		if (finding == INSTALL_NO_DISK || finding == INSTALL_NOT_LOOKED)
			continue;
		shown++;
		if (job->as_json)
			disk_json(job, out, disk);
		else
			show_install_disk(out, disk);
	}
	if (job->as_json) {
		json_array_end(&job->json, out);
		json_object_end(&job->json, out);
		text_string(out, "\r\n");
		return false;
	}
	if (shown == 0 && !is_at_work(view.install->phase))
		text_string(out, "there is no disk to install to\r\n");
	state_text(out);
	return false;
}
