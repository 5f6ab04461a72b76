/* Address spaces: 4 KiB pages for services, never writable and executable. */
#ifndef KERNEL_PAGING_H
#define KERNEL_PAGING_H

#include "kernel/memory.h"

enum page_access {
	PAGE_READ = 0,
	PAGE_WRITE = 1,
	PAGE_EXECUTE = 2,
	PAGE_DEVICE = 4, /* uncached */
};

/* The kernel's own final map: text, constants, data, and the direct map. */
void paging_init(void);

/* A new address space with nothing but the kernel in it; its root. */
physical_t paging_space_new(void);

/* Takes the page tables of whole pages that are mapped later. */
void paging_reserve(physical_t root, uint64_t address, uint64_t bytes);

/* Maps whole pages; page tables come from memory_take the first time only. */
void paging_map(physical_t root, uint64_t address, physical_t physical, uint64_t bytes,
		unsigned access);

#endif
