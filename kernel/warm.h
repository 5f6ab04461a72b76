/*
 * Memory that survives a warm reboot, if firmware and boot loader leave it
 * alone: it lies at the same place at every boot of the same bundle.
 */
#ifndef KERNEL_WARM_H
#define KERNEL_WARM_H

#include "kernel/abi/table.h"
#include "kernel/memory.h"

#include <stdbool.h>

/* Takes the place of all warm regions and the crash log; says if they held. */
bool warm_init(void);

/* The next piece of it, in the same order at every boot. */
physical_t warm_take(uint64_t bytes);

#endif
