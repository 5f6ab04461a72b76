/*
 * What the kernel counted against one life of a service: refused kernel calls
 * and complaints of its partners. Says which of it is news, and when the
 * measure is full. Pure.
 *
 * A value refused by the DMA guard is an attempt to overwrite memory: the third
 * ends the life. Of the other refusals the twentieth does, as one alone can be
 * an honest mistake; of complaints the third, but those of work not done and of
 * silence at once, as who complains of that has waited long enough.
 */
#ifndef RS_MISDEEDS_H
#define RS_MISDEEDS_H

#include "kernel/abi/table.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MISDEEDS_DMA_MAX        3u
#define MISDEEDS_REFUSALS_MAX   20u
#define MISDEEDS_COMPLAINTS_MAX 3u
#define MISDEEDS_LOG_PERIOD_US  100000u /* one line a service; the sums in it miss nothing */

struct misdeeds {
	struct refusals seen;
	uint32_t complaints_seen;
	uint64_t quiet_until_us; /* nothing is logged before */
	bool unsaid;             /* then there is something to be logged */
};

struct misdeeds_news {
	bool dma, refusals, complaints; /* to be logged */
	enum exit_cause verdict;        /* EXIT_NONE, or why to end this life */
};

/* A new life: nothing counted yet. */
void misdeeds_begin(struct misdeeds *misdeeds);
/* Compares with what was seen. `last`: the life has ended, so it is now or never. */
struct misdeeds_news misdeeds_look(struct misdeeds *misdeeds, const struct service_entry *life,
				   bool last, uint64_t now_us);

/*
 * Was the last complaint of work not done? Then carrying on with the device as it is, which is what
 * a driver's next life does, would change nothing.
 */
bool misdeeds_blame_device(const struct service_entry *life);

/* In words, for the log: what was refused, and what the last complaint was about. */
void misdeeds_refusals_text(const struct service_entry *life, char *text, size_t text_bytes);
void misdeeds_complaint_text(const struct service_entry *life, const char *complainer, char *text,
			     size_t text_bytes);

#endif
