/* A command as it is written into a channel's registers. Pure. */
#ifndef ATA_TASKFILE_H
#define ATA_TASKFILE_H

#include "drivers/block/ata/identify.h"

enum ata_op {
	ATA_IDENTIFY,
	ATA_READ,
	ATA_WRITE,
	ATA_FLUSH,
};

/* Registers that the kernel writes in this order, then looks at the status. */
#define TASKFILE_WRITES_MAX 10u

struct taskfile {
	unsigned count;
	struct {
		uint8_t offset, value;
	} writes[TASKFILE_WRITES_MAX];
};

/* Bits of the device register that choose device 0 or 1 of the channel. */
uint8_t taskfile_device(unsigned device);

/*
 * `sector` and `count` (1 to BLOCK_SECTORS_MAX) lie within the disk. `identity` may be NULL for
 * ATA_IDENTIFY. LBA48 is used only where LBA28 does not reach: not all disks know it.
 */
void taskfile_make(struct taskfile *taskfile, enum ata_op op, unsigned device,
		   const struct identity *identity, uint64_t sector, uint32_t count);

#endif
