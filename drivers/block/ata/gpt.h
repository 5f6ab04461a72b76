/*
 * GUID partition tables: UEFI Specification 2.10, 5.3. Any bytes may be on a
 * disk: everything is checked, sums and bounds. Pure.
 */
#ifndef ATA_GPT_H
#define ATA_GPT_H

#include "services/proto/block.h"

#include <stdbool.h>
#include <stdint.h>

#define GPT_HEADER_SECTOR   1u     /* the other header is in the last sector */
#define GPT_ENTRIES_BYTES   16384u /* that the standard reserves; longer tables are not read */
#define GPT_ENTRIES_SECTORS (GPT_ENTRIES_BYTES / BLOCK_SECTOR_BYTES)

struct gpt_header {
	uint64_t first_usable, last_usable; /* sectors */
	uint64_t entries_sector;
	uint32_t entry_count, entry_bytes;
	uint32_t entries_crc32;
};

struct gpt_partition {
	uint64_t first, count;          /* sectors */
	uint8_t guid[BLOCK_GUID_BYTES]; /* its own */
};

/* `sector` is what the disk had at sector number `at`. False: not a header that holds there. */
bool gpt_header_parse(const uint8_t sector[BLOCK_SECTOR_BYTES], uint64_t at, uint64_t disk_sectors,
		      struct gpt_header *header);

/* Sectors to read from header->entries_sector on; at most GPT_ENTRIES_SECTORS. */
uint32_t gpt_entries_sectors(const struct gpt_header *header);

/* Does the table that the header points at check out? */
bool gpt_entries_hold(const struct gpt_header *header, const uint8_t entries[GPT_ENTRIES_BYTES]);

/* The first partition of that type in a table that holds. False: none, or it lies wrongly. */
bool gpt_find(const struct gpt_header *header, const uint8_t entries[GPT_ENTRIES_BYTES],
	      const uint8_t type[BLOCK_GUID_BYTES], struct gpt_partition *partition);

#endif
