/*
 * A command on a disk, carried out with all that can be done for it: three
 * tries; a reset of the channel between them if the disk was late, answered
 * nonsense or was gone, and at the end as well, so that the other disk of the
 * channel is not held up. A try that the disk refused is repeated as it is.
 */
#ifndef ATA_TRANSFER_H
#define ATA_TRANSFER_H

#include "drivers/block/ata/engine.h"
#include "kernel/abi/status.h"

#define TRANSFER_TRIES 3u

struct transfer {
	struct engine engine;
	bool active;
	enum status status;       /* OK; E_DEVICE: it failed; E_ABSENT: IDENTIFY found nobody */
	bool lost;                /* with E_DEVICE: no use to ask that disk again */
	enum ata_outcome outcome; /* of the last try */
	uint8_t status_register, error_register;
	unsigned disk, tries;
	bool resetting, reset_only;
	enum ata_op op;
	const struct identity *identity;
	uint64_t sector;
	uint32_t count;
	void *in;
	const void *out;
	struct disk_statistics *statistics;
};

/* Disks 0 and 1 are on the primary channel, 2 and 3 on the secondary. Arguments as engine_begin's.
 */
void transfer_begin(struct transfer *transfer, unsigned disk, enum ata_op op,
		    const struct identity *identity, uint64_t sector, uint32_t count, void *in,
		    const void *out, struct disk_statistics *statistics, uint64_t now_us);
/* Resets the channel of that disk. E_ABSENT: there is no channel. */
void transfer_reset(struct transfer *transfer, unsigned disk, struct disk_statistics *statistics,
		    uint64_t now_us);
/* As engine_step. Not active any more: see `status`. */
uint64_t transfer_step(struct transfer *transfer, uint64_t now_us);

#endif
