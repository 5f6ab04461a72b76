/* See view.h: crash records, of this boot and of the ones before a warm reboot. */
#include "services/console/view.h"
#include "services/runtime/crc32.h"

#include <string.h>

uint32_t view_crash_next(void)
{
	return view.crashes->magic == CRASH_LOG_MAGIC ? view.crashes->next_sequence : 1;
}

uint32_t view_crash_first(void)
{
	uint32_t next = view_crash_next();

	return next > CRASH_RECORDS ? next - CRASH_RECORDS : 1;
}

/* The sum is that of our copy, which may have been made while the kernel wrote. */
bool view_crash_get(uint32_t sequence, struct crash_record *record)
{
	memcpy(record, &view.crashes->records[sequence % CRASH_RECORDS], sizeof(*record));
	return record->sequence == sequence &&
	       record->crc32 == crc32_of(&record->sequence,
					 sizeof(*record) - offsetof(struct crash_record, sequence));
}

bool view_crash_is_earlier(const struct crash_record *record)
{
	return record->boot != view.crashes->boots;
}

bool view_crash_of_kernel(struct crash_record *record)
{
	uint32_t first = view_crash_first();

	for (uint32_t sequence = view_crash_next(); sequence-- > first;)
		if (view_crash_get(sequence, record) && record->slot == CRASH_OF_KERNEL &&
		    record->boot + 1 == view.crashes->boots)
			return true;
	return false;
}

const char *view_call_text(uint32_t call)
{
	switch (call) {
#define X(name, number, text)                                                                      \
	case number: return text;
		SYSCALL_TABLE(X)
#undef X
	case UINT32_MAX: return "none"; /* it had not made so many */
	default: return "unknown";
	}
}
