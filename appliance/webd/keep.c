/* See keep.h. */
#include "appliance/webd/keep.h"

#include "appliance/webd/world.h"
#include "services/runtime/service.h"
#include "services/runtime/store.h"

static struct {
	void *bytes;
	size_t count;
	bool wanted, found, changed, failed;
} records[KEEP_RECORDS];
static unsigned loaded;           /* so many have been asked for */
static int saving = KEEP_RECORDS; /* the one that is under way */
static uint64_t rests_until_us;   /* after a failure */

#define LOOK_US 100000u
#define REST_US 10000000u

static const char *const names[KEEP_RECORDS] = { "seed", "account", "certificate" };

/* A system may have none, or none for us. */
bool keep_has_store(void)
{
	uint32_t store = service_slot("store"), self = service_info()->self.slot;

	return store < SERVICE_MAX && (world.manifest->services[self].call_targets >> store & 1);
}

void keep_init(enum keep_record record, void *bytes, size_t count, bool wanted)
{
	records[record].bytes = bytes;
	records[record].count = count;
	records[record].wanted = wanted;
}

bool keep_load(void)
{
	size_t bytes;

	for (; keep_has_store() && loaded < KEEP_RECORDS; loaded++) {
		if (!records[loaded].wanted)
			continue;
		enum status status = store_get(names[loaded], records[loaded].bytes,
					       records[loaded].count, &bytes);
		if (store_says_later(status))
			return false;
		records[loaded].found = status == OK && bytes == records[loaded].count;
		if (status != OK && status != E_ABSENT)
			log_warning("record %s cannot be read: %s", names[loaded],
				    status_text(status));
	}
	return true;
}

bool keep_found(enum keep_record record)
{
	return records[record].found;
}

void keep_save(enum keep_record record)
{
	records[record].changed = true;
	records[record].failed = false;
	rests_until_us = 0;
}

enum keep_state keep_state(enum keep_record record)
{
	if (records[record].failed)
		return KEEP_FAILED;
	return records[record].changed || saving == (int)record ? KEEP_WAITS : KEEP_SAVED;
}

/* `record` was refused: said once, and then tried again at times. */
static void refused(int record, enum status status, uint64_t now_us)
{
	if (!records[record].failed)
		log_error("record %s was not saved: %s", names[record], status_text(status));
	records[record].failed = true;
	records[record].changed = true;
	rests_until_us = now_us + REST_US;
}

/* Of the one under way: true if it has ended. What the store forgot is put again. */
static bool saving_is_over(uint64_t now_us)
{
	enum status status = store_result();
	int record = saving;

	if (store_says_later(status))
		return false;
	saving = KEEP_RECORDS;
	if (status == OK)
		records[record].failed = false;
	else if (status == E_ABSENT)
		records[record].changed = true;
	else
		refused(record, status, now_us);
	return true;
}

static void save(int record, uint64_t now_us)
{
	enum status status = store_put(names[record], records[record].bytes, records[record].count);

	if (status == OK) {
		records[record].changed = false;
		saving = record;
	} else if (!store_says_later(status)) {
		refused(record, status, now_us);
	}
}

uint64_t keep_work(uint64_t now_us)
{
	if (!keep_has_store())
		return SERVICE_NO_DEADLINE;
	if (saving != KEEP_RECORDS && !saving_is_over(now_us))
		return now_us + LOOK_US;
	for (int i = 0; i < KEEP_RECORDS; i++) {
		if (!records[i].changed)
			continue;
		if (now_us < rests_until_us)
			return rests_until_us;
		save(i, now_us);
		return now_us + LOOK_US;
	}
	return SERVICE_NO_DEADLINE;
}
