/*
 * How soon the same may be mailed again: what keeps happening is told ever more
 * rarely. Each mail of it doubles the pause before the next, up to an hour; a pause
 * as long again without it, and it is as new. Pure; times are time_us().
 */
#ifndef ALERTD_PACE_H
#define ALERTD_PACE_H

#include <stdint.h>

#define PACE_MAX     16u         /* kinds of a service; the one that is oldest goes */
#define PACE_LAST_US 3600000000u /* or the owner's interval, if that is longer */

struct pace {
	struct pace_entry {
		uint32_t key; /* of kind and service; 0: none */
		uint32_t reserved;
		uint64_t until_us, pause_us;
	} entries[PACE_MAX];
};

/* Never 0. */
uint32_t pace_key(uint32_t kind, const char *service);
/* No mail for this alone before then; 0: at any time. */
uint64_t pace_until(const struct pace *pace, uint32_t key);
void pace_mailed(struct pace *pace, uint32_t key, uint64_t now_us, uint64_t interval_us);

#endif
