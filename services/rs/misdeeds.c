#include "services/rs/misdeeds.h"

#include "kernel/abi/syscall.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

void misdeeds_begin(struct misdeeds *misdeeds)
{
	*misdeeds = (struct misdeeds){ 0 };
}

static uint64_t refusals_sum(const struct refusals *refusals)
{
	return (uint64_t)refusals->call + refusals->target + refusals->port + refusals->memory;
}

bool misdeeds_blame_device(const struct service_entry *life)
{
	return life->complaint == COMPLAINT_STALLED || life->complaint == COMPLAINT_SILENT;
}

static enum exit_cause verdict_of(const struct service_entry *life)
{
	if (life->refusals.dma >= MISDEEDS_DMA_MAX ||
	    refusals_sum(&life->refusals) >= MISDEEDS_REFUSALS_MAX)
		return EXIT_REFUSALS;
	if (life->complaints >= MISDEEDS_COMPLAINTS_MAX ||
	    (life->complaints != 0 && misdeeds_blame_device(life)))
		return EXIT_COMPLAINT;
	return EXIT_NONE;
}

struct misdeeds_news misdeeds_look(struct misdeeds *misdeeds, const struct service_entry *life,
				   bool last, uint64_t now_us)
{
	struct misdeeds_news news = { .verdict = verdict_of(life) };

	news.dma = life->refusals.dma != misdeeds->seen.dma;
	news.refusals = refusals_sum(&life->refusals) != refusals_sum(&misdeeds->seen);
	news.complaints = life->complaints != misdeeds->complaints_seen;
	misdeeds->unsaid = false;
	if (!news.dma && !news.refusals && !news.complaints)
		return news;
	if (!last && news.verdict == EXIT_NONE && now_us < misdeeds->quiet_until_us) {
		news.dma = news.refusals = news.complaints = false; /* at a later look */
		misdeeds->unsaid = true;
		return news;
	}
	misdeeds->seen = life->refusals;
	misdeeds->complaints_seen = life->complaints;
	misdeeds->quiet_until_us = now_us + MISDEEDS_LOG_PERIOD_US;
	return news;
}

static const char *call_name(uint32_t number)
{
	switch (number) {
#define X(name, code, text)                                                                        \
	case code: return text;
		SYSCALL_TABLE(X)
#undef X
	default: return "an unknown call";
	}
}

void misdeeds_refusals_text(const struct service_entry *life, char *text, size_t text_bytes)
{
	const struct refusals *refusals = &life->refusals;

	snprintf(text, text_bytes,
		 "refused so far: %" PRIu32 " calls, %" PRIu32 " targets, %" PRIu32
		 " ports, %" PRIu32 " addresses, %" PRIu32 " for DMA; last %s of 0x%" PRIx64,
		 refusals->call, refusals->target, refusals->port, refusals->memory, refusals->dma,
		 call_name(refusals->last_call), refusals->last_value);
}

static const char *complaint_name(uint32_t number)
{
	switch (number) {
#define X(name, code, text)                                                                        \
	case code: return text;
		COMPLAINT_TABLE(X)
#undef X
	default: return "of an unknown kind";
	}
}

void misdeeds_complaint_text(const struct service_entry *life, const char *complainer, char *text,
			     size_t text_bytes)
{
	snprintf(text, text_bytes, "%s complains: %s (number %" PRIu32 " of this life)", complainer,
		 complaint_name(life->complaint), life->complaints);
}
