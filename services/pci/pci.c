/*
 * pci: finds network devices and hands each to a driver slot, PCI devices in
 * the order of their addresses, ISA devices after. Ports are therefore numbered
 * the same way at every boot of the same machine.
 *
 * The kernel keeps what was handed out; a restarted pci finds it in the kernel
 * table, does not touch those devices, and goes on with the rest.
 */
#include "services/pci/enumerate.h"
#include "services/pci/isa_probe.h"
#include "services/pci/slots.h"
#include "services/runtime/ds.h"
#include "services/runtime/kernel.h"
#include "services/runtime/service.h"

#include <stdio.h>

#define IRQ_NONE 0xff

static const struct manifest *manifest;
static const struct kernel_table *table;
static unsigned left_over; /* devices with a driver, but no slot */

/* "00:10.0", or "port 0x300" */
static const char *place_text(const struct device_info *device)
{
	static char text[16];

	if (device->bus == DEVICE_ISA)
		snprintf(text, sizeof(text), "port 0x%x", device->port_base);
	else
		snprintf(text, sizeof(text), "%02x:%02x.%x", device->pci_address >> 8,
			 device->pci_address >> 3 & 0x1f, device->pci_address & 7);
	return text;
}

/* False if there is no slot left, or the kernel refuses it; the log says so. */
static bool device_give(struct device_info *device, const struct driver *driver)
{
	uint32_t slot = slots_free_find(manifest, table);

	if (slot == SLOT_NONE) {
		left_over++;
		log_warning("%s at %s stays unused: all driver slots are taken", driver->image->name,
			    place_text(device));
		return false;
	}
	device->image = driver->index;
	device->order = slots_devices_count(table);
	enum status status = device_assign(slot, device);

	if (status != OK) {
		log_error("%s at %s (ports 0x%x, interrupt %u) refused: %s", driver->image->name,
			  place_text(device), device->port_base, device->irq_line, status_text(status));
		return false;
	}
	log_notice("%s: %s at %s, ports 0x%x, interrupt %u", service_name(slot), driver->image->name,
		   place_text(device), device->port_base, device->irq_line);
	return true;
}

static void pci_device_serve(const struct pci_network *network)
{
	struct driver driver;
	struct device_info device = {
		.bus = DEVICE_PCI,
		.vendor = network->vendor,
		.device = network->device,
		.pci_address = network->function.address,
	};

	if (slots_function_owner(table, device.pci_address) != SLOT_NONE)
		return;
	/* Whatever the boot loader left it doing, it now does no more. */
	struct pci_resources resources = pci_resources_read(network->function);

	if (!slots_driver_find(manifest, device.vendor, device.device, &driver)) {
		log_warning("no driver for network device %04x:%04x at %s", device.vendor, device.device,
			    place_text(&device));
		return;
	}
	if (!resources.port_base || resources.irq_line == IRQ_NONE) {
		log_error("%s at %s: the firmware gave it no %s", driver.image->name, place_text(&device),
			  resources.port_base ? "interrupt" : "ports");
		return;
	}
	device.port_base = resources.port_base;
	device.port_count = resources.port_count;
	device.irq_line = resources.irq_line;
	if (device_give(&device, &driver))
		pci_function_enable(network->function, driver.image->dma_rule_count > 0);
}

static void isa_device_serve(const struct manifest_isa *place, const struct driver *driver)
{
	struct device_info device = {
		.bus = DEVICE_ISA,
		.port_base = place->port,
		.port_count = place->count,
		.irq_line = (uint8_t)place->irq,
	};

	if (slots_ports_owner(table, place->port, place->count) != SLOT_NONE)
		return;
	if (isa_ne2000_probe(place->port))
		(void)device_give(&device, driver);
}

static void pci_serve(void)
{
	static struct pci_network found[PCI_NETWORK_MAX];
	unsigned count = pci_network_find(found);

	if (count > PCI_NETWORK_MAX)
		log_warning("%u PCI network devices; the last %u are not looked at", count,
			    count - PCI_NETWORK_MAX);
	for (unsigned i = 0; i < count && i < PCI_NETWORK_MAX; i++)
		pci_device_serve(&found[i]);
}

static void isa_serve(void)
{
	struct driver driver;

	for (unsigned nth = 0; slots_isa_driver(manifest, nth, &driver); nth++)
		for (uint32_t i = 0; i < driver.image->isa_count; i++)
			isa_device_serve(&driver.image->isa[i], &driver);
}

static enum status start(void)
{
	manifest = region("manifest", sizeof(*manifest));
	table = region("ktable", sizeof(*table));
	pci_serve();
	isa_serve();
	unsigned given = slots_devices_count(table);

	if (!given)
		log_warning("no network device found: there is nothing to route between");
	else
		log_notice("%u network ports, %u devices without a slot", given, left_over);
	service_notify(service_info()->rs_slot);
	return OK;
}

/* "pci.port0" = "10ec:8139 at 00:10.0", for whoever is interested. */
static bool device_publish(uint32_t slot)
{
	const struct device_info *device = &table->services[slot].device;
	char name[DS_NAME_BYTES], value[DS_VALUE_BYTES];

	snprintf(name, sizeof(name), "pci.%s", service_name(slot));
	int length = snprintf(value, sizeof(value), "%04x:%04x at %s", device->vendor, device->device,
			      place_text(device));
	enum status status = ds_publish(name, value, (size_t)length);

	if (status != OK && status != E_TIMEOUT)
		log_warning("%s is not published: %s", name, status_text(status));
	return status != E_TIMEOUT;
}

/* One name a turn, so that the heartbeat is answered in between. */
static uint64_t work(uint64_t now_us)
{
	static uint32_t next;

	for (; next < table->service_count; next++) {
		if (table->services[next].device.bus == DEVICE_NONE)
			continue;
		if (device_publish(next))
			next++;
		return now_us;
	}
	return SERVICE_NO_DEADLINE;
}

int main(void)
{
	static const struct service pci = { .start = start, .work = work };

	return service_run(&pci);
}
