/*
 * The checkpoint: up to which versions DS was seen to live with what it had.
 * Nothing is copied for it: of what changes after it the version before is kept
 * (state.h). It is noted in two cells in turn, so that one is always whole. Pure.
 */
#ifndef DS_CHECKPOINT_H
#define DS_CHECKPOINT_H

#include "services/ds/state.h"

#include <stdbool.h>

struct checkpoint {
	uint64_t entries, backups; /* sequences of the latest versions that belong to it */
};

/* The one noted last; none: false, and nothing belongs to it. */
bool checkpoint_read(const struct checkpoint_cell cells[2], struct checkpoint *checkpoint);
void checkpoint_note(struct checkpoint_cell cells[2], const struct checkpoint *checkpoint);

/* Goes back to it: what is later is freed. How many cells. */
uint32_t checkpoint_return(struct ds_state *state, const struct checkpoint *checkpoint);

#endif
