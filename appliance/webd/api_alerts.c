/* GET /alerts. */
#include "appliance/webd/api.h"
#include "services/proto/event.h"
#include "services/runtime/event.h"

static const char *severity_text(unsigned severity)
{
	switch (severity) {
	case EVENT_INFO: return "info";
	case EVENT_WARNING: return "warning";
	case EVENT_CRITICAL: return "critical";
	default: return "unknown";
	}
}

static const char *sent_text(uint32_t sent)
{
	switch (sent) {
#define X(name, number, word)                                                                      \
	case number: return word;
		ALERT_SENT_TABLE(X)
#undef X
	}
	return "unknown";
}

void api_alert_write(struct json *json, const struct alert_record *alert)
{
	json_object(json, NULL);
	json_number(json, "n", alert->number);
	api_time_write(json, "time", alert->time_us);
	json_thousandths(json, "uptime", alert->time_us / 1000);
	json_number(json, "count", alert->count);
	json_string(json, "kind", event_kind_text(alert->kind));
	json_string(json, "severity", severity_text(alert->severity));
	json_text(json, "service", alert->service, sizeof(alert->service));
	json_text(json, "text", alert->text, alert->text_bytes);
	json_string(json, "sent", sent_text(alert->sent));
	json_object_end(json);
}

enum app_outcome api_alerts(struct exchange *exchange)
{
	struct json *json = response_json(exchange->response, 200);
	uint64_t latest = alerts_latest().number;
	struct alert_record record;

	json_array(json, NULL);
	for (unsigned i = 0; i < ALERT_HISTORY && i < latest; i++)
		if (alerts_copy((unsigned)((latest - i) % ALERT_HISTORY), &record) &&
		    record.number == latest - i)
			api_alert_write(json, &record);
	json_array_end(json);
	return api_done(exchange);
}
