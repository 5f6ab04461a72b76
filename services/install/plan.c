#include "services/install/plan.h"

#include "services/proto/block.h"
#include "services/runtime/crc32.h"

#include <stdio.h>
#include <string.h>

enum partition {
	PARTITION_CORE,
	PARTITION_ESP,
	PARTITION_SLOT_A,
	PARTITION_SLOT_B,
	PARTITION_STORE,
	PARTITIONS,
};
_Static_assert(PARTITIONS <= GPT_PARTITIONS_MAX, "the table has room");

#define CORE_SECTORS (PLAN_ESP_FIRST - PLAN_CORE_FIRST)

/*
 * GRUB 2.06, include/grub/i386/pc/boot.h and util/setup.c: where boot.img keeps
 * the core's first sector, and two bytes that are no-operations on a hard disk,
 * so that a BIOS that passes the wrong drive number is put right; the core's
 * first sector ends with the list of where the rest lies.
 */
#define BOOT_CORE_SECTOR 0x5c
#define BOOT_DRIVE_CHECK 0x66
#define CORE_REST        (SECTOR_BYTES - 12)
#define CORE_REST_COUNT  (SECTOR_BYTES - 4)
#define NO_OPERATION     0x90

/* 21686148-6449-6E6F-744E-656564454649: "Hah!IdontNeedEFI" on the disk. */
static const uint8_t bios_boot_type[GPT_GUID_BYTES] = "Hah!IdontNeedEFI";
/* C12A7328-F81F-11D2-BA4B-00A0C93EC93B, UEFI specification 2.10, 5.3.3. */
static const uint8_t esp_type[GPT_GUID_BYTES] = { 0x28, 0x73, 0x2a, 0xc1, 0x1f, 0xf8, 0xd2, 0x11,
						  0xba, 0x4b, 0x00, 0xa0, 0xc9, 0x3e, 0xc9, 0x3b };
/* 4a5ef5ea-5c3e-4d0b-8a58-5d1de5bc4c1c: a slot, ours. */
const uint8_t plan_slot_type[GPT_GUID_BYTES] = { 0xea, 0xf5, 0x5e, 0x4a, 0x3e, 0x5c, 0x0b, 0x4d,
						 0x8a, 0x58, 0x5d, 0x1d, 0xe5, 0xbc, 0x4c, 0x1c };
static const uint8_t store_type[GPT_GUID_BYTES] = BLOCK_STORE_TYPE_GUID;

static void partition_put(struct plan *plan, const char *seed, enum partition which,
			  const char *name, const uint8_t *type, uint64_t first, uint64_t count)
{
	struct gpt_partition *partition = &plan->gpt.partitions[which];

	memcpy(partition->type, type, GPT_GUID_BYTES);
	gpt_guid_make(seed, which + 1, partition->guid);
	partition->first = first;
	partition->count = count;
	partition->name = name;
}

static void table_make(struct plan *plan, uint64_t sectors, const char *seed)
{
	uint64_t slot_b = PLAN_SLOT_FIRST + PLAN_SLOT_SECTORS;

	plan->gpt.sectors = sectors;
	plan->gpt.partition_count = PARTITIONS;
	gpt_guid_make(seed, 0, plan->gpt.guid);
	partition_put(plan, seed, PARTITION_CORE, "GRUB", bios_boot_type, PLAN_CORE_FIRST,
		      CORE_SECTORS);
	partition_put(plan, seed, PARTITION_ESP, "EFI system", esp_type, PLAN_ESP_FIRST,
		      PLAN_ESP_SECTORS);
	partition_put(plan, seed, PARTITION_SLOT_A, "Bulkhead A", plan_slot_type, PLAN_SLOT_FIRST,
		      PLAN_SLOT_SECTORS);
	partition_put(plan, seed, PARTITION_SLOT_B, "Bulkhead B", plan_slot_type, slot_b,
		      PLAN_SLOT_SECTORS);
	partition_put(plan, seed, PARTITION_STORE, "Bulkhead store", store_type, PLAN_STORE_FIRST,
		      PLAN_STORE_SECTORS);
}

static enum status boot_make(struct plan *plan, const struct plan_parts *parts)
{
	const uint64_t core = PLAN_CORE_FIRST;

	if (parts->boot.count != SECTOR_BYTES || parts->core.count < 2 * SECTOR_BYTES)
		return E_ARGUMENT;
	if (parts->core.count > CORE_SECTORS * SECTOR_BYTES)
		return E_TOO_LARGE;
	memcpy(plan->code, parts->boot.bytes, MBR_CODE_BYTES);
	memcpy(plan->code + BOOT_CORE_SECTOR, &core, sizeof(core));
	memset(plan->code + BOOT_DRIVE_CHECK, NO_OPERATION, 2);
	plan->core = parts->core;
	return OK;
}

static uint32_t volume_serial(const struct plan *plan, enum partition which)
{
	return crc32_of(plan->gpt.partitions[which].guid, GPT_GUID_BYTES);
}

static enum status esp_make(struct plan *plan, const struct plan_parts *parts)
{
	struct fat_volume *esp = &plan->esp;

	esp->sectors = PLAN_ESP_SECTORS;
	esp->hidden = PLAN_ESP_FIRST;
	esp->serial = volume_serial(plan, PARTITION_ESP);
	memcpy(esp->label, "BULKHEADESP", FAT_NAME_BYTES);
	int efi = fat_directory_add(esp, -1, "EFI        ");
	int boot = fat_directory_add(esp, efi, "BOOT       ");
	int grub = fat_directory_add(esp, -1, "GRUB       ");
	(void)fat_directory_add(esp, -1, "BULKHEAD   "); /* for files of the administrator */

	/* Before all that may differ in length: GRUB writes grubenv where it lies. */
	memset(plan->grubenv, '#', sizeof(plan->grubenv));
	memcpy(plan->grubenv, "# GRUB Environment Block\nslot=A\n", 32);
	fat_file_add(esp, grub, "GRUBENV    ", plan->grubenv, sizeof(plan->grubenv));
	fat_file_add(esp, grub, "GRUB    CFG", parts->grub_cfg.bytes, parts->grub_cfg.count);
	fat_file_add(esp, boot, "BOOTX64 EFI", parts->efi.bytes, parts->efi.count);
	fat_file_add(esp, grub, "MODULES TAR", parts->modules.bytes, parts->modules.count);
	return fat_volume_lay(esp);
}

/* Both slots hold the same; only what a volume says of its place differs, see slot_sector. */
static enum status slot_make(struct plan *plan, const struct plan_parts *parts)
{
	struct fat_volume *slot = &plan->slot;
	int length =
		snprintf(plan->sums, sizeof(plan->sums), "%08lx  kernel.elf\n%08lx  bundle\n",
			 (unsigned long)parts->kernel_crc32, (unsigned long)parts->bundle_crc32);

	slot->sectors = PLAN_SLOT_SECTORS;
	memcpy(slot->label, "BULKHEAD   ", FAT_NAME_BYTES);
	fat_file_add(slot, -1, "SUMS       ", plan->sums, (uint32_t)length);
	fat_file_add(slot, -1, "KERNEL  ELF", parts->kernel.bytes, parts->kernel.count);
	fat_file_add(slot, -1, "BUNDLE     ", parts->bundle.bytes, parts->bundle.count);
	return fat_volume_lay(slot);
}

static void stretch_add(struct plan *plan, uint64_t first, uint64_t count)
{
	plan->stretches[plan->stretch_count++] = (struct plan_stretch){ first, count };
}

enum status plan_make(struct plan *plan, const struct plan_parts *parts, uint64_t sectors,
		      const char *seed)
{
	memset(plan, 0, sizeof(*plan));
	if (sectors < PLAN_SECTORS_MIN)
		return E_TOO_LARGE;
	table_make(plan, sectors, seed);
	enum status status = boot_make(plan, parts);

	if (status == OK)
		status = esp_make(plan, parts);
	if (status == OK)
		status = slot_make(plan, parts);
	stretch_add(plan, PLAN_CORE_FIRST, (parts->core.count + SECTOR_BYTES - 1) / SECTOR_BYTES);
	stretch_add(plan, PLAN_ESP_FIRST, plan->esp.used);
	for (unsigned i = 0; i < PLAN_SLOTS; i++)
		stretch_add(plan, PLAN_SLOT_FIRST + i * PLAN_SLOT_SECTORS, plan->slot.used);
	stretch_add(plan, PLAN_STORE_FIRST, PLAN_STORE_SECTORS);
	return status == E_FULL ? E_TOO_LARGE : status;
}

static void core_sector(const struct plan *plan, uint32_t number, uint8_t *out)
{
	uint32_t offset = number * SECTOR_BYTES;
	uint32_t left = offset < plan->core.count ? plan->core.count - offset : 0;

	memset(out, 0, SECTOR_BYTES);
	memcpy(out, (const uint8_t *)plan->core.bytes + (left ? offset : 0),
	       left < SECTOR_BYTES ? left : SECTOR_BYTES);
	if (number == 0) {
		const uint64_t rest = PLAN_CORE_FIRST + 1;
		const uint16_t count =
			(uint16_t)((plan->core.count + SECTOR_BYTES - 1) / SECTOR_BYTES - 1);

		memcpy(out + CORE_REST, &rest, sizeof(rest));
		memcpy(out + CORE_REST_COUNT, &count, sizeof(count));
	}
}

static void slot_sector(const struct plan *plan, uint64_t number, uint8_t *out)
{
	unsigned which = (unsigned)(number / PLAN_SLOT_SECTORS);
	uint32_t sector = (uint32_t)(number % PLAN_SLOT_SECTORS);

	fat_sector(&plan->slot, sector, out);
	if (sector == 0)
		fat_boot_place(out, PLAN_SLOT_FIRST + which * PLAN_SLOT_SECTORS,
			       volume_serial(plan, PARTITION_SLOT_A + which));
}

void plan_sector(const struct plan *plan, uint64_t lba, uint8_t out[SECTOR_BYTES])
{
	if (lba < GPT_FIRST_USABLE || lba >= plan->gpt.sectors - GPT_TAIL)
		gpt_sector(&plan->gpt, plan->code, lba, out);
	else if (lba >= PLAN_CORE_FIRST && lba < PLAN_ESP_FIRST)
		core_sector(plan, (uint32_t)(lba - PLAN_CORE_FIRST), out);
	else if (lba >= PLAN_ESP_FIRST && lba < PLAN_SLOT_FIRST)
		fat_sector(&plan->esp, (uint32_t)(lba - PLAN_ESP_FIRST), out);
	else if (lba >= PLAN_SLOT_FIRST && lba < PLAN_STORE_FIRST)
		slot_sector(plan, lba - PLAN_SLOT_FIRST, out);
	else
		memset(out, 0, SECTOR_BYTES);
}
