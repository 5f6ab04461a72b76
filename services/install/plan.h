/*
 * A whole system disk, any sector of it on demand. The same code makes
 * bulkhead.img on the host and installs from a running system. Pure.
 *
 *	sector 0	GRUB's first sector and the protective MBR
 *	1		GPT; its copy at the end of the disk
 *	64		BIOS boot partition: GRUB's core
 *	2048		EFI system partition: GRUB for UEFI, grub.cfg, grubenv
 *	10240		slot A: kernel.elf, bundle, sums; then slot B of the same size
 *	59392		store, all zeros
 *
 * All of it below 40 MiB, whatever the size of the disk.
 */
#ifndef INSTALL_PLAN_H
#define INSTALL_PLAN_H

#include "services/install/fat.h"
#include "services/install/gpt.h"

#define PLAN_CORE_FIRST    64u
#define PLAN_ESP_FIRST     2048u
#define PLAN_ESP_SECTORS   8192u /* 4 MiB */
#define PLAN_SLOT_FIRST    (PLAN_ESP_FIRST + PLAN_ESP_SECTORS)
#define PLAN_SLOT_SECTORS  24576u /* 12 MiB */
#define PLAN_SLOTS         2u
#define PLAN_STORE_FIRST   (PLAN_SLOT_FIRST + PLAN_SLOTS * PLAN_SLOT_SECTORS)
#define PLAN_STORE_SECTORS 16384u /* 8 MiB: eight times what the store uses today */
#define PLAN_SECTORS_MIN   81920u /* 40 MiB: a disk of fewer is too small */

_Static_assert(PLAN_STORE_FIRST + PLAN_STORE_SECTORS + GPT_TAIL <= PLAN_SECTORS_MIN, "it fits");

#define PLAN_STRETCHES_MAX 8u
#define PLAN_SUMS_BYTES    64u
#define PLAN_GRUBENV_BYTES 1024u

/* What is written; borrowed for as long as the plan is used. */
struct plan_parts {
	struct fat_piece boot;    /* GRUB's boot.img */
	struct fat_piece core;    /* its core.img, whole sectors */
	struct fat_piece efi;     /* BOOTX64.EFI */
	struct fat_piece modules; /* that it loads: modules.tar */
	struct fat_piece grub_cfg;
	struct fat_piece kernel;
	struct fat_piece bundle;
	uint32_t kernel_crc32, bundle_crc32;
};

/* Sectors that are written one behind another. */
struct plan_stretch {
	uint64_t first, count;
};

struct plan {
	struct gpt gpt;
	struct fat_volume esp, slot;
	struct fat_piece core;
	uint8_t code[MBR_CODE_BYTES]; /* boot.img with the place of the core */
	char sums[PLAN_SUMS_BYTES];   /* what GRUB's hashsum reads */
	char grubenv[PLAN_GRUBENV_BYTES];
	/* Everything but the partition table, in ascending order. */
	uint32_t stretch_count;
	struct plan_stretch stretches[PLAN_STRETCHES_MAX];
};

/*
 * GUIDs and serial numbers follow from `seed`, so that two disks of different
 * seeds can be told apart. E_TOO_LARGE: the disk is too small, or a part does not
 * fit in its partition; E_ARGUMENT: a part is not what it should be. The plan
 * points into itself: it must not be copied.
 */
must_use enum status plan_make(struct plan *plan, const struct plan_parts *parts, uint64_t sectors,
			       const char *seed);
extern const uint8_t plan_slot_type[GPT_GUID_BYTES]; /* of a slot, as it lies on the disk */

void plan_sector(const struct plan *plan, uint64_t lba, uint8_t out[SECTOR_BYTES]);

#endif
