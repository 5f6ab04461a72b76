/*
 * Live update: which program a service runs, the booted one or that of the
 * update bundle. Level-triggered as all of the supervisor: program.source says
 * what is to run, a life of the other program is ended, and each start says to
 * the kernel which it is to be. An update is on trial first:
 *
 *	booted --asked--> on trial --RS_TRIAL_US--> kept
 *	   ^                 |                        |
 *	   +--dies before it is ready, or too often   |
 *	   +--asked to revert-------------------------+
 */
#include "services/rs/supervise.h"

static bool is_living(const struct rs_entry *entry)
{
	return entry->state == RS_STARTING || entry->state == RS_RUNNING;
}

static void run_booted(struct rs_program *program)
{
	*program = (struct rs_program){ .source = IMAGE_BOOTED };
}

/* Ends the life of the other program, or has one that waits started at once. */
static void program_change(struct supervisor *supervisor, uint32_t slot, uint64_t now_us)
{
	struct rs_entry *entry = &supervisor->table->services[slot];

	if (is_living(entry)) {
		supervise_kill(supervisor, slot, EXIT_UPDATE);
	} else if (entry->state == RS_BACKOFF || entry->state == RS_FAILED) {
		entry->restart_at_us = now_us;
		entry->state = RS_BACKOFF;
	}
}

enum status supervise_update(struct supervisor *supervisor, uint32_t slot, uint64_t now_us)
{
	struct rs_entry *entry = &supervisor->table->services[slot];

	if (slot == supervisor->self)
		return E_DENIED; /* who would end RS's trial? */
	if (supervisor->kernel->services[slot].updatable == 0)
		return E_ABSENT;
	if (entry->program.source == IMAGE_UPDATE || entry->state == RS_STOPPED ||
	    entry->state == RS_WAITING || entry->state == RS_ABSENT)
		return E_STATE;
	supervise_log(supervisor, LOG_NOTICE, slot, "update asked for");
	entry->program.trial_deaths = 0;
	entry->program.trial_until_us = now_us + RS_TRIAL_US;
	entry->program.source = IMAGE_UPDATE; /* last: see supervise_program_adopt */
	supervise_deaths_set(entry, 0);
	program_change(supervisor, slot, now_us);
	return OK;
}

enum status supervise_revert(struct supervisor *supervisor, uint32_t slot, uint64_t now_us)
{
	struct rs_entry *entry = &supervisor->table->services[slot];

	if (entry->program.source == IMAGE_BOOTED)
		return E_STATE;
	supervise_log(supervisor, LOG_NOTICE, slot, "return to the booted version asked for");
	run_booted(&entry->program);
	supervise_deaths_set(entry, 0);
	program_change(supervisor, slot, now_us);
	return OK;
}

bool supervise_program_is_sound(const struct rs_program *program, uint64_t now_us)
{
	return program->source <= IMAGE_UPDATE && program->trial_deaths <= RS_TRIAL_DEATHS_MAX &&
	       program->trial_until_us <= now_us + RS_TRIAL_US;
}

/*
 * Of what the table says only an update under way is believed against what
 * runs: a flipped bit must not update or revert anybody.
 */
void supervise_program_adopt(struct supervisor *supervisor, uint32_t slot)
{
	const struct service_entry *life = &supervisor->kernel->services[slot];
	struct rs_program *program = &supervisor->table->services[slot].program;

	if (life->updatable == 0)
		run_booted(program);
	else if (program->source == IMAGE_UPDATE && program->trial_until_us == 0)
		program->source = life->updated == IMAGE_UPDATE ? IMAGE_UPDATE : IMAGE_BOOTED;
}

bool supervise_program_is_other(const struct supervisor *supervisor, uint32_t slot)
{
	return supervisor->kernel->services[slot].updated !=
	       supervisor->table->services[slot].program.source;
}

void supervise_program_choose(const struct supervisor *supervisor, uint32_t slot)
{
	const struct rs_program *program = &supervisor->table->services[slot].program;
	enum status status;

	if (supervisor->kernel->services[slot].updatable == 0)
		return;
	status = supervisor->actions->source(slot, (enum image_source)program->source);
	if (status != OK)
		supervise_log(supervisor, LOG_ERROR, slot, "its program cannot be chosen: %s",
			      status_text(status));
}

bool supervise_trial_fails(struct supervisor *supervisor, uint32_t slot, bool was_ready)
{
	struct rs_entry *entry = &supervisor->table->services[slot];
	struct rs_program *program = &entry->program;

	if (program->source != IMAGE_UPDATE || program->trial_until_us == 0)
		return false;
	program->trial_deaths++;
	if (was_ready && program->trial_deaths < RS_TRIAL_DEATHS_MAX)
		return false;
	supervise_log(supervisor, LOG_ERROR, slot,
		      "the update fails its trial: it died %s; the booted version runs again",
		      was_ready ? "too often" : "before it was ready");
	run_booted(program);
	supervise_deaths_set(entry, 0);
	return true;
}

uint64_t supervise_trial_look(struct supervisor *supervisor, uint32_t slot, uint64_t now_us)
{
	const struct rs_entry *entry = &supervisor->table->services[slot];
	struct rs_program *program = &supervisor->table->services[slot].program;

	if (program->trial_until_us == 0 || entry->state != RS_RUNNING)
		return SUPERVISE_NO_DEADLINE;
	if (now_us < program->trial_until_us)
		return program->trial_until_us;
	program->trial_until_us = 0;
	program->trial_deaths = 0;
	supervise_log(supervisor, LOG_NOTICE, slot, "the update has passed its trial");
	return SUPERVISE_NO_DEADLINE;
}
