/* Microseconds from ticks of the time stamp counter. Pure. */
#ifndef RUNTIME_CLOCK_H
#define RUNTIME_CLOCK_H

#include <stdint.h>

/*
 * Microseconds a tick, times 2^32, rounded down. The kernel computes the same,
 * so that its times and a service's can be compared.
 */
uint64_t clock_multiplier(uint64_t tsc_khz);

/* No number of ticks overflows; a 3 GHz counter itself lasts 194 years. */
static inline uint64_t clock_us(uint64_t ticks, uint64_t multiplier)
{
	return (uint64_t)(((unsigned __int128)ticks * multiplier) >> 32);
}

#endif
