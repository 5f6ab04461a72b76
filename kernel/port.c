/*
 * A service reaches the ports of its manifest entry and of the device that was
 * assigned to it. A range to be probed is closed as soon as it belongs to a
 * device. What is written also has to pass the DMA guard.
 *
 * Where there is nothing to guard, the processor does the check: the I/O
 * permission bitmap [SDM vol. 1, 19.5.2] shows the ports of whoever runs.
 */
#include "kernel/port.h"

#include "kernel/cpu.h"
#include "kernel/device.h"
#include "kernel/dma_guard.h"

static const struct slot *opened; /* whose windows the bitmap shows */

static bool width_valid(uint64_t width)
{
	return width == 1 || width == 2 || width == 4;
}

static bool port_declared(const struct slot *self, uint64_t port, uint64_t width)
{
	const struct device_info *device = &self->entry->device;

	if (device->bus != DEVICE_NONE && device_ports_cover(device, port, width))
		return true;
	for (unsigned i = 0; i < self->service->port_count; i++) {
		const struct manifest_ports *range = &self->service->ports[i];

		if (port >= range->base && port + width <= (uint64_t)range->base + range->count)
			return !range->probe || !device_ports_assigned(port, width);
	}
	return false;
}

/* --- Without a kernel call ------------------------------------------------------- */

static void windows_show(const struct slot *slot, bool open)
{
	for (unsigned i = 0; i < slot->window_count; i++)
		cpu_tss.closed[slot->windows[i].at] = open ? slot->windows[i].closed : 0xff;
}

void ports_switch(const struct slot *to)
{
	if (opened)
		windows_show(opened, false);
	windows_show(to, true);
	opened = to;
}

/* False: there is no room for its byte of the bitmap. */
static bool window_add(struct slot *slot, uint64_t port)
{
	unsigned i = 0;

	while (i < slot->window_count && slot->windows[i].at != port / 8)
		i++;
	if (i == SLOT_WINDOWS_MAX)
		return false;
	if (i == slot->window_count)
		slot->windows[slot->window_count++] =
			(struct port_window){ (uint16_t)(port / 8), 0xff };
	slot->windows[i].closed &= (uint8_t) ~(1u << port % 8);
	return true;
}

static bool range_add(struct slot *slot, uint64_t base, uint64_t count)
{
	bool all = true;

	for (uint64_t port = base; port < base + count; port++)
		all &= !port_declared(slot, port, 1) || window_add(slot, port);
	return all;
}

void ports_declare(struct slot *slot)
{
	const struct device_info *device = &slot->entry->device;
	bool shown = slot == opened, all = !slot->image->dma_rule_count;

	if (shown)
		windows_show(slot, false);
	slot->window_count = 0;
	all = all && range_add(slot, device->port_base, device->port_count);
	for (unsigned i = 0; all && i < slot->service->port_count; i++)
		all = range_add(slot, slot->service->ports[i].base, slot->service->ports[i].count);
	slot->window_count = all ? slot->window_count : 0;
	slot->info->ports_direct = slot->window_count != 0;
	slot->extra = slot->fpu_allowed || slot->window_count;
	if (shown)
		windows_show(slot, true);
}

/* --- By kernel call --------------------------------------------------------------- */

static enum status access_check(struct slot *self, uint64_t port, uint64_t width)
{
	if (!width_valid(width))
		return E_ARGUMENT;
	if (!port_declared(self, port, width)) {
		slot_refuse(self, &self->entry->refusals.port, port);
		return E_DENIED;
	}
	return OK;
}

static enum status write_check(struct slot *self, uint64_t port, uint64_t width, uint32_t value)
{
	enum status status = access_check(self, port, width);

	if (status == OK && !dma_guard_allows(self, port, width, value)) {
		slot_refuse(self, &self->entry->refusals.dma, value);
		return E_DMA;
	}
	return status;
}

static uint32_t port_in(uint64_t port, uint64_t width)
{
	if (width == 1)
		return in8((uint16_t)port);
	if (width == 2)
		return in16((uint16_t)port);
	return in32((uint16_t)port);
}

static void port_out(uint64_t port, uint64_t width, uint32_t value)
{
	if (width == 1)
		out8((uint16_t)port, (uint8_t)value);
	else if (width == 2)
		out16((uint16_t)port, (uint16_t)value);
	else
		out32((uint16_t)port, value);
}

enum status port_read(struct slot *self, uint64_t port, uint64_t width)
{
	enum status status = access_check(self, port, width);

	if (status == OK)
		self->frame.rdx = port_in(port, width);
	return status;
}

enum status port_write(struct slot *self, uint64_t port, uint64_t width, uint64_t value)
{
	enum status status = write_check(self, port, width, (uint32_t)value);

	if (status == OK)
		port_out(port, width, (uint32_t)value);
	return status;
}

enum status port_vector(struct slot *self, uint64_t count)
{
	if (count > PORT_VECTOR_MAX)
		return E_ARGUMENT;
	for (uint64_t i = 0; i < count; i++) {
		struct port_access *access = &self->buffer->ports[i];
		enum status status =
			access->write
				? port_write(self, access->port, access->width_bytes, access->value)
				: port_read(self, access->port, access->width_bytes);

		if (status == OK && !access->write)
			access->value = (uint32_t)self->frame.rdx;
		self->frame.rdx = i;
		if (status != OK)
			return status;
	}
	self->frame.rdx = count;
	return OK;
}
