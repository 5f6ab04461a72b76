#include "services/log/shelf.h"

#include "services/log/journal.h"
#include "services/log/ring.h"
#include "services/runtime/logring.h"
#include "services/runtime/writeback.h"

static struct journal journal;
static struct log_ring *ring;
static shelf_clock *clock_of;
static bool loaded;
static uint64_t scanned; /* of the ring: what comes next */
static uint64_t filled;  /* what was filled in last ends before this sequence */
static struct writeback record;

_Static_assert(sizeof(journal) <= STORE_VALUE_BYTES, "it is one record");

/* --- After a boot ---------------------------------------------------------------- */

static void ring_fill(void)
{
	struct log_ring_record entry;
	uint32_t boot = 0;

	for (size_t cursor = 0; journal_next(&journal, &cursor, &entry);) {
		boot = entry.boot > boot ? entry.boot : boot;
		ring_put(ring, &entry);
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
	status = writeback_load(&record, &bytes, now_us);
	if (status == E_AGAIN)
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
	struct log_ring_record entry;

	for (; scanned < ring->next_sequence; scanned++)
		if (logring_get(ring, scanned, &entry) && entry.level <= JOURNAL_LEVEL)
			writeback_mark(&record, now_us);
	if (writeback_rests(&record))
		ring->journal_next = scanned;
}

static size_t journal_fill(uint64_t now_us)
{
	struct log_ring_record entry;
	uint64_t first, next;

	(void)now_us;
	logring_range(ring, &first, &next);
	for (uint64_t i = ring->journal_next > first ? ring->journal_next : first; i < next; i++)
		if (logring_get(ring, i, &entry) && entry.level <= JOURNAL_LEVEL &&
		    journal_add(&journal, &entry, clock_of(&entry)))
			ring->stored++;
	filled = next;
	return journal_bytes(&journal);
}

static void journal_saved(void)
{
	ring->journal_next = filled;
}

uint64_t shelf_save(uint64_t now_us)
{
	scan(now_us);
	return writeback_work(&record, now_us);
}

void shelf_init(struct log_ring *log_ring, shelf_clock *unix_us)
{
	ring = log_ring;
	clock_of = unix_us;
	loaded = false;
	record = (struct writeback){
		.name = "warnings",
		.what = "warnings",
		.level = LOG_NOTICE, /* below ours, or the line would have to be saved as well */
		.value = &journal,
		.room_bytes = sizeof(journal),
		.gather_us = SHELF_GATHER_US,
		.spares = true,
		.fill = journal_fill,
		.saved = journal_saved,
	};
	if (ring->journal_next == 0 || ring->journal_next > ring->next_sequence)
		ring->journal_next = ring->next_sequence;
	scanned = ring->journal_next;
}
