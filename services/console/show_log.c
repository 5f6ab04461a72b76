/* show log [N]. */
#include "services/console/show_log.h"

#include "services/console/command.h"
#include "services/console/show_count.h"
#include "services/console/view.h"
#include "services/runtime/civil.h"
#include "services/runtime/wallclock.h"

#define RECORDS_DEFAULT 20u
#define DATE_CHARACTERS 10u /* of "2026-11-21T..." */

static const char *level_text(uint32_t level)
{
	static const char *const texts[] = { "error", "warning", "notice", "info", "debug" };

	return level < sizeof(texts) / sizeof(texts[0]) ? texts[level] : "unknown";
}

/* "2026-11-21 12:46:24.123 ", in UTC; nothing if nobody knows. */
static void wall_time_text(const struct log_record *record, const struct clock_page *clock,
			   struct text *out)
{
	char text[CIVIL_TEXT_BYTES];
	struct wallclock at;

	if (clock == NULL || !wallclock_at(clock, record->time_us, &at))
		return;
	unsigned length = civil_format(at.unix_us, 0, 3, text);
	text[DATE_CHARACTERS] = ' ';
	text_add(out, text, length - 1);
	text_string(out, " ");
}

void log_record_text(const struct log_record *record, const struct clock_page *clock,
		     struct text *out)
{
	char name[NAME_BYTES];

	view_service_name(record->slot, name);
	text_printf(out, "[%5llu.%06llu] ", (unsigned long long)(record->time_us / 1000000),
		    (unsigned long long)(record->time_us % 1000000));
	wall_time_text(record, clock, out);
	text_foreign(out, name, sizeof(name));
	text_printf(out, ": %s%s", record->level <= LOG_WARNING ? level_text(record->level) : "",
		    record->level <= LOG_WARNING ? ": " : "");
	text_foreign(out, record->text, record->length_bytes);
	text_string(out, "\r\n");
}

static void log_record_json(struct json *json, struct text *out, const struct log_record *record,
			    const struct clock_page *clock)
{
	char name[NAME_BYTES], time[CIVIL_TEXT_BYTES];
	struct wallclock at;

	view_service_name(record->slot, name);
	json_object(json, out, NULL);
	json_number(json, out, "sequence", record->sequence);
	json_number(json, out, "time_us", record->time_us);
	if (wallclock_at(clock, record->time_us, &at)) {
		civil_format(at.unix_us, 0, 6, time);
		json_word(json, out, "time", time);
	}
	json_string(json, out, "service", name, sizeof(name));
	json_number(json, out, "generation", record->generation);
	json_word(json, out, "level", level_text(record->level));
	json_string(json, out, "text", record->text, record->length_bytes);
	json_object_end(json, out);
}

static bool log_open(struct job *job, struct text *out)
{
	uint32_t count;

	if (!show_count_parse(job, out, RECORDS_DEFAULT, KERNEL_LOG_RECORDS, &count))
		return false;
	job->position = view_log_first();
	if (view_log_next() > job->position + count)
		job->position = view_log_next() - count;
	if (job->as_json) {
		json_object(&job->json, out, NULL);
		json_array(&job->json, out, "records");
	}
	return true;
}

bool show_log(struct job *job, struct text *out)
{
	struct log_record record;
	struct clock_page clock;

	if (!wallclock_copy(view.clock, &clock))
		clock = (struct clock_page){ .source = CLOCK_NONE };
	if (job->step == 0 && !log_open(job, out))
		return false;
	/* At most once round: more may be added while we print. */
	if (job->position < view_log_next() && job->step < KERNEL_LOG_RECORDS) {
		if (view_log_get(job->position++, &record)) {
			if (job->as_json)
				log_record_json(&job->json, out, &record, &clock);
			else
				log_record_text(&record, &clock, out);
		}
		return true;
	}
	if (job->as_json) {
		json_array_end(&job->json, out);
		json_object_end(&job->json, out);
		text_string(out, "\r\n");
	}
	return false;
}

bool log_mode_set(struct job *job, struct text *out)
{
	static const char *const words[LOG_MODE_COUNT] = { "normal", "follow", "quiet" };

	for (unsigned mode = 0; mode < LOG_MODE_COUNT; mode++) {
		if (!words_phrase_has(words[mode], 0, job->arguments[0]))
			continue;
		job->log_mode = (enum log_mode)mode;
		return false;
	}
	return job_fail(job, out, "'%s' is none of follow, normal, quiet", job->arguments[0]);
}
