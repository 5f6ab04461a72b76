/*
 * A disk with a volatile cache under the store's records: what was written
 * since the last flush may be there after a power cut or not, sector by sector,
 * in any order, one torn in the middle.
 */
#ifndef UNIT_STORE_DISK_H
#define UNIT_STORE_DISK_H

#include "services/store/vault.h"

#ifndef DISK_CELLS
#define DISK_CELLS 6u
#endif
#define DISK_SECTORS     (DISK_CELLS * RECORD_SECTORS)
#define DISK_PENDING_MAX 128u

struct store_disk {
	uint8_t sectors[DISK_SECTORS][SECTOR_BYTES]; /* flushed */
	struct pending_sector {
		uint32_t sector;
		uint8_t bytes[SECTOR_BYTES];
	} pending[DISK_PENDING_MAX]; /* written since, in that order */
	uint32_t pending_count;
};

void disk_step(struct store_disk *disk, const struct vault_step *step);
/* The power fails: the first `kept` pending sectors are there, of the next `torn_bytes`. */
void disk_cut_in_order(struct store_disk *disk, uint32_t kept, uint32_t torn_bytes);
/* The power fails: any of the pending sectors are there, each whole, torn or not at all. */
void disk_cut_at_random(struct store_disk *disk, uint64_t *random);
uint32_t disk_random(uint64_t *random);

/* Reads the disk back, as at the store's start. */
void disk_open(const struct store_disk *disk, struct vault *vault, struct record *records);
/* Carries out all steps. */
void disk_run(struct store_disk *disk, struct vault *vault);

#endif
