/* See writeback.h. */
#include "services/runtime/writeback.h"

#include "services/runtime/service.h"
#include "services/runtime/store.h"

enum status writeback_load(struct writeback *record, size_t *bytes, uint64_t now_us)
{
	enum status status = store_get(record->name, record->value, record->room_bytes, bytes);

	if (record->wait_until_us == 0)
		record->wait_until_us = now_us + WRITEBACK_WAIT_US;
	if (!store_says_later(status))
		return status;
	return now_us < record->wait_until_us ? E_AGAIN : E_TIMEOUT;
}

void writeback_mark(struct writeback *record, uint64_t now_us)
{
	if (record->changed)
		return;
	record->changed = true;
	if (record->due_us < now_us + record->gather_us)
		record->due_us = now_us + record->gather_us;
}

bool writeback_rests(const struct writeback *record)
{
	return !record->changed && !record->under_way;
}

/* Said once, until it works again. */
static void put_failed(struct writeback *record, enum status status, uint64_t now_us)
{
	if (!record->failed)
		log_at(record->level, "%s are not in the store: %s", record->what,
		       status_text(status));
	record->failed = record->changed = true;
	record->due_us = now_us + WRITEBACK_AGAIN_US;
}

static void result_take(struct writeback *record, uint64_t now_us)
{
	enum status status = store_result();

	if (store_says_later(status))
		return;
	record->under_way = false;
	if (status == OK) {
		record->failed = false;
		if (record->saved != NULL)
			record->saved();
	} else if (status == E_ABSENT) {
		record->changed = true;
	} else {
		put_failed(record, status, now_us);
	}
}

static uint64_t put(struct writeback *record, uint64_t now_us)
{
	size_t bytes = record->fill(now_us);
	enum status status = bytes == 0 ? OK : store_put(record->name, record->value, bytes);

	if (store_says_later(status))
		return now_us + WRITEBACK_LOOK_US;
	if (status != OK) {
		put_failed(record, status, now_us);
		return record->due_us;
	}
	record->changed = false;
	if (bytes == 0)
		return SERVICE_NO_DEADLINE;
	record->under_way = true;
	record->due_us = now_us + record->rest_us;
	wear_spend(&record->wear, now_us);
	return now_us + WRITEBACK_LOOK_US;
}

uint64_t writeback_work(struct writeback *record, uint64_t now_us)
{
	uint64_t next_us;

	if (record->under_way)
		result_take(record, now_us);
	if (record->under_way)
		return now_us + WRITEBACK_LOOK_US;
	if (!record->changed)
		return SERVICE_NO_DEADLINE;
	if (now_us < record->due_us)
		return record->due_us;
	if (record->spares && !wear_allows(&record->wear, now_us, &next_us))
		return next_us;
	return put(record, now_us);
}
