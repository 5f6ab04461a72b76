/*
 * What the console sees of the system: the read-only regions of the others,
 * and what can be said from them. Pure: it makes no call.
 *
 * All of it may change, or be nonsense, at any time. A reader copies what it
 * uses, bounds every index and length, and prints strings as foreign text.
 */
#ifndef CONSOLE_VIEW_H
#define CONSOLE_VIEW_H

#include "kernel/abi/manifest.h"
#include "kernel/abi/table.h"
#include "services/proto/block.h"
#include "services/proto/clockpage.h"
#include "services/proto/fwtable.h"
#include "services/proto/install.h"
#include "services/proto/netconf.h"
#include "services/proto/netq.h"
#include "services/proto/quarantine.h"
#include "services/proto/rs.h"
#include "services/proto/store.h"
#include "services/proto/wanlease.h"

#include <stdbool.h>
#include <stdint.h>

struct view {
	const struct manifest *manifest;
	const struct kernel_table *kernel;
	const struct kernel_log *log;
	const struct crash_log *crashes;
	const struct quarantine *quarantine;
	const struct disk_table *disks;
	const struct install_table *install;
	const struct store_table *store;
	const struct rs_table *rs;
	const struct netconf_region *netconf;
	const struct wan_lease_region *wan_lease;
	const struct fw_table *firewall;
	const struct clock_page *clock;
	const struct netq_driver *ports[NETQ_PORTS_MAX]; /* NULL: not in the manifest */
	uint64_t now_us;
};

extern struct view view; /* filled in by console.c, or by a test */

struct view_service {
	uint32_t slot;
	char name[NAME_BYTES];
	const char *state; /* a word */
	const char *cause; /* of the last death */
	struct rs_entry rs;
	struct service_entry kernel;
};

/* Services of the manifest, SERVICE_MAX at most. */
uint32_t view_service_count(void);
/* False: no such slot. */
bool view_service_get(uint32_t slot, struct view_service *service);
/* The slot of that name, SERVICE_MAX if there is none. */
uint32_t view_service_find(const char *name);
/* True if every service but `except` has been started, or is not to be now. */
bool view_settled(uint32_t except);
/* "kernel" for LOG_FROM_KERNEL, "?" for a slot that is none; always terminated. */
void view_service_name(uint32_t slot, char name[NAME_BYTES]);

const char *view_cause_text(uint32_t cause);
const char *view_complaint_text(uint32_t complaint);
const char *view_zone_text(uint32_t zone);

/* Copies the configuration in force; false: none, or its checksum is wrong. */
bool view_netconf_get(struct netconf *netconf);

/* The slot of portN, if the manifest has it and a device is assigned; else SERVICE_MAX. */
uint32_t view_port_slot(unsigned port);
unsigned view_port_count(void);

/* Copies record `sequence` of the kernel log; false: overwritten, or not yet there. */
bool view_log_get(uint64_t sequence, struct log_record *record);
/* The records that can still be there are [first, next). */
uint64_t view_log_first(void);
uint64_t view_log_next(void);

/* Copies crash record `sequence`; false: overwritten, cut short, or not yet there. */
bool view_crash_get(uint32_t sequence, struct crash_record *record);
/* The records that can still be there are [first, next). */
uint32_t view_crash_first(void);
uint32_t view_crash_next(void);
/* Was it before the last warm reboot? */
bool view_crash_is_earlier(const struct crash_record *record);
/* The kernel's last words in the boot before this one; false: there are none. */
bool view_crash_of_kernel(struct crash_record *record);
/* The name of a kernel call. */
const char *view_call_text(uint32_t call);

#endif
