#include "services/store/changes.h"

#include "services/store/record.h"

#include <assert.h>
#include <string.h>

void changes_init(struct changes *changes)
{
	*changes = (struct changes){ 0 };
	for (uint32_t slot = 0; slot < SERVICE_MAX; slot++)
		changes->results[slot] = E_ABSENT;
}

static bool change_holds(const struct change *change)
{
	return change->slot < SERVICE_MAX && change->stage < CHANGES_MAX &&
	       change->length_bytes <= STORE_VALUE_BYTES &&
	       (change->op == STORE_PUT || change->op == STORE_DELETE) &&
	       record_name_is_valid(change->name);
}

bool changes_hold(const struct changes *changes)
{
	if (changes->count > CHANGES_MAX)
		return false;
	for (uint32_t i = 0; i < changes->count; i++)
		if (!change_holds(&changes->queue[i]))
			return false;
	return true;
}

const struct change *changes_of(const struct changes *changes, uint32_t slot)
{
	for (uint32_t i = 0; i < changes->count; i++)
		if (changes->queue[i].slot == slot)
			return &changes->queue[i];
	return NULL;
}

uint32_t changes_stage(const struct changes *changes)
{
	uint32_t used = 0, stage = 0;

	for (uint32_t i = 0; i < changes->count; i++)
		used |= 1u << changes->queue[i].stage;
	while (stage < CHANGES_MAX && (used >> stage & 1u) != 0)
		stage++;
	return stage;
}

void changes_add(struct changes *changes, const struct change *change)
{
	assert(changes->count < CHANGES_MAX && changes_of(changes, change->slot) == NULL);
	changes->queue[changes->count++] = *change;
}

uint32_t changes_end(struct changes *changes, enum status result)
{
	uint32_t slot = changes->queue[0].slot;

	assert(changes->count != 0);
	changes->count--;
	memmove(changes->queue, changes->queue + 1, changes->count * sizeof(changes->queue[0]));
	changes->results[slot] = (int32_t)result;
	return slot;
}

enum status changes_result(const struct changes *changes, uint32_t slot)
{
	if (slot >= SERVICE_MAX)
		return E_ABSENT;
	return changes_of(changes, slot) != NULL ? E_AGAIN : (enum status)changes->results[slot];
}
