/*
 * The DMA guard: a device that takes its DMA addresses from registers cannot
 * be pointed outside its driver's regions, I/O MMU or not.
 */
#ifndef KERNEL_DMA_GUARD_H
#define KERNEL_DMA_GUARD_H

#include "kernel/slot.h"

/* Whether the rules let `slot` write `value` there. */
bool dma_guard_allows(const struct slot *slot, uint64_t port, uint64_t width, uint32_t value);

#endif
