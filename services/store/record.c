#include "services/store/record.h"

#include "services/runtime/crc32.h"

#include <string.h>

bool record_name_is_valid(const char *name)
{
	size_t length = strnlen(name, RECORD_NAME_BYTES);

	for (size_t i = 0; i < length; i++)
		if (name[i] <= ' ' || name[i] > '~')
			return false;
	return length != 0 && length < RECORD_NAME_BYTES;
}

uint32_t record_sectors(uint32_t length_bytes)
{
	return 1 + (length_bytes + SECTOR_BYTES - 1) / SECTOR_BYTES;
}

static uint32_t record_sum(const struct record *record)
{
	size_t before = offsetof(struct record_head, sequence);
	size_t bytes = (size_t)record_sectors(record->head.length_bytes) * SECTOR_BYTES;

	return crc32_of((const uint8_t *)record + before, bytes - before);
}

void record_make(struct record *record, uint32_t cell, uint64_t sequence, const char *name,
		 const void *value, uint32_t length_bytes)
{
	memset(record, 0, sizeof(*record));
	record->head.magic = RECORD_MAGIC;
	record->head.sequence = sequence;
	record->head.cell = cell;
	record->head.length_bytes = length_bytes;
	memcpy(record->head.name, name, strnlen(name, RECORD_NAME_BYTES - 1));
	if (length_bytes != 0)
		memcpy(record->value, value, length_bytes);
	record->head.crc32 = record_sum(record);
}

static bool record_is_blank(const struct record_head *head)
{
	static const struct record_head blank;

	return memcmp(head, &blank, sizeof(blank)) == 0;
}

enum record_finding record_check(const struct record *record, uint32_t cell)
{
	const struct record_head *head = &record->head;

	if (head->magic != RECORD_MAGIC)
		return record_is_blank(head) ? RECORD_EMPTY : RECORD_NOISE;
	if (head->cell != cell || head->length_bytes > RECORD_VALUE_BYTES)
		return RECORD_TORN;
	/* The last sequence number is never given, so that there is always a next one. */
	if (head->sequence == UINT64_MAX || !record_name_is_valid(head->name))
		return RECORD_TORN;
	return record_sum(record) == head->crc32 ? RECORD_WHOLE : RECORD_TORN;
}
