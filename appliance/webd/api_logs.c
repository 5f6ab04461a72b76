/* GET /logs: the log with wall time. */
#include "appliance/webd/api.h"
#include "services/runtime/logring.h"

#include <string.h>

#define LOGS_DEFAULT   200u
#define LOGS_MAX       256u
#define LOG_ROOM_BYTES (256 + 6 * LOG_TEXT_BYTES) /* of a record, each byte of it escaped */

static const char *level_text(unsigned level)
{
	static const char *const texts[] = { "error", "warning", "notice", "info", "debug" };

	return level < sizeof(texts) / sizeof(texts[0]) ? texts[level] : "unknown";
}

void api_log_record_write(struct json *json, const struct log_ring_record *record)
{
	json_object(json, NULL);
	json_number(json, "sequence", record->sequence);
	if (record->unix_us > 0)
		json_thousandths(json, "time", (uint64_t)record->unix_us / 1000);
	else
		json_null(json, "time");
	json_thousandths(json, "uptime", record->time_us / 1000);
	json_boolean(json, "earlier_boot", record->boot != world.log->boot);
	json_string(json, "level", level_text(record->level));
	json_text(json, "service", record->service, sizeof(record->service));
	json_text(json, "text", record->text,
		  record->length_bytes < LOG_TEXT_BYTES ? record->length_bytes : LOG_TEXT_BYTES);
	json_object_end(json);
}

struct filter {
	uint64_t after, limit;
	unsigned level; /* this and what is worse */
	char service[NAME_BYTES + 1];
};

static bool level_find(const char *word, unsigned *level)
{
	for (unsigned i = 0; i <= LOG_DEBUG; i++) {
		if (strcmp(word, level_text(i)) != 0)
			continue;
		*level = i;
		return true;
	}
	return false;
}

static bool filter_read(const struct exchange *exchange, struct filter *filter)
{
	char word[16];

	*filter = (struct filter){ .level = LOG_DEBUG };
	switch (request_query_get(exchange->request, "level", word, sizeof(word))) {
	case REQUEST_NO_VALUE: break;
	case REQUEST_VALUE:
		if (level_find(word, &filter->level))
			break;
		return false;
	case REQUEST_BAD_VALUE: return false;
	}
	return request_query_get(exchange->request, "service", filter->service,
				 sizeof(filter->service)) != REQUEST_BAD_VALUE &&
	       api_number_get(exchange, "after", 0, &filter->after) &&
	       api_number_get(exchange, "limit", LOGS_DEFAULT, &filter->limit);
}

static bool filter_passes(const struct filter *filter, const struct log_ring_record *record)
{
	return record->level <= filter->level &&
	       (filter->service[0] == '\0' || strcmp(filter->service, record->service) == 0);
}

/* The sequence with which the last `limit` that pass begin. */
static uint64_t start_find(const struct filter *filter, uint64_t first, uint64_t next)
{
	struct log_ring_record record;
	uint64_t limit = filter->limit < LOGS_MAX ? filter->limit : LOGS_MAX, start = next;

	while (next-- > first && limit > 0) {
		if (!logring_get(world.log, next, &record) || !filter_passes(filter, &record))
			continue;
		start = next;
		limit--;
	}
	return start;
}

enum app_outcome api_logs(struct exchange *exchange)
{
	struct log_ring_record record;
	struct filter filter;
	uint64_t first, next;

	if (world.log == NULL)
		return api_problem(exchange, 503, "there is no log yet");
	if (!filter_read(exchange, &filter))
		return api_problem(exchange, 400,
				   "after and limit are numbers, level and service words");
	struct json *json = response_json(exchange->response, 200);
	logring_range(world.log, &first, &next);
	if (filter.after >= first)
		first = filter.after < next ? filter.after + 1 : next;
	json_array(json, NULL);
	/* What does not fit is left for the next request, which comes with `after`. */
	for (uint64_t at = start_find(&filter, first, next);
	     at < next && json_has_room(json, LOG_ROOM_BYTES); at++)
		if (logring_get(world.log, at, &record) && filter_passes(&filter, &record))
			api_log_record_write(json, &record);
	json_array_end(json);
	return api_done(exchange);
}
