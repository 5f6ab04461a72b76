/* What becomes of a dead service; see recovery.h for the policy's steps. */
#include "services/rs/obituary.h"
#include "services/rs/recovery.h"
#include "services/rs/supervise.h"

#include <inttypes.h>

/* Deaths that say nothing against the service. */
static bool is_wanted(uint32_t cause)
{
	return cause == EXIT_REQUEST || cause == EXIT_UPDATE || cause == EXIT_DEPENDENCY;
}

/* How long the life that ended was ready. */
static uint64_t ready_for_us(const struct rs_entry *entry, uint64_t died_us)
{
	bool was_ready = entry->state == RS_RUNNING && died_us > entry->last_ready_us;

	return was_ready ? died_us - entry->last_ready_us : 0;
}

static void count_death(struct rs_entry *entry, uint32_t cause, uint64_t died_us)
{
	entry->last_cause = cause;
	entry->last_death_us = died_us;
	if (ready_for_us(entry, died_us) >= SUPERVISE_QUIET_US)
		supervise_deaths_set(entry, 0);
	if (!is_wanted(cause) && entry->deaths_in_row < UINT32_MAX)
		supervise_deaths_set(entry, entry->deaths_in_row + 1);
}

static void death_log(struct supervisor *supervisor, uint32_t slot, const struct recovery *recovery,
		      uint64_t now_us)
{
	const struct rs_entry *entry = &supervisor->table->services[slot];
	const struct service_entry *life = &supervisor->kernel->services[slot];
	enum log_level level = is_wanted(entry->last_cause) ? LOG_NOTICE : LOG_WARNING;
	char text[LOG_TEXT_BYTES];

	obituary_cause(life, text, sizeof text);
	if (recovery->alert)
		supervise_alert(supervisor, slot, text, now_us);
	if (recovery->log || recovery->alert) {
		supervise_log(supervisor, recovery->alert ? LOG_ERROR : level, slot,
			      "died (%s), generation %" PRIu32, text, entry->generation);
	}
	if (recovery->dump) {
		obituary_dump(life, text, sizeof text);
		supervise_log(supervisor, level, slot, "%s", text);
	}
}

static void kill_dependents(const struct supervisor *supervisor, uint32_t slot)
{
	for (uint32_t other = 0; other < supervisor->count; other++) {
		uint64_t after = supervisor->manifest->services[other].start_after;

		if (other != slot && other != supervisor->self && (after >> slot & 1) != 0 &&
		    supervisor->kernel->services[other].state == SERVICE_ALIVE)
			supervise_kill(supervisor, other, EXIT_DEPENDENCY);
	}
}

static void fail(const struct supervisor *supervisor, uint32_t slot, const char *why)
{
	struct rs_entry *entry = &supervisor->table->services[slot];

	entry->state = RS_FAILED;
	supervise_log(supervisor, LOG_ERROR, slot, "%s after %" PRIu32 " deaths in a row", why,
		      entry->deaths_in_row);
}

static void carry_out(struct supervisor *supervisor, uint32_t slot, const struct recovery *recovery,
		      uint64_t now_us)
{
	struct rs_entry *entry = &supervisor->table->services[slot];

	switch (recovery->outcome) {
	case OUTCOME_RESTART:
		entry->restart_at_us = now_us + recovery->delay_us;
		entry->state = RS_BACKOFF;
		if (recovery->delay_us != 0)
			supervise_log(supervisor, LOG_NOTICE, slot,
				      "death %" PRIu32 " in a row, restart in %" PRIu64 " ms",
				      entry->deaths_in_row, recovery->delay_us / 1000);
		return;
	case OUTCOME_GIVE_UP: fail(supervisor, slot, "given up"); return;
	case OUTCOME_DEGRADE: fail(supervisor, slot, "the system carries on without it"); return;
	case OUTCOME_REBOOT:
		fail(supervisor, slot, "the machine is rebooted");
		supervisor->actions->stop_machine(MACHINE_REBOOT);
		return;
	}
}

/* By the policy in force; 0 deaths: this one was wanted, so the next life begins at once. */
static struct recovery decide(const struct supervisor *supervisor, uint32_t slot,
			      uint32_t deaths_in_row)
{
	struct recovery recovery = recovery_decide(supervise_policy(supervisor, slot),
						   deaths_in_row == 0 ? 1 : deaths_in_row);

	if (deaths_in_row != 0)
		return recovery;
	recovery.outcome = OUTCOME_RESTART;
	recovery.delay_us = 0;
	recovery.alert = recovery.last_configuration = false;
	recovery.reset_device = recovery.clean_start = false;
	return recovery;
}

void supervise_bury(struct supervisor *supervisor, uint32_t slot, uint64_t now_us)
{
	const struct service_entry *life = &supervisor->kernel->services[slot];
	struct rs_entry *entry = &supervisor->table->services[slot];
	struct supervise_watch *watch = &supervisor->watches[slot];
	bool was_ready = entry->state == RS_RUNNING;
	bool lived = entry->state == RS_STARTING || was_ready;
	/* A start that the kernel refused: there was no life, so no cause either. */
	uint32_t cause = lived ? life->exit_cause : EXIT_NONE;

	count_death(entry, cause, lived ? life->died_us : now_us);
	supervise_stir(supervisor, supervisor->life_readers);
	/* Its answer, if it gave one after all, may come in its next life's name. */
	watch->disbelieve = lived && watch->heartbeat.owed;
	struct recovery recovery =
		decide(supervisor, slot, is_wanted(cause) ? 0 : entry->deaths_in_row);
	/* Waiting would cost more than dying: the port that is killed ten times a second. */
	if (lived && ready_for_us(entry, life->died_us) >= SUPERVISE_USEFUL_US)
		recovery.delay_us = 0;
	bool device_reset =
		recovery.reset_device || (cause == EXIT_COMPLAINT && misdeeds_blame_device(life));
	entry->device_reset = device_reset ? RS_YES : 0;
	entry->clean_start = recovery.clean_start ? RS_YES : 0;
	if (lived)
		death_log(supervisor, slot, &recovery, now_us);
	if (entry->stopped != 0) {
		entry->state = RS_STOPPED;
		supervise_log(supervisor, LOG_NOTICE, slot, "stopped");
		return;
	}
	if (!is_wanted(cause) && supervise_trial_fails(supervisor, slot, was_ready))
		recovery = decide(supervisor, slot, 0);
	if (recovery.last_configuration)
		supervise_last_configuration(supervisor, slot);
	/* First, as RS may die here: who is not yet buried is found again. */
	if (recovery.dependents)
		kill_dependents(supervisor, slot);
	carry_out(supervisor, slot, &recovery, now_us);
}
