/*
 * Register accesses in order. Where a register of the device is guarded, a list
 * that the kernel does in one call; it stops at the first that it refuses, which
 * is a mistake of the driver's own. Where none is, each at once.
 */
#ifndef NET_IO_H
#define NET_IO_H

#include "services/runtime/kernel.h"
#include "services/runtime/port.h"
#include "services/runtime/service.h"

#include <stdbool.h>
#include <stdint.h>

#define IO_ACCESSES_MAX 32

struct io {
	uint16_t base; /* the device's first port */
	uint16_t count;
	bool direct;
	struct port_access list[IO_ACCESSES_MAX];
};

static inline void io_begin(struct io *io, uint16_t base)
{
	io->base = base;
	io->count = 0;
	io->direct = service_info()->ports_direct != 0;
}

static inline struct port_access *io_add(struct io *io, unsigned offset, unsigned width_bytes)
{
	struct port_access *access = &io->list[io->count++];

	access->port = (uint16_t)(io->base + offset);
	access->width_bytes = (uint8_t)width_bytes;
	return access;
}

static inline void io_write(struct io *io, unsigned offset, unsigned width_bytes, uint32_t value)
{
	if (io->direct) {
		port_out((uint16_t)(io->base + offset), width_bytes, value);
		return;
	}
	struct port_access *access = io_add(io, offset, width_bytes);

	access->write = 1;
	access->value = value;
}

/* After io_run the value is in ->value of what is returned. */
static inline const struct port_access *io_read(struct io *io, unsigned offset,
						unsigned width_bytes)
{
	struct port_access *access = io_add(io, offset, width_bytes);

	access->write = 0;
	access->value = io->direct ? port_in(access->port, width_bytes) : 0;
	return access;
}

static inline must_use bool io_run(struct io *io)
{
	return io->direct || port_vector(io->list, io->count) == OK;
}

#endif
