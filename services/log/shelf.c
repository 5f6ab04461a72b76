#include "services/log/shelf.h"

#include "services/log/journal.h"
#include "services/log/ring.h"
#include "services/runtime/logring.h"
#include "services/runtime/service.h"
#include "services/runtime/store.h"
#include "services/runtime/wear.h"

#define NAME "warnings"

static struct journal journal;
static struct log_ring *ring;
static struct wear wear;
static bool loaded, waiting, saving, failed;
static uint64_t scanned; /* of the ring: what comes next */
static uint64_t saved;   /* the part of the ring that is under way ends before this sequence */
static uint64_t wait_until_us, due_us;

_Static_assert(sizeof(journal) <= STORE_VALUE_BYTES, "it is one record");

void shelf_init(struct log_ring *log_ring)
{
	ring = log_ring;
	wear = (struct wear){ 0 };
	loaded = waiting = saving = failed = false;
	wait_until_us = 0;
	if (ring->journal_next == 0 || ring->journal_next > ring->next_sequence)
		ring->journal_next = ring->next_sequence;
	scanned = ring->journal_next;
}

/* --- After a boot ---------------------------------------------------------------- */

static void ring_fill(void)
{
	struct log_ring_record record;
	uint32_t boot = 0;

	for (size_t cursor = 0; journal_next(&journal, &cursor, &record);) {
		boot = record.boot > boot ? record.boot : boot;
		ring_put(ring, &record);
	}
	if (boot >= ring->boot && boot != UINT32_MAX)
		ring->boot = boot + 1;
	ring->journal_next = ring->restored = scanned = ring->next_sequence;
}

bool shelf_load(uint64_t now_us)
{
	size_t bytes = 0;
	enum status status;

	if (loaded)
		return true;
	status = store_get(NAME, &journal, sizeof(journal), &bytes);
	if (wait_until_us == 0)
		wait_until_us = now_us + SHELF_WAIT_US;
	if ((status == E_AGAIN || status == E_TIMEOUT) && now_us < wait_until_us)
		return false;
	loaded = true;
	if (status == OK)
		journal_adopt(&journal, bytes);
	else
		journal_clear(&journal);
	if (ring->next_sequence == 1)
		ring_fill();
	return true;
}

/* --- Saving ----------------------------------------------------------------------- */

/* Looks at what is new in the ring. */
static void scan(uint64_t now_us)
{
	struct log_ring_record record;

	for (; scanned < ring->next_sequence; scanned++) {
		if (waiting || !logring_get(ring, scanned, &record) || record.level > JOURNAL_LEVEL)
			continue;
		waiting = true;
		due_us = now_us + SHELF_GATHER_US;
	}
	if (!waiting && !saving)
		ring->journal_next = scanned;
}

static void journal_follow(int64_t (*unix_us)(const struct log_ring_record *record))
{
	struct log_ring_record record;
	uint64_t first, next;

	logring_range(ring, &first, &next);
	for (uint64_t i = ring->journal_next > first ? ring->journal_next : first; i < next; i++)
		if (logring_get(ring, i, &record) && record.level <= JOURNAL_LEVEL &&
		    journal_add(&journal, &record, unix_us(&record)))
			ring->stored++;
	saved = next;
}

/* Said once, and below our level, or it would have to be saved as well. */
static void put_failed(enum status status, uint64_t now_us)
{
	if (!failed)
		log_notice("warnings are not in the store: %s", status_text(status));
	failed = waiting = true;
	due_us = now_us + SHELF_AGAIN_US;
}

static void result_take(uint64_t now_us)
{
	enum status status = store_result();

	if (status == E_AGAIN || status == E_TIMEOUT)
		return;
	saving = false;
	if (status == OK) {
		failed = false;
		ring->journal_next = saved;
	} else if (status == E_ABSENT) {
		waiting = true;
	} else {
		put_failed(status, now_us);
	}
}

static uint64_t put(uint64_t now_us)
{
	enum status status = store_put(NAME, &journal, journal_bytes(&journal));

	if (status == E_AGAIN || status == E_TIMEOUT)
		return now_us + SHELF_LOOK_US;
	if (status != OK) {
		put_failed(status, now_us);
		return due_us;
	}
	wear_spend(&wear, now_us);
	saving = true;
	waiting = false;
	return now_us + SHELF_LOOK_US;
}

uint64_t shelf_save(int64_t (*unix_us)(const struct log_ring_record *record), uint64_t now_us)
{
	uint64_t next_us;

	if (saving)
		result_take(now_us);
	scan(now_us);
	if (saving)
		return now_us + SHELF_LOOK_US;
	if (!waiting)
		return SERVICE_NO_DEADLINE;
	if (now_us < due_us)
		return due_us;
	if (!wear_allows(&wear, now_us, &next_us))
		return next_us;
	journal_follow(unix_us);
	return put(now_us);
}
