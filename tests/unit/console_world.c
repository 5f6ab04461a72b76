/* See console_world.h. */
#include "tests/unit/console_world.h"

#include "services/console/act.h"
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STEPS_MAX     5000u
#define PRINTED_BYTES 400000u

struct world world;

static void world_services_init(void)
{
	static const char *const names[WORLD_SERVICES] = { "rs",    "ds",       "port0",  "port1",
							   "port2", "firewall", "console" };

	world.manifest.service_count = WORLD_SERVICES;
	world.manifest.rs_slot = WORLD_RS;
	world.manifest.image_count = 1;
	strcpy(world.manifest.images[0].name, "rtl8139");
	strcpy(world.manifest.build_id, "1.0-test");
	for (unsigned slot = 0; slot < WORLD_SERVICES; slot++) {
		strcpy(world.manifest.services[slot].name, names[slot]);
		world.manifest.services[slot].image_count = 1;
		world.kernel.services[slot] = (struct service_entry){ .state = SERVICE_ALIVE,
								      .generation = 1,
								      .memory_bytes = 65536 };
		world.rs.services[slot].state = RS_RUNNING;
	}
	world.kernel.services[WORLD_PORT0].device = (struct device_info){ .bus = DEVICE_PCI };
	world.kernel.services[WORLD_PORT1].device = (struct device_info){ .bus = DEVICE_ISA };
	world.rs.services[WORLD_PORT2].state = RS_ABSENT;
	world.manifest.region_count = 1;
	strcpy(world.manifest.regions[0].name, "flows");
}

static void world_firewall_init(void)
{
	struct fw_table *table = &world.firewall;

	table->version = FW_TABLE_VERSION;
	table->connection_count = 2;
	table->connections[0] = (struct fw_table_connection){ .source = 0xc0a8010a,
							      .protocol = 6,
							      .state = FW_CONN_TCP_ESTABLISHED,
							      .translated = 1 };
	table->neighbour_count = 1;
	table->neighbours[0] = (struct fw_table_neighbour){ .address = 0xc0a8010a,
							    .state = FW_NEIGHBOUR_REACHABLE };
	table->ports[0].attached = 1;
	table->rule_hits[3] = 7;
	table->dropped[DROP_RULE_DENIED] = 9;
}

/* Of all but the sum itself. Independent of the product's: bit by bit, most significant last. */
static uint32_t sum_behind(const void *bytes, size_t count)
{
	uint32_t crc = UINT32_MAX;

	for (size_t i = sizeof(crc); i < count; i++)
		for (unsigned bit = 0; bit < 8; bit++) {
			uint32_t in = (uint32_t)((const uint8_t *)bytes)[i] >> bit & 1;

			crc = (crc >> 1) ^ (((crc ^ in) & 1) != 0 ? 0xedb88320u : 0);
		}
	return ~crc;
}

void world_netconf_seal(void)
{
	struct netconf *netconf = &world.netconf.copies[world.netconf.current & 1];

	netconf->crc32 = sum_behind(netconf, sizeof(*netconf));
}

void world_crash_seal(struct crash_record *record)
{
	record->crc32 = sum_behind(record, sizeof(*record));
}

struct crash_record *world_crash(const char *name, uint32_t boot)
{
	uint32_t sequence = world.crashes.next_sequence++;
	struct crash_record *record = &world.crashes.records[sequence % CRASH_RECORDS];

	*record = (struct crash_record){ .sequence = sequence, .boot = boot, .slot = WORLD_DS };
	strcpy(record->name, name);
	world_crash_seal(record);
	return record;
}

void world_init(void)
{
	memset(&world, 0, sizeof(world));
	memset(&view, 0, sizeof(view));
	world_services_init();
	world_firewall_init();
	world.kernel.memory_bytes = 64u << 20;
	world.kernel.reserved_bytes = 20u << 20;
	world.log.next_sequence = 1;
	world.crashes =
		(struct crash_log){ .magic = CRASH_LOG_MAGIC, .boots = 1, .next_sequence = 1 };
	world.netconf.copies[0].version = NETCONF_VERSION;
	world.netconf.copies[0].rule_count = 2;
	world.netconf.copies[0].zone[0] = ZONE_LAN;
	world_netconf_seal();
	view.manifest = &world.manifest;
	view.kernel = &world.kernel;
	view.log = &world.log;
	view.crashes = &world.crashes;
	view.quarantine = &world.quarantine;
	view.wan_lease = &world.wan_lease;
	view.disks = &world.disks;
	view.install = &world.install;
	view.store = &world.store;
	view.rs = &world.rs;
	view.netconf = &world.netconf;
	view.firewall = &world.firewall;
	view.clock = &world.clock;
	for (unsigned port = 0; port < 3; port++)
		view.ports[port] = &world.ports[port];
	strcpy(world.ports[0].model, "RTL8139C+");
	world.ports[0].ready = 1;
	world.ports[0].link = NETQ_LINK_UP;
}

void world_log(uint16_t slot, enum log_level level, const char *text)
{
	uint64_t sequence = world.log.next_sequence++;
	struct log_record *record = &world.log.records[sequence % KERNEL_LOG_RECORDS];

	*record = (struct log_record){ .sequence = sequence,
				       .time_us = sequence * 1000,
				       .slot = slot,
				       .level = (uint16_t)level,
				       .length_bytes = (uint16_t)strlen(text) };
	memcpy(record->text, text, strlen(text));
}

const char *world_run(const char *line)
{
	static char printed[PRINTED_BYTES];
	static _Alignas(64) uint8_t snapshot[SNAPSHOT_BYTES];
	struct job job = { .snapshot = snapshot };
	size_t length = 0;
	bool more = true;

	for (unsigned step = 0; more; step++) {
		char bytes[COMMAND_STEP_BYTES];
		struct text out;

		text_init(&out, bytes, sizeof(bytes));
		if (step == 0)
			more = command_parse(&job, line, &out);
		else
			more = job.command->function(&job, &out);
		if (step > 0)
			job.step++;
		assert_false(out.overflow);
		assert_in_range(step, 0, STEPS_MAX);
		assert_in_range(length + out.length, 0, sizeof(printed) - 1);
		memcpy(printed + length, out.bytes, out.length);
		length += out.length;
	}
	printed[length] = '\0';
	return printed;
}

#define ACTS(X)                                                                                    \
	X(service_restart)                                                                         \
	X(service_policy)                                                                          \
	X(service_update)                                                                          \
	X(service_revert)                                                                          \
	X(service_stop)                                                                            \
	X(service_start_again)                                                                     \
	X(service_crash_make)                                                                      \
	X(alert_test)                                                                              \
	X(alert_show)                                                                              \
	X(machine_reboot)                                                                          \
	X(machine_poweroff)                                                                        \
	X(config_show)                                                                             \
	X(config_help)                                                                             \
	X(config_set_value)                                                                        \
	X(config_delete_value)                                                                     \
	X(config_compare)                                                                          \
	X(config_check_candidate)                                                                  \
	X(config_commit_candidate)                                                                 \
	X(config_confirm_running)                                                                  \
	X(config_roll_back)                                                                        \
	X(config_history)                                                                          \
	X(config_discard_candidate)                                                                \
	X(config_status_show)                                                                      \
	X(install_disk)                                                                            \
	X(install_blank)                                                                           \
	X(store_write)                                                                             \
	X(store_read)                                                                              \
	X(store_outcome)                                                                           \
	X(show_names)

#define X(name)                                                                                    \
	bool name(struct job *job, struct text *out)                                               \
	{                                                                                          \
		(void)out;                                                                         \
		world.acted = job->command->words;                                                 \
		return false;                                                                      \
	}
ACTS(X)
#undef X

const char *act_crash_word(unsigned nth)
{
	static const char *const words[] = { "exception", "exit", "panic" };

	return nth < 3 ? words[nth] : NULL;
}
