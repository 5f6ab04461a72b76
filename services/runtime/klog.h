/*
 * Reading the kernel's log (region "klog"), which changes while it is read: a
 * record counts if its sequence is the same before and after it was copied.
 */
#ifndef RUNTIME_KLOG_H
#define RUNTIME_KLOG_H

#include "kernel/abi/table.h"

#include <stdbool.h>
#include <string.h>

/* Copies record `sequence`, its length within bounds. False: it is not there, or no more. */
static inline bool klog_copy(const struct kernel_log *log, uint64_t sequence,
			     struct log_record *record)
{
	const struct log_record *from = &log->records[sequence % KERNEL_LOG_RECORDS];

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

#endif
