/*
 * Wall time from the region "clock" (services/proto/clockpage.h), copied and
 * checked. Pure: the caller says what time_us() is or was, so that the wall
 * time of anything in the log of this boot can be had as well.
 *
 * Link with services/runtime/wallclock.c and crc32.c.
 */
#ifndef RUNTIME_WALLCLOCK_H
#define RUNTIME_WALLCLOCK_H

#include "services/proto/clockpage.h"

#include <stdbool.h>
#include <stdint.h>

struct wallclock {
	int64_t unix_us;   /* microseconds since 1970, UTC */
	uint32_t source;   /* enum clock_source, not CLOCK_NONE */
	uint64_t error_us; /* how far off it may be */
};

/* Copies the page if it is sound; tries a few times while it changes, then gives up. */
bool wallclock_copy(const struct clock_page *shared, struct clock_page *copy);

/* Wall time at `time_us`, by a sound copy. False: nobody knows. */
bool wallclock_at(const struct clock_page *copy, uint64_t time_us, struct wallclock *out);

/* Both. */
bool wallclock_read(const struct clock_page *shared, uint64_t time_us, struct wallclock *out);

/* Of the page's slew_us, what is done by `time_us`. */
int64_t wallclock_slewed(const struct clock_page *page, uint64_t time_us);

/* "none", "cmos", "sntp"; "unknown" for a foreign value. */
const char *wallclock_source_text(uint32_t source);

#endif
