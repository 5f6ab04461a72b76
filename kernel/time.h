/* Time in microseconds since GRUB's hand-over, and the one timer. */
#ifndef KERNEL_TIME_H
#define KERNEL_TIME_H

#include <stdint.h>

#define TIME_NEVER UINT64_MAX
#define SLICE_US   1000 /* then who has the same priority runs */

/* Measures the time stamp counter; starts the local APIC's timer, or the 8254. */
void time_init(uint64_t boot_tsc, int have_apic);
uint64_t time_now_us(void);
uint64_t time_tsc_khz(void);

/* The timer interrupts at `by_us` or before; an earlier alarm already set stays. */
void time_alarm_by(uint64_t by_us);

/* The same for what matters only while somebody runs, as the end of a slice. */
void time_slice_by(uint64_t end_us);
/* Nobody runs: the timer waits for the earliest alarm. */
void time_slice_drop(void);

/* The timer has interrupted; it is off. When it should have: later, if the machine stood still. */
uint64_t time_alarm_taken(void);

void time_apic_end_of_interrupt(void);

#endif
