/*
 * Who runs: the most urgent runnable slot; first come, first served within a
 * priority, in slices. A slot that has used up its budget runs below everyone
 * else until its period ends.
 */
#ifndef KERNEL_SCHEDULE_H
#define KERNEL_SCHEDULE_H

#include "kernel/slot.h"

void schedule_init(void);

/* `slot` is runnable from now on; schedule_remove: it is not. */
void schedule_admit(struct slot *slot);
void schedule_remove(struct slot *slot);

/* The timer's interrupt: deadlines, budgets, slices, and RS's own pulse. */
void schedule_tick(void);

/* Puts the memory and registers of who is next in force; idles until there is one. */
struct slot *schedule_next(void);

#endif
