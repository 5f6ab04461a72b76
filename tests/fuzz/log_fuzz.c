/*
 * A region full of noise is taken over by the log, and its records become messages: within bounds.
 * So does what the store gives as its journal.
 */
#include "services/log/journal.h"
#include "services/log/ring.h"
#include "services/log/syslog.h"
#include "services/runtime/logring.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void messages_make(const struct log_ring *ring)
{
	struct log_ring_record record;
	char out[SYSLOG_FRAME_BYTES];
	uint64_t first, next;

	logring_range(ring, &first, &next);
	for (uint64_t i = first; i < next; i++)
		if (logring_get(ring, i, &record) &&
		    syslog_frame(&record, record.unix_us, record.service, out) > sizeof(out))
			abort();
}

/* The first record of the input also with a right sum, so that its fields are reached. */
static void record_make(struct log_ring *ring, const uint8_t *bytes, size_t size)
{
	struct log_ring_record record = { 0 };

	memcpy(&record, bytes, size < sizeof(record) ? size : sizeof(record));
	record.sequence = 1;
	record.check = logring_check(&record);
	ring->records[1] = record;
}

/* The entries that it takes up are all that it has, and there is room for one more. */
static void journal_make(const uint8_t *bytes, size_t size)
{
	static struct journal journal;
	struct log_ring_record record;
	size_t cursor = 0;

	if (size > sizeof(journal))
		size = sizeof(journal);
	memset(&journal, 0xa5, sizeof(journal));
	memcpy(&journal, bytes, size);
	journal.magic = JOURNAL_MAGIC;
	journal.used_bytes = (uint32_t)(size - offsetof(struct journal, entries));
	journal_adopt(&journal, size);
	while (journal_next(&journal, &cursor, &record))
		if (record.length_bytes > LOG_TEXT_BYTES || record.service[NAME_BYTES - 1] != 0)
			abort();
	if (cursor != journal.used_bytes || journal_bytes(&journal) > sizeof(journal))
		abort();
	record = (struct log_ring_record){ .length_bytes = LOG_TEXT_BYTES, .time_us = 1 };
	(void)journal_add(&journal, &record, 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static struct log_ring ring;
	static const struct kernel_log kernel = { .next_sequence = 1 };
	const size_t head_bytes = offsetof(struct log_ring, records);

	memset(&ring, 0, sizeof(ring));
	memcpy(&ring, bytes, size < head_bytes ? size : head_bytes);
	ring.magic = LOG_RING_MAGIC;
	if (size > head_bytes)
		record_make(&ring, bytes + head_bytes, size - head_bytes);
	ring_init(&ring, &kernel, size % 2);
	messages_make(&ring);
	journal_make(bytes, size);
	return 0;
}
