/*
 * The pci service finds devices, the kernel decides: a driver slot gets ports
 * that are nobody else's and none of the machine's own, and keeps its device
 * over all its lives.
 */
#include "kernel/device.h"

#include "kernel/bundle.h"
#include "kernel/irq.h"
#include "kernel/log.h"
#include "kernel/port.h"
#include "kernel/region.h"
#include "kernel/string.h"

#define DEVICE_PORTS_MAX    256
#define MAINBOARD_PORTS_END 0x100 /* below: interrupt, DMA, timer and keyboard controllers */

/* Above: interrupt edge/level control, PCI configuration and reset control. */
static const struct {
	uint16_t base, count;
} machine_ports[] = { { 0x4d0, 2 }, { 0xcf8, 8 } };

#define MACHINE_MEMORY_START 0xfec00000u /* interrupt controllers, firmware */

static bool overlap(uint64_t a, uint64_t a_count, uint64_t b, uint64_t b_count)
{
	return a < b + b_count && b < a + a_count;
}

bool device_ports_cover(const struct device_info *device, uint64_t port, uint64_t width)
{
	return port >= device->port_base &&
	       port + width <= (uint64_t)device->port_base + device->port_count;
}

bool device_ports_assigned(uint64_t port, uint64_t width)
{
	for (unsigned i = 0; i < slot_count; i++) {
		const struct device_info *device = &table->services[i].device;

		if (device->bus != DEVICE_NONE &&
		    overlap(port, width, device->port_base, device->port_count))
			return true;
	}
	return false;
}

static bool ports_declared_fixed(uint64_t base, uint64_t count)
{
	for (unsigned i = 0; i < manifest->service_count; i++) {
		const struct manifest_service *service = &manifest->services[i];

		for (unsigned r = 0; r < service->port_count; r++)
			if (!service->ports[r].probe &&
			    overlap(base, count, service->ports[r].base, service->ports[r].count))
				return true;
	}
	return false;
}

static bool irq_free(const struct device_info *device)
{
	return device->irq_line == IRQ_LINE_NONE || irq_assignable(device->irq_line);
}

static bool ports_free(const struct device_info *device)
{
	uint64_t base = device->port_base, count = device->port_count;

	if (!count)
		return true;
	if (base < MAINBOARD_PORTS_END || count > DEVICE_PORTS_MAX || base + count > 0x10000)
		return false;
	for (unsigned i = 0; i < sizeof(machine_ports) / sizeof(machine_ports[0]); i++)
		if (overlap(base, count, machine_ports[i].base, machine_ports[i].count))
			return false;
	return !ports_declared_fixed(base, count) && !device_ports_assigned(base, count);
}

/* Memory of the device is no memory of the machine's, and nobody else's. */
static bool memory_free(const struct device_info *device)
{
	uint64_t base = device->memory_base, bytes = device->memory_bytes;

	if (!bytes)
		return true;
	if (base % PAGE_BYTES || bytes % PAGE_BYTES || bytes > DEVICE_MEMORY_MAX ||
	    base + bytes > MACHINE_MEMORY_START || memory_is_ram(base, base + bytes))
		return false;
	for (unsigned i = 0; i < slot_count; i++)
		if (overlap(base, bytes, table->services[i].device.memory_base,
			    table->services[i].device.memory_bytes))
			return false;
	return true;
}

enum status device_assign(struct slot *self, uint64_t index)
{
	struct device_info device;

	if (index >= slot_count)
		return E_ARGUMENT;
	struct slot *slot = &slots[index];

	memcpy(&device, self->buffer->message.payload.bytes, sizeof(device));
	if (!(slot->service->flags & SERVICE_DEVICE))
		return E_DENIED;
	if (slot->entry->device.bus != DEVICE_NONE)
		return memcmp(&slot->entry->device, &device, sizeof(device)) ? E_EXISTS : OK;
	if ((device.bus != DEVICE_PCI && device.bus != DEVICE_ISA) ||
	    device.image >= slot->service->image_count || !irq_free(&device) ||
	    !ports_free(&device) || !memory_free(&device) ||
	    (!device.port_count && !device.memory_bytes))
		return E_ARGUMENT;
	slot->entry->device = device;
	ports_declare(self); /* what it has probed is closed now */
	klog(LOG_INFO, "%s has the device with ports at %x, memory at %x, interrupt %u",
	     slot->service->name, (uint64_t)device.port_base, (uint64_t)device.memory_base,
	     (uint64_t)device.irq_line);
	return OK;
}
