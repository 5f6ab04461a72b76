/* See view.h: the kernel log. */
#include "services/console/view.h"
#include "services/runtime/klog.h"

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
	return klog_copy(view.log, sequence, record);
}
