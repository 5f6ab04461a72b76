/*
 * Which device goes to which slot: devices in PCI order, ISA after, each to the
 * first free slot of the manifest that has an image for it. A device that a slot has already stays
 * where it is, and is not touched.
 */
#ifndef PCI_ASSIGNMENT_H
#define PCI_ASSIGNMENT_H

#include "kernel/abi/manifest.h"
#include "kernel/abi/table.h"
#include "services/pci/bus_scan.h"

#define FOUND_MAX        (SCAN_DEVICES_MAX + IMAGE_ISA_MAX)
#define FOUND_TEXT_BYTES 64

/* What there is to say of a device, for the data store. */
struct found {
	char text[FOUND_TEXT_BYTES];
};

struct assignment {
	const struct manifest *manifest;
	const struct kernel_table *table;
	uint32_t self; /* our own slot */
	struct bus_scan scan;
	uint32_t order;    /* rank of the next device */
	unsigned networks; /* network devices, used or not */
	unsigned found_count;
	struct found found[FOUND_MAX];
};

/* Scans, probes, assigns and logs; `assignment` has manifest, table and self. */
void assignment_make(struct assignment *assignment);

#endif
