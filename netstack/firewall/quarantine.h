/*
 * What the firewall learns from its own deaths: which packet killed it, and
 * whether its preserved flows do. Pure; the region is services/proto/quarantine.h.
 */
#ifndef FIREWALL_QUARANTINE_H
#define FIREWALL_QUARANTINE_H

#include "services/proto/quarantine.h"

#include <stddef.h>

#define FIREWALL_SHORT_LIFE_US   100000u /* under traffic poison kills sooner */
#define FIREWALL_SHORT_LIVES_MAX 4u

/* Takes up the region as it is found; `preserved`: it may be of a former life. */
void quarantine_open(struct quarantine *quarantine, bool preserved);

/*
 * A life has ended that nobody had asked to end, while it worked on `frame` (NULL: on none). True:
 * that was its second death of this frame, which is in quarantine now.
 */
bool quarantine_blame(struct quarantine *quarantine, const uint8_t *frame, unsigned bytes,
		      unsigned port, uint64_t now_us);

/*
 * Counts a life that ended at `died_us`, by itself or not. True: so many short ones in a row that
 * the preserved flows are the likely cause. The second death of one frame counts with its first.
 */
bool quarantine_life_ended(struct quarantine *quarantine, bool by_itself, bool explained,
			   uint64_t died_us);
void quarantine_life_begins(struct quarantine *quarantine, uint64_t now_us);

/* Is it a frame in quarantine? Counted, if so. Ask only if there is any. */
bool quarantine_holds(struct quarantine *quarantine, const uint8_t *frame, unsigned bytes);

static inline bool quarantine_is_empty(const struct quarantine *quarantine)
{
	return quarantine->sequence == 0;
}

#endif
