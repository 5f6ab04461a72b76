/*
 * Private state that services keep with DS, one piece a service: whole, of one
 * version, and for nobody but its owner. Pure.
 */
#ifndef DS_BACKUP_H
#define DS_BACKUP_H

#include "kernel/abi/status.h"
#include "services/ds/state.h"

struct backups {
	struct backup_cell *cells; /* DS_BACKUP_CELLS */
	uint64_t sequence;
	uint64_t checkpoint; /* of the latest version that belongs to it */
};

void backups_open(struct backups *backups, struct backup_cell *cells, uint64_t checkpoint,
		  struct state_findings *findings);
/* Takes the place of the owner's earlier one. E_FULL, E_TOO_LARGE. */
must_use enum status backup_store(struct backups *backups, uint32_t owner, const void *bytes,
				  uint32_t length_bytes);
/* NULL: it has none. */
const struct backup_cell *backup_of(const struct backups *backups, uint32_t owner);

#endif
