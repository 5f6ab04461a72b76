#include "services/rs/recovery.h"

#define DOUBLINGS_MAX 32u /* 10 ms doubled so often is over a year */

uint64_t recovery_backoff_us(uint32_t deaths_in_row, uint32_t longest_ms)
{
	uint64_t longest_us = (uint64_t)longest_ms * 1000;

	if (deaths_in_row <= 1)
		return 0;
	uint32_t doublings = deaths_in_row - 2;
	if (doublings > DOUBLINGS_MAX)
		doublings = DOUBLINGS_MAX;
	uint64_t delay_us = (uint64_t)RECOVERY_BACKOFF_FIRST_US << doublings;
	return delay_us < longest_us ? delay_us : longest_us;
}

static bool step_applies(const struct manifest_recovery *step, uint32_t deaths_in_row)
{
	return deaths_in_row >= (step->argument == 0 ? 1 : step->argument);
}

/* Notes an outcome that ends the list if it applies. False: it does. */
static bool end_take(const struct manifest_recovery *step, uint32_t deaths_in_row,
		     enum recovery_outcome outcome, struct recovery *recovery)
{
	if (!step_applies(step, deaths_in_row))
		return true;
	recovery->outcome = outcome;
	return false;
}

/* Takes one step into the decision. False: it ends the list. */
static bool step_take(const struct manifest_recovery *step, uint32_t deaths_in_row,
		      struct recovery *recovery)
{
	bool applies = step_applies(step, deaths_in_row);

	switch ((enum recovery_step)step->step) {
	case RECOVERY_END: return false;
	case RECOVERY_LOG: recovery->log = true; return true;
	case RECOVERY_DUMP: recovery->dump = true; return true;
	case RECOVERY_RESTART:
		recovery->outcome = OUTCOME_RESTART;
		recovery->delay_us = recovery_backoff_us(deaths_in_row, step->argument);
		return true;
	case RECOVERY_RESTART_DEPENDENTS: recovery->dependents |= applies; return true;
	case RECOVERY_ALERT: recovery->alert |= applies; return true;
	case RECOVERY_LAST_CONFIGURATION: recovery->last_configuration |= applies; return true;
	case RECOVERY_RESET_DEVICE: recovery->reset_device |= applies; return true;
	case RECOVERY_CLEAN_START: recovery->clean_start |= applies; return true;
	case RECOVERY_DEGRADE: return end_take(step, deaths_in_row, OUTCOME_DEGRADE, recovery);
	case RECOVERY_REBOOT: return end_take(step, deaths_in_row, OUTCOME_REBOOT, recovery);
	case RECOVERY_GIVE_UP: return end_take(step, deaths_in_row, OUTCOME_GIVE_UP, recovery);
	}
	return true; /* a step of a newer manifest compiler: not ours to take */
}

bool recovery_steps_are_sound(const struct manifest_recovery *steps)
{
	for (unsigned i = 0; i < RECOVERY_STEPS_MAX; i++)
		if (steps[i].step > RECOVERY_CLEAN_START || steps[i].reserved != 0)
			return false;
	return true;
}

struct recovery recovery_decide(const struct manifest_recovery *steps, uint32_t deaths_in_row)
{
	struct recovery recovery = { .outcome = OUTCOME_GIVE_UP };

	for (unsigned i = 0; i < RECOVERY_STEPS_MAX; i++)
		if (!step_take(&steps[i], deaths_in_row, &recovery))
			break;
	return recovery;
}
