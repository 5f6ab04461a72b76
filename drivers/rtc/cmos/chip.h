/* The chip's registers, all of them in one kernel call, which nothing interrupts. */
#ifndef CMOS_CHIP_H
#define CMOS_CHIP_H

#include "drivers/rtc/cmos/reading.h"
#include "kernel/abi/status.h"

/*
 * `a` is read first and last, its UPDATING bits OR-ed: if it is clear the date
 * was not changed in between.
 */
must_use enum status chip_read(struct cmos_registers *registers);

/* The date; as everything is one call, the chip is never left with its clock stopped. */
must_use enum status chip_write(const struct cmos_registers *registers);

/* Lets a clock run that somebody has stopped. */
must_use enum status chip_go(const struct cmos_registers *registers);

#endif
