/* See alerts.h. */
#include "appliance/webd/alerts.h"

#include "appliance/webd/world.h"

#include <string.h>

bool alerts_copy(unsigned at, struct alert_record *record)
{
	const struct alert_record *from = &world.alerts->history[at % ALERT_HISTORY];
	uint64_t change = __atomic_load_n(&from->change, __ATOMIC_ACQUIRE);

	memcpy(record, from, sizeof(*record));
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	return change != 0 && __atomic_load_n(&from->change, __ATOMIC_RELAXED) == change &&
	       record->number % ALERT_HISTORY == at % ALERT_HISTORY && record->number != 0 &&
	       record->text_bytes <= sizeof(record->text);
}

uint64_t alerts_latest(void)
{
	struct alert_record record;
	uint64_t latest = 0;

	for (unsigned at = 0; at < ALERT_HISTORY; at++)
		if (alerts_copy(at, &record) && record.number > latest)
			latest = record.number;
	return latest;
}

uint64_t alerts_change(void)
{
	struct alert_record record;
	uint64_t change = 0;

	for (unsigned at = 0; at < ALERT_HISTORY; at++)
		if (alerts_copy(at, &record) && record.change > change)
			change = record.change;
	return change;
}
