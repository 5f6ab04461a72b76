/*
 * A system for the console to look at: a manifest with a few services, the
 * tables of kernel, RS and firewall, a log, a configuration, two ports. The
 * commands that call RS or DS only note that they were called.
 */
#ifndef UNIT_CONSOLE_WORLD_H
#define UNIT_CONSOLE_WORLD_H

#include "services/console/command.h"
#include "services/console/view.h"

enum world_slot {
	WORLD_RS,
	WORLD_DS,
	WORLD_PORT0,
	WORLD_PORT1,
	WORLD_PORT2, /* has no device */
	WORLD_FIREWALL,
	WORLD_CONSOLE,
	WORLD_SERVICES
};

struct world {
	struct manifest manifest;
	struct kernel_table kernel;
	struct kernel_log log;
	struct crash_log crashes;
	struct quarantine quarantine;
	struct wan_lease_region wan_lease;
	struct disk_table disks;
	struct install_table install;
	struct store_table store;
	struct rs_table rs;
	struct netconf_region netconf;
	struct fw_table firewall;
	struct clock_page clock;
	struct netq_driver ports[NETQ_PORTS_MAX];
	const char *acted; /* the words of the command that acted last */
};

extern struct world world;

/* Everything as after a good boot; `view` shows it. */
void world_init(void);
void world_log(uint16_t slot, enum log_level level, const char *text);
/* A death of `name` with the next sequence number, as the kernel records it in boot `boot`. */
struct crash_record *world_crash(const char *name, uint32_t boot);
/* Seals it after a change. */
void world_crash_seal(struct crash_record *record);
/* Seals the configuration in force with its checksum. */
void world_netconf_seal(void);
/* All that `line` prints, in static memory. */
const char *world_run(const char *line);

#endif
