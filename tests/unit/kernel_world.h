/* A few slots in host memory, and the rest of the kernel as the tests want to see it. */
#ifndef KERNEL_WORLD_H
#define KERNEL_WORLD_H

#include "kernel/slot.h"

#define WORLD_SLOTS        6
#define WORLD_RS           0
#define WORLD_MEMORY_BYTES (4 * PAGE_BYTES)
#define WORLD_HEAP         USER_HEAP_BASE   /* of each slot: WORLD_MEMORY_BYTES, writable */
#define WORLD_CONSTANTS    USER_REGION_BASE /* the same memory once more, read-only */

extern uint64_t world_now_us;
extern unsigned world_deaths;       /* calls of slot_die */
extern enum exit_cause world_cause; /* of the last one */

/* All alive; everybody may call and notify everybody. */
int world_set(void **state);
uint8_t *world_memory(unsigned slot);
uint64_t world_endpoint(unsigned slot);

#endif
