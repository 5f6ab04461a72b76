/* Checked port I/O. */
#ifndef KERNEL_PORT_H
#define KERNEL_PORT_H

#include "kernel/slot.h"

/* The kernel calls, as in abi/syscall.h. */
enum status port_read(struct slot *self, uint64_t port, uint64_t width);
enum status port_write(struct slot *self, uint64_t port, uint64_t width, uint64_t value);
enum status port_vector(struct slot *self, uint64_t count);
enum status port_stream_in(struct slot *self, uint64_t port, uint64_t width, uint64_t address,
			   uint64_t count);
enum status port_stream_out(struct slot *self, uint64_t port, uint64_t width, uint64_t address,
			    uint64_t count);

#endif
