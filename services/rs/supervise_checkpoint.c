/* Checkpoints of rs.table: what it was when RS was last seen to live with it. */
#include "services/rs/supervise.h"
#include "services/runtime/crc32.h"

#include <string.h>

#define NO_CHECKPOINT 2u

static uint32_t checksum(const struct rs_checkpoint *copy)
{
	return crc32_of(&copy->reserved, sizeof(*copy) - offsetof(struct rs_checkpoint, reserved));
}

static bool is_whole(const struct rs_checkpoint *copy)
{
	return copy->sequence != 0 && copy->table.version == RS_TABLE_VERSION &&
	       copy->crc32 == checksum(copy);
}

/* The index of the later of the whole ones, or NO_CHECKPOINT. */
static unsigned latest_of(const struct rs_checkpoints *checkpoints)
{
	bool first = is_whole(&checkpoints->copies[0]), second = is_whole(&checkpoints->copies[1]);

	if (first && second)
		return checkpoints->copies[1].sequence > checkpoints->copies[0].sequence ? 1 : 0;
	if (second)
		return 1;
	return first ? 0 : NO_CHECKPOINT;
}

const struct rs_table *supervise_checkpoint(const struct supervisor *supervisor, unsigned nth)
{
	const struct rs_checkpoints *checkpoints = supervisor->checkpoints;
	unsigned latest = latest_of(checkpoints);

	if (latest == NO_CHECKPOINT || nth > 1)
		return NULL;
	if (nth == 0)
		return &checkpoints->copies[latest].table;
	return is_whole(&checkpoints->copies[1 - latest]) ? &checkpoints->copies[1 - latest].table
							  : NULL;
}

/* What nobody else could tell: the kernel knows the lives, and times pass. */
static bool entries_differ(const struct rs_entry *a, const struct rs_entry *b)
{
	return a->state != b->state || a->stopped != b->stopped ||
	       a->deaths_in_row != b->deaths_in_row || a->device_reset != b->device_reset ||
	       a->clean_start != b->clean_start ||
	       memcmp(&a->program, &b->program, sizeof(a->program)) != 0 ||
	       memcmp(&a->policy, &b->policy, sizeof(a->policy)) != 0;
}

static bool tables_differ(const struct supervisor *supervisor, const struct rs_table *other)
{
	const struct rs_table *table = supervisor->table;

	if (table->alert_sequence != other->alert_sequence ||
	    table->last_configuration != other->last_configuration)
		return true;
	for (uint64_t left = supervisor->touched; left != 0; left &= left - 1) {
		uint32_t slot = (uint32_t)__builtin_ctzll(left);

		if (slot != supervisor->self &&
		    entries_differ(&table->services[slot], &other->services[slot]))
			return true;
	}
	return false;
}

/* In place of the older one, which counts as none until the new one is whole. */
static void checkpoint_write(struct supervisor *supervisor)
{
	struct rs_checkpoints *checkpoints = supervisor->checkpoints;
	unsigned latest = latest_of(checkpoints);
	struct rs_checkpoint *copy = &checkpoints->copies[latest == 0 ? 1 : 0];
	uint64_t sequence = latest == NO_CHECKPOINT ? 1 : checkpoints->copies[latest].sequence + 1;

	__atomic_store_n(&copy->sequence, 0, __ATOMIC_SEQ_CST);
	memcpy(&copy->table, supervisor->table, sizeof(copy->table));
	copy->reserved = 0;
	__atomic_store_n(&copy->sequence, sequence, __ATOMIC_SEQ_CST);
	copy->crc32 = checksum(copy);
	supervisor->latest = latest == 0 ? 1 : 0;
}

uint64_t supervise_checkpoint_look(struct supervisor *supervisor, uint64_t now_us)
{
	if (!tables_differ(supervisor,
			   &supervisor->checkpoints->copies[supervisor->latest].table)) {
		supervisor->changed_us = supervisor->touched = 0;
		return SUPERVISE_NO_DEADLINE;
	}
	if (supervisor->changed_us == 0)
		supervisor->changed_us = now_us;
	if (now_us - supervisor->changed_us < SUPERVISE_QUIET_US)
		return supervisor->changed_us + SUPERVISE_QUIET_US;
	checkpoint_write(supervisor);
	supervisor->changed_us = supervisor->touched = 0;
	return SUPERVISE_NO_DEADLINE;
}
