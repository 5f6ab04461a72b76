/*
 * What webd sees of the system (the read-only regions of the others) and what it
 * can ask of it. webd.c fills this in; so does a test. All that is seen may
 * change, or be nonsense, at any time: a reader copies what it uses, bounds every
 * index and length, and gives strings to the JSON writer as foreign text.
 */
#ifndef WEBD_WORLD_H
#define WEBD_WORLD_H

#include "appliance/webd/password.h"
#include "appliance/webd/session.h"
#include "kernel/abi/manifest.h"
#include "kernel/abi/status.h"
#include "kernel/abi/table.h"
#include "services/proto/alert.h"
#include "services/proto/clockpage.h"
#include "services/proto/fwtable.h"
#include "services/proto/logring.h"
#include "services/proto/netconf.h"
#include "services/proto/quarantine.h"
#include "services/proto/rs.h"
#include "services/proto/store.h"
#include "services/proto/webconf.h"
#include "services/runtime/ds.h"
#include "services/runtime/wallclock.h"
#include "services/runtime/wanlease.h"

struct certificate_record;

/* NULL: the manifest does not map it, as its provider is not there. */
struct world {
	const struct manifest *manifest;
	const struct kernel_table *kernel;
	const struct crash_log *crashes;
	const struct rs_table *rs;
	const struct netconf_region *netconf_region;
	const struct fw_table *firewall;
	const struct quarantine *quarantine;
	const struct log_ring *log;
	const struct wan_lease_region *wan_region;
	const struct webconf_region *webconf_region;
	const struct clock_page *clock;
	const struct alert_table *alerts; /* always */
	const struct netq_driver *ports[NETQ_PORTS_MAX];

	uint64_t now_us;
	struct netconf netconf; /* version 0: none has been read yet */
	struct wan_lease wan;
	struct webconf webconf; /* version 0: none has been read yet */
	struct sessions *sessions;
	const struct certificate_record *certificate; /* that we serve with; NULL: none yet */
};
extern struct world world;

/* --- Services, as manifest, kernel and RS describe them (world_service.c) -------- */

struct world_service {
	uint32_t slot;
	char name[NAME_BYTES];
	const char *state; /* a word */
	struct rs_entry rs;
	struct service_entry kernel;
};

uint32_t world_service_count(void);
bool world_service_get(uint32_t slot, struct world_service *service);
/* SERVICE_MAX if there is none. */
uint32_t world_service_find(const char *name);
/* Always terminated; "kernel", or "?" for a slot that is none. */
void world_service_name(uint32_t slot, char name[NAME_BYTES]);
const char *world_cause_text(uint32_t cause);
const char *world_zone_text(uint32_t zone);
/* Wall time of a moment since boot in seconds, 0 if nobody knows. */
int64_t world_unix_s(uint64_t time_us);
/* Takes up what config says of the console; true if that is another than before. */
bool world_webconf_update(void);
/* Copies crash record `sequence`; false: overwritten, cut short, or not there. */
bool world_crash_get(uint32_t sequence, struct crash_record *record);
/* Those that can still be there are [first, next). */
void world_crash_range(uint32_t *first, uint32_t *next);

/* --- What is asked of others (act.c, or a test) ---------------------------------- */

enum kept {
	KEPT_NOT_YET,
	KEPT_ON_DISK,
	KEPT_IN_MEMORY, /* there is no disk: until the next reboot */
	KEPT_NOWHERE,   /* the disk has failed: likewise, or what was kept before counts again */
};

enum status act_service(enum rs_op op, uint32_t slot, uint32_t argument);
void act_random(void *bytes, size_t count);
/* The lease "lease.N" in DS. E_ABSENT: there is none. */
enum status act_ds_lease(uint32_t number, struct ds_entry *entry);
/* Asks alertd for a mail to try the settings (services/proto/alert.h). */
enum status act_alert_test(uint64_t ticket);
/* How the configuration came to be in force, as config says; "" if it says nothing. */
void act_config_message(char text[DS_VALUE_BYTES + 1]);
enum status act_store_status(struct store_status *status);
/* The account is to be kept in the store. */
void act_account_save(const struct password_record *record);
/* What has become of that. */
enum kept act_account_kept(void);
/* Sessions have changed: sealed for our next life. */
void act_sessions_save(void);
void act_login_failed(uint32_t address, uint32_t failures);
void act_password_changed(uint32_t address);

#endif
