/*
 * Makes a disk image: what the installer would write to a disk of 40 MiB. Runs
 * on the host. What is zero stays a hole of the file.
 *
 * usage: disk SEED BOOT.IMG CORE.IMG BOOTX64.EFI MODULES.TAR GRUB.CFG KERNEL.ELF BUNDLE OUTPUT
 */
#include "services/install/plan.h"
#include "services/runtime/crc32.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum argument {
	PROGRAM,
	SEED,
	BOOT,
	CORE,
	EFI,
	MODULES,
	GRUB_CFG,
	KERNEL,
	BUNDLE,
	OUTPUT,
	ARGUMENTS
};

static _Noreturn void stop(const char *what, const char *why)
{
	fprintf(stderr, "disk: %s: %s\n", what, why);
	exit(1);
}

static struct fat_piece file_read(const char *path)
{
	FILE *file = fopen(path, "rb");

	if (!file || fseek(file, 0, SEEK_END))
		stop(path, "cannot be opened");
	long count = ftell(file);
	void *bytes = count > 0 ? malloc((size_t)count) : NULL;

	rewind(file);
	if (!bytes || fread(bytes, 1, (size_t)count, file) != (size_t)count)
		stop(path, "cannot be read, or is empty");
	fclose(file);
	return (struct fat_piece){ bytes, (uint32_t)count };
}

static void plan_write(const struct plan *plan, const char *path)
{
	static const uint8_t zero[SECTOR_BYTES];
	uint8_t sector[SECTOR_BYTES];
	FILE *file = fopen(path, "wb");

	if (!file)
		stop(path, "cannot be written");
	for (uint64_t lba = 0; lba < plan->gpt.sectors; lba++) {
		plan_sector(plan, lba, sector);
		/* The last one is the copy of GPT's header, so the file gets its full length. */
		int failed = memcmp(sector, zero, SECTOR_BYTES)
				     ? fwrite(sector, SECTOR_BYTES, 1, file) != 1
				     : fseek(file, SECTOR_BYTES, SEEK_CUR);
		if (failed)
			stop(path, "cannot be written");
	}
	if (fclose(file))
		stop(path, "cannot be written");
}

int main(int count, char **arguments)
{
	static struct plan plan;

	if (count != ARGUMENTS)
		stop("usage", "see the head of disk.c");
	struct plan_parts parts = {
		.boot = file_read(arguments[BOOT]),
		.core = file_read(arguments[CORE]),
		.efi = file_read(arguments[EFI]),
		.modules = file_read(arguments[MODULES]),
		.grub_cfg = file_read(arguments[GRUB_CFG]),
		.kernel = file_read(arguments[KERNEL]),
		.bundle = file_read(arguments[BUNDLE]),
	};

	parts.kernel_crc32 = crc32_of(parts.kernel.bytes, parts.kernel.count);
	parts.bundle_crc32 = crc32_of(parts.bundle.bytes, parts.bundle.count);
	enum status status = plan_make(&plan, &parts, PLAN_SECTORS_MIN, arguments[SEED]);

	if (status != OK)
		stop(arguments[OUTPUT], status_text(status));
	plan_write(&plan, arguments[OUTPUT]);
	return 0;
}
