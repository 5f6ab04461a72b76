#include "services/time/schedule.h"

static void next_server(struct schedule *schedule)
{
	schedule->server = schedule->count == 0 ? 0 : (schedule->server + 1) % schedule->count;
}

void schedule_begin(struct schedule *schedule, unsigned count, uint64_t now_us)
{
	*schedule = (struct schedule){ .count = count,
				       .burst = SCHEDULE_BURST,
				       .pause_us = SCHEDULE_FIRST_US,
				       .next_us = now_us };
}

unsigned schedule_due(struct schedule *schedule, uint64_t now_us, uint64_t *next_us)
{
	uint64_t soonest_us = UINT64_MAX;

	*next_us = schedule->count == 0 ? UINT64_MAX : schedule->next_us;
	if (schedule->count == 0 || now_us < schedule->next_us)
		return SCHEDULE_NONE;
	for (unsigned i = 0; i < schedule->count; i++) {
		uint64_t from_us = schedule->not_before_us[schedule->server];
		if (from_us <= now_us)
			return schedule->server;
		if (from_us < soonest_us)
			soonest_us = from_us;
		next_server(schedule);
	}
	*next_us = soonest_us;
	return SCHEDULE_NONE;
}

/* In a burst soon, else after `pause_us`. */
static void pause_for(struct schedule *schedule, uint64_t now_us, uint64_t pause_us)
{
	if (schedule->burst > 0) {
		schedule->burst--;
		pause_us = SCHEDULE_BURST_US;
	}
	schedule->next_us = now_us + pause_us;
}

void schedule_answered(struct schedule *schedule, uint64_t now_us, bool calm)
{
	schedule->burst = 0;
	schedule->failed = 0;
	schedule->doubts = 0;
	if (!calm)
		schedule->pause_us = SCHEDULE_FIRST_US;
	schedule->next_us = now_us + schedule->pause_us;
	if (calm && schedule->pause_us < SCHEDULE_LAST_US)
		schedule->pause_us *= 2;
	next_server(schedule);
}

void schedule_doubted(struct schedule *schedule, uint64_t now_us)
{
	bool soon = schedule->doubts++ < SCHEDULE_BURST;

	schedule->failed = 0;
	next_server(schedule);
	schedule->next_us = now_us + (soon ? SCHEDULE_BURST_US : SCHEDULE_FIRST_US);
}

void schedule_failed(struct schedule *schedule, uint64_t now_us)
{
	unsigned rounds = schedule->count == 0 ? 0 : schedule->failed / schedule->count;
	uint64_t pause_us = rounds >= 6 ? SCHEDULE_LAST_US : (uint64_t)SCHEDULE_RETRY_US << rounds;

	schedule->failed++;
	next_server(schedule);
	/* The others have not been asked yet in this round. */
	if (schedule->burst == 0 && schedule->failed % schedule->count != 0)
		pause_us = SCHEDULE_BURST_US;
	pause_for(schedule, now_us, pause_us);
}

void schedule_kissed(struct schedule *schedule, uint64_t now_us, bool leave)
{
	uint64_t away_us = leave ? SCHEDULE_LEAVE_US : SCHEDULE_LAST_US;

	schedule->not_before_us[schedule->server] = now_us + away_us;
	schedule_failed(schedule, now_us);
}
