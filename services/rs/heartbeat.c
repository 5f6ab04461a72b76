#include "services/rs/heartbeat.h"

static uint64_t period_us(uint32_t heartbeat_ms)
{
	return (uint64_t)heartbeat_ms * 1000 / 2;
}

uint32_t heartbeat_share_us(uint32_t heartbeat_ms, uint32_t budget_us, uint32_t budget_period_us)
{
	if (budget_period_us == 0)
		return 0;
	return (uint32_t)(period_us(heartbeat_ms) * budget_us / budget_period_us);
}

static uint64_t next_multiple(uint64_t now_us, uint64_t period)
{
	return (now_us / period + 1) * period;
}

/* Who is asked shortly before a multiple has until the one after that. */
static uint64_t answer_due_us(uint64_t now_us, uint64_t period)
{
	return next_multiple(now_us + period / 2, period);
}

void heartbeat_begin(struct heartbeat *beat, uint32_t heartbeat_ms, struct heartbeat_usage usage,
		     uint64_t now_us)
{
	*beat = (struct heartbeat){ .idle_us = usage.idle_us, .cpu_us = usage.cpu_us };
	if (heartbeat_ms == 0)
		return;
	beat->next_us = answer_due_us(now_us, period_us(heartbeat_ms));
	beat->owed = true;
}

static uint32_t busy_us(uint32_t heartbeat_ms, uint32_t share_us)
{
	uint32_t enough_us = (uint32_t)(period_us(heartbeat_ms) * HEARTBEAT_BUSY_PERCENT / 100);

	if (share_us < HEARTBEAT_SHARE_US || share_us > enough_us)
		return enough_us;
	return share_us - share_us / 8; /* periods and beats do not begin together */
}

static bool could_have_answered(const struct heartbeat *beat, uint32_t heartbeat_ms,
				struct heartbeat_usage usage, uint64_t now_us)
{
	if (now_us > beat->next_us + HEARTBEAT_LATE_US)
		return false;
	return usage.idle_us - beat->idle_us >= HEARTBEAT_IDLE_US ||
	       usage.cpu_us - beat->cpu_us >= busy_us(heartbeat_ms, usage.share_us);
}

static uint32_t misses_max(uint32_t heartbeat_ms, bool ready)
{
	if (ready)
		return HEARTBEAT_MISSES_MAX;
	return (uint32_t)(HEARTBEAT_START_US / period_us(heartbeat_ms)) + HEARTBEAT_MISSES_MAX;
}

enum heartbeat_verdict heartbeat_beat(struct heartbeat *beat, uint32_t heartbeat_ms, bool ready,
				      struct heartbeat_usage usage, uint64_t now_us)
{
	uint32_t limit;

	if (beat->next_us == 0 || now_us < beat->next_us)
		return HEARTBEAT_NOTHING;
	beat->resting = usage.rests && !beat->owed && !beat->stirred;
	if (beat->resting) {
		beat->next_us = next_multiple(now_us, period_us(heartbeat_ms));
		return HEARTBEAT_NOTHING;
	}
	if (beat->owed && could_have_answered(beat, heartbeat_ms, usage, now_us))
		beat->missed++;
	else if (beat->owed)
		beat->forgiven++;
	limit = misses_max(heartbeat_ms, ready);
	if (beat->missed >= limit || beat->forgiven >= limit + HEARTBEAT_FORGIVEN_MAX)
		return HEARTBEAT_DEAD;
	beat->owed = true;
	beat->stirred = false;
	beat->idle_us = usage.idle_us;
	beat->cpu_us = usage.cpu_us;
	beat->next_us = answer_due_us(now_us, period_us(heartbeat_ms));
	return HEARTBEAT_ASK;
}

void heartbeat_answered(struct heartbeat *beat)
{
	beat->owed = false;
	beat->missed = 0;
	beat->forgiven = 0;
}

void heartbeat_stir(struct heartbeat *beat)
{
	beat->resting = false;
	beat->stirred = true;
}
