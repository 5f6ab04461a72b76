/* GET /overview: the state of the whole on one page. */
#include "appliance/webd/api.h"
#include "services/proto/lease.h"

#include <string.h>

#define RESTARTS_SHOWN 20u

void api_identity_write(struct json *json)
{
	json_text(json, "hostname", world.netconf.hostname, sizeof(world.netconf.hostname));
	json_text(json, "version", world.manifest->build_id, sizeof(world.manifest->build_id));
}

static void memory_write(struct json *json)
{
	json_object(json, "memory");
	json_number(json, "total", world.kernel->memory_bytes);
	json_number(json, "used", world.kernel->reserved_bytes);
	json_object_end(json);
}

/* Idle since boot would say nothing of now: between two looks at least a second apart. */
static uint64_t idle_thousandths(void)
{
	static uint64_t looked_us, idle_us, thousandths;
	uint64_t idle_now_us = world.kernel->idle_us;

	if (world.now_us - looked_us >= 1000000u) {
		uint64_t passed_us = world.now_us - looked_us;
		uint64_t idle = idle_now_us > idle_us ? idle_now_us - idle_us : 0;
		thousandths = idle >= passed_us ? 1000 : idle * 1000 / passed_us;
		looked_us = world.now_us;
		idle_us = idle_now_us;
	}
	return thousandths;
}

static void services_write(struct json *json)
{
	unsigned running = 0, failed = 0;
	struct world_service service;

	for (uint32_t slot = 0; slot < world_service_count(); slot++) {
		if (!world_service_get(slot, &service))
			continue;
		running += strcmp(service.state, "running") == 0;
		failed += service.rs.state == RS_FAILED;
	}
	json_object(json, "services");
	json_number(json, "total", world_service_count());
	json_number(json, "running", running);
	json_number(json, "failed", failed);
	json_object_end(json);
}

static void restart_write(struct json *json, const struct crash_record *record)
{
	json_object(json, NULL);
	json_text(json, "service", record->name, sizeof(record->name));
	json_string(json, "cause", world_cause_text(record->cause));
	json_thousandths(json, "uptime", record->time_us / 1000);
	if (record->boot == world.crashes->boots)
		api_time_write(json, "time", record->time_us);
	else
		json_null(json, "time");
	json_object_end(json);
}

static void restarts_write(struct json *json)
{
	struct crash_record record;
	uint32_t first, next;
	unsigned shown = 0;

	json_array(json, "restarts");
	world_crash_range(&first, &next);
	while (next-- > first && shown < RESTARTS_SHOWN) {
		if (!world_crash_get(next, &record))
			continue;
		restart_write(json, &record);
		shown++;
	}
	json_array_end(json);
}

static unsigned clients_count(void)
{
	unsigned count = world.firewall->neighbour_count, clients = 0;

	if (count > FW_TABLE_NEIGHBOURS)
		count = FW_TABLE_NEIGHBOURS;
	for (unsigned i = 0; i < count; i++) {
		const struct fw_table_neighbour *neighbour = &world.firewall->neighbours[i];
		clients +=
			neighbour->zone == ZONE_LAN && neighbour->state == FW_NEIGHBOUR_REACHABLE;
	}
	return clients;
}

/* Of a store that is busy, or between two lives, what it said last still holds. */
static const char *store_text(void)
{
	static const char *said = "memory";
	struct store_status status;

	if (act_store_status(&status) == OK && status.mode != STORE_OPENING)
		said = status.mode == STORE_DISK     ? "disk"
		       : status.mode == STORE_FAILED ? "failed"
						     : "memory";
	return said;
}

void api_overview_write(struct json *json, const char *key)
{
	struct wallclock clock = { 0 };
	bool known = world.clock != NULL && wallclock_read(world.clock, world.now_us, &clock);

	json_object(json, key);
	api_identity_write(json);
	json_text(json, "build", world.manifest->build_id, sizeof(world.manifest->build_id));
	json_thousandths(json, "uptime", world.now_us / 1000);
	api_time_write(json, "time", world.now_us);
	json_string(json, "clock", known ? wallclock_source_text(clock.source) : "none");
	memory_write(json);
	json_thousandths(json, "cpu_idle", idle_thousandths());
	api_ports_write(json, "ports");
	api_wan_write(json, "wan");
	services_write(json);
	json_number(json, "clients", clients_count());
	json_number(json, "connections", world.firewall->connections_used);
	json_string(json, "store", store_text());
	api_authority_write(json, "authority");
	restarts_write(json);
	json_object_end(json);
}

enum app_outcome api_overview(struct exchange *exchange)
{
	api_overview_write(response_json(exchange->response, 200), NULL);
	return api_done(exchange);
}
