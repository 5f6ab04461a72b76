/* show store: the records by name and length, whose values nobody but their service sees. */
#include "services/console/command.h"
#include "services/console/view.h"
#include "services/runtime/word.h"

#include <string.h>

static const char *const modes[] = { STORE_MODE_TABLE(WORD_ROW) };

#define STATUS_FIELDS(X)                                                                           \
	X(cells, "cells")                                                                          \
	X(used, "records")                                                                         \
	X(torn, "torn records found when the disk was read")                                       \
	X(noise, "cells with noise")                                                               \
	X(unreadable, "cells that cannot be read")                                                 \
	X(failures, "changes that failed")                                                         \
	X(commits, "changes made since boot")

static void status_show(struct job *job, struct text *out, const struct store_status *status)
{
	if (job->as_json) {
		json_object(&job->json, out, NULL);
		json_word(&job->json, out, "mode", WORD_OF(modes, status->mode));
#define X(name, text) json_number(&job->json, out, #name, status->name);
		STATUS_FIELDS(X)
#undef X
		json_array(&job->json, out, "records");
		return;
	}
	text_printf(out, "the store is %s\r\n", WORD_OF(modes, status->mode));
#define X(name, text)                                                                              \
	if (status->name != 0)                                                                     \
		text_printf(out, "  %s: %llu\r\n", text, (unsigned long long)status->name);
	STATUS_FIELDS(X)
#undef X
}

static void record_show(struct job *job, struct text *out, const struct store_table_record *record)
{
	if (!job->as_json) {
		text_foreign(out, record->name, sizeof(record->name));
		text_printf(out, ": %u bytes, change %llu\r\n", record->length_bytes,
			    (unsigned long long)record->sequence);
		return;
	}
	json_object(&job->json, out, NULL);
	json_string(&job->json, out, "name", record->name, sizeof(record->name));
	json_number(&job->json, out, "length_bytes", record->length_bytes);
	json_number(&job->json, out, "sequence", record->sequence);
	json_object_end(&job->json, out);
}

/* A copy that holds together, of all at the first step. */
static bool table_get(struct store_table *copy)
{
	uint32_t before = __atomic_load_n(&view.store->sequence, __ATOMIC_ACQUIRE);

	memcpy(copy, view.store, sizeof(*copy));
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	if (copy->record_count > STORE_CELLS)
		copy->record_count = STORE_CELLS;
	return before % 2 == 0 &&
	       before == __atomic_load_n(&view.store->sequence, __ATOMIC_RELAXED);
}

bool show_store(struct job *job, struct text *out)
{
	struct store_table *table = job->snapshot;

	if (job->step == 0) {
		if (!table_get(table))
			return job_fail(job, out, "the store is just changing; look again");
		status_show(job, out, &table->status);
		return true;
	}
	if (job->step <= table->record_count) {
		record_show(job, out, &table->records[job->step - 1]);
		return true;
	}
	if (job->as_json) {
		json_array_end(&job->json, out);
		json_object_end(&job->json, out);
		text_string(out, "\r\n");
	}
	return false;
}
