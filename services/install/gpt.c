#include "services/install/gpt.h"

#include "services/runtime/crc32.h"

#include <stdbool.h>
#include <string.h>

#define SECTOR_BYTES       512u
#define HEADER_BYTES       92u
#define ENTRIES            128u
#define ENTRY_BYTES        128u
#define ENTRY_SECTORS      (ENTRIES * ENTRY_BYTES / SECTOR_BYTES)
#define ENTRIES_PER_SECTOR (SECTOR_BYTES / ENTRY_BYTES)
#define ENTRY_NAME         56u /* offset of the name */
#define ENTRY_NAME_MAX     36u
#define REVISION           0x00010000u
#define MBR_RECORD         446u /* offset of the first of four */
#define MBR_PROTECTIVE     0xeeu
#define MBR_SECTORS_MAX    0xffffffffu

_Static_assert(GPT_PARTITIONS_MAX <= ENTRIES, "the table has room");
_Static_assert(GPT_FIRST_USABLE == 2 + ENTRY_SECTORS && GPT_TAIL == 1 + ENTRY_SECTORS, "layout");

static void put(uint8_t *at, uint64_t value, unsigned bytes)
{
	for (unsigned i = 0; i < bytes; i++)
		at[i] = (uint8_t)(value >> (8 * i));
}

/* FNV-1a, 64 bits, and the finisher of SplitMix64, so that each bit depends on all of the seed. */
static uint64_t mixed(const char *seed, uint64_t salt)
{
	uint64_t hash = 0xcbf29ce484222325u ^ salt;

	for (; *seed; seed++)
		hash = (hash ^ (uint8_t)*seed) * 0x100000001b3u;
	hash += salt * 0x9e3779b97f4a7c15u;
	hash = (hash ^ hash >> 30) * 0xbf58476d1ce4e5b9u;
	hash = (hash ^ hash >> 27) * 0x94d049bb133111ebu;
	return hash ^ hash >> 31;
}

void gpt_guid_make(const char *seed, uint32_t number, uint8_t guid[GPT_GUID_BYTES])
{
	put(guid, mixed(seed, 2 * (uint64_t)number + 1), 8);
	put(guid + 8, mixed(seed, 2 * (uint64_t)number + 2), 8);
	guid[7] =
		(uint8_t)((guid[7] & 0x0f) | 0x80); /* version; the third field is little-endian */
	guid[8] = (uint8_t)((guid[8] & 0x3f) | 0x80); /* variant */
}

static void protective_mbr(const struct gpt *gpt, const uint8_t *code, uint8_t *out)
{
	uint8_t *record = out + MBR_RECORD;
	uint64_t sectors = gpt->sectors - 1;

	memcpy(out, code, MBR_CODE_BYTES);
	put(record + 1, 0x000200, 3); /* cylinder, head and sector of LBA 1 */
	record[4] = MBR_PROTECTIVE;
	put(record + 5, 0xffffff, 3);
	put(record + 8, 1, 4);
	put(record + 12, sectors < MBR_SECTORS_MAX ? sectors : MBR_SECTORS_MAX, 4);
	put(out + 510, 0xaa55, 2);
}

static void entry_put(const struct gpt_partition *partition, uint8_t *at)
{
	memcpy(at, partition->type, GPT_GUID_BYTES);
	memcpy(at + 16, partition->guid, GPT_GUID_BYTES);
	put(at + 32, partition->first, 8);
	put(at + 40, partition->first + partition->count - 1, 8);
	for (size_t i = 0; partition->name[i] && i < ENTRY_NAME_MAX; i++)
		at[ENTRY_NAME + 2 * i] = (uint8_t)partition->name[i];
}

static void entries_sector(const struct gpt *gpt, uint32_t number, uint8_t *out)
{
	for (uint32_t i = 0; i < ENTRIES_PER_SECTOR; i++) {
		uint32_t partition = number * ENTRIES_PER_SECTOR + i;

		if (partition < gpt->partition_count)
			entry_put(&gpt->partitions[partition], out + i * ENTRY_BYTES);
	}
}

static uint32_t entries_sum(const struct gpt *gpt)
{
	uint8_t entries[SECTOR_BYTES];
	uint32_t crc = 0;

	for (uint32_t sector = 0; sector < ENTRY_SECTORS; sector++) {
		memset(entries, 0, SECTOR_BYTES);
		entries_sector(gpt, sector, entries);
		crc = crc32_more(crc, entries, SECTOR_BYTES);
	}
	return crc;
}

static void header(const struct gpt *gpt, bool copy, uint8_t *out)
{
	uint64_t last = gpt->sectors - 1;

	memcpy(out, "EFI PART", 8);
	put(out + 8, REVISION, 4);
	put(out + 12, HEADER_BYTES, 4);
	put(out + 24, copy ? last : 1, 8);
	put(out + 32, copy ? 1 : last, 8);
	put(out + 40, GPT_FIRST_USABLE, 8);
	put(out + 48, last - GPT_TAIL, 8);
	memcpy(out + 56, gpt->guid, GPT_GUID_BYTES);
	put(out + 72, copy ? last - ENTRY_SECTORS : 2, 8);
	put(out + 80, ENTRIES, 4);
	put(out + 84, ENTRY_BYTES, 4);
	put(out + 88, entries_sum(gpt), 4);
	put(out + 16, crc32_of(out, HEADER_BYTES), 4);
}

void gpt_sector(const struct gpt *gpt, const uint8_t code[MBR_CODE_BYTES], uint64_t lba,
		uint8_t out[512])
{
	uint64_t last = gpt->sectors - 1;

	memset(out, 0, SECTOR_BYTES);
	if (lba == 0)
		protective_mbr(gpt, code, out);
	else if (lba == 1 || lba == last)
		header(gpt, lba == last, out);
	else if (lba < GPT_FIRST_USABLE)
		entries_sector(gpt, (uint32_t)(lba - 2), out);
	else if (lba >= last - ENTRY_SECTORS && lba < last)
		entries_sector(gpt, (uint32_t)(lba - (last - ENTRY_SECTORS)), out);
}
