#include "services/rs/supervise.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const char *supervise_name(const struct supervisor *supervisor, uint32_t slot)
{
	return slot < supervisor->count ? supervisor->manifest->services[slot].name : "nobody";
}

void supervise_log(const struct supervisor *supervisor, enum log_level level, uint32_t slot,
		   const char *format, ...)
{
	char text[LOG_TEXT_BYTES];
	int name_length =
		snprintf(text, sizeof text, "%.*s: ", NAME_BYTES, supervise_name(supervisor, slot));
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text + name_length, sizeof text - (size_t)name_length, format, arguments);
	va_end(arguments);
	supervisor->actions->log(level, text);
}

static struct heartbeat_usage usage_of(const struct supervisor *supervisor, uint32_t slot)
{
	const struct service_entry *life = &supervisor->kernel->services[slot];
	const struct manifest_service *service = &supervisor->manifest->services[slot];

	return (struct heartbeat_usage){
		.idle_us = supervisor->kernel->idle_us,
		.cpu_us = life->cpu_us,
		.rests = life->rests != 0,
		.share_us = heartbeat_share_us(service->heartbeat_ms, service->budget_us,
					       service->period_us),
	};
}

void supervise_watch_begin(struct supervisor *supervisor, uint32_t slot, uint64_t now_us)
{
	struct supervise_watch *watch = &supervisor->watches[slot];

	misdeeds_begin(&watch->misdeeds);
	heartbeat_begin(&watch->heartbeat, supervisor->manifest->services[slot].heartbeat_ms,
			usage_of(supervisor, slot), now_us);
}

void supervise_kill(const struct supervisor *supervisor, uint32_t slot, enum exit_cause cause)
{
	enum status status = supervisor->actions->kill(slot, cause);

	if (status != OK)
		supervise_log(supervisor, LOG_ERROR, slot, "cannot be ended: %s",
			      status_text(status));
}

/* --- A life: misdeeds, heartbeat, death ---------------------------------- */

static bool is_living(const struct rs_entry *entry)
{
	return entry->state == RS_STARTING || entry->state == RS_RUNNING;
}

static void misdeeds_log(const struct supervisor *supervisor, uint32_t slot,
			 struct misdeeds_news news)
{
	const struct service_entry *life = &supervisor->kernel->services[slot];
	char text[LOG_TEXT_BYTES];

	if (news.dma || news.refusals) {
		misdeeds_refusals_text(life, text, sizeof text);
		supervise_log(supervisor, news.dma ? LOG_ERROR : LOG_WARNING, slot, "%s%s",
			      news.dma ? "tried to point its device's DMA outside its memory; "
				       : "",
			      text);
	}
	if (news.complaints) {
		misdeeds_complaint_text(life, supervise_name(supervisor, life->complainer), text,
					sizeof text);
		supervise_log(supervisor, LOG_WARNING, slot, "%s", text);
	}
}

static void misdeeds_check(struct supervisor *supervisor, uint32_t slot, bool last, uint64_t now_us)
{
	struct misdeeds_news news =
		misdeeds_look(&supervisor->watches[slot].misdeeds,
			      &supervisor->kernel->services[slot], last, now_us);

	misdeeds_log(supervisor, slot, news);
	if (!last && news.verdict != EXIT_NONE)
		supervise_kill(supervisor, slot, news.verdict);
}

static void heartbeat_check(struct supervisor *supervisor, uint32_t slot, uint64_t now_us)
{
	struct rs_entry *entry = &supervisor->table->services[slot];
	struct heartbeat *beat = &supervisor->watches[slot].heartbeat;
	bool owed = beat->owed;

	switch (heartbeat_beat(beat, supervisor->manifest->services[slot].heartbeat_ms,
			       entry->state == RS_RUNNING, usage_of(supervisor, slot), now_us)) {
	case HEARTBEAT_NOTHING: return;
	case HEARTBEAT_ASK:
		if (!owed)
			entry->heartbeat_sent_us = now_us;
		supervisor->actions->ask(slot);
		return;
	case HEARTBEAT_DEAD:
		supervise_log(supervisor, LOG_WARNING, slot,
			      "silent since %" PRIu64 " us, %u questions forgiven",
			      now_us - entry->heartbeat_sent_us, beat->forgiven);
		supervise_kill(supervisor, slot, EXIT_HEARTBEAT);
		return;
	}
}

static void life_look(struct supervisor *supervisor, uint32_t slot, uint64_t now_us)
{
	const struct rs_entry *entry = &supervisor->table->services[slot];
	const struct service_entry *life = &supervisor->kernel->services[slot];

	if (!is_living(entry))
		return;
	if (supervise_is_same_life(entry, life))
		misdeeds_check(supervisor, slot, false, now_us);
	if (supervise_is_same_life(entry, life))
		heartbeat_check(supervisor, slot, now_us);
	if (supervise_is_same_life(entry, life) && supervise_program_is_other(supervisor, slot))
		supervise_kill(supervisor, slot, EXIT_UPDATE);
	if (!supervise_is_same_life(entry, life)) {
		misdeeds_check(supervisor, slot, true, now_us);
		supervise_bury(supervisor, slot, now_us);
	}
}

void supervise_ready(struct supervisor *supervisor, uint32_t slot, uint64_t now_us)
{
	struct rs_entry *entry = &supervisor->table->services[slot];
	uint64_t started_us = supervisor->kernel->services[slot].started_us;

	entry->state = RS_RUNNING;
	entry->last_ready_us = now_us;
	supervise_log(supervisor, LOG_INFO, slot, "ready, %" PRIu64 " us after its start",
		      now_us - started_us);
}

/* True if this was more than an answer that was waited for. */
static bool answered(struct supervisor *supervisor, uint32_t slot, uint64_t now_us)
{
	struct rs_entry *entry = &supervisor->table->services[slot];
	struct supervise_watch *watch = &supervisor->watches[slot];
	bool owed = watch->heartbeat.owed;

	if (!is_living(entry))
		return true;
	if (watch->disbelieve) {
		watch->disbelieve = false;
		supervisor->actions->ask(slot);
		return false;
	}
	heartbeat_answered(&watch->heartbeat);
	entry->heartbeat_seen_us = now_us;
	if (entry->state == RS_RUNNING)
		return !owed;
	supervise_ready(supervisor, slot, now_us);
	return true;
}

bool supervise_answered(struct supervisor *supervisor, uint64_t sources, uint64_t now_us)
{
	bool news = false;

	for (uint32_t slot = 0; slot < supervisor->count; slot++)
		if ((sources >> slot & 1) != 0 && slot != supervisor->self)
			news |= answered(supervisor, slot, now_us);
	return news;
}

/* --- The look ------------------------------------------------------------ */

static uint64_t earlier(uint64_t a_us, uint64_t b_us)
{
	return a_us < b_us ? a_us : b_us;
}

static uint64_t living_due_us(const struct supervise_watch *watch)
{
	bool beats = watch->heartbeat.next_us != 0 && !watch->heartbeat.resting;
	uint64_t beat_us = beats ? watch->heartbeat.next_us : SUPERVISE_NO_DEADLINE;

	return watch->misdeeds.unsaid ? earlier(beat_us, watch->misdeeds.quiet_until_us) : beat_us;
}

static uint64_t due_us(const struct supervisor *supervisor, uint32_t slot)
{
	const struct rs_entry *entry = &supervisor->table->services[slot];

	switch ((enum rs_state)entry->state) {
	case RS_WAITING: return supervise_wait_until_us(supervisor, slot);
	case RS_STARTING:
	case RS_RUNNING: return living_due_us(&supervisor->watches[slot]);
	case RS_BACKOFF: return entry->restart_at_us;
	case RS_ABSENT:
	case RS_STOPPED:
	case RS_FAILED: return SUPERVISE_NO_DEADLINE;
	}
	return SUPERVISE_NO_DEADLINE;
}

/* To be started, that is: only those are. */
static bool somebody_waits(const struct supervisor *supervisor, uint64_t astir)
{
	for (uint64_t left = astir; left != 0; left &= left - 1) {
		uint32_t state = supervisor->table->services[(uint32_t)__builtin_ctzll(left)].state;

		if (state == RS_WAITING || state == RS_BACKOFF || state == RS_ABSENT)
			return true;
	}
	return false;
}

uint64_t supervise_look(struct supervisor *supervisor, uint64_t now_us)
{
	uint64_t astir, next_us = SUPERVISE_NO_DEADLINE;

	supervisor->table->looks++;
	supervise_log_look(supervisor);
	astir = supervise_slots_astir(supervisor);
	for (uint64_t left = astir; left != 0; left &= left - 1)
		life_look(supervisor, (uint32_t)__builtin_ctzll(left), now_us);
	if (somebody_waits(supervisor, astir))
		supervise_start_due(supervisor, now_us);
	astir |= supervise_stirred_take(supervisor); /* by a death just found */
	for (uint64_t left = astir; left != 0; left &= left - 1) {
		uint32_t slot = (uint32_t)__builtin_ctzll(left);

		next_us = earlier(next_us, supervise_trial_look(supervisor, slot, now_us));
		next_us = earlier(next_us, due_us(supervisor, slot));
	}
	supervisor->touched |= astir;
	if (supervise_log_has_grown(supervisor)) /* by what was just done */
		next_us = earlier(next_us, now_us + SUPERVISE_LOG_US);
	return earlier(next_us, supervise_checkpoint_look(supervisor, now_us));
}
