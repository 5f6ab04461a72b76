/*
 * An installation, step by step: names the next request to the disk, and is told
 * what came of it. Does no I/O. Pure.
 *
 *	LOOKING -> IDLE --begin--> AGAIN -> SUMMING -> CLEARING -> WRITING
 *	   ^                                                          |
 *	   +------- SCANNING <- TABLING <- CARRYING <- CHECKING <-----+
 *	   +------- any of them that fails
 *
 * CLEARING takes the old partition table away, TABLING writes the new one last
 * of all: a disk that was left half-way has none. CARRYING copies the store's
 * records, cell by cell, if they are to be kept; if the store changed one
 * meanwhile, all of them once more. Each step is idempotent, and
 * `saved` says which is the next: so a later life of the installer, or of the
 * driver, goes on from there.
 */
#ifndef INSTALL_JOB_H
#define INSTALL_JOB_H

#include "services/install/plan.h"
#include "services/proto/install.h"

#define JOB_SEED_BYTES 128u
#define JOB_SUM_BYTES                                                                              \
	32768u /* added up in one step: far less than a heartbeat even on slow machines */
#define JOB_SAVED_MAGIC 0x31534a42u

/* Lies in the preserved region; a checksum says whether it is whole. */
struct job_saved {
	uint32_t magic, crc32; /* of all behind it */
	uint32_t phase;        /* enum install_phase */
	uint32_t disk, code, keep;
	uint64_t sectors;  /* of that disk */
	uint64_t position; /* in the phase: sectors, bytes or steps */
	uint32_t kernel_crc32, bundle_crc32;
	uint64_t commits; /* CARRYING: of the store, when the first cell was read */
	uint32_t rounds;  /* CARRYING: begun */
	uint32_t reserved;
	char seed[JOB_SEED_BYTES]; /* of the disk's GUIDs */
};

/* A cell on its way from the store to the disk. */
struct job_cell {
	bool held;    /* it is among the data to write */
	bool written; /* and has to be read back */
	uint32_t crc32;
	uint32_t tries;
};

struct job {
	struct install_table *table; /* shown */
	struct job_saved *saved;
	struct plan_parts parts;
	struct plan plan;
	struct job_cell cell;
};

struct job_order {
	enum block_op op; /* BLOCK_NONE: nothing to do, or job_sum, or job_cell_take */
	uint32_t disk;
	uint64_t sector;
	uint32_t count;
};

/* Takes up what a former life left, or begins with LOOKING. `parts` of no kernel: cannot install.
 */
void job_open(struct job *job, struct install_table *table, struct job_saved *saved,
	      const struct plan_parts *parts);
/* See INSTALL_BEGIN for the statuses; `unique` makes this disk's GUIDs unlike any other's. */
must_use enum status job_begin(struct job *job, const struct install_request *request,
			       const struct disk_entry *disk, const char *unique);
/* In SUMMING: adds up some more. */
void job_sum(struct job *job);
/* In CARRYING: does it need a cell of the store, and which? */
bool job_cell_wanted(const struct job *job, uint32_t *cell);
/*
 * What the store said to that; `bytes`, STORE_CELL_BYTES, are the data to write then. False: it
 * did not give it, to be asked again in a while.
 */
bool job_cell_take(struct job *job, enum status status, uint64_t commits, const uint8_t *bytes);
/* The next request; `disks` is a whole copy of the driver's table. */
void job_order_next(struct job *job, const struct disk_table *disks, struct job_order *order);
/* Data to write for that order; in CARRYING it is there already. */
void job_order_fill(const struct job *job, const struct job_order *order, uint8_t *data);
/* That order ended so; `data` is what was read. */
void job_order_done(struct job *job, const struct disk_table *disks, const struct job_order *order,
		    enum status status, const uint8_t *data);

#endif
