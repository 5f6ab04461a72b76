/* GET /alerts: what RS alerts of, and the events of all services. POST /alerts/test. */
#include "appliance/webd/api.h"
#include "services/runtime/event.h"

#include <string.h>

#define EVENTS_MAX 64u

static const char *severity_text(unsigned severity)
{
	switch (severity) {
	case EVENT_INFO: return "info";
	case EVENT_WARNING: return "warning";
	case EVENT_CRITICAL: return "critical";
	default: return "unknown";
	}
}

static void alert_write(struct json *json, uint64_t number, uint64_t time_us, const char *kind,
			const char *severity, const char *service, const char *text,
			size_t text_bytes)
{
	json_object(json, NULL);
	json_number(json, "n", number);
	api_time_write(json, "time", time_us);
	json_thousandths(json, "uptime", time_us / 1000);
	json_string(json, "kind", kind);
	json_string(json, "severity", severity);
	json_string(json, "service", service);
	json_text(json, "text", text, text_bytes);
	json_string(json, "sent", "off");
	json_object_end(json);
}

static void rs_alerts_write(struct json *json)
{
	uint64_t next = world.rs->alert_sequence + 1;
	uint64_t first = next > RS_ALERTS_MAX ? next - RS_ALERTS_MAX : 1;
	char service[NAME_BYTES];

	while (next-- > first) {
		struct rs_alert alert;
		memcpy(&alert, &world.rs->alerts[next % RS_ALERTS_MAX], sizeof(alert));
		if (alert.sequence != next)
			continue;
		world_service_name(alert.slot, service);
		alert_write(json, alert.sequence, alert.time_us, "service-crashed", "warning",
			    service, alert.text, sizeof(alert.text));
	}
}

static void event_write(struct json *json, const struct ds_entry *entry)
{
	char service[NAME_BYTES];
	struct event event;

	memcpy(&event, entry->value, sizeof(event));
	if (event.version != EVENT_VERSION || event.text_bytes > EVENT_TEXT_BYTES)
		return;
	world_service_name(entry->owner, service);
	alert_write(json, event.sequence, event.time_us, event_kind_text(event.kind),
		    severity_text(event.severity), service, event.text, event.text_bytes);
}

enum app_outcome api_alerts(struct exchange *exchange)
{
	struct json *json = response_json(exchange->response, 200);
	struct ds_entry entry;

	json_array(json, NULL);
	rs_alerts_write(json);
	for (uint32_t i = 0; i < EVENTS_MAX && act_event(i, &entry); i++)
		if (entry.length_bytes == sizeof(struct event))
			event_write(json, &entry);
	json_array_end(json);
	return api_done(exchange);
}

enum app_outcome api_alerts_test(struct exchange *exchange)
{
	return api_problem(exchange, 503, "alerts are not sent by this system");
}
