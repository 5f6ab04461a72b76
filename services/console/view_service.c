/* See view.h: services, as the manifest, the kernel and RS describe them. */
#include "services/console/view.h"

#include <string.h>

struct view view;

uint32_t view_service_count(void)
{
	uint32_t count = view.manifest->service_count;

	return count < SERVICE_MAX ? count : SERVICE_MAX;
}

void view_service_name(uint32_t slot, char name[NAME_BYTES])
{
	const char *from = "?";

	if (slot == LOG_FROM_KERNEL)
		from = "kernel";
	else if (slot < view_service_count())
		from = view.manifest->services[slot].name;
	strncpy(name, from, NAME_BYTES - 1);
	name[NAME_BYTES - 1] = '\0';
}

uint32_t view_service_find(const char *name)
{
	for (uint32_t slot = 0; slot < view_service_count(); slot++)
		if (strncmp(view.manifest->services[slot].name, name, NAME_BYTES) == 0)
			return slot;
	return SERVICE_MAX;
}

const char *view_cause_text(uint32_t cause)
{
	switch (cause) {
#define X(name, number, text)                                                                      \
	case number:                                                                               \
		return text;
		EXIT_CAUSE_TABLE(X)
#undef X
	default:
		return "unknown";
	}
}

const char *view_complaint_text(uint32_t complaint)
{
	switch (complaint) {
#define X(name, number, text)                                                                      \
	case number:                                                                               \
		return text;
		COMPLAINT_TABLE(X)
#undef X
	default:
		return "unknown";
	}
}

static const char *rs_state_text(uint32_t state)
{
	switch (state) {
#define X(name, number, text)                                                                      \
	case number:                                                                               \
		return text;
		RS_STATE_TABLE(X)
#undef X
	default:
		return "unknown";
	}
}

/*
 * RS's word, unless the kernel knows better: RS may be dead or may not have
 * looked yet, and it does not supervise itself.
 */
static const char *service_state_text(const struct view_service *service)
{
	bool believed_running = service->rs.state == RS_RUNNING || service->rs.state == RS_STARTING;

	if (service->slot == view.manifest->rs_slot)
		return service->kernel.state == SERVICE_ALIVE ? "running" : "dead";
	if (service->kernel.state == SERVICE_DEAD && believed_running)
		return "dead";
	return rs_state_text(service->rs.state);
}

bool view_service_get(uint32_t slot, struct view_service *service)
{
	if (slot >= view_service_count())
		return false;
	service->slot = slot;
	view_service_name(slot, service->name);
	memcpy(&service->rs, &view.rs->services[slot], sizeof(service->rs));
	memcpy(&service->kernel, &view.kernel->services[slot], sizeof(service->kernel));
	if (slot == view.manifest->rs_slot)
		service->rs.restarts = view.rs->rs_restarts;
	service->state = service_state_text(service);
	service->cause = view_cause_text(service->kernel.exit_cause);
	return true;
}

bool view_settled(uint32_t except)
{
	for (uint32_t slot = 0; slot < view_service_count(); slot++) {
		uint32_t state = view.rs->services[slot].state;

		if (slot != except && slot != view.manifest->rs_slot &&
		    (state == RS_WAITING || state == RS_STARTING))
			return false;
	}
	return true;
}

uint32_t view_port_slot(unsigned port)
{
	char name[] = "port0";
	uint32_t slot;

	if (port >= NETQ_PORTS_MAX || view.ports[port] == NULL)
		return SERVICE_MAX;
	name[4] = (char)('0' + port);
	slot = view_service_find(name);
	if (slot == SERVICE_MAX || view.kernel->services[slot].device.bus == DEVICE_NONE)
		return SERVICE_MAX;
	return slot;
}

unsigned view_port_count(void)
{
	unsigned count = 0;

	for (unsigned port = 0; port < NETQ_PORTS_MAX; port++)
		count += view_port_slot(port) != SERVICE_MAX;
	return count;
}
