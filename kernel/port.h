/* Checked port I/O. */
#ifndef KERNEL_PORT_H
#define KERNEL_PORT_H

#include "kernel/slot.h"

/* The kernel calls, as in abi/syscall.h. */
enum status port_read(struct slot *self, uint64_t port, uint64_t width);
enum status port_write(struct slot *self, uint64_t port, uint64_t width, uint64_t value);
enum status port_vector(struct slot *self, uint64_t count);

/* Opens to user mode, if none of them is guarded, what the slot may reach; else nothing. */
void ports_declare(struct slot *slot);
/* From now on what `to` may reach is open, and nothing else. */
void ports_switch(const struct slot *to);

#endif
