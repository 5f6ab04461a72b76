/* See wallclock.h and services/proto/clockpage.h: another process writes it meanwhile. */
#include "services/runtime/wallclock.h"

#include "services/runtime/crc32.h"

#include <stddef.h>
#include <string.h>

#define TRIES         4
#define ONE_MILLION   1000000
#define ONE_BILLION   1000000000
#define RATE_PPB_MAX  1000000            /* a crystal that is further off is broken */
#define UNIX_US_MAX   253402300799000000 /* the year 9999 */
#define OFFSET_US_MAX UNIX_US_MAX
#define HEAD_BYTES    offsetof(struct clock_page, version)

static bool page_is_sound(const struct clock_page *page)
{
	return page->crc32 ==
		       crc32_of((const uint8_t *)page + HEAD_BYTES, sizeof(*page) - HEAD_BYTES) &&
	       page->version == CLOCK_PAGE_VERSION && page->source <= CLOCK_SNTP &&
	       page->offset_us >= -OFFSET_US_MAX && page->offset_us <= OFFSET_US_MAX &&
	       page->slew_us >= -OFFSET_US_MAX && page->slew_us <= OFFSET_US_MAX &&
	       page->rate_ppb >= -RATE_PPB_MAX && page->rate_ppb <= RATE_PPB_MAX &&
	       page->base_us <= UNIX_US_MAX && page->server[CLOCK_SERVER_BYTES - 1] == 0;
}

bool wallclock_copy(const struct clock_page *shared, struct clock_page *copy)
{
	for (int i = 0; i < TRIES; i++) {
		uint32_t sequence = __atomic_load_n(&shared->sequence, __ATOMIC_ACQUIRE);

		memcpy(copy, shared, sizeof(*copy));
		__atomic_thread_fence(__ATOMIC_ACQUIRE);
		if ((sequence & 1) == 0 &&
		    __atomic_load_n(&shared->sequence, __ATOMIC_RELAXED) == sequence)
			return page_is_sound(copy);
	}
	return false;
}

/* `us` parts in `whole`, rounded towards zero. */
static int64_t share(int64_t us, int64_t parts, int64_t whole)
{
	return (int64_t)((__int128)us * parts / whole);
}

static uint64_t magnitude(int64_t value)
{
	return value < 0 ? (uint64_t)-value : (uint64_t)value;
}

int64_t wallclock_slewed(const struct clock_page *page, uint64_t time_us)
{
	if (time_us <= page->base_us)
		return 0;
	int64_t most = share((int64_t)(time_us - page->base_us), CLOCK_SLEW_PPM, ONE_MILLION);

	if (magnitude(page->slew_us) <= (uint64_t)most)
		return page->slew_us;
	return page->slew_us < 0 ? -most : most;
}

bool wallclock_at(const struct clock_page *copy, uint64_t time_us, struct wallclock *out)
{
	if (copy->source == CLOCK_NONE || time_us > UNIX_US_MAX)
		return false;
	int64_t passed_us =
		(int64_t)time_us - (int64_t)copy->base_us; /* negative: before it was known */
	int64_t slewed_us = wallclock_slewed(copy, time_us);
	int64_t unix_us = (int64_t)time_us + copy->offset_us + slewed_us +
			  share(passed_us, copy->rate_ppb, ONE_BILLION);

	if (unix_us < 0 || unix_us > UNIX_US_MAX)
		return false;
	*out = (struct wallclock){
		.unix_us = unix_us,
		.source = copy->source,
		.error_us = copy->error_us + magnitude(copy->slew_us - slewed_us) +
			    (uint64_t)share((int64_t)magnitude(passed_us), CLOCK_DRIFT_PPM,
					    ONE_MILLION),
	};
	return true;
}

bool wallclock_read(const struct clock_page *shared, uint64_t time_us, struct wallclock *out)
{
	struct clock_page copy;

	return wallclock_copy(shared, &copy) && wallclock_at(&copy, time_us, out);
}

const char *wallclock_source_text(uint32_t source)
{
	switch (source) {
#define X(name, number, text)                                                                      \
	case number: return text;
		CLOCK_SOURCE_TABLE(X)
#undef X
	}
	return "unknown";
}
