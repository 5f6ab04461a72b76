/*
 * Page tables (SDM vol. 3, chapter 4). The kernel's half is shared by all
 * address spaces and global. The direct map leaves out the kernel's own pages,
 * so that its text has no writable second name.
 */
#include "kernel/paging.h"

#include "kernel/cpu.h"
#include "kernel/log.h"

#define ENTRY_PRESENT    1ull
#define ENTRY_WRITE      2ull
#define ENTRY_USER       4ull
#define ENTRY_UNCACHED   0x18ull /* write-through and cache disable */
#define ENTRY_LARGE      0x80ull
#define ENTRY_GLOBAL     0x100ull
#define ENTRY_NO_EXECUTE (1ull << 63)
#define ENTRY_ADDRESS    0x000ffffffffff000ull

#define LARGE_PAGE_BYTES  0x200000ull
#define KERNEL_PAGE_START 0x200000ull
#define DEVICES_START     0xfec00000ull /* I/O APIC, local APIC */

typedef uint64_t page_table_t[512];

extern const uint8_t kernel_text_start[], kernel_text_end[], kernel_rodata_end[], kernel_end[];

static page_table_t pml4 __attribute__((aligned(4096)));
static page_table_t direct_pdpt __attribute__((aligned(4096)));
static page_table_t direct_pd[4] __attribute__((aligned(4096)));
static page_table_t direct_low __attribute__((aligned(4096))); /* the kernel's 2 MiB */
static page_table_t kernel_pdpt __attribute__((aligned(4096)));
static page_table_t kernel_pd __attribute__((aligned(4096)));
static page_table_t kernel_pt __attribute__((aligned(4096)));

static uint64_t kernel_physical(const void *pointer)
{
	return (uint64_t)pointer - KERNEL_VIRTUAL;
}

static void direct_map_fill(void)
{
	const uint64_t flags = ENTRY_PRESENT | ENTRY_WRITE | ENTRY_GLOBAL | ENTRY_NO_EXECUTE;
	uint64_t end = kernel_physical(kernel_end);

	for (unsigned gib = 0; gib < 4; gib++)
		direct_pdpt[gib] = kernel_physical(direct_pd[gib]) | ENTRY_PRESENT | ENTRY_WRITE;
	for (uint64_t i = 0; i < 2048; i++) {
		uint64_t physical = i * LARGE_PAGE_BYTES;
		direct_pd[i / 512][i % 512] = physical | flags | ENTRY_LARGE |
					      (physical >= DEVICES_START ? ENTRY_UNCACHED : 0);
	}
	for (unsigned i = 0; i < 512; i++) {
		uint64_t physical = KERNEL_PAGE_START + i * PAGE_BYTES;
		direct_low[i] = physical < end ? 0 : physical | flags;
	}
	direct_pd[0][1] = kernel_physical(direct_low) | ENTRY_PRESENT | ENTRY_WRITE;
}

static void kernel_map_fill(void)
{
	uint64_t start = (uint64_t)kernel_text_start;

	for (uint64_t page = start; page < (uint64_t)kernel_end; page += PAGE_BYTES) {
		uint64_t flags = ENTRY_PRESENT | ENTRY_GLOBAL;

		if (page >= (uint64_t)kernel_text_end)
			flags |= ENTRY_NO_EXECUTE;
		if (page >= (uint64_t)kernel_rodata_end)
			flags |= ENTRY_WRITE;
		kernel_pt[page / PAGE_BYTES % 512] = (page - KERNEL_VIRTUAL) | flags;
	}
	kernel_pd[1] = kernel_physical(kernel_pt) | ENTRY_PRESENT | ENTRY_WRITE;
	kernel_pdpt[510] = kernel_physical(kernel_pd) | ENTRY_PRESENT | ENTRY_WRITE;
}

void paging_init(void)
{
	direct_map_fill();
	kernel_map_fill();
	pml4[256] = kernel_physical(direct_pdpt) | ENTRY_PRESENT | ENTRY_WRITE;
	pml4[511] = kernel_physical(kernel_pdpt) | ENTRY_PRESENT | ENTRY_WRITE;
	cr3_write(kernel_physical(pml4));
}

physical_t paging_space_new(void)
{
	physical_t root = memory_take(PAGE_BYTES, "page tables");
	uint64_t *table = physical_pointer(root);

	table[256] = pml4[256];
	table[511] = pml4[511];
	return root;
}

/* The entry of `address` in its last-level table; tables on the way are made. */
static uint64_t *entry_of(physical_t root, uint64_t address)
{
	uint64_t *table = physical_pointer(root);

	for (unsigned shift = 39; shift > 12; shift -= 9) {
		uint64_t *entry = &table[address >> shift & 511];

		if (!(*entry & ENTRY_PRESENT))
			*entry = memory_take(PAGE_BYTES, "page tables").address | ENTRY_PRESENT |
				 ENTRY_WRITE | ENTRY_USER;
		table = physical_pointer((physical_t){ *entry & ENTRY_ADDRESS });
	}
	return &table[address >> 12 & 511];
}

void paging_reserve(physical_t root, uint64_t address, uint64_t bytes)
{
	for (uint64_t offset = 0; offset < bytes; offset += PAGE_BYTES)
		entry_of(root, address + offset);
}

void paging_map(physical_t root, uint64_t address, physical_t physical, uint64_t bytes,
		unsigned access)
{
	uint64_t flags = ENTRY_PRESENT | ENTRY_USER;

	if (access & PAGE_WRITE)
		flags |= ENTRY_WRITE;
	if (!(access & PAGE_EXECUTE))
		flags |= ENTRY_NO_EXECUTE;
	if (access & PAGE_DEVICE)
		flags |= ENTRY_UNCACHED;
	if ((access & PAGE_WRITE) && (access & PAGE_EXECUTE))
		panic("a page both writable and executable at %x", address);
	for (uint64_t offset = 0; offset < bytes; offset += PAGE_BYTES)
		*entry_of(root, address + offset) = (physical.address + offset) | flags;
}
