/* The memory behind the manifest's regions, and the tables that the kernel shows. */
#ifndef KERNEL_REGION_H
#define KERNEL_REGION_H

#include "kernel/abi/table.h"
#include "kernel/memory.h"

struct region {
	physical_t physical;
	uint64_t bytes; /* 0: there is nothing behind it (no "config" module) */
};

extern struct kernel_table *table; /* region kind REGION_KERNEL_TABLE */

/* Takes the memory of the kernel table and log, then of every region. */
void tables_init(void);
void regions_init(void);

const struct region *region_of(unsigned index);

#endif
