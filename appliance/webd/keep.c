/* See keep.h. */
#include "appliance/webd/keep.h"

#include "appliance/webd/world.h"
#include "services/runtime/service.h"
#include "services/runtime/store.h"

static struct {
	void *bytes;
	size_t count;
	bool wanted, found, changed;
} records[KEEP_RECORDS];
static unsigned loaded;           /* so many have been asked for */
static int saving = KEEP_RECORDS; /* the one that is under way */

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
}

/* Of the one under way: true if it has ended. What the store forgot is put again. */
static bool saving_is_over(void)
{
	enum status status = store_result();

	if (store_says_later(status))
		return false;
	if (status == E_ABSENT)
		records[saving].changed = true;
	else if (status != OK)
		log_error("record %s was not saved: %s", names[saving], status_text(status));
	saving = KEEP_RECORDS;
	return true;
}

bool keep_work(void)
{
	if (!keep_has_store())
		return true;
	if (saving != KEEP_RECORDS && !saving_is_over())
		return false;
	for (int i = 0; i < KEEP_RECORDS; i++) {
		if (!records[i].changed)
			continue;
		if (store_put(names[i], records[i].bytes, records[i].count) == OK) {
			records[i].changed = false;
			saving = i;
		}
		return false;
	}
	return true;
}
