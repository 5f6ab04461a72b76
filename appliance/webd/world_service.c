/* See world.h: services and crashes, as the manifest, the kernel and RS describe them. */
#include "appliance/webd/world.h"
#include "services/runtime/crc32.h"

#include <string.h>

struct world world;

uint32_t world_service_count(void)
{
	uint32_t count = world.manifest->service_count;

	return count < SERVICE_MAX ? count : SERVICE_MAX;
}

void world_service_name(uint32_t slot, char name[NAME_BYTES])
{
	const char *from = "?";

	if (slot == LOG_FROM_KERNEL || slot == CRASH_OF_KERNEL)
		from = "kernel";
	else if (slot < world_service_count())
		from = world.manifest->services[slot].name;
	strncpy(name, from, NAME_BYTES - 1);
	name[NAME_BYTES - 1] = '\0';
}

uint32_t world_service_find(const char *name)
{
	for (uint32_t slot = 0; slot < world_service_count(); slot++)
		if (strncmp(world.manifest->services[slot].name, name, NAME_BYTES) == 0)
			return slot;
	return SERVICE_MAX;
}

const char *world_cause_text(uint32_t cause)
{
	switch (cause) {
#define X(name, number, text)                                                                      \
	case number: return text;
		EXIT_CAUSE_TABLE(X)
#undef X
	default: return "unknown";
	}
}

const char *world_zone_text(uint32_t zone)
{
	switch (zone) {
	case ZONE_LAN: return "lan";
	case ZONE_WAN: return "wan";
	case ZONE_HOST: return "host";
	case ZONE_ANY: return "any";
	default: return "none";
	}
}

static const char *rs_state_text(uint32_t state)
{
	switch (state) {
#define X(name, number, text)                                                                      \
	case number: return text;
		RS_STATE_TABLE(X)
#undef X
	default: return "unknown";
	}
}

/* RS's word, unless the kernel knows better; RS does not supervise itself. */
static const char *state_text(const struct world_service *service)
{
	bool believed_running = service->rs.state == RS_RUNNING || service->rs.state == RS_STARTING;

	if (service->slot == world.manifest->rs_slot)
		return service->kernel.state == SERVICE_ALIVE ? "running" : "dead";
	if (service->kernel.state == SERVICE_DEAD && believed_running)
		return "dead";
	return rs_state_text(service->rs.state);
}

bool world_service_get(uint32_t slot, struct world_service *service)
{
	if (slot >= world_service_count())
		return false;
	service->slot = slot;
	world_service_name(slot, service->name);
	memcpy(&service->rs, &world.rs->services[slot], sizeof(service->rs));
	memcpy(&service->kernel, &world.kernel->services[slot], sizeof(service->kernel));
	if (slot == world.manifest->rs_slot)
		service->rs.restarts = world.rs->rs_restarts;
	service->state = state_text(service);
	return true;
}

int64_t world_unix_s(uint64_t time_us)
{
	struct wallclock at;

	if (world.clock == NULL || !wallclock_read(world.clock, time_us, &at))
		return 0;
	return at.unix_us / 1000000;
}

void world_crash_range(uint32_t *first, uint32_t *next)
{
	*next = world.crashes->magic == CRASH_LOG_MAGIC ? world.crashes->next_sequence : 1;
	*first = *next > CRASH_RECORDS ? *next - CRASH_RECORDS : 1;
}

/* The sum is that of our copy, which may have been made while the kernel wrote. */
bool world_crash_get(uint32_t sequence, struct crash_record *record)
{
	memcpy(record, &world.crashes->records[sequence % CRASH_RECORDS], sizeof(*record));
	return record->sequence == sequence &&
	       record->crc32 == crc32_of(&record->sequence,
					 sizeof(*record) - offsetof(struct crash_record, sequence));
}

bool world_webconf_update(void)
{
	const struct webconf_region *shared = world.webconf_region;
	struct webconf copy;

	if (shared == NULL)
		return false;
	uint32_t current = __atomic_load_n(&shared->current, __ATOMIC_ACQUIRE);
	if (current > 1 || shared->copies[current].serial == world.webconf.serial)
		return false;
	memcpy(&copy, &shared->copies[current], sizeof(copy));
	if (copy.version != WEBCONF_VERSION ||
	    copy.crc32 != crc32_of(&copy.version, sizeof(copy) - offsetof(struct webconf, version)))
		return false;
	copy.metrics_token[WEBCONF_TOKEN_BYTES - 1] = '\0';
	world.webconf = copy;
	return true;
}
