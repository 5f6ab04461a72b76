/*
 * A service reaches the ports of its manifest entry and of the device that was
 * assigned to it. A range to be probed is closed as soon as it belongs to a
 * device. What is written also has to pass the DMA guard.
 */
#include "kernel/port.h"

#include "kernel/cpu.h"
#include "kernel/device.h"
#include "kernel/dma_guard.h"
#include "kernel/usermem.h"

#define STREAM_BYTES_MAX 16384 /* the kernel is not interrupted meanwhile */

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
			access->write ? write_check(self, access->port, access->width_bytes,
						    access->value)
				      : access_check(self, access->port, access->width_bytes);

		self->frame.rdx = i;
		if (status != OK)
			return status;
		if (access->write)
			port_out(access->port, access->width_bytes, access->value);
		else
			access->value = port_in(access->port, access->width_bytes);
	}
	self->frame.rdx = count;
	return OK;
}

/* The memory of a stream, or NULL with *status set. */
static void *stream_memory(struct slot *self, uint64_t width, uint64_t address, uint64_t count,
			   bool write, enum status *status)
{
	if (count > STREAM_BYTES_MAX / width) {
		*status = E_TOO_LARGE;
		return NULL;
	}
	void *memory = usermem_pointer(self, address, count * width, write);

	if (!memory) {
		slot_refuse(self, &self->entry->refusals.memory, address);
		*status = E_FAULT;
	}
	return memory;
}

#define STREAM(instruction, memory, constraint, port, count)                                       \
	__asm__ volatile("rep " instruction                                                        \
			 : constraint(memory), "+c"(count)                                         \
			 : "d"((uint16_t)port)                                                     \
			 : "memory")

enum status port_stream_in(struct slot *self, uint64_t port, uint64_t width, uint64_t address,
			   uint64_t count)
{
	enum status status = access_check(self, port, width);
	void *to = status == OK ? stream_memory(self, width, address, count, true, &status) : NULL;

	if (!to)
		return status;
	if (width == 1)
		STREAM("insb", to, "+D", port, count);
	else if (width == 2)
		STREAM("insw", to, "+D", port, count);
	else
		STREAM("insl", to, "+D", port, count);
	return OK;
}

enum status port_stream_out(struct slot *self, uint64_t port, uint64_t width, uint64_t address,
			    uint64_t count)
{
	enum status status = access_check(self, port, width);

	/* No stream of values is ever meant for a guarded register. */
	if (status == OK && dma_guard_covers(self, port, width)) {
		slot_refuse(self, &self->entry->refusals.dma, port);
		status = E_DMA;
	}
	const void *from =
		status == OK ? stream_memory(self, width, address, count, false, &status) : NULL;

	if (!from)
		return status;
	if (width == 1)
		STREAM("outsb", from, "+S", port, count);
	else if (width == 2)
		STREAM("outsw", from, "+S", port, count);
	else
		STREAM("outsl", from, "+S", port, count);
	return OK;
}
