/* The one place where addresses that a service gave are looked up. */
#ifndef KERNEL_USERMEM_H
#define KERNEL_USERMEM_H

#include "kernel/slot.h"

/*
 * The kernel's pointer to [address, address + bytes) of `slot`, which has to
 * lie in one of its stretches; NULL if it does not, or if `write` is wanted and
 * the slot itself may not. Contiguous, because every stretch is.
 */
void *usermem_pointer(const struct slot *slot, uint64_t address, uint64_t bytes, bool write);

/* Whether the slot's device may read or write the physical [address, address + bytes). */
bool usermem_dma_valid(const struct slot *slot, uint64_t physical, uint64_t bytes,
		       bool device_writes);

#endif
