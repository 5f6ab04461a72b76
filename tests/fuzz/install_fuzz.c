/* What a disk holds, an archive, and the installer's state: any bytes. */
#include "services/install/archive.h"
#include "services/install/inspect.h"
#include "services/install/job.h"

#include <stdlib.h>
#include <string.h>

#define SECTORS_BYTES (INSPECT_SECTORS * SECTOR_BYTES)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void inspect(const uint8_t *data, size_t size)
{
	static uint8_t sectors[SECTORS_BYTES];
	struct disk_entry disk = { .sectors = 1 };

	memset(sectors, 0, sizeof(sectors));
	memcpy(sectors, data, size < sizeof(sectors) ? size : sizeof(sectors));
	memcpy(disk.model, data, size < sizeof(disk.model) ? size : sizeof(disk.model));
	if (inspect_finding(sectors) > INSTALL_DATA || inspect_code(&disk, sectors) == 0)
		abort();
}

/* Every byte of what was found has to be readable. */
static void archive(const uint8_t *data, size_t size)
{
	struct plan_parts parts;
	volatile uint8_t last = 0;

	if (archive_open((struct fat_piece){ data, (uint32_t)size }, &parts) != OK)
		return;
	if (parts.kernel.count != 0)
		last = ((const uint8_t *)parts.kernel.bytes)[parts.kernel.count - 1];
	(void)last;
}

static void state(const uint8_t *data, size_t size)
{
	static struct job job;
	static struct install_table table;
	struct job_saved saved = { 0 };
	const struct plan_parts parts = { 0 };
	const struct disk_table disks = { 0 };
	struct job_order order;

	memcpy(&saved, data, size < sizeof(saved) ? size : sizeof(saved));
	job_open(&job, &table, &saved, &parts);
	job_order_next(&job, &disks, &order);
	if (order.disk >= BLOCK_DISKS_MAX || order.count > BLOCK_SECTORS_MAX)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	inspect(data, size);
	archive(data, size);
	state(data, size);
	return 0;
}
