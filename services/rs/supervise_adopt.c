/*
 * A life of RS begins: what it finds in rs.table is compared with the kernel
 * table, which is always right. Healthy services notice nothing; deaths that
 * nobody saw are left for the first look. An entry that cannot be is made anew.
 */
#include "services/rs/recovery.h"
#include "services/rs/supervise.h"

#include <string.h>

static bool is_state(uint32_t state)
{
	switch (state) {
#define X(name, code, text) case code:
		RS_STATE_TABLE(X)
#undef X
		return true;
	default: return false;
	}
}

static bool is_living(const struct rs_entry *entry)
{
	return entry->state == RS_STARTING || entry->state == RS_RUNNING;
}

static bool is_yes_or_no(uint32_t value)
{
	return value == 0 || value == RS_YES;
}

/* Times cannot lie ahead of now, but for that of a restart. */
static bool is_sound(const struct rs_entry *entry, uint64_t now_us)
{
	return is_state(entry->state) && is_yes_or_no(entry->stopped) &&
	       is_yes_or_no(entry->device_reset) && is_yes_or_no(entry->clean_start) &&
	       entry->deaths_check == supervise_deaths_check(entry->deaths_in_row) &&
	       entry->last_death_us <= now_us && entry->last_ready_us <= now_us &&
	       entry->heartbeat_sent_us <= now_us && entry->heartbeat_seen_us <= now_us &&
	       supervise_program_is_sound(&entry->program, now_us);
}

/*
 * A life that RS did not see the beginning of, or not the end. One that has lived for a while has
 * answered before, so that its silence means something.
 */
static void life_note(struct rs_entry *entry, const struct service_entry *life, uint64_t now_us)
{
	bool is_old =
		life->state == SERVICE_ALIVE && now_us - life->started_us >= SUPERVISE_QUIET_US;

	entry->generation = life->generation;
	entry->restarts = life->generation - 1;
	entry->state = is_old ? RS_RUNNING : RS_STARTING;
	if (is_old)
		entry->last_ready_us = life->started_us;
}

static void living_adopt(struct supervisor *supervisor, uint32_t slot, uint64_t now_us)
{
	struct rs_entry *entry = &supervisor->table->services[slot];
	const struct service_entry *life = &supervisor->kernel->services[slot];

	if (!is_living(entry) || entry->generation != life->generation)
		life_note(entry, life, now_us);
	entry->heartbeat_sent_us = now_us;
	supervise_watch_begin(supervisor, slot, now_us);
	if (entry->stopped != 0)
		supervise_kill(supervisor, slot, EXIT_REQUEST);
	else if (supervisor->manifest->services[slot].heartbeat_ms == 0)
		entry->state = RS_RUNNING;
	else
		supervisor->actions->ask(slot);
}

static void dead_adopt(struct supervisor *supervisor, uint32_t slot, uint64_t now_us)
{
	struct rs_entry *entry = &supervisor->table->services[slot];
	const struct service_entry *life = &supervisor->kernel->services[slot];

	if (entry->generation != life->generation || entry->state == RS_WAITING)
		life_note(entry, life, now_us);
	if (entry->state != RS_BACKOFF)
		return;
	uint64_t delay_us =
		recovery_decide(supervise_policy(supervisor, slot), entry->deaths_in_row).delay_us;
	if (entry->restart_at_us > now_us + delay_us)
		entry->restart_at_us = now_us + delay_us;
}

/* A damaged entry: that of the latest checkpoint in which it is sound, or a new one. */
static void entry_replace(struct supervisor *supervisor, uint32_t slot, uint64_t now_us)
{
	struct rs_entry *entry = &supervisor->table->services[slot];
	const struct rs_table *older;

	for (unsigned nth = 0; (older = supervise_checkpoint(supervisor, nth)) != NULL; nth++) {
		if (!is_sound(&older->services[slot], now_us))
			continue;
		*entry = older->services[slot];
		supervise_log(supervisor, LOG_WARNING, slot,
			      "its entry in rs.table was damaged: that of the checkpoint is used");
		return;
	}
	*entry = (struct rs_entry){ .program.source = supervisor->kernel->services[slot].updated };
	supervise_log(supervisor, LOG_WARNING, slot,
		      "its entry in rs.table was damaged and is made anew");
}

static void slot_adopt(struct supervisor *supervisor, uint32_t slot, uint64_t now_us)
{
	struct rs_entry *entry = &supervisor->table->services[slot];
	const struct service_entry *life = &supervisor->kernel->services[slot];

	if (!is_sound(entry, now_us))
		entry_replace(supervisor, slot, now_us);
	if (!supervise_policy_is_sound(&entry->policy)) {
		entry->policy = (struct rs_policy){ .overridden = 0 };
		supervise_log(supervisor, LOG_WARNING, slot,
			      "its policy in rs.table was damaged: the manifest's is in force");
	}
	supervise_program_adopt(supervisor, slot);
	switch ((enum service_state)life->state) {
	case SERVICE_ALIVE: living_adopt(supervisor, slot, now_us); return;
	case SERVICE_DEAD: dead_adopt(supervisor, slot, now_us); return;
	case SERVICE_EMPTY:
		if (is_living(entry) || entry->generation != 0)
			*entry = (struct rs_entry){ 0 };
		return;
	}
}

static bool lived_quietly(const struct rs_entry *entry, const struct service_entry *life)
{
	return life->died_us > entry->last_ready_us + SUPERVISE_QUIET_US;
}

/* RS's own entry: its deaths in a row tell whether the table kills it. */
static void self_adopt(struct supervisor *supervisor, uint64_t now_us)
{
	struct rs_entry *entry = &supervisor->table->services[supervisor->self];
	const struct service_entry *life = &supervisor->kernel->services[supervisor->self];
	bool again = life->generation > 1;

	if (!again || lived_quietly(entry, life))
		supervise_deaths_set(entry, 0);
	if (again && life->exit_cause != EXIT_REQUEST && life->exit_cause != EXIT_UPDATE)
		supervise_deaths_set(entry, entry->deaths_in_row + 1);
	entry->state = RS_RUNNING;
	entry->stopped = 0;
	entry->generation = life->generation;
	entry->restarts = life->generation - 1;
	entry->last_cause = again ? life->exit_cause : EXIT_NONE;
	entry->last_death_us = again ? life->died_us : 0;
	entry->last_ready_us = now_us;
	supervisor->table->rs_restarts = entry->restarts;
}

static void table_anew(struct supervisor *supervisor)
{
	struct rs_table *table = supervisor->table;

	if (supervisor->kernel->services[supervisor->self].generation > 1)
		supervise_log(supervisor, LOG_ERROR, supervisor->self,
			      "rs.table is not to be trusted; it is made anew");
	memset(table, 0, sizeof(*table));
	for (uint32_t slot = 0; slot < supervisor->count; slot++)
		table->services[slot].program.source = supervisor->kernel->services[slot].updated;
	table->version = RS_TABLE_VERSION;
}

/* With RS's own entry as it is, so that its deaths in a row go on counting; `whole`: if it can. */
static bool table_return(struct supervisor *supervisor, unsigned nth, bool whole)
{
	const struct rs_table *older = supervise_checkpoint(supervisor, nth);
	struct rs_entry self = supervisor->table->services[supervisor->self];

	if (older == NULL)
		return false;
	*supervisor->table = *older;
	if (whole)
		supervisor->table->services[supervisor->self] = self;
	supervise_log(supervisor, LOG_ERROR, supervisor->self,
		      "rs.table is not to be trusted: back to the %s checkpoint",
		      nth == 0 ? "latest" : "older");
	return true;
}

/*
 * A damaged head brings back the latest checkpoint; so do three deaths in a row. Three more bring
 * back the older one, and after another three the table is made anew.
 */
static void table_check(struct supervisor *supervisor, uint64_t now_us)
{
	const struct rs_entry *self = &supervisor->table->services[supervisor->self];
	const struct service_entry *life = &supervisor->kernel->services[supervisor->self];
	bool whole = supervisor->table->version == RS_TABLE_VERSION && is_sound(self, now_us);
	uint32_t deaths = whole && !lived_quietly(self, life) ? self->deaths_in_row : 0;

	if (whole && (deaths == 0 || deaths % SUPERVISE_OWN_DEATHS_MAX != 0))
		return;
	unsigned nth = whole ? deaths / SUPERVISE_OWN_DEATHS_MAX - 1 : 0;
	if (!table_return(supervisor, nth, whole))
		table_anew(supervisor);
}

void supervise_init(struct supervisor *supervisor, const struct manifest *manifest,
		    const struct kernel_table *kernel, struct rs_table *table,
		    struct rs_checkpoints *checkpoints, const struct supervise_actions *actions,
		    uint64_t now_us)
{
	*supervisor = (struct supervisor){ .manifest = manifest,
					   .kernel = kernel,
					   .actions = actions,
					   .table = table,
					   .checkpoints = checkpoints,
					   .begun_us = now_us,
					   .touched = ~0ull,
					   .self = manifest->rs_slot,
					   .count = manifest->service_count };
	if (supervisor->count > SERVICE_MAX)
		supervisor->count = SERVICE_MAX;
	table_check(supervisor, now_us);
	self_adopt(supervisor, now_us);
	for (uint32_t slot = 0; slot < supervisor->count; slot++)
		if (slot != supervisor->self)
			slot_adopt(supervisor, slot, now_us);
}
