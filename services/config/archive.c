/*
 * See engine.h: the ledger as records of the store. The order of the writes is
 * persist.c's; here is only the asking.
 */
#include "services/config/engine.h"
#include "services/config/persist.h"
#include "services/runtime/service.h"
#include "services/runtime/store.h"

#include <string.h>

#define LOOK_US      100000u  /* how often to look for an answer */
#define AGAIN_US     1000000u /* after one that failed */
#define OPEN_LOOK_US 20000u
#define READS_A_PASS 4u

static struct {
	struct ledger_head head; /* as read from the store */
	bool head_read;
	unsigned part; /* the next one to read */
	uint64_t deadline_us;
	bool under_way; /* `record` is on its way */
	struct persist_record record;
	bool failed;     /* the last record, and that was said */
	uint64_t due_us; /* no other before */
} archive;

static bool store_is_there(void)
{
	return !engine.volatile_only && service_slot("store") < SERVICE_MAX;
}

/* --- Reading back --------------------------------------------------------- */

/* False: the store could not say yet. */
static bool head_read(void)
{
	size_t bytes = 0;
	enum status status = store_get("head", &archive.head, sizeof(archive.head), &bytes);

	if (store_says_later(status))
		return false;
	archive.head_read = true;
	archive.part = 0;
	if (status == OK && ledger_head_take(&archive.head, bytes))
		return true;
	memset(&archive.head, 0, sizeof(archive.head));
	archive.part = LEDGER_PARTS;
	if (status != E_ABSENT)
		log_error("the store has no readable configuration: %s", status_text(status));
	return true;
}

static bool parts_read(void)
{
	struct ledger *ledger = &engine.state->ledger;
	uint64_t wanted = ledger_parts_of(&archive.head);

	for (unsigned reads = 0; archive.part < LEDGER_PARTS; archive.part++) {
		char name[PERSIST_NAME_BYTES];
		size_t bytes;

		if ((wanted >> archive.part & 1) == 0)
			continue;
		if (reads++ == READS_A_PASS)
			return false;
		persist_name(archive.part, name);
		enum status status =
			store_get(name, ledger->parts[archive.part], LEDGER_PART_BYTES, &bytes);
		if (store_says_later(status))
			return false;
		/* what is missing or torn is found by its entry's checksum */
	}
	return true;
}

bool archive_open(uint64_t now_us, uint64_t *again_us)
{
	if (archive.deadline_us == 0)
		archive.deadline_us = now_us + CONFIG_OPEN_MAX_MS * 1000ull;
	*again_us = now_us + OPEN_LOOK_US;
	if (!store_is_there())
		return true;
	if (now_us >= archive.deadline_us) {
		log_error("the store does not answer; the configuration is kept in memory only");
		engine.volatile_only = true;
		return true;
	}
	if (!archive.head_read && !head_read())
		return false;
	if (!parts_read()) {
		*again_us = now_us;
		return false;
	}
	if (archive.head.count != 0 && !ledger_adopt(&engine.state->ledger, &archive.head))
		log_error("the configuration in the store is damaged and is left there");
	return true;
}

/* --- Writing -------------------------------------------------------------- */

/* Said once, until it works again. */
static void put_failed(enum status status, uint64_t now_us)
{
	if (!archive.failed)
		log_warning("the configuration is not in the store: %s", status_text(status));
	archive.failed = true;
	archive.due_us = now_us + AGAIN_US;
}

static void answer_take(uint64_t now_us)
{
	enum status status = store_result();

	if (store_says_later(status))
		return;
	archive.under_way = false;
	if (status == OK) {
		archive.failed = false;
		persist_done(&engine.state->ledger, &archive.record);
	} else if (status == E_ABSENT) {
		persist_doubt(&engine.state->ledger);
	} else {
		put_failed(status, now_us);
	}
}

/* Returns when to be called again. */
static uint64_t record_put(const struct persist_record *record, uint64_t now_us)
{
	enum status status = store_put(record->name, record->bytes, record->length);

	archive.under_way = status == OK;
	if (status == OK || store_says_later(status))
		return now_us + LOOK_US;
	put_failed(status, now_us);
	return archive.due_us;
}

uint64_t archive_work(uint64_t now_us)
{
	if (!store_is_there())
		return SERVICE_NO_DEADLINE;
	if (archive.under_way)
		answer_take(now_us);
	if (archive.under_way)
		return now_us + LOOK_US;
	if (now_us < archive.due_us)
		return archive.due_us;
	if (!persist_next(&engine.state->ledger, &archive.record))
		return SERVICE_NO_DEADLINE;
	return record_put(&archive.record, now_us);
}

bool archive_make_room(void)
{
	if (!archive.failed || archive.under_way)
		return false;
	log_warning("older configurations in the store are given up for the new one");
	ledger_release(&engine.state->ledger);
	return true;
}

bool archive_is_durable(void)
{
	struct store_status status;

	return store_is_there() && persist_is_done(&engine.state->ledger) &&
	       store_status(&status) == OK && status.mode == STORE_DISK;
}
