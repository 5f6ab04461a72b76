#include "tests/unit/store_disk.h"

#include <assert.h>
#include <string.h>

static void disk_flush(struct store_disk *disk)
{
	for (uint32_t i = 0; i < disk->pending_count; i++)
		memcpy(disk->sectors[disk->pending[i].sector], disk->pending[i].bytes,
		       SECTOR_BYTES);
	disk->pending_count = 0;
}

void disk_step(struct store_disk *disk, const struct vault_step *step)
{
	if (step->action == VAULT_FLUSH) {
		disk_flush(disk);
		return;
	}
	assert(step->sector + step->sectors <= DISK_SECTORS);
	for (uint32_t i = 0; i < step->sectors; i++) {
		assert(disk->pending_count < DISK_PENDING_MAX);
		struct pending_sector *pending = &disk->pending[disk->pending_count++];

		pending->sector = step->sector + i;
		memcpy(pending->bytes, (const uint8_t *)step->bytes + (size_t)i * SECTOR_BYTES,
		       SECTOR_BYTES);
	}
}

void disk_cut_in_order(struct store_disk *disk, uint32_t kept, uint32_t torn_bytes)
{
	assert(kept < disk->pending_count || torn_bytes == 0);
	if (torn_bytes != 0)
		memcpy(disk->sectors[disk->pending[kept].sector], disk->pending[kept].bytes,
		       torn_bytes);
	disk->pending_count = kept;
	disk_flush(disk);
}

uint32_t disk_random(uint64_t *random)
{
	*random = *random * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(*random >> 33);
}

void disk_cut_at_random(struct store_disk *disk, uint64_t *random)
{
	for (uint32_t i = 0; i < disk->pending_count; i++) {
		const struct pending_sector *pending = &disk->pending[i];
		uint8_t *sector = disk->sectors[pending->sector];
		uint32_t torn_at = disk_random(random) % SECTOR_BYTES;

		switch (disk_random(random) % 4) {
		case 0: break;
		case 1: memcpy(sector, pending->bytes, torn_at); break;
		case 2:
			memcpy(sector + torn_at, pending->bytes + torn_at, SECTOR_BYTES - torn_at);
			break;
		case 3: memcpy(sector, pending->bytes, SECTOR_BYTES); break;
		}
	}
	disk->pending_count = 0;
}

void disk_open(const struct store_disk *disk, struct vault *vault, struct record *records)
{
	bool readable[DISK_CELLS];

	assert(disk->pending_count == 0);
	memset(readable, true, sizeof(readable));
	memcpy(records, disk->sectors, sizeof(disk->sectors));
	vault_open(vault, records, DISK_CELLS, readable);
}

void disk_run(struct store_disk *disk, struct vault *vault)
{
	struct vault_step step;

	for (vault_step_next(vault, &step); step.action != VAULT_NOTHING;
	     vault_step_next(vault, &step)) {
		disk_step(disk, &step);
		vault_step_done(vault, true);
	}
}
