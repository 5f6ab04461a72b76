/* See logring.h and services/proto/logring.h: another process writes it meanwhile. */
#include "services/runtime/logring.h"

#include "services/runtime/crc32.h"

#include <string.h>

void logring_range(const struct log_ring *ring, uint64_t *first, uint64_t *next)
{
	uint64_t end = __atomic_load_n(&ring->next_sequence, __ATOMIC_ACQUIRE);

	if (__atomic_load_n(&ring->magic, __ATOMIC_RELAXED) != LOG_RING_MAGIC || end == 0)
		end = 1;
	*next = end;
	*first = end > LOG_RING_RECORDS ? end - LOG_RING_RECORDS : 1;
}

uint16_t logring_check(const struct log_ring_record *record)
{
	struct log_ring_record plain = *record;

	plain.sequence = 0;
	plain.check = 0;
	return (uint16_t)crc32_of(&plain, sizeof(plain));
}

bool logring_get(const struct log_ring *ring, uint64_t sequence, struct log_ring_record *record)
{
	const struct log_ring_record *from = &ring->records[sequence % LOG_RING_RECORDS];

	if (sequence == 0 || __atomic_load_n(&from->sequence, __ATOMIC_ACQUIRE) != sequence)
		return false;
	memcpy(record, from, sizeof(*record));
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	return __atomic_load_n(&from->sequence, __ATOMIC_RELAXED) == sequence &&
	       record->check == logring_check(record) && record->length_bytes <= LOG_TEXT_BYTES &&
	       record->service[sizeof(record->service) - 1] == 0;
}
