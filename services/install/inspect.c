#include "services/install/inspect.h"

#include "services/install/plan.h"
#include "services/runtime/crc32.h"

#include <string.h>

#define INSPECT_BYTES    (INSPECT_SECTORS * SECTOR_BYTES)
#define GPT_HEADER       SECTOR_BYTES
#define GPT_ENTRIES      (2 * SECTOR_BYTES)
#define GPT_ENTRY_BYTES  128u
#define MBR_FIRST_RECORD 446u
#define MBR_RECORDS      4u
#define MBR_RECORD_BYTES 16u
#define MBR_RECORD_TYPE  4u

static bool has_gpt(const uint8_t *sectors)
{
	return memcmp(sectors + GPT_HEADER, "EFI PART", 8) == 0;
}

static bool has_slot(const uint8_t *sectors)
{
	for (uint32_t at = GPT_ENTRIES; at < GPT_FIRST_USABLE * SECTOR_BYTES; at += GPT_ENTRY_BYTES)
		if (memcmp(sectors + at, plan_slot_type, GPT_GUID_BYTES) == 0)
			return true;
	return false;
}

/* A table of partitions; the boot sector of a volume without one has other bytes there. */
static bool has_mbr(const uint8_t *sectors)
{
	bool any = false;

	if (sectors[SECTOR_BYTES - 2] != 0x55 || sectors[SECTOR_BYTES - 1] != 0xaa)
		return false;
	for (unsigned i = 0; i < MBR_RECORDS; i++) {
		const uint8_t *record = sectors + MBR_FIRST_RECORD + i * MBR_RECORD_BYTES;

		if ((record[0] & 0x7f) != 0)
			return false;
		any |= record[MBR_RECORD_TYPE] != 0;
	}
	return any;
}

enum install_finding inspect_finding(const uint8_t *sectors)
{
	if (has_gpt(sectors))
		return has_slot(sectors) ? INSTALL_BULKHEAD : INSTALL_PARTITIONS;
	if (has_mbr(sectors))
		return INSTALL_PARTITIONS;
	for (uint32_t i = 0; i < INSPECT_BYTES; i++)
		if (sectors[i] != 0)
			return INSTALL_DATA;
	return INSTALL_EMPTY;
}

uint32_t inspect_code(const struct disk_entry *disk, const uint8_t *sectors)
{
	uint32_t crc = crc32_of(sectors, INSPECT_BYTES);

	crc = crc32_more(crc, &disk->sectors, sizeof(disk->sectors));
	crc = crc32_more(crc, disk->model, strnlen(disk->model, sizeof(disk->model)));
	crc = crc32_more(crc, disk->serial, strnlen(disk->serial, sizeof(disk->serial)));
	crc = (crc ^ crc >> 16) & 0xffff;
	return crc ? crc : 1;
}
