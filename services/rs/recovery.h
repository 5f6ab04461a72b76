/*
 * What a service's recovery policy says of a death: the steps of its manifest
 * entry, in order, turned into one decision. Pure.
 *
 *	step			what it does
 *	log			the death is logged
 *	dump			and so are its registers and last text
 *	restart:MS		it is started again: after its first death in a row at
 *				once, later after 10 ms, doubled each time up to MS
 *	restart-dependents:N	so are those that start after it
 *	alert:N			the death is logged as an error and becomes an alert
 *	last-configuration:N	config is to return to the last good configuration
 *	reset-device:N		the next life resets the device before it uses it,
 *				where it else carries on with it as it runs; after a
 *				complaint of work not done or silence it always does
 *	clean-start:N		the next life forgets the state that its former lives
 *				left, where it else checks it and carries on
 *	degrade:N, give-up:N	it stays dead
 *	reboot:N		the machine is rebooted
 *
 * A step with N applies from the Nth death in a row on, N = 0 counts as 1. So
 * "restart:1000", "reset-device:2", "give-up:9" is the ladder of a device:
 * adopted, reset, left alone. degrade, give-up and reboot end the list once they
 * apply, wherever they stand. A policy without restart gives up at once.
 */
#ifndef RS_RECOVERY_H
#define RS_RECOVERY_H

#include "kernel/abi/manifest.h"
#include "services/proto/recovery.h"

#include <stdbool.h>
#include <stdint.h>

#define RECOVERY_BACKOFF_FIRST_US 10000u

enum recovery_outcome {
	OUTCOME_RESTART,
	OUTCOME_GIVE_UP,
	OUTCOME_DEGRADE,
	OUTCOME_REBOOT,
};

struct recovery {
	enum recovery_outcome outcome;
	uint64_t delay_us; /* OUTCOME_RESTART */
	bool log, dump, alert, dependents, last_configuration, reset_device, clean_start;
};

/* How long after its nth death in a row (n from 1) a service waits for its restart. */
uint64_t recovery_backoff_us(uint32_t deaths_in_row, uint32_t longest_ms);

/* Is every step one that there is? */
bool recovery_steps_are_sound(const struct manifest_recovery *steps);

/* The decision of `steps` (RECOVERY_STEPS_MAX of them) after so many deaths in a row. */
struct recovery recovery_decide(const struct manifest_recovery *steps, uint32_t deaths_in_row);

#endif
