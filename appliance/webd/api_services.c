/* GET /services, POST /services/NAME/...: the isolated services, and what an administrator does to
 * one. */
#include "appliance/webd/api.h"
#include "services/proto/recovery.h"

#include <stdio.h>
#include <string.h>

static const char *step_text(unsigned step)
{
	switch (step) {
#define X(name, text)                                                                              \
	case RECOVERY_##name: return text;
		RECOVERY_STEP_TABLE(X)
#undef X
	default: return "unknown";
	}
}

static void policy_write(struct json *json, const struct world_service *service)
{
	struct manifest_recovery steps[RECOVERY_STEPS_MAX];
	char text[40];

	if (service->rs.policy.overridden != 0)
		memcpy(steps, service->rs.policy.steps, sizeof(steps));
	else
		memcpy(steps, world.manifest->services[service->slot].recovery, sizeof(steps));
	json_array(json, "policy");
	for (unsigned i = 0; i < RECOVERY_STEPS_MAX && steps[i].step != RECOVERY_END; i++) {
		if (steps[i].argument != 0)
			snprintf(text, sizeof(text), "%s:%u", step_text(steps[i].step),
				 steps[i].argument);
		else
			snprintf(text, sizeof(text), "%s", step_text(steps[i].step));
		json_string(json, NULL, text);
	}
	json_array_end(json);
}

static void slots_write(struct json *json, const char *key, uint64_t slots)
{
	char name[NAME_BYTES];

	json_array(json, key);
	for (uint32_t slot = 0; slot < world_service_count(); slot++) {
		if (!(slots >> slot & 1))
			continue;
		world_service_name(slot, name);
		json_string(json, NULL, name);
	}
	json_array_end(json);
}

static void device_write(struct json *json, const struct device_info *device)
{
	char text[40];

	switch (device->bus) {
	case DEVICE_PCI:
		snprintf(text, sizeof(text), "pci %04x:%04x", device->vendor, device->device);
		break;
	case DEVICE_ISA: snprintf(text, sizeof(text), "isa %#x", device->port_base); break;
	default: json_null(json, "device"); return;
	}
	json_string(json, "device", text);
}

static void maps_write(struct json *json, const struct manifest_service *entry)
{
	json_array(json, "maps");
	for (uint32_t i = 0; i < entry->map_count && i < SERVICE_MAPS_MAX; i++) {
		uint16_t region = entry->maps[i].region;
		if (region >= world.manifest->region_count || region >= REGION_MAX)
			continue;
		json_object(json, NULL);
		json_text(json, "region", world.manifest->regions[region].name, NAME_BYTES);
		json_boolean(json, "write", entry->maps[i].access & MAP_WRITE);
		json_object_end(json);
	}
	json_array_end(json);
}

static void service_write(struct json *json, const struct world_service *service)
{
	const struct manifest_service *entry = &world.manifest->services[service->slot];
	const struct service_entry *kernel = &service->kernel;

	json_object(json, NULL);
	json_text(json, "name", service->name, NAME_BYTES);
	json_number(json, "slot", service->slot);
	json_string(json, "state", service->state);
	json_number(json, "generation", kernel->generation);
	json_number(json, "restarts", service->rs.restarts);
	json_number(json, "deaths_in_row", service->rs.deaths_in_row);
	json_number(json, "memory_bytes", kernel->memory_bytes);
	json_number(json, "cpu_us", kernel->cpu_us);
	json_number(json, "messages", kernel->messages);
	json_string(json, "last_cause", world_cause_text(kernel->exit_cause));
	if (kernel->died_us != 0)
		json_thousandths(json, "last_death_uptime", kernel->died_us / 1000);
	else
		json_null(json, "last_death_uptime");
	slots_write(json, "depends", entry->start_after);
	slots_write(json, "calls", entry->call_targets);
	device_write(json, &kernel->device);
	json_string(json, "program", kernel->updated == IMAGE_UPDATE ? "update" : "booted");
	policy_write(json, service);
	json_number(json, "heartbeat_us", (uint64_t)entry->heartbeat_ms * 1000);
	maps_write(json, entry);
	json_object_end(json);
}

void api_services_write(struct json *json, const char *key)
{
	struct world_service service;

	json_array(json, key);
	for (uint32_t slot = 0; slot < world_service_count(); slot++)
		if (world_service_get(slot, &service))
			service_write(json, &service);
	json_array_end(json);
}

enum app_outcome api_services(struct exchange *exchange)
{
	api_services_write(response_json(exchange->response, 200), NULL);
	return api_done(exchange);
}

/* --- Actions ------------------------------------------------------------------------------ */

static enum app_outcome act_on(struct exchange *exchange, enum rs_op op, uint32_t argument)
{
	uint32_t slot = world_service_find(exchange->words[0]);

	if (slot == SERVICE_MAX)
		return api_problem(exchange, 404, "there is no such service");
	enum status status = act_service(op, slot, argument);
	switch (status) {
	case OK: response_status(exchange->response, 202); return APP_ANSWERED;
	case E_DENIED: return api_problem(exchange, 403, "that is refused for this service");
	case E_STATE: return api_problem(exchange, 409, "not in its present state");
	case E_ABSENT: return api_problem(exchange, 409, "there is no device for it");
	default: return api_problem(exchange, 503, "rs does not answer; try again");
	}
}

enum app_outcome api_service_restart(struct exchange *exchange)
{
	return act_on(exchange, RS_RESTART, 0);
}

enum app_outcome api_service_stop(struct exchange *exchange)
{
	return act_on(exchange, RS_STOP, 0);
}

enum app_outcome api_service_start(struct exchange *exchange)
{
	return act_on(exchange, RS_START, 0);
}

enum app_outcome api_service_crash(struct exchange *exchange)
{
	return act_on(exchange, RS_CRASH, CRASH_EXCEPTION);
}
