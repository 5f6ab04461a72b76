/* Which slot has which device. */
#ifndef KERNEL_DEVICE_H
#define KERNEL_DEVICE_H

#include "kernel/slot.h"

/* The kernel call: struct device_info is the payload of self's message. */
enum status device_assign(struct slot *self, uint64_t slot);

/* Whether all of [port, port + width) is the device's; and whether any of it is anyone's. */
bool device_ports_cover(const struct device_info *device, uint64_t port, uint64_t width);
bool device_ports_assigned(uint64_t port, uint64_t width);

#endif
