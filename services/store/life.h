/*
 * What the store knows, kept over its death in the preserved region: the records
 * in memory and two checkpoints of all else, each with a checksum, written in
 * turns. Dead between two writes there is still the checkpoint before; the
 * records that it speaks of have not been touched since: a change writes only
 * into a cell that is free there, or clears one that is being erased. Pure.
 */
#ifndef STORE_LIFE_H
#define STORE_LIFE_H

#include "services/store/changes.h"
#include "services/store/vault.h"

#define LIFE_VERSION 3u

struct life {
	uint32_t crc32; /* of all behind it */
	uint32_t version;
	uint64_t number; /* of the checkpoint: the later counts */
	uint32_t mode;   /* enum store_mode */
	uint32_t volume; /* STORE_DISK, STORE_FAILED: the partition's */
	uint32_t begun;  /* 1: the vault is at the first of the changes */
	uint32_t failures;
	uint32_t refused;  /* STORE_FAILED: 1: the disk is there, but refuses what is written */
	uint32_t retries;  /* in a row, of a disk that is there and fails */
	uint64_t retry_us; /* no earlier; 0: as soon as it is found */
	uint64_t commits;
	struct vault vault;
	struct changes changes;
};

struct life_region {
	struct life checkpoints[2];
	uint8_t stages[CHANGES_MAX][RECORD_VALUE_BYTES]; /* values of changes under way */
	struct record records[STORE_CELLS];
};

#define LIFE_REGION_BYTES (1128u * 1024)
_Static_assert(sizeof(struct life_region) <= LIFE_REGION_BYTES, "region size");
_Static_assert(STORE_CELLS <= VAULT_CELLS_MAX, "the vault has room");
_Static_assert(STORE_VALUE_BYTES <= RECORD_VALUE_BYTES, "a cell has room");
_Static_assert(STORE_CELL_BYTES == sizeof(struct record), "a cell is a record");

/* A first life: nothing known, STORE_OPENING. */
void life_begin(struct life *life);
/* The latest checkpoint that checks out, its records too. False: none does. */
bool life_load(struct life *life, struct life_region *region);
/* Both checkpoints are gone; the records stay, for who reads them back. */
void life_forget(struct life_region *region);
void life_save(struct life *life, struct life_region *region);

#endif
