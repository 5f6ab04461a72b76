/*
 * Reads the records back from the disk, cell by cell: the head, and what its
 * length promises if it looks like one of ours. A cell that the disk cannot
 * read is left out.
 */
#ifndef STORE_OPENING_H
#define STORE_OPENING_H

#include "services/store/life.h"
#include "services/store/volume.h"

enum opening_stage {
	OPENING_LOOK, /* for the partition */
	OPENING_HEAD,
	OPENING_REST,
};

struct opening {
	enum opening_stage stage;
	uint32_t cell, cells;
	uint32_t unread; /* cells so far that cannot be read */
	uint64_t since_us;
	bool readable[STORE_CELLS];
};

void opening_begin(struct opening *opening, uint64_t now_us);
/*
 * STORE_OPENING: goes on; look again when notified. Else the mode that it ends in: STORE_MEMORY
 * (no partition), STORE_DISK, STORE_FAILED (not answered in time, or the disk failed);
 * opening->cells of `records` then count, those that are readable.
 */
enum store_mode opening_step(struct opening *opening, struct volume *volume, struct record *records,
			     uint64_t now_us);

#endif
