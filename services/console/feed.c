/* See feed.h. */
#include "services/console/feed.h"

void feed_from_boot(struct feed *feed, bool skip_kernel)
{
	struct log_record record;

	feed->next = view_log_first();
	if (!skip_kernel || feed->next != 1)
		return;
	while (feed->next < view_log_next() && view_log_get(feed->next, &record) &&
	       record.slot == LOG_FROM_KERNEL)
		feed->next++;
}

void feed_from_time(struct feed *feed, uint64_t time_us)
{
	struct log_record record;
	uint64_t end = view_log_next();

	feed->next = view_log_first();
	while (feed->next < end && (!view_log_get(feed->next, &record) || record.time_us < time_us))
		feed->next++;
}

static bool is_shown(enum log_mode mode, uint32_t level)
{
	switch (mode) {
	case LOG_MODE_QUIET:
		return false;
	case LOG_MODE_FOLLOW:
		return true;
	case LOG_MODE_NORMAL:
	case LOG_MODE_COUNT:
		break;
	}
	return level <= LOG_NOTICE;
}

bool feed_next(struct feed *feed, enum log_mode mode, struct log_record *record)
{
	uint64_t end = view_log_next();

	if (feed->next < view_log_first())
		feed->next = view_log_first();
	while (feed->next < end)
		if (view_log_get(feed->next++, record) && is_shown(mode, record->level))
			return true;
	return false;
}
