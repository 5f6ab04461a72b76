/*
 * Failing on purpose, in images for tests only: the kernel lets a service
 * enter service_crash wherever it was, on a fresh stack.
 */
#ifndef RUNTIME_CRASH_H
#define RUNTIME_CRASH_H

#include "services/proto/crash.h"

/* Does the misdeed; dies of it, or exits after an attempt that was only refused. */
_Noreturn void service_crash(enum crash_how how);

/*
 * A driver for a bus-mastering device defines it, between #ifdef
 * BULKHEAD_TEST_IMAGE: tries to point the device at memory outside its regions.
 */
void service_crash_bad_dma(void);

#endif
