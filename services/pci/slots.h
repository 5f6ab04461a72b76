/* The driver slots of the manifest: which images they can run, and which are free. */
#ifndef PCI_SLOTS_H
#define PCI_SLOTS_H

#include "kernel/abi/manifest.h"
#include "kernel/abi/table.h"

#include <stdbool.h>

#define SLOT_NONE SERVICE_MAX

/* An image that drives some device, as the first driver slot that has it knows it. */
struct driver {
	const struct manifest_image *image;
	uint16_t index; /* in the slot's images: the same in all driver slots */
};

/* True and *driver if the manifest has one for that PCI id. */
bool slots_driver_find(const struct manifest *manifest, uint16_t vendor, uint16_t device,
		       struct driver *driver);

/* The nth driver that is looked for at ISA places; false: no more. */
bool slots_isa_driver(const struct manifest *manifest, unsigned nth, struct driver *driver);

/* The first driver slot that has no device, or SLOT_NONE. */
uint32_t slots_free_find(const struct manifest *manifest, const struct kernel_table *table);

/* The slot that has this PCI function, or any of these ports; or SLOT_NONE. */
uint32_t slots_function_owner(const struct kernel_table *table, uint16_t address);
uint32_t slots_ports_owner(const struct kernel_table *table, uint16_t base, uint16_t count);

/* The devices given out so far. */
unsigned slots_devices_count(const struct kernel_table *table);

#endif
