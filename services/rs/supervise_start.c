/* When a service is started, and what follows at once; see supervise.h. */
#include "services/rs/supervise.h"

#include <inttypes.h>

/* By the kernel's clock, as a look has but one time for all that it does. */
static uint64_t dead_for_us(const struct supervisor *supervisor, uint32_t slot)
{
	uint64_t started_us = supervisor->kernel->services[slot].started_us;
	uint64_t died_us = supervisor->table->services[slot].last_death_us;

	return started_us > died_us ? started_us - died_us : 0;
}

static void started(struct supervisor *supervisor, uint32_t slot, uint32_t generation,
		    uint64_t now_us)
{
	struct rs_entry *entry = &supervisor->table->services[slot];

	entry->generation = generation;
	entry->restarts = generation - 1;
	entry->heartbeat_sent_us = now_us;
	entry->state = RS_STARTING;
	supervise_watch_begin(supervisor, slot, now_us);
	if (generation > 1)
		supervise_log(supervisor, LOG_NOTICE, slot,
			      "restarted as generation %" PRIu32 ", %" PRIu64 " us after its death",
			      generation, dead_for_us(supervisor, slot));
	if (supervisor->manifest->services[slot].heartbeat_ms == 0)
		supervise_ready(supervisor, slot, now_us);
	else
		supervisor->actions->ask(slot);
}

/* The kernel would not start it: one more death, so that the policy bounds the attempts. */
static void start_refused(struct supervisor *supervisor, uint32_t slot, enum status status,
			  uint64_t now_us)
{
	const struct service_entry *life = &supervisor->kernel->services[slot];

	if (status == E_STATE && life->state == SERVICE_ALIVE) {
		started(supervisor, slot, life->generation, now_us);
		return;
	}
	supervise_log(supervisor, LOG_ERROR, slot, "cannot be started: %s", status_text(status));
	supervise_bury(supervisor, slot, now_us);
}

static void start(struct supervisor *supervisor, uint32_t slot, uint64_t now_us)
{
	uint32_t generation = 0;

	supervise_program_choose(supervisor, slot);
	enum status status = supervisor->actions->start(slot, &generation);

	if (status == OK)
		started(supervisor, slot, generation, now_us);
	else
		start_refused(supervisor, slot, status, now_us);
}

static bool lacks_device(const struct supervisor *supervisor, uint32_t slot)
{
	return (supervisor->manifest->services[slot].flags & SERVICE_DEVICE) != 0 &&
	       supervisor->kernel->services[slot].device.bus == DEVICE_NONE;
}

/* Is it ready, or sure not to become so by waiting? */
static bool is_settled(const struct rs_entry *entry)
{
	return entry->state == RS_RUNNING || entry->state == RS_ABSENT ||
	       entry->state == RS_STOPPED || entry->state == RS_FAILED;
}

static uint64_t with_state(const struct supervisor *supervisor, uint64_t slots,
			   bool (*has)(const struct rs_entry *))
{
	uint64_t found = 0;

	for (uint32_t slot = 0; slot < supervisor->count; slot++)
		if ((slots >> slot & 1) != 0 && has(&supervisor->table->services[slot]))
			found |= 1ull << slot;
	return found;
}

static bool is_waiting(const struct rs_entry *entry)
{
	return entry->state == RS_WAITING;
}

uint64_t supervise_wait_until_us(const struct supervisor *supervisor, uint32_t slot)
{
	uint64_t since_us = supervisor->watches[slot].wait_since_us;
	uint64_t boot_us = supervisor->begun_us + SUPERVISE_BOOT_WAIT_US;

	if (since_us == 0 || since_us + SUPERVISE_WAIT_US > boot_us)
		return boot_us;
	return since_us + SUPERVISE_WAIT_US;
}

/* Has a slot that was never started anything left to wait for? */
static bool waits(struct supervisor *supervisor, uint32_t slot, uint64_t now_us)
{
	struct supervise_watch *watch = &supervisor->watches[slot];
	uint64_t all = (supervisor->count == SERVICE_MAX ? 0 : 1ull << supervisor->count) - 1;
	uint64_t after = supervisor->manifest->services[slot].start_after & all &
			 ~(1ull << supervisor->self) & ~(1ull << slot);
	uint64_t open = after & ~with_state(supervisor, after, is_settled);

	if (open == 0)
		return false;
	if (watch->wait_since_us == 0 && with_state(supervisor, open, is_waiting) == 0)
		watch->wait_since_us = now_us;
	if (now_us < supervise_wait_until_us(supervisor, slot))
		return true;
	supervise_log(supervisor, LOG_WARNING, slot, "is started though %s is not ready",
		      supervise_name(supervisor, (uint32_t)__builtin_ctzll(open)));
	return false;
}

/* True if the slot's state has changed. */
static bool start_if_due(struct supervisor *supervisor, uint32_t slot, uint64_t now_us)
{
	struct rs_entry *entry = &supervisor->table->services[slot];
	bool lacking = lacks_device(supervisor, slot);

	if (entry->state == RS_WAITING && waits(supervisor, slot, now_us))
		return false;
	if (entry->state == RS_BACKOFF && now_us < entry->restart_at_us)
		return false;
	if (entry->state != RS_WAITING && entry->state != RS_BACKOFF && entry->state != RS_ABSENT)
		return false;
	if (lacking && entry->state == RS_ABSENT)
		return false;
	if (lacking) {
		entry->state = RS_ABSENT;
		supervise_log(supervisor, LOG_INFO, slot, "there is no device for it");
		return true;
	}
	start(supervisor, slot, now_us);
	return true;
}

/* One that is ready, or absent, may be what another waited for: until nothing changes. */
void supervise_start_due(struct supervisor *supervisor, uint64_t now_us)
{
	bool changed = true;

	for (uint32_t pass = 0; changed && pass <= supervisor->count; pass++) {
		changed = false;
		for (uint32_t slot = 0; slot < supervisor->count; slot++)
			if (slot != supervisor->self)
				changed |= start_if_due(supervisor, slot, now_us);
	}
}
