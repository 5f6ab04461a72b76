/*
 * Physical memory. All of it is given out at boot, from what Multiboot2 says is
 * usable below 4 GiB; after memory_seal nothing is, and asking is a panic.
 */
#ifndef KERNEL_MEMORY_H
#define KERNEL_MEMORY_H

#include "kernel/abi/layout.h"

#include <stddef.h>
#include <stdint.h>

typedef struct physical {
	uint64_t address;
} physical_t;

#define KERNEL_VIRTUAL 0xffffffff80000000ull
#ifdef BULKHEAD_UNIT_TEST
#define DIRECT_MAP 0ull /* on the host a physical address is a pointer */
#else
#define DIRECT_MAP 0xffff800000000000ull /* physical memory and devices, below 4 GiB */
#endif
#define MEMORY_END 0x100000000ull

static inline void *physical_pointer(physical_t physical)
{
	return (void *)(DIRECT_MAP + physical.address);
}

static inline physical_t physical_of(const void *pointer)
{
	return (physical_t){ (uint64_t)pointer - DIRECT_MAP };
}

static inline uint64_t pages_up(uint64_t bytes)
{
	return (bytes + PAGE_BYTES - 1) & ~(PAGE_BYTES - 1);
}

/* A stretch of usable memory, and one that is in use already. */
void memory_add(uint64_t start, uint64_t end);
void memory_reserve(uint64_t start, uint64_t end);

/* Contiguous zeroed pages; a machine too small is said so, and halts. */
physical_t memory_take(uint64_t bytes, const char *what);

/* As it is, not zeroed; false if any of it is not free. */
int memory_take_at(uint64_t start, uint64_t bytes);
void memory_seal(void);

/* Whether [start, end) touches anything that memory_add has called memory. */
int memory_is_ram(uint64_t start, uint64_t end);

uint64_t memory_total_bytes(void);
uint64_t memory_taken_bytes(void);

#endif
