/*
 * What a service's recovery policy says of a death: the steps of its manifest
 * entry, in order, turned into one decision. Pure.
 *
 *	step			what it does
 *	log			the death is logged
 *	dump			and so are its registers and last text
 *	restart:MS		it is started again: after its first death in a row at
 *				once, later after 10 ms, doubled each time up to MS
 *	restart_dependents	so are those that start after it
 *	alert			the death is logged as an error, for the alert service
 *	degrade:N, give_up:N	from its Nth death in a row on it stays dead
 *	reboot:N		from its Nth death in a row on the machine is rebooted
 *
 * degrade, give_up and reboot end the list once they apply, wherever they
 * stand; N = 0 counts as 1. A policy without restart gives up at once.
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
	bool log, dump, alert, dependents;
};

/* How long after its nth death in a row (n from 1) a service waits for its restart. */
uint64_t recovery_backoff_us(uint32_t deaths_in_row, uint32_t longest_ms);

/* The decision of `steps` (RECOVERY_STEPS_MAX of them) after so many deaths in a row. */
struct recovery recovery_decide(const struct manifest_recovery *steps, uint32_t deaths_in_row);

#endif
