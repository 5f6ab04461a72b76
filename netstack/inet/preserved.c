/* See preserved.h. */
#include "netstack/inet/preserved.h"

#include "services/runtime/crc32.h"

#include <assert.h>
#include <string.h>

/* Odd numbers with bits everywhere (of the golden ratio and of pi). */
#define MIX_FIRST  0x9e3779b97f4a7c15u
#define MIX_SECOND 0x243f6a8885a308d3u

/* Keeps the compiler from moving writes; the processor writes in order. */
static void write_before_what_follows(void)
{
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
}

void preserved_init(struct preserved_region *region)
{
	if (region->magic == PRESERVED_MAGIC &&
	    region->entry_bytes == sizeof(struct preserved_entry))
		return;
	memset(region->entries, 0, sizeof(region->entries));
	region->loading = 0;
	region->entry_bytes = sizeof(struct preserved_entry);
	write_before_what_follows();
	region->magic = PRESERVED_MAGIC;
}

void preserved_forget(struct preserved_region *region)
{
	region->magic = 0;
	write_before_what_follows();
	preserved_init(region);
}

static uint32_t slot_crc(const struct preserved_slot *slot)
{
	return crc32_of(slot, offsetof(struct preserved_slot, crc));
}

void preserved_commit(struct preserved_entry *entry, const struct preserved_record *record)
{
	uint32_t sequence = entry->committed + 1;
	struct preserved_slot *slot = &entry->slots[sequence % 2];

	slot->record = *record;
	slot->sequence = sequence;
	slot->crc = slot_crc(slot);
	write_before_what_follows();
	*(volatile uint32_t *)&entry->committed = sequence;
	write_before_what_follows();
}

static uint64_t byte_sum(uint32_t sequence, uint8_t byte)
{
	uint64_t value = ((uint64_t)sequence << 8 | byte) * MIX_FIRST;
	return (value ^ value >> 31) * MIX_SECOND;
}

static uint64_t range_sum(const uint8_t *ring, uint32_t begin, uint32_t count)
{
	uint64_t sum = 0;

	for (uint32_t i = 0; i < count; i++)
		sum += byte_sum(begin + i, *preserved_at(ring, begin + i));
	return sum;
}

static bool range_holds(const uint8_t *ring, const struct preserved_range *range)
{
	uint32_t count = preserved_bytes(range);
	return count <= PRESERVED_RING_BYTES && range_sum(ring, range->begin, count) == range->sum;
}

static bool slot_holds(const struct preserved_slot *slot, uint32_t sequence)
{
	return slot->sequence == sequence && slot->crc == slot_crc(slot);
}

/*
 * A next record that is whole but for its being counted is as good: and if it
 * is the count that is damaged, it alone is true.
 */
static void whole_commit_finish(struct preserved_entry *entry)
{
	uint32_t next = entry->committed + 1;

	if (slot_holds(&entry->slots[next % 2], next))
		entry->committed = next;
}

enum status preserved_load(struct preserved_region *region, uint32_t index,
			   struct preserved_record *record)
{
	struct preserved_entry *entry = &region->entries[index];

	whole_commit_finish(entry);
	const struct preserved_slot *slot = &entry->slots[entry->committed % 2];
	if (entry->committed == 0 && slot->sequence == 0 && entry->slots[1].sequence <= 1)
		return E_ABSENT;
	if (!slot_holds(slot, entry->committed))
		return E_DAMAGED;
	*record = slot->record;
	if (record->type == 0)
		return E_ABSENT;
	if (!range_holds(region->sent[index], &record->send) ||
	    !range_holds(region->received[index], &record->receive))
		return E_DAMAGED;
	return OK;
}

uint32_t preserved_piece(uint32_t from, uint32_t end)
{
	uint32_t whole = end - from;
	uint32_t straight = PRESERVED_RING_BYTES - from % PRESERVED_RING_BYTES;
	return whole < straight ? whole : straight;
}

void preserved_append(uint8_t *ring, struct preserved_range *range, const void *bytes,
		      uint32_t count)
{
	const uint8_t *from = bytes;
	uint32_t end = range->end + count;

	assert(count <= PRESERVED_RING_BYTES - preserved_bytes(range));
	for (uint32_t at = range->end; at != end;) {
		uint32_t piece = preserved_piece(at, end);
		memcpy(ring + at % PRESERVED_RING_BYTES, from, piece);
		from += piece;
		at += piece;
	}
	range->sum += range_sum(ring, range->end, count);
	range->end = end;
}

void preserved_consume(const uint8_t *ring, struct preserved_range *range, uint32_t count)
{
	assert(count <= preserved_bytes(range));
	range->sum -= range_sum(ring, range->begin, count);
	range->begin += count;
}

void preserved_retract(const uint8_t *ring, struct preserved_range *range, uint32_t count)
{
	assert(count <= preserved_bytes(range));
	range->end -= count;
	range->sum -= range_sum(ring, range->end, count);
}
