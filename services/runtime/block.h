/*
 * A client's end of a pair of regions to the disk driver (services/proto/block.h).
 * Pure: it calls nothing; the client notifies `disk` after block_submit.
 *
 * A request stays under way over deaths of the driver and of the client. So a
 * client that starts finds block_is_busy() until the driver is through with what
 * its former life asked for.
 */
#ifndef RUNTIME_BLOCK_H
#define RUNTIME_BLOCK_H

#include "kernel/abi/status.h"
#include "services/proto/block.h"

#include <stdbool.h>

struct block_end {
	struct block_request *request;
	const struct block_completion *done;
};

/* Is there a request that the driver has not answered? Then the request must not be touched. */
static inline bool block_is_busy(const struct block_end *end)
{
	return __atomic_load_n(&end->done->sequence, __ATOMIC_ACQUIRE) != end->request->sequence;
}

/*
 * Data to write is in request->data before. `disk` and `volume` as block.h says; the
 * end must not be busy. The outcome is in done->status when it is busy no more.
 */
static inline void block_submit(struct block_end *end, enum block_op op, uint32_t disk,
				uint32_t volume, uint64_t sector, uint32_t count)
{
	struct block_request *request = end->request;
	uint32_t sequence = request->sequence + 1;

	request->op = op;
	request->disk = disk;
	request->volume = volume;
	request->sector = sector;
	request->count = count;
	__atomic_store_n(&request->sequence, sequence != 0 ? sequence : 1, __ATOMIC_RELEASE);
}

/* A copy of the table that holds together. False: it is being written, look again later. */
static inline bool disk_table_copy(const struct disk_table *table, struct disk_table *copy)
{
	uint32_t before = __atomic_load_n(&table->sequence, __ATOMIC_ACQUIRE);

	*copy = *table;
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	return before % 2 == 0 && before == __atomic_load_n(&table->sequence, __ATOMIC_RELAXED);
}

#endif
