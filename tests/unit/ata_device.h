/*
 * Two ATA channels with two disks each, as the standard says, for tests of their
 * driver: registers, PIO in and out, LBA48's deep registers, resets, and ways to
 * fail. Time passes only when the test says so, or by register accesses.
 */
#ifndef UNIT_ATA_DEVICE_H
#define UNIT_ATA_DEVICE_H

#include "services/proto/block.h"

#include <stdbool.h>
#include <stdint.h>

#define FAKE_SECTORS 256u

struct fake_disk {
	bool present, packet;
	bool no_flush, no_lba, lba48;
	uint64_t sectors;      /* that it says it has; what lies behind FAKE_SECTORS folds back */
	uint32_t refuse_times; /* so many commands end with an error */
	uint32_t hang_times;   /* so many stay busy until a reset */
	bool mute;             /* IDENTIFY DEVICE, too */
	uint32_t short_times;  /* so many end a sector too early, without an error */
	uint32_t long_times;   /* so many want a sector too much */
	uint8_t data[FAKE_SECTORS][BLOCK_SECTOR_BYTES];
	unsigned reads, writes, flushes; /* commands */
};

struct fake_channel {
	bool floating; /* nothing there: reads as ones */
	struct fake_disk disks[2];
	unsigned resets;
	/* Registers. */
	uint8_t status, error, device, control;
	uint8_t count[2], low[2], mid[2], high[2]; /* the last byte written, and the one before */
	/* The command under way. */
	bool writing, hung;
	uint64_t sector;
	uint32_t sectors_left, offset;
	uint8_t buffer[BLOCK_SECTOR_BYTES];
};

extern struct fake_channel fake_channels[2];
extern uint64_t fake_now_us;

/* No disks, time 1 s. */
void fake_init(void);
/* A disk with that many sectors, zeroed; LBA48 and flush work. */
struct fake_disk *fake_disk_add(unsigned disk, uint64_t sectors);

#endif
