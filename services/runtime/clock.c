#include "services/runtime/clock.h"

#include <assert.h>

uint64_t clock_multiplier(uint64_t tsc_khz)
{
	assert(tsc_khz != 0);
	return (1000ull << 32) / tsc_khz;
}
