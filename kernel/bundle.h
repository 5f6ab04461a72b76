/* The bundle that GRUB loaded: the manifest and the images of all services. */
#ifndef KERNEL_BUNDLE_H
#define KERNEL_BUNDLE_H

#include "kernel/abi/manifest.h"
#include "kernel/memory.h"

/* Valid after bundle_check, for ever. */
extern const struct manifest *manifest;

/* Checks sums and every number used as an index or offset; halts with what is wrong. */
void bundle_check(uint64_t start, uint64_t end);

/* Where the bundle's byte `offset` is. */
const void *bundle_at(uint64_t offset);
physical_t bundle_physical(void);

#endif
