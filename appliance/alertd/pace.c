#include "appliance/alertd/pace.h"

#include "kernel/abi/layout.h"
#include "services/runtime/crc32.h"

#include <stddef.h>
#include <string.h>

uint32_t pace_key(uint32_t kind, const char *service)
{
	struct {
		uint32_t kind;
		char service[NAME_BYTES];
	} plain = { .kind = kind };

	strncpy(plain.service, service, sizeof(plain.service) - 1);
	uint32_t sum = crc32_of(&plain, sizeof(plain));

	return sum != 0 ? sum : 1;
}

static const struct pace_entry *entry_find(const struct pace *pace, uint32_t key)
{
	for (unsigned i = 0; i < PACE_MAX; i++)
		if (pace->entries[i].key == key)
			return &pace->entries[i];
	return NULL;
}

/* An empty one, or the one that is over first. */
static struct pace_entry *entry_make(struct pace *pace, uint32_t key)
{
	struct pace_entry *oldest = &pace->entries[0];

	for (unsigned i = 1; i < PACE_MAX; i++)
		if (pace->entries[i].until_us < oldest->until_us)
			oldest = &pace->entries[i];
	*oldest = (struct pace_entry){ .key = key };
	return oldest;
}

uint64_t pace_until(const struct pace *pace, uint32_t key)
{
	const struct pace_entry *entry = entry_find(pace, key);

	return entry != NULL ? entry->until_us : 0;
}

static uint64_t doubled(uint64_t pause_us, uint64_t interval_us)
{
	uint64_t most_us = interval_us > PACE_LAST_US ? interval_us : PACE_LAST_US;

	return pause_us < most_us / 2 ? 2 * pause_us : most_us;
}

void pace_mailed(struct pace *pace, uint32_t key, uint64_t now_us, uint64_t interval_us)
{
	struct pace_entry *entry = (struct pace_entry *)entry_find(pace, key);

	if (entry == NULL)
		entry = entry_make(pace, key);
	if (entry->pause_us != 0 && now_us < entry->until_us + entry->pause_us)
		entry->pause_us = doubled(entry->pause_us, interval_us);
	else
		entry->pause_us = interval_us;
	entry->until_us = now_us + entry->pause_us;
}
