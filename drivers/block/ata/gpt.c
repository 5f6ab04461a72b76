#include "drivers/block/ata/gpt.h"

#include "services/runtime/crc32.h"

#include <stddef.h>
#include <string.h>

/* UEFI 2.10, table 5.5; little-endian, as the machine is. */
struct raw_header {
	char signature[8];
	uint32_t revision, header_bytes, header_crc32, reserved;
	uint64_t own_sector, other_sector, first_usable, last_usable;
	uint8_t disk_guid[BLOCK_GUID_BYTES];
	uint64_t entries_sector;
	uint32_t entry_count, entry_bytes, entries_crc32;
} __attribute__((packed));
_Static_assert(sizeof(struct raw_header) == 92, "UEFI 2.10, table 5.5");

/* UEFI 2.10, table 5.6; attributes and name are behind. */
struct raw_entry {
	uint8_t type[BLOCK_GUID_BYTES], guid[BLOCK_GUID_BYTES];
	uint64_t first, last;
};

#define ENTRY_BYTES_MIN 128u

static bool header_sum_holds(const uint8_t *sector, const struct raw_header *raw)
{
	uint8_t copy[BLOCK_SECTOR_BYTES];

	if (raw->header_bytes < sizeof(*raw) || raw->header_bytes > sizeof(copy))
		return false;
	memcpy(copy, sector, sizeof(copy));
	memset(copy + offsetof(struct raw_header, header_crc32), 0, sizeof(raw->header_crc32));
	return crc32_of(copy, raw->header_bytes) == raw->header_crc32;
}

static bool header_is_within(const struct gpt_header *header, uint64_t disk_sectors)
{
	uint64_t bytes = (uint64_t)header->entry_count * header->entry_bytes;

	if (header->entry_bytes < ENTRY_BYTES_MIN || bytes > GPT_ENTRIES_BYTES || bytes == 0)
		return false;
	return header->first_usable <= header->last_usable && header->last_usable < disk_sectors &&
	       header->entries_sector < disk_sectors &&
	       gpt_entries_sectors(header) <= disk_sectors - header->entries_sector;
}

bool gpt_header_parse(const uint8_t sector[BLOCK_SECTOR_BYTES], uint64_t at, uint64_t disk_sectors,
		      struct gpt_header *header)
{
	struct raw_header raw;

	memcpy(&raw, sector, sizeof(raw));
	if (memcmp(raw.signature, "EFI PART", sizeof(raw.signature)) != 0 ||
	    !header_sum_holds(sector, &raw) || raw.own_sector != at)
		return false;
	*header = (struct gpt_header){ .first_usable = raw.first_usable,
				       .last_usable = raw.last_usable,
				       .entries_sector = raw.entries_sector,
				       .entry_count = raw.entry_count,
				       .entry_bytes = raw.entry_bytes,
				       .entries_crc32 = raw.entries_crc32 };
	return header_is_within(header, disk_sectors);
}

uint32_t gpt_entries_sectors(const struct gpt_header *header)
{
	uint32_t bytes = header->entry_count * header->entry_bytes;

	return (bytes + BLOCK_SECTOR_BYTES - 1) / BLOCK_SECTOR_BYTES;
}

bool gpt_entries_hold(const struct gpt_header *header, const uint8_t entries[GPT_ENTRIES_BYTES])
{
	return crc32_of(entries, (size_t)header->entry_count * header->entry_bytes) ==
	       header->entries_crc32;
}

bool gpt_find(const struct gpt_header *header, const uint8_t entries[GPT_ENTRIES_BYTES],
	      const uint8_t type[BLOCK_GUID_BYTES], struct gpt_partition *partition)
{
	for (uint32_t i = 0; i < header->entry_count; i++) {
		struct raw_entry raw;

		memcpy(&raw, entries + (size_t)i * header->entry_bytes, sizeof(raw));
		if (memcmp(raw.type, type, BLOCK_GUID_BYTES) != 0)
			continue;
		if (raw.first < header->first_usable || raw.last > header->last_usable ||
		    raw.first > raw.last)
			return false;
		partition->first = raw.first;
		partition->count = raw.last - raw.first + 1;
		memcpy(partition->guid, raw.guid, BLOCK_GUID_BYTES);
		return true;
	}
	return false;
}
