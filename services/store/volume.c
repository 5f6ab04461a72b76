#include "services/store/volume.h"

#include "services/runtime/service.h"

#include <string.h>

#define REMIND_US   100000u
#define WAIT_MAX_US (BLOCK_WAIT_MAX_MS * 1000ull)

void volume_open(struct volume *volume)
{
	*volume = (struct volume){
		.end = { .request = region("req", sizeof(struct block_request)),
			 .done = region("done", sizeof(struct block_completion)) },
		.table = region("disks", sizeof(struct disk_table)),
		.driver = service_slot("disk"),
	};
}

static bool disk_works(const struct disk_table *table)
{
	return table->store.disk < BLOCK_DISKS_MAX &&
	       table->disks[table->store.disk].state == DISK_READY;
}

enum volume_finding volume_find(struct volume *volume)
{
	struct disk_table table;

	if (!disk_table_copy(volume->table, &table) || table.ready == 0)
		return VOLUME_UNKNOWN;
	if (table.store.count == 0 || !disk_works(&table))
		return VOLUME_NONE;
	volume->id = table.store.volume;
	volume->sectors = table.store.count;
	return VOLUME_HERE;
}

bool volume_is_gone(const struct volume *volume)
{
	struct disk_table table;

	return disk_table_copy(volume->table, &table) && table.ready != 0 &&
	       (table.store.count == 0 || table.store.volume != volume->id);
}

bool volume_is_busy(const struct volume *volume)
{
	return block_is_busy(&volume->end);
}

void volume_ask(struct volume *volume, enum block_op op, uint64_t sector, uint32_t count,
		const void *bytes, uint64_t now_us)
{
	if (op == BLOCK_WRITE)
		memcpy(volume->end.request->data, bytes, (size_t)count * BLOCK_SECTOR_BYTES);
	block_submit(&volume->end, op, 0, volume->id, sector, count);
	volume->asked_us = volume->reminded_us = now_us;
	service_notify(volume->driver);
}

enum status volume_answer(struct volume *volume, uint64_t now_us)
{
	if (!block_is_busy(&volume->end)) {
		enum status status = (enum status)volume->end.done->status;

		return status != E_AGAIN ? status : E_DEVICE;
	}
	if (now_us - volume->asked_us > WAIT_MAX_US)
		return E_TIMEOUT;
	if (now_us - volume->reminded_us > REMIND_US) {
		volume->reminded_us = now_us;
		service_notify(volume->driver);
	}
	return E_AGAIN;
}

bool volume_is_lost(const struct volume *volume, enum status answer)
{
	struct disk_table table;

	if (answer == OK)
		return false;
	if (answer != E_DEVICE || !disk_table_copy(volume->table, &table))
		return answer != E_DEVICE;
	return !disk_works(&table);
}

const uint8_t *volume_data(const struct volume *volume)
{
	return volume->end.done->data;
}
