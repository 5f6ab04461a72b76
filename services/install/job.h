/*
 * An installation, step by step: names the next request to the disk, and is told
 * what came of it. Does no I/O. Pure.
 *
 *	LOOKING -> IDLE --begin--> AGAIN -> SUMMING -> CLEARING -> WRITING
 *	   ^                                                          |
 *	   +------- SCANNING <- TABLING <- CHECKING <-----------------+
 *	   +------- any of them that fails
 *
 * CLEARING takes the old partition table away, TABLING writes the new one last
 * of all: a disk that was left half-way has none. Each step is idempotent, and
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
	char seed[JOB_SEED_BYTES]; /* of the disk's GUIDs */
};

struct job {
	struct install_table *table; /* shown */
	struct job_saved *saved;
	struct plan_parts parts;
	struct fat_piece
		config; /* goes to the disk if it is to be kept; of no bytes: there is none */
	struct plan plan;
};

struct job_order {
	enum block_op op; /* BLOCK_NONE: nothing to do, or job_sum */
	uint32_t disk;
	uint64_t sector;
	uint32_t count;
};

/* Takes up what a former life left, or begins with LOOKING. `parts` of no kernel: cannot install.
 */
void job_open(struct job *job, struct install_table *table, struct job_saved *saved,
	      const struct plan_parts *parts, struct fat_piece config);
/* See INSTALL_BEGIN for the statuses; `unique` makes this disk's GUIDs unlike any other's. */
must_use enum status job_begin(struct job *job, const struct install_request *request,
			       const struct disk_entry *disk, const char *unique);
/* In SUMMING: adds up some more. */
void job_sum(struct job *job);
/* The next request; `disks` is a whole copy of the driver's table. */
void job_order_next(struct job *job, const struct disk_table *disks, struct job_order *order);
/* Data to write for that order. */
void job_order_fill(const struct job *job, const struct job_order *order, uint8_t *data);
/* That order ended so; `data` is what was read. */
void job_order_done(struct job *job, const struct disk_table *disks, const struct job_order *order,
		    enum status status, const uint8_t *data);

#endif
