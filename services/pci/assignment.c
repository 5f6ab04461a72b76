#include "services/pci/assignment.h"

#include "services/pci/isa_probe.h"
#include "services/runtime/kernel.h"
#include "services/runtime/service.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define ADDRESS_FORMAT   "%02x:%02x.%x"
#define ADDRESS_PARTS(a) (unsigned)((a) >> 8), (unsigned)((a) >> 3 & 31u), (unsigned)((a)&7u)

/* A slot, and which of its images drives the device. */
struct choice {
	uint32_t slot;
	uint16_t image;
	const struct manifest_image *driver;
};

typedef bool (*image_matches)(const struct manifest_image *image, const void *what);

/* --- What the manifest says --------------------------------------------------- */

static bool slot_takes_devices(const struct assignment *a, uint32_t slot)
{
	return (a->manifest->services[slot].flags & SERVICE_DEVICE) != 0;
}

static const struct manifest_image *slot_image(const struct assignment *a, uint32_t slot,
					       unsigned index)
{
	const struct manifest_service *service = &a->manifest->services[slot];

	if (index >= service->image_count || index >= SERVICE_IMAGES_MAX ||
	    service->images[index] >= a->manifest->image_count)
		return NULL;
	return &a->manifest->images[service->images[index]];
}

/* The first free slot from which `matches` finds an image. `*driver` is set if any slot has one. */
static bool slot_choose(const struct assignment *a, image_matches matches, const void *what,
			struct choice *choice)
{
	choice->driver = NULL;
	for (uint32_t slot = 0; slot < a->manifest->service_count && slot < SERVICE_MAX; slot++) {
		const struct manifest_image *image;

		if (!slot_takes_devices(a, slot))
			continue;
		for (unsigned i = 0; (image = slot_image(a, slot, i)) != NULL; i++) {
			if (!matches(image, what))
				continue;
			*choice = (struct choice){ slot, (uint16_t)i, image };
			if (a->table->services[slot].device.bus == DEVICE_NONE)
				return true;
		}
	}
	return false;
}

static bool image_has_id(const struct manifest_image *image, const void *what)
{
	const struct pci_device *device = what;

	for (unsigned i = 0; i < image->pci_id_count && i < IMAGE_PCI_IDS_MAX; i++)
		if (image->pci_ids[i].vendor == device->vendor &&
		    image->pci_ids[i].device == device->device)
			return true;
	return false;
}

/* Of any slot that takes devices, free or not. */
static bool driver_exists(const void *context, uint16_t vendor, uint16_t device)
{
	const struct pci_device wanted = { .vendor = vendor, .device = device };
	struct choice choice;

	return slot_choose(context, image_has_id, &wanted, &choice) || choice.driver != NULL;
}

static bool image_has_place(const struct manifest_image *image, const void *what)
{
	const struct manifest_isa *place = what;

	for (unsigned i = 0; i < image->isa_count && i < IMAGE_ISA_MAX; i++)
		if (image->isa[i].port == place->port)
			return true;
	return false;
}

/* --- What the kernel says ------------------------------------------------------ */

/* The slot that has the device already, or SERVICE_MAX. */
static uint32_t slot_of_pci(const struct assignment *a, pci_address_t address)
{
	for (uint32_t slot = 0; slot < a->table->service_count && slot < SERVICE_MAX; slot++) {
		const struct device_info *device = &a->table->services[slot].device;

		if (device->bus == DEVICE_PCI && device->pci_address == address)
			return slot;
	}
	return SERVICE_MAX;
}

/* The slot that has any of these ports, or SERVICE_MAX. */
static uint32_t slot_of_ports(const struct assignment *a, uint16_t port, uint16_t count)
{
	for (uint32_t slot = 0; slot < a->table->service_count && slot < SERVICE_MAX; slot++) {
		const struct device_info *device = &a->table->services[slot].device;

		if (device->bus != DEVICE_NONE && port < device->port_base + device->port_count &&
		    device->port_base < port + count)
			return slot;
	}
	return SERVICE_MAX;
}

/* --- Assigning ------------------------------------------------------------------ */

static void found_add(struct assignment *a, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void found_add(struct assignment *a, const char *format, ...)
{
	va_list arguments;

	if (a->found_count == FOUND_MAX)
		return;
	va_start(arguments, format);
	(void)vsnprintf(a->found[a->found_count++].text, FOUND_TEXT_BYTES, format, arguments);
	va_end(arguments);
}

static bool assign(struct assignment *a, const struct choice *choice, struct device_info *device)
{
	const char *name = a->manifest->services[choice->slot].name;
	enum status status;

	device->image = choice->image;
	device->order = a->order;
	status = device_assign(choice->slot, device);
	if (status != OK) {
		log_error("%s cannot have ports %#x+%u, memory %#x+%u, interrupt %u: %s", name,
			  device->port_base, device->port_count, (unsigned)device->memory_base,
			  (unsigned)device->memory_bytes, device->irq_line, status_text(status));
		return false;
	}
	a->order++;
	return true;
}

static void found_device(struct assignment *a, const struct pci_device *device, const char *what)
{
	found_add(a, ADDRESS_FORMAT " %04x:%04x %s", ADDRESS_PARTS(device->address), device->vendor,
		  device->device, what);
}

/* A network device that no driver watches must not write to memory. */
static void device_leave(struct assignment *a, const struct pci_device *device, const char *why)
{
	config_command_set(device->address, COMMAND_MASTER, 0);
	log_warning("%sdevice %04x:%04x at " ADDRESS_FORMAT " remains unused: %s",
		    device->network ? "network " : "", device->vendor, device->device,
		    ADDRESS_PARTS(device->address), why);
	found_device(a, device, "unused");
}

/*
 * Its I/O ports, or else its memory; but never the memory of a bus master, in
 * which its registers would lie a second time, unguarded. False: *why says so.
 */
static bool device_resources(const struct assignment *a, const struct manifest_image *driver,
			     struct device_info *info, const char **why)
{
	if (bus_function_ports(info->pci_address, &info->port_base, &info->port_count))
		return true;
	*why = "it has no I/O ports";
	return driver->dma_rule_count == 0 &&
	       bus_function_memory(&a->scan, info->pci_address, &info->memory_base,
				   &info->memory_bytes, why);
}

/* Master only if its image guards what it is told; off before a slot has it. */
static void device_enable(const struct device_info *info, const struct manifest_image *driver)
{
	uint32_t decode = info->port_count != 0 ? COMMAND_IO : COMMAND_MEMORY;

	config_command_set(info->pci_address, 0,
			   decode | (driver->dma_rule_count != 0 ? COMMAND_MASTER : 0u));
}

/*
 * What its image wants written in configuration space, once a slot has it; also
 * after our own restart, as nobody knows whether our former life got so far.
 */
static void device_prepare(const struct pci_device *device, const struct manifest_image *driver)
{
	for (unsigned i = 0; i < driver->pci_write_count && i < IMAGE_PCI_WRITES_MAX; i++)
		config_write_narrow(device->address, driver->pci_writes[i].offset,
				    driver->pci_writes[i].width_bytes, driver->pci_writes[i].value);
}

static void device_log(const char *name, const struct manifest_image *driver,
		       const struct device_info *info)
{
	if (info->port_count != 0)
		log_notice("%s: %s, %04x:%04x at " ADDRESS_FORMAT ", ports %#x+%u, interrupt %u",
			   name, driver->name, info->vendor, info->device,
			   ADDRESS_PARTS(info->pci_address), info->port_base, info->port_count,
			   info->irq_line);
	else
		log_notice("%s: %s, %04x:%04x at " ADDRESS_FORMAT ", memory %#x+%u", name,
			   driver->name, info->vendor, info->device,
			   ADDRESS_PARTS(info->pci_address), (unsigned)info->memory_base,
			   (unsigned)info->memory_bytes);
}

static void device_hand_out(struct assignment *a, const struct pci_device *device,
			    const struct choice *choice)
{
	struct device_info info = { .bus = DEVICE_PCI,
				    .irq_line = device->irq_line,
				    .vendor = device->vendor,
				    .device = device->device,
				    .pci_address = device->address };
	const char *name = a->manifest->services[choice->slot].name, *why;

	config_command_set(device->address, COMMAND_MASTER, 0);
	if (!device_resources(a, choice->driver, &info, &why)) {
		device_leave(a, device, why);
		return;
	}
	device_enable(&info, choice->driver);
	if (!assign(a, choice, &info)) {
		device_leave(a, device, "refused");
		return;
	}
	device_prepare(device, choice->driver);
	device_log(name, choice->driver, &info);
	found_device(a, device, name);
}

/* One that a slot has already. */
static void device_keep(struct assignment *a, const struct pci_device *device, uint32_t slot)
{
	const struct manifest_image *driver =
		slot_image(a, slot, a->table->services[slot].device.image);

	a->order++;
	if (driver != NULL)
		device_prepare(device, driver);
	found_device(a, device, a->manifest->services[slot].name);
}

static void device_place(struct assignment *a, const struct pci_device *device)
{
	uint32_t slot = slot_of_pci(a, device->address);
	struct choice choice;

	a->networks += device->network;
	if (slot != SERVICE_MAX) {
		device_keep(a, device, slot);
	} else if (slot_choose(a, image_has_id, device, &choice)) {
		device_hand_out(a, device, &choice);
	} else if (choice.driver != NULL) {
		device_leave(a, device,
			     device->network ? "all ports are taken" : "its service has one");
	} else {
		config_command_set(device->address, COMMAND_MASTER, 0);
		log_warning("unknown network device %04x:%04x at " ADDRESS_FORMAT ": no driver",
			    device->vendor, device->device, ADDRESS_PARTS(device->address));
		found_device(a, device, "no driver");
	}
}

/* --- ISA -------------------------------------------------------------------------- */

/* May we look there? The manifest has to say so, and no PCI device may sit there. */
static bool place_is_ours(const struct assignment *a, const struct manifest_isa *place)
{
	const struct manifest_service *self = &a->manifest->services[a->self];

	if (bus_scan_claims(&a->scan, place->port, place->count))
		return false;
	for (unsigned i = 0; i < self->port_count && i < SERVICE_PORTS_MAX; i++)
		if (self->ports[i].probe != 0 && self->ports[i].base <= place->port &&
		    place->port + place->count <= self->ports[i].base + self->ports[i].count)
			return true;
	return false;
}

static void isa_assign(struct assignment *a, const struct manifest_isa *place)
{
	struct device_info device = { .bus = DEVICE_ISA,
				      .irq_line = (uint8_t)place->irq,
				      .port_base = place->port,
				      .port_count = place->count };
	struct choice choice;

	a->networks++;
	if (!slot_choose(a, image_has_place, place, &choice)) {
		log_warning("ISA network card at %#x remains unused: all ports are taken",
			    place->port);
		found_add(a, "isa %#x unused", place->port);
		return;
	}
	if (!assign(a, &choice, &device))
		return;
	log_notice("%s: %s, ISA, ports %#x+%u, interrupt %u",
		   a->manifest->services[choice.slot].name, choice.driver->name, place->port,
		   place->count, (unsigned)place->irq);
	found_add(a, "isa %#x %s", place->port, a->manifest->services[choice.slot].name);
}

static void isa_place(struct assignment *a, const struct manifest_isa *place)
{
	uint32_t slot = slot_of_ports(a, place->port, place->count);

	if (slot != SERVICE_MAX) {
		if (a->table->services[slot].device.bus == DEVICE_ISA) {
			a->networks++;
			a->order++;
			found_add(a, "isa %#x %s", place->port, a->manifest->services[slot].name);
		}
		return;
	}
	if (place_is_ours(a, place) && isa_probe_ne2000(place->port))
		isa_assign(a, place);
}

void assignment_make(struct assignment *a)
{
	bus_scan(&a->scan, driver_exists, a);
	for (unsigned i = 0; i < a->scan.device_count; i++)
		device_place(a, &a->scan.devices[i]);
	for (unsigned i = 0; i < a->manifest->image_count && i < IMAGE_MAX; i++)
		for (unsigned n = 0; n < a->manifest->images[i].isa_count && n < IMAGE_ISA_MAX; n++)
			isa_place(a, &a->manifest->images[i].isa[n]);
	if (a->scan.nics_left_out != 0)
		log_warning("%u more network devices than we can count", a->scan.nics_left_out);
	if (a->networks == 0)
		log_warning("no network device found");
}
