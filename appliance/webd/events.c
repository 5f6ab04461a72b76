/* See events.h. */
#include "appliance/webd/events.h"

#include "appliance/webd/api.h"
#include "services/runtime/config.h"
#include "services/runtime/crc32.h"
#include "services/runtime/logring.h"

#include <stdio.h>
#include <string.h>

#define TICK_US          500000u /* services at most so often */
#define TICKS_PORTS      2u      /* ports each second */
#define OVERVIEW_US      5000000u
#define LOG_RECORDS_TICK 20u
#define SERVICES_DEAF    30u /* ticks after which services are told even if nothing happened */

void events_init(struct events *events, const struct session *session)
{
	uint64_t first;

	memset(events, 0, sizeof(*events));
	events->wanted = true;
	events->session = session;
	memcpy(events->session_hash, session->id_hash, sizeof(events->session_hash));
	events->alert_change = alerts_latest().change;
	if (world.log != NULL)
		logring_range(world.log, &first, &events->log_next);
}

bool events_are_wanted(const struct events *events)
{
	return events->wanted;
}

uint64_t events_due_us(const struct events *events)
{
	return events->tick_us;
}

static bool session_is_ours(const struct events *events)
{
	return !session_is_over(world.sessions, events->session, world.now_us) &&
	       memcmp(events->session->id_hash, events->session_hash,
		      sizeof(events->session_hash)) == 0;
}

/* One event's frame around JSON that `write` makes; it is left out whole if it does not fit. */
struct stream {
	char *text;
	size_t room_bytes, used_bytes;
	struct json json;
};

static struct json *event_begin(struct stream *stream, const char *name)
{
	size_t room = stream->room_bytes - stream->used_bytes;
	int wrote = snprintf(stream->text + stream->used_bytes, room, "event: %s\ndata: ", name);

	if (wrote < 0 || (size_t)wrote >= room)
		wrote = 0, room = 0;
	json_init(&stream->json, stream->text + stream->used_bytes + wrote,
		  room > (size_t)wrote + 2 ? room - (size_t)wrote - 2 : 0);
	return &stream->json;
}

static void event_end(struct stream *stream)
{
	if (!json_done(&stream->json))
		return;
	char *end = stream->json.text + stream->json.used_bytes;
	memcpy(end, "\n\n", 2);
	stream->used_bytes = (size_t)(end + 2 - stream->text);
}

static void ports_event(struct stream *stream)
{
	struct json *json = event_begin(stream, "ports");

	json_object(json, NULL);
	json_thousandths(json, "uptime", world.now_us / 1000);
	api_ports_write(json, "ports");
	json_object_end(json);
	event_end(stream);
}

static void overview_event(struct stream *stream)
{
	api_overview_write(event_begin(stream, "overview"), NULL);
	event_end(stream);
}

/* What makes it worth telling: states and lives, not processor time. */
static uint32_t services_sum(void)
{
	uint32_t sum = 0;

	for (uint32_t slot = 0; slot < world_service_count(); slot++) {
		struct world_service service;
		if (!world_service_get(slot, &service))
			continue;
		uint32_t facts[4] = { sum, service.kernel.generation, service.rs.restarts,
				      crc32_of(service.state, strlen(service.state)) };
		sum = crc32_of(facts, sizeof(facts));
	}
	return sum;
}

static void services_event(struct events *events, struct stream *stream)
{
	uint32_t sum = services_sum();

	if (sum == events->services_crc32 && events->ticks % SERVICES_DEAF != 0)
		return;
	events->services_crc32 = sum;
	api_services_write(event_begin(stream, "services"), NULL);
	event_end(stream);
}

static void log_events(struct events *events, struct stream *stream)
{
	uint64_t first, next;
	struct log_ring_record record;

	if (world.log == NULL)
		return;
	logring_range(world.log, &first, &next);
	if (events->log_next < first || events->log_next > next)
		events->log_next = first;
	for (unsigned i = 0; i < LOG_RECORDS_TICK && events->log_next < next; i++) {
		if (!logring_get(world.log, events->log_next++, &record))
			continue;
		api_log_record_write(event_begin(stream, "log"), &record);
		event_end(stream);
	}
}

/* New ones, and those of which something has become. */
static void alert_events(struct events *events, struct stream *stream)
{
	uint64_t told = events->alert_change;
	struct alert_record record;

	for (unsigned at = 0; at < ALERT_HISTORY; at++) {
		if (!alerts_copy(at, &record) || record.change <= told)
			continue;
		api_alert_write(event_begin(stream, "alert"), &record);
		event_end(stream);
		if (record.change > events->alert_change)
			events->alert_change = record.change;
	}
}

static void config_event(struct events *events, struct stream *stream)
{
	struct config_status status;

	if (config_status(&status) != OK)
		return;
	uint32_t sum = crc32_of(&status, sizeof(status));
	if (sum == events->config_crc32)
		return;
	events->config_crc32 = sum;
	api_config_status_write(event_begin(stream, "config"), &status);
	event_end(stream);
}

size_t events_write(struct events *events, char *text, size_t room_bytes)
{
	struct stream stream = { .text = text, .room_bytes = room_bytes };

	if (!session_is_ours(events))
		return EVENTS_OVER;
	if (world.now_us < events->tick_us)
		return 0;
	events->tick_us = world.now_us + TICK_US;
	if (events->ticks % TICKS_PORTS == 0)
		ports_event(&stream);
	services_event(events, &stream);
	if (world.now_us >= events->overview_us) {
		events->overview_us = world.now_us + OVERVIEW_US;
		overview_event(&stream);
	}
	log_events(events, &stream);
	alert_events(events, &stream);
	if (events->ticks % TICKS_PORTS == 0)
		config_event(events, &stream);
	events->ticks++;
	return stream.used_bytes;
}
