/*
 * Which device goes to which port: devices in PCI order, ISA after, to the
 * slots of the manifest in theirs. A device that a slot has already stays where
 * it is, and is not touched.
 */
#ifndef PCI_ASSIGNMENT_H
#define PCI_ASSIGNMENT_H

#include "kernel/abi/manifest.h"
#include "kernel/abi/table.h"
#include "services/pci/bus_scan.h"

#define FOUND_MAX        (SCAN_NICS_MAX + IMAGE_ISA_MAX)
#define FOUND_TEXT_BYTES 64

/* What there is to say of a network device, for the data store. */
struct found {
	char text[FOUND_TEXT_BYTES];
};

struct assignment {
	const struct manifest *manifest;
	const struct kernel_table *table;
	uint32_t self; /* our own slot */
	struct bus_scan scan;
	uint32_t order; /* rank of the next device */
	unsigned found_count;
	struct found found[FOUND_MAX];
};

/* Scans, probes, assigns and logs; `assignment` has manifest, table and self. */
void assignment_make(struct assignment *assignment);

#endif
