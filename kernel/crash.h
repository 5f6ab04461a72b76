/* The crash log: what is known of each death, kept over a warm reboot. */
#ifndef KERNEL_CRASH_H
#define KERNEL_CRASH_H

#include "kernel/slot.h"

/* `warm`: the log in `memory` may be of an earlier boot. */
void crash_init(void *memory, bool warm);

/* The slot has just died; its kernel table entry says of what. */
void crash_record(const struct slot *slot);

/* The kernel's own last words. */
void crash_of_kernel(const char *text, size_t length);

#endif
