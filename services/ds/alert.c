#include "services/ds/alert.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* A copy of alert `sequence`; false: it is another by now. */
static bool alert_copy(const struct rs_table *table, uint64_t sequence, struct rs_alert *copy)
{
	const struct rs_alert *shared = &table->alerts[sequence % RS_ALERTS_MAX];

	if (__atomic_load_n(&shared->sequence, __ATOMIC_ACQUIRE) != sequence)
		return false;
	memcpy(copy, shared, sizeof(*copy));
	copy->text[sizeof(copy->text) - 1] = '\0';
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	return __atomic_load_n(&shared->sequence, __ATOMIC_RELAXED) == sequence;
}

bool alert_next(const struct rs_table *table, uint64_t *seen, struct alert_name *name)
{
	uint64_t latest = __atomic_load_n(&table->alert_sequence, __ATOMIC_ACQUIRE);
	struct rs_alert alert;

	if (*seen > latest || latest - *seen > RS_ALERTS_MAX)
		*seen = latest > RS_ALERTS_MAX ? latest - RS_ALERTS_MAX : 0;
	while (*seen < latest) {
		uint64_t sequence = ++*seen;

		if (!alert_copy(table, sequence, &alert))
			continue;
		*name = (struct alert_name){ .length_bytes = 0 };
		(void)snprintf(name->name, sizeof(name->name), "alert.%u",
			       (unsigned)(sequence % RS_ALERTS_MAX));
		name->length_bytes =
			(uint32_t)snprintf(name->value, sizeof(name->value),
					   "%" PRIu64 ".%03u s: %s", alert.time_us / 1000000,
					   (unsigned)(alert.time_us / 1000 % 1000), alert.text);
		if (name->length_bytes >= sizeof(name->value))
			name->length_bytes = sizeof(name->value) - 1;
		return true;
	}
	return false;
}
