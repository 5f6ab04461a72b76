/*
 * Warnings and worse, as one record of the store: the last of them that fit, over
 * boots. Pure. An entry is a head and its text, one behind the other; a new one
 * pushes out the oldest.
 */
#ifndef LOG_JOURNAL_H
#define LOG_JOURNAL_H

#include "services/proto/logring.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define JOURNAL_MAGIC       0x314a474cu /* "LGJ1" */
#define JOURNAL_BYTES       12000u
#define JOURNAL_ENTRY_BYTES 48u
#define JOURNAL_LEVEL       LOG_WARNING /* this and what is worse */

struct journal_entry {
	int64_t unix_us;
	uint64_t time_us;
	uint32_t boot, generation;
	uint16_t slot, level, length_bytes, reserved;
	char service[NAME_BYTES];
};
_Static_assert(sizeof(struct journal_entry) == JOURNAL_ENTRY_BYTES, "layout on the disk");

/* As it lies in the store, up to the last entry. */
struct journal {
	uint32_t magic;
	uint32_t used_bytes; /* of entries */
	uint8_t entries[JOURNAL_BYTES - 8];
};

void journal_clear(struct journal *journal);
/* Takes what the store gave, `bytes` of it: the entries up to the first that does not check out. */
void journal_adopt(struct journal *journal, size_t bytes);
/* What is to be stored. */
size_t journal_bytes(const struct journal *journal);
/* Adds it, if it is not there already. Returns whether it was added. */
bool journal_add(struct journal *journal, const struct log_ring_record *record, int64_t unix_us);
/* The entry at *cursor (0: the oldest), which then lies behind it. False: that was all. */
bool journal_next(const struct journal *journal, size_t *cursor, struct log_ring_record *record);

#endif
