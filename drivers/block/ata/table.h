/* Changes of the table of disks that readers see whole or not at all. */
#ifndef ATA_TABLE_H
#define ATA_TABLE_H

#include "services/proto/block.h"

/* Also after a former life died between the two: then the sequence is odd already. */
static inline void table_change_begin(struct disk_table *table)
{
	__atomic_store_n(&table->sequence, table->sequence | 1u, __ATOMIC_RELAXED);
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
}

static inline void table_change_end(struct disk_table *table)
{
	__atomic_store_n(&table->sequence, (table->sequence | 1u) + 1, __ATOMIC_RELEASE);
}

#endif
