/* show clock. Local time is what the configuration says it is. */
#include "services/console/command.h"
#include "services/console/view.h"
#include "services/runtime/civil.h"
#include "services/runtime/wallclock.h"

#include <string.h>

static const char *const drop_words[CLOCK_DROPS] = {
#define X(name, number, word) [number] = word,
	CLOCK_DROP_TABLE(X)
#undef X
};

static void clock_json(struct json *json, struct text *out, const struct clock_page *clock,
		       const struct wallclock *at)
{
	char time[CIVIL_TEXT_BYTES];

	json_object(json, out, NULL);
	json_word(json, out, "source", wallclock_source_text(clock->source));
	if (at != NULL) {
		civil_format(at->unix_us, 0, 6, time);
		json_word(json, out, "time", time);
		json_number(json, out, "unix_us", (uint64_t)at->unix_us);
		json_number(json, out, "error_us", at->error_us);
	}
	json_string(json, out, "server", clock->server, sizeof(clock->server));
	json_number(json, out, "stratum", clock->stratum);
	json_number(json, out, "synchronised_us", clock->synchronised_us);
	json_number(json, out, "steps", clock->steps);
	json_number(json, out, "polls", clock->polls);
	json_number(json, out, "answers", clock->answers);
	json_number(json, out, "timeouts", clock->timeouts);
	json_object(json, out, "dropped");
	for (unsigned i = 1; i < CLOCK_DROPS; i++)
		json_number(json, out, drop_words[i], clock->drops[i]);
	json_object_end(json, out);
	json_object_end(json, out);
	text_string(out, "\r\n");
}

static void clock_text_server(struct text *out, const struct clock_page *clock)
{
	if (clock->synchronised_us != 0) {
		text_string(out, "time server ");
		text_foreign(out, clock->server, sizeof(clock->server));
		text_printf(out, ", stratum %u, heard %llu s ago; crystal %+d ppb\r\n",
			    clock->stratum,
			    (unsigned long long)((view.now_us - clock->synchronised_us) / 1000000),
			    (int)clock->rate_ppb);
	}
	text_printf(out, "%u requests, %u answers, %u without one; %u jumps\r\n", clock->polls,
		    clock->answers, clock->timeouts, clock->steps);
	for (unsigned i = 1; i < CLOCK_DROPS; i++)
		if (clock->drops[i] != 0)
			text_printf(out, "%u dropped: %s\r\n", clock->drops[i], drop_words[i]);
}

static void clock_text(struct text *out, const struct clock_page *clock, const struct wallclock *at)
{
	char time[CIVIL_TEXT_BYTES];

	if (at == NULL) {
		text_string(out, "nobody knows what time it is\r\n");
	} else {
		civil_format(at->unix_us, 0, 3, time);
		text_printf(out, "%s, to %llu ms, from %s\r\n", time,
			    (unsigned long long)(at->error_us / 1000 + 1),
			    wallclock_source_text(at->source));
	}
	clock_text_server(out, clock);
}

bool show_clock(struct job *job, struct text *out)
{
	struct clock_page clock;
	struct wallclock at;

	if (!wallclock_copy(view.clock, &clock))
		memset(&clock, 0, sizeof(clock));
	bool known = wallclock_at(&clock, view.now_us, &at);
	if (job->as_json)
		clock_json(&job->json, out, &clock, known ? &at : NULL);
	else
		clock_text(out, &clock, known ? &at : NULL);
	return false;
}
