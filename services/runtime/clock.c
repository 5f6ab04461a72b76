#include "services/runtime/clock.h"

#include <assert.h>

uint64_t clock_multiplier(uint64_t tsc_khz)
{
	assert(tsc_khz != 0);
	return (1000ull << 32) / tsc_khz;
}

uint64_t clock_us(uint64_t ticks, uint64_t multiplier)
{
	return (uint64_t)(((unsigned __int128)ticks * multiplier) >> 32);
}
