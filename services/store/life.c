#include "services/store/life.h"

#include "services/runtime/crc32.h"

#include <string.h>

static uint32_t life_sum(const struct life *life)
{
	size_t before = offsetof(struct life, version);

	return crc32_of((const uint8_t *)life + before, sizeof(*life) - before);
}

void life_begin(struct life *life)
{
	memset(life, 0, sizeof(*life)); /* padding too: the checksum is over all of it */
	life->version = LIFE_VERSION;
	life->mode = STORE_OPENING;
	changes_init(&life->changes);
}

static bool vault_holds(const struct vault *vault)
{
	if (vault->cells > STORE_CELLS || vault->phase > VAULT_FORGETTING || vault->sequence == 0)
		return false;
	if (vault->phase != VAULT_IDLE && vault->cell >= vault->cells)
		return false;
	for (uint32_t cell = 0; cell < vault->cells; cell++)
		if (vault->states[cell] > CELL_UNREADABLE)
			return false;
	return true;
}

/* The record that is being forgotten may have been cleared already. */
static bool records_hold(const struct vault *vault, const struct record *records)
{
	for (uint32_t cell = 0; cell < vault->cells; cell++) {
		bool counts =
			vault->states[cell] == CELL_CURRENT || vault->states[cell] == CELL_WRITING;

		if (vault->phase == VAULT_FORGETTING && vault->cell == cell)
			continue;
		if (counts && record_check(&records[cell], cell) != RECORD_WHOLE)
			return false;
	}
	return true;
}

static bool stages_hold(const struct changes *changes, const struct life_region *region)
{
	for (uint32_t i = 0; i < changes->count; i++) {
		const struct change *change = &changes->queue[i];

		if (change->op == STORE_PUT &&
		    crc32_of(region->stages[change->stage], change->length_bytes) != change->crc32)
			return false;
	}
	return true;
}

static bool life_holds(const struct life *life, const struct life_region *region)
{
	if (life->version != LIFE_VERSION || life->crc32 != life_sum(life) ||
	    life->mode > STORE_FAILED || !changes_hold(&life->changes))
		return false;
	if (life->mode != STORE_OPENING &&
	    (!vault_holds(&life->vault) || !records_hold(&life->vault, region->records)))
		return false;
	return stages_hold(&life->changes, region);
}

bool life_load(struct life *life, struct life_region *region)
{
	const struct life *found = NULL;

	for (unsigned i = 0; i < 2; i++) {
		const struct life *checkpoint = &region->checkpoints[i];

		if (life_holds(checkpoint, region) &&
		    (found == NULL || checkpoint->number > found->number))
			found = checkpoint;
	}
	if (found == NULL)
		return false;
	memcpy(life, found, sizeof(*life));
	life->vault.records = region->records;
	return true;
}

void life_forget(struct life_region *region)
{
	memset(region->checkpoints, 0, sizeof(region->checkpoints));
}

void life_save(struct life *life, struct life_region *region)
{
	life->number++;
	life->crc32 = life_sum(life);
	memcpy(&region->checkpoints[life->number % 2], life, sizeof(*life));
}
