/*
 * Who rests, and who is stirred. A service that waits at the head of its loop costs a look nothing.
 * It is asked all the same when there is something that the kernel tells nobody of: a line in its
 * log, or a death.
 */
#include "services/rs/supervise.h"

#include <string.h>

bool supervise_is_same_life(const struct rs_entry *entry, const struct service_entry *life)
{
	return life->state == SERVICE_ALIVE && life->generation == entry->generation;
}

/*
 * Nothing has happened in its life since it was last seen to rest. What can happen to a service
 * that waits is that it dies or that others complain about it; all else takes a turn of its own.
 */
static bool rests(const struct rs_entry *entry, const struct service_entry *life,
		  const struct supervise_watch *watch)
{
	return life->rests != 0 && !watch->heartbeat.owed && !watch->heartbeat.stirred &&
	       supervise_is_same_life(entry, life) &&
	       life->complaints == watch->misdeeds.complaints_seen && !watch->misdeeds.unsaid &&
	       entry->program.trial_until_us == 0 && life->updated == entry->program.source;
}

/* Nothing that a look could do anything about. */
static bool is_calm(const struct supervisor *supervisor, uint32_t slot)
{
	const struct rs_entry *entry = &supervisor->table->services[slot];
	const struct service_entry *life = &supervisor->kernel->services[slot];

	switch ((enum rs_state)entry->state) {
	case RS_RUNNING: return rests(entry, life, &supervisor->watches[slot]);
	case RS_ABSENT: return life->device.bus == DEVICE_NONE;
	case RS_STOPPED:
	case RS_FAILED: return true;
	case RS_WAITING:
	case RS_STARTING:
	case RS_BACKOFF: return false;
	}
	return false;
}

uint64_t supervise_slots_astir(const struct supervisor *supervisor)
{
	uint64_t astir = 0;

	for (uint32_t slot = 0; slot < supervisor->count; slot++)
		if (slot != supervisor->self && !is_calm(supervisor, slot))
			astir |= 1ull << slot;
	return astir;
}

void supervise_stir(struct supervisor *supervisor, uint64_t slots)
{
	supervisor->stirred |= slots;
	for (uint64_t left = slots; left != 0; left &= left - 1)
		heartbeat_stir(&supervisor->watches[(uint32_t)__builtin_ctzll(left)].heartbeat);
}

uint64_t supervise_stirred_take(struct supervisor *supervisor)
{
	uint64_t stirred = supervisor->stirred;

	supervisor->stirred = 0;
	return stirred;
}

static bool is_table_of_lives(const struct manifest_region *region)
{
	return region->kind == REGION_KERNEL_TABLE ||
	       strncmp(region->name, "rs.table", NAME_BYTES) == 0;
}

static void reader_note(struct supervisor *supervisor, uint32_t slot)
{
	const struct manifest *manifest = supervisor->manifest;
	const struct manifest_service *service = &manifest->services[slot];

	for (uint32_t i = 0; i < service->map_count && i < SERVICE_MAPS_MAX; i++) {
		const struct manifest_region *region = &manifest->regions[service->maps[i].region];

		if (region->kind == REGION_KERNEL_LOG)
			supervisor->log_readers |= 1ull << slot;
		if (is_table_of_lives(region))
			supervisor->life_readers |= 1ull << slot;
	}
}

void supervise_log_watch(struct supervisor *supervisor, const struct kernel_log *log)
{
	supervisor->log = log;
	for (uint32_t slot = 0; slot < supervisor->count; slot++)
		if (slot != supervisor->self &&
		    (supervisor->manifest->services[slot].flags & SERVICE_DEVICE) == 0)
			reader_note(supervisor, slot);
}

static uint64_t log_sequence(const struct supervisor *supervisor)
{
	return __atomic_load_n(&supervisor->log->next_sequence, __ATOMIC_RELAXED);
}

bool supervise_log_has_grown(const struct supervisor *supervisor)
{
	return supervisor->log != NULL && log_sequence(supervisor) != supervisor->log_seen;
}

void supervise_log_look(struct supervisor *supervisor)
{
	if (!supervise_log_has_grown(supervisor))
		return;
	supervisor->log_seen = log_sequence(supervisor);
	supervise_stir(supervisor, supervisor->log_readers);
}
