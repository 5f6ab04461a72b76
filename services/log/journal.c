#include "services/log/journal.h"

#include <string.h>

void journal_clear(struct journal *journal)
{
	memset(journal, 0, sizeof(*journal));
	journal->magic = JOURNAL_MAGIC;
}

size_t journal_bytes(const struct journal *journal)
{
	return offsetof(struct journal, entries) + journal->used_bytes;
}

/* The entry that begins at `at`, which need not be aligned. False: none, or not a sound one. */
static bool entry_get(const struct journal *journal, size_t at, struct journal_entry *entry)
{
	size_t used = journal->used_bytes;

	if (at > used || used - at < sizeof(*entry))
		return false;
	memcpy(entry, journal->entries + at, sizeof(*entry));
	return entry->length_bytes <= LOG_TEXT_BYTES &&
	       used - at - sizeof(*entry) >= entry->length_bytes && entry->level <= LOG_DEBUG &&
	       entry->service[NAME_BYTES - 1] == 0;
}

void journal_adopt(struct journal *journal, size_t bytes)
{
	const size_t head_bytes = offsetof(struct journal, entries);
	struct journal_entry entry;
	size_t sound = 0;

	if (bytes < head_bytes || bytes > sizeof(*journal) || journal->magic != JOURNAL_MAGIC ||
	    journal->used_bytes != bytes - head_bytes) {
		journal_clear(journal);
		return;
	}
	while (entry_get(journal, sound, &entry))
		sound += sizeof(entry) + entry.length_bytes;
	journal->used_bytes = (uint32_t)sound;
}

bool journal_next(const struct journal *journal, size_t *cursor, struct log_ring_record *record)
{
	struct journal_entry entry;

	if (!entry_get(journal, *cursor, &entry))
		return false;
	*record = (struct log_ring_record){ .time_us = entry.time_us,
					    .unix_us = entry.unix_us,
					    .boot = entry.boot,
					    .generation = entry.generation,
					    .slot = entry.slot,
					    .level = entry.level,
					    .length_bytes = entry.length_bytes };
	memcpy(record->service, entry.service, sizeof(record->service));
	memcpy(record->text, journal->entries + *cursor + sizeof(entry), entry.length_bytes);
	*cursor += sizeof(entry) + entry.length_bytes;
	return true;
}

/* Looks at heads as they lie there: a flood adds hundreds, each against all that are there. */
static bool is_there(const struct journal *journal, const struct log_ring_record *record)
{
	struct journal_entry known;

	for (size_t at = 0; entry_get(journal, at, &known);
	     at += sizeof(known) + known.length_bytes)
		if (known.time_us == record->time_us && known.boot == record->boot &&
		    known.slot == record->slot && known.length_bytes == record->length_bytes &&
		    memcmp(journal->entries + at + sizeof(known), record->text,
			   known.length_bytes) == 0)
			return true;
	return false;
}

/* The oldest go until there is room. */
static void room_make(struct journal *journal, size_t bytes)
{
	struct journal_entry oldest;
	size_t gone = 0;

	while (sizeof(journal->entries) - (journal->used_bytes - gone) < bytes &&
	       entry_get(journal, gone, &oldest))
		gone += sizeof(oldest) + oldest.length_bytes;
	memmove(journal->entries, journal->entries + gone, journal->used_bytes - gone);
	journal->used_bytes -= (uint32_t)gone;
}

bool journal_add(struct journal *journal, const struct log_ring_record *record, int64_t unix_us)
{
	struct journal_entry entry = { .unix_us = unix_us,
				       .time_us = record->time_us,
				       .boot = record->boot,
				       .generation = record->generation,
				       .slot = record->slot,
				       .level = record->level,
				       .length_bytes = record->length_bytes };

	if (record->length_bytes > LOG_TEXT_BYTES || is_there(journal, record))
		return false;
	memcpy(entry.service, record->service, sizeof(entry.service));
	room_make(journal, sizeof(entry) + entry.length_bytes);
	memcpy(journal->entries + journal->used_bytes, &entry, sizeof(entry));
	memcpy(journal->entries + journal->used_bytes + sizeof(entry), record->text,
	       entry.length_bytes);
	journal->used_bytes += (uint32_t)(sizeof(entry) + entry.length_bytes);
	return true;
}
