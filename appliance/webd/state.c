/* See state.h. */
#include "appliance/webd/state.h"

#include "services/runtime/crc32.h"

#include <string.h>

static uint32_t checksum(const struct state *state)
{
	return crc32_of(&state->version, sizeof(*state) - offsetof(struct state, version));
}

static bool is_sound(const struct state *state)
{
	return state->version == STATE_VERSION && state->crc32 == checksum(state) &&
	       state->has_account <= 1 && state->has_certificate <= 1;
}

bool state_load(const struct state_region *region, struct state *state)
{
	const struct state *found = NULL;

	for (int i = 0; i < 2; i++) {
		const struct state *copy = &region->copies[i];
		if (is_sound(copy) && (found == NULL || copy->sequence > found->sequence))
			found = copy;
	}
	if (found == NULL)
		memset(state, 0, sizeof(*state));
	else
		memcpy(state, found, sizeof(*state));
	return found != NULL;
}

void state_forget(struct state_region *region)
{
	memset(region, 0, sizeof(*region));
}

/* Over the older one: the later stays whole until this is. */
void state_save(struct state_region *region, struct state *state)
{
	state->version = STATE_VERSION;
	state->sequence++;
	state->crc32 = checksum(state);
	memcpy(&region->copies[state->sequence % 2], state, sizeof(*state));
}
