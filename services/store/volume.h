/*
 * The store's partition: asks the disk driver (services/proto/block.h) for one
 * thing at a time and looks for its answer, over deaths of both.
 */
#ifndef STORE_VOLUME_H
#define STORE_VOLUME_H

#include "services/runtime/block.h"

enum volume_finding {
	VOLUME_UNKNOWN, /* the driver has not looked yet */
	VOLUME_NONE,
	VOLUME_HERE,
};

struct volume {
	struct block_end end;
	const struct disk_table *table;
	uint32_t driver; /* slot */
	uint32_t id;     /* the partition's, as the table says */
	uint64_t sectors;
	uint64_t asked_us, reminded_us;
};

void volume_open(struct volume *volume);
/* Sets id and sectors if the partition is there. */
enum volume_finding volume_find(struct volume *volume);
/* Is there none any more, or another one? Not if the driver has yet to look. */
bool volume_is_gone(const struct volume *volume);
/* Is the driver still at what a former life asked for? Then volume_ask has to wait. */
bool volume_is_busy(const struct volume *volume);
/* `bytes` are copied if op is BLOCK_WRITE. */
void volume_ask(struct volume *volume, enum block_op op, uint64_t sector, uint32_t count,
		const void *bytes, uint64_t now_us);
/* E_AGAIN: not yet; E_TIMEOUT: never; else how it ended. Reminds the driver now and then. */
enum status volume_answer(struct volume *volume, uint64_t now_us);
/* Is the disk of no use any more, going by that answer? */
bool volume_is_lost(const struct volume *volume, enum status answer);
/* What was read, BLOCK_SECTOR_BYTES a sector. */
const uint8_t *volume_data(const struct volume *volume);

#endif
