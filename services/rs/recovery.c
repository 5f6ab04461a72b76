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

/* Takes one step into the decision. False: it ends the list. */
static bool step_take(const struct manifest_recovery *step, uint32_t deaths_in_row,
		      struct recovery *recovery)
{
	switch ((enum recovery_step)step->step) {
	case RECOVERY_END:
		return false;
	case RECOVERY_LOG:
		recovery->log = true;
		return true;
	case RECOVERY_DUMP:
		recovery->dump = true;
		return true;
	case RECOVERY_RESTART:
		recovery->outcome = OUTCOME_RESTART;
		recovery->delay_us = recovery_backoff_us(deaths_in_row, step->argument);
		return true;
	case RECOVERY_RESTART_DEPENDENTS:
		recovery->dependents = true;
		return true;
	case RECOVERY_ALERT:
		recovery->alert = true;
		return true;
	case RECOVERY_DEGRADE:
		if (!step_applies(step, deaths_in_row))
			return true;
		recovery->outcome = OUTCOME_DEGRADE;
		return false;
	case RECOVERY_REBOOT:
		if (!step_applies(step, deaths_in_row))
			return true;
		recovery->outcome = OUTCOME_REBOOT;
		return false;
	case RECOVERY_GIVE_UP:
		if (!step_applies(step, deaths_in_row))
			return true;
		recovery->outcome = OUTCOME_GIVE_UP;
		return false;
	}
	return true; /* a step of a newer manifest compiler: not ours to take */
}

struct recovery recovery_decide(const struct manifest_recovery *steps, uint32_t deaths_in_row)
{
	struct recovery recovery = { .outcome = OUTCOME_GIVE_UP };

	for (unsigned i = 0; i < RECOVERY_STEPS_MAX; i++)
		if (!step_take(&steps[i], deaths_in_row, &recovery))
			break;
	return recovery;
}
