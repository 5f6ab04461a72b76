/* GET /alerts, POST /alerts/test. */
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

void api_alert_write(struct json *json, const struct alert *alert)
{
	char service[NAME_BYTES];

	world_service_name(alert->slot, service);
	json_object(json, NULL);
	json_number(json, "n", alert->number);
	api_time_write(json, "time", alert->time_us);
	json_thousandths(json, "uptime", alert->time_us / 1000);
	json_string(json, "kind", event_kind_text(alert->kind));
	json_string(json, "severity", severity_text(alert->severity));
	json_string(json, "service", service);
	json_string(json, "text", alert->text);
	json_string(json, "sent", "off"); /* nothing here sends them */
	json_object_end(json);
}

enum app_outcome api_alerts(struct exchange *exchange)
{
	struct json *json = response_json(exchange->response, 200);
	uint64_t first, next;

	alerts_range(&first, &next);
	json_array(json, NULL);
	while (next-- > first)
		api_alert_write(json, alerts_get(next));
	json_array_end(json);
	return api_done(exchange);
}

enum app_outcome api_alerts_test(struct exchange *exchange)
{
	return api_problem(exchange, 503, "alerts are not sent by this system");
}
