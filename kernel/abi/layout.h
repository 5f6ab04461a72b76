/*
 * The map of a service's private address space, the same in every service:
 *
 *	0x0000_0000  nothing: a null pointer and what lies near it faults
 *	0x0040_0000  image: text (read, execute), constants (read), data (read, write)
 *	0x1000_0000  heap, `heap` bytes of the manifest
 *	0x2000_0000  regions, where the manifest compiler put them, a hole after each
 *	0x6000_0000  the device's memory, uncached, if one with memory was assigned
 *	0x6fff_....  stack, growing down to a guard page
 *	0x7100_0000  IPC buffer: one page shared with the kernel
 *	0x7200_0000  start information: one page, read-only
 *
 * All of it lies below 2 GiB, so that code is linked with small addresses.
 */
#ifndef ABI_LAYOUT_H
#define ABI_LAYOUT_H

#define PAGE_BYTES 4096ul

#define USER_IMAGE_BASE 0x00400000ul
#define USER_HEAP_BASE 0x10000000ul
#define USER_REGION_BASE 0x20000000ul
#define USER_DEVICE_BASE 0x60000000ul
#define USER_STACK_TOP 0x70000000ul
#define USER_IPC_BUFFER 0x71000000ul
#define USER_START_INFO 0x72000000ul
#define USER_END 0x80000000ul

/* Limits of the kernel's fixed tables; the manifest compiler checks them. */
#define SERVICE_MAX 64
#define REGION_MAX 128
#define IMAGE_MAX 64
#define SERVICE_MAPS_MAX 40
#define SERVICE_PORTS_MAX 8
#define SERVICE_IRQS_MAX 4
#define SERVICE_IMAGES_MAX 4
#define SERVICE_GRANTS_MAX 16
#define IMAGE_SEGMENTS_MAX 4
#define IMAGE_PCI_IDS_MAX 12
#define IMAGE_ISA_MAX 4
#define IMAGE_DMA_RULES_MAX 12
#define IMAGE_PCI_WRITES_MAX 4
#define DEVICE_MEMORY_MAX 0x10000ul /* bytes of a device's memory that are mapped */
#define NAME_BYTES 16 /* names are at most 15 characters and end in zeros */
#define PRIORITY_COUNT 16 /* 0 is the most urgent */

#endif
