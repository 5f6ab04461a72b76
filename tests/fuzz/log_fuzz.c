/* A region full of noise is taken over by the log, and its records become messages: within bounds.
 */
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
	return 0;
}
