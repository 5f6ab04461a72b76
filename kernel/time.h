/* Time in microseconds since GRUB's hand-over, and the one timer. */
#ifndef KERNEL_TIME_H
#define KERNEL_TIME_H

#include <stdint.h>

#define TIME_NEVER UINT64_MAX

/* Measures the time stamp counter; starts the local APIC's timer, or the 8254. */
void time_init(uint64_t boot_tsc, int have_apic);
uint64_t time_now_us(void);
uint64_t time_tsc_khz(void);

/* The timer interrupts at `deadline_us` or before; a later one already set stays. */
void time_alarm_by(uint64_t deadline_us);

/* The timer has interrupted; it is off. When it should have: later, if the machine stood still. */
uint64_t time_alarm_taken(void);

void time_apic_end_of_interrupt(void);

#endif
