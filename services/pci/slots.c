#include "services/pci/slots.h"

#include <stddef.h>

static const struct manifest_service *first_driver_slot(const struct manifest *manifest)
{
	for (uint32_t i = 0; i < manifest->service_count; i++)
		if (manifest->services[i].flags & SERVICE_DEVICE)
			return &manifest->services[i];
	return NULL;
}

static bool image_has_id(const struct manifest_image *image, uint16_t vendor, uint16_t device)
{
	for (uint32_t i = 0; i < image->pci_id_count; i++)
		if (image->pci_ids[i].vendor == vendor && image->pci_ids[i].device == device)
			return true;
	return false;
}

bool slots_driver_find(const struct manifest *manifest, uint16_t vendor, uint16_t device,
		       struct driver *driver)
{
	const struct manifest_service *slot = first_driver_slot(manifest);

	for (uint32_t i = 0; slot && i < slot->image_count; i++) {
		const struct manifest_image *image = &manifest->images[slot->images[i]];

		if (!image_has_id(image, vendor, device))
			continue;
		*driver = (struct driver){ image, (uint16_t)i };
		return true;
	}
	return false;
}

bool slots_isa_driver(const struct manifest *manifest, unsigned nth, struct driver *driver)
{
	const struct manifest_service *slot = first_driver_slot(manifest);

	for (uint32_t i = 0; slot && i < slot->image_count; i++) {
		const struct manifest_image *image = &manifest->images[slot->images[i]];

		if (!image->isa_count || nth--)
			continue;
		*driver = (struct driver){ image, (uint16_t)i };
		return true;
	}
	return false;
}

uint32_t slots_free_find(const struct manifest *manifest, const struct kernel_table *table)
{
	for (uint32_t i = 0; i < manifest->service_count; i++)
		if ((manifest->services[i].flags & SERVICE_DEVICE) &&
		    table->services[i].device.bus == DEVICE_NONE)
			return i;
	return SLOT_NONE;
}

uint32_t slots_function_owner(const struct kernel_table *table, uint16_t address)
{
	for (uint32_t i = 0; i < table->service_count; i++)
		if (table->services[i].device.bus == DEVICE_PCI &&
		    table->services[i].device.pci_address == address)
			return i;
	return SLOT_NONE;
}

uint32_t slots_ports_owner(const struct kernel_table *table, uint16_t base, uint16_t count)
{
	for (uint32_t i = 0; i < table->service_count; i++) {
		const struct device_info *device = &table->services[i].device;

		if (device->bus != DEVICE_NONE && base < device->port_base + device->port_count &&
		    device->port_base < base + count)
			return i;
	}
	return SLOT_NONE;
}

unsigned slots_devices_count(const struct kernel_table *table)
{
	unsigned count = 0;

	for (uint32_t i = 0; i < table->service_count; i++)
		count += table->services[i].device.bus != DEVICE_NONE;
	return count;
}
