/* See view.h: the kernel log. */
#include "services/console/view.h"

#include <string.h>

uint64_t view_log_next(void)
{
	return __atomic_load_n(&view.log->next_sequence, __ATOMIC_ACQUIRE);
}

uint64_t view_log_first(void)
{
	uint64_t next = view_log_next();

	return next > KERNEL_LOG_RECORDS ? next - KERNEL_LOG_RECORDS : 1;
}

bool view_log_get(uint64_t sequence, struct log_record *record)
{
	const struct log_record *from = &view.log->records[sequence % KERNEL_LOG_RECORDS];

	if (__atomic_load_n(&from->sequence, __ATOMIC_ACQUIRE) != sequence)
		return false;
	memcpy(record, from, sizeof(*record));
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	if (__atomic_load_n(&from->sequence, __ATOMIC_RELAXED) != sequence)
		return false;
	if (record->length_bytes > LOG_TEXT_BYTES)
		record->length_bytes = LOG_TEXT_BYTES;
	return true;
}
