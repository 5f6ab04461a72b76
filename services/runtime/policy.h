/* A recovery policy as text: "log,restart:1000,give-up:5". Pure. */
#ifndef RUNTIME_POLICY_H
#define RUNTIME_POLICY_H

#include "kernel/abi/manifest.h"
#include "services/proto/recovery.h"

#include <stdbool.h>

#define POLICY_TEXT_BYTES 192
#define POLICY_STEP_BYTES 32

/* Reads steps with commas between; false: wrong[32] is the one that is none, or "" if too many. */
bool policy_read(const char *words, struct manifest_recovery steps[RECOVERY_STEPS_MAX],
		 unsigned *count, char wrong[32]);
/* Writes them as policy_read takes them. */
void policy_write(const struct manifest_recovery steps[RECOVERY_STEPS_MAX],
		  char text[POLICY_TEXT_BYTES]);
/* One step, such as "log" or "restart:1000"; at most POLICY_STEP_BYTES with the zero. */
bool policy_step_read(const char *word, struct manifest_recovery *step);
/* The nth name of a step, for completion and help; NULL: no more. */
const char *policy_step_word(unsigned nth);

#endif
