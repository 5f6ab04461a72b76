/*
 * The partition table of a system disk, any sector of it on demand: protective
 * MBR, GPT, and GPT's copy at the end (UEFI specification 2.10, 5.2.3 and 5.3).
 * Pure.
 */
#ifndef INSTALL_GPT_H
#define INSTALL_GPT_H

#include <stdint.h>

#define GPT_GUID_BYTES     16u
#define GPT_PARTITIONS_MAX 8u
#define GPT_FIRST_USABLE   34u /* MBR, header, 32 sectors of entries */
#define GPT_TAIL           33u /* entries and header, at the end */
#define MBR_CODE_BYTES     440u

struct gpt_partition {
	uint8_t type[GPT_GUID_BYTES]; /* GUIDs as they lie on the disk */
	uint8_t guid[GPT_GUID_BYTES];
	uint64_t first, count; /* sectors */
	const char *name;      /* ASCII, at most 36 characters */
};

struct gpt {
	uint64_t sectors; /* of the disk */
	uint8_t guid[GPT_GUID_BYTES];
	uint32_t partition_count;
	struct gpt_partition partitions[GPT_PARTITIONS_MAX];
};

/* A GUID that follows from the seed and the number alone; version 8 of RFC 9562, 5.8. */
void gpt_guid_make(const char *seed, uint32_t number, uint8_t guid[GPT_GUID_BYTES]);
/* What sector `lba` holds if it is one of the table's: below GPT_FIRST_USABLE, or of the tail. */
void gpt_sector(const struct gpt *gpt, const uint8_t code[MBR_CODE_BYTES], uint64_t lba,
		uint8_t out[512]);

#endif
