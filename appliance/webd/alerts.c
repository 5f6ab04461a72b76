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

struct alerts_latest alerts_latest(void)
{
	struct alerts_latest latest = { 0 };
	struct alert_record record;

	for (unsigned at = 0; at < ALERT_HISTORY; at++) {
		if (!alerts_copy(at, &record))
			continue;
		if (record.number > latest.number)
			latest.number = record.number;
		if (record.change > latest.change)
			latest.change = record.change;
	}
	return latest;
}
