#include "appliance/alertd/sources.h"

#include "services/runtime/ds.h"
#include "services/runtime/netconf_copy.h"
#include "services/runtime/service.h"
#include "services/runtime/wallclock.h"
#include "services/runtime/wanlease.h"

#include <stdio.h>
#include <string.h>

#define EVENTS_PER_TURN 16

static struct alert_queue *queue;
static struct history *history;
static const struct rs_table *rs;
static const struct crash_log *crashes;
static const struct clock_page *clock_shared;
static const struct netconf_region *netconf_shared;
static const struct wan_lease_region *lease_shared;
static const struct netq_driver *ports[NETQ_PORTS_MAX]; /* NULL: not in the manifest */

static struct netconf conf;
static struct wan_lease lease;
static bool subscribed, boot_told, clock_known;

/* What a WAN that is up depends on. */
struct wan_settings {
	uint32_t zone[NETQ_PORTS_MAX];
	struct netconf_interface wan;
	uint32_t mode, gateway;
};

void sources_init(struct alert_queue *alerts_waiting, struct history *told, bool again)
{
	queue = alerts_waiting;
	history = told;
	boot_told = again;
	rs = region("rs.table", sizeof(*rs));
	crashes = region("crashes", sizeof(*crashes));
	clock_shared = region("clock", sizeof(*clock_shared));
	netconf_shared = region("netconf", sizeof(*netconf_shared));
	lease_shared = region("wan.lease", sizeof(*lease_shared));
	for (unsigned port = 0; port < NETQ_PORTS_MAX; port++) {
		char alias[NAME_BYTES];

		snprintf(alias, sizeof(alias), "port%u.drv", port);
		if (region_find(alias) != NULL)
			ports[port] = region(alias, sizeof(*ports[port]));
	}
}

const struct netconf *sources_netconf(void)
{
	return &conf;
}

int64_t sources_unix_us(uint64_t now_us)
{
	struct wallclock at;

	return wallclock_read(clock_shared, now_us, &at) ? at.unix_us : 0;
}

/*
 * False: there may be more of them. The time is looked up: an event may be younger than this turn,
 * and is not of the future for that.
 */
static bool events_follow(const struct intake *intake)
{
	struct ds_entry entry;

	if (!subscribed)
		subscribed = ds_subscribe(EVENT_DS_PATTERN) == OK;
	for (int i = 0; i < EVENTS_PER_TURN; i++) {
		if (!subscribed || ds_check(&entry) != OK)
			return subscribed;
		if (!entry.removed)
			intake_event(intake, entry.name, entry.value, entry.length_bytes,
				     entry.owner, time_us());
	}
	return false;
}

bool sources_rs_has_news(void)
{
	if (__atomic_load_n(&rs->alert_sequence, __ATOMIC_RELAXED) != queue->rs_seen)
		return true;
	for (uint32_t slot = 0; slot < SERVICE_MAX; slot++)
		if ((__atomic_load_n(&rs->services[slot].state, __ATOMIC_RELAXED) == RS_FAILED) !=
		    (queue->failed[slot] == ALERT_GIVEN_UP))
			return true;
	return false;
}

/* --- The WAN ------------------------------------------------------------------------- */

static struct wan_settings wan_settings(void)
{
	struct wan_settings settings = { .wan = conf.wan,
					 .mode = conf.wan_mode,
					 .gateway = conf.gateway };

	memcpy(settings.zone, conf.zone, sizeof(settings.zone));
	return settings;
}

static bool has_wan(void)
{
	for (unsigned port = 0; port < NETQ_PORTS_MAX; port++)
		if (conf.zone[port] == ZONE_WAN)
			return true;
	return false;
}

static void configuration_follow(uint64_t now_us)
{
	bool first = conf.version == 0;
	struct wan_settings before = wan_settings();

	if (!netconf_copy_update(netconf_shared, &conf) || first)
		return;
	struct wan_settings settings = wan_settings();
	if (!has_wan())
		wan_forget(&queue->wan, now_us);
	else if (memcmp(&settings, &before, sizeof(before)) != 0)
		wan_settings_change(&queue->wan, now_us);
	alert_queue_seal(queue);
}

static enum intake_wan wan_now(uint64_t now_us)
{
	bool linked = false;

	(void)wan_lease_update(lease_shared, &lease);
	for (unsigned port = 0; port < NETQ_PORTS_MAX; port++)
		if (conf.zone[port] == ZONE_WAN && ports[port] != NULL &&
		    __atomic_load_n(&ports[port]->ready, __ATOMIC_RELAXED) != 0)
			linked |= __atomic_load_n(&ports[port]->link, __ATOMIC_RELAXED) !=
				  NETQ_LINK_DOWN;
	if (!linked)
		return INTAKE_WAN_NO_LINK;
	return conf.wan_mode != WAN_DHCP || wan_lease_is_held(&lease, now_us)
		       ? INTAKE_WAN_UP
		       : INTAKE_WAN_NO_ADDRESS;
}

/* --- All of it ----------------------------------------------------------------------- */

/* Neither the way to the mail server nor the time for its certificate was there before. */
static void retry_look(bool way_opened, uint64_t now_us)
{
	bool known = sources_unix_us(now_us) != 0;

	if (queue->failures != 0 && (way_opened || (known && !clock_known)))
		alert_queue_retry(queue);
	clock_known = known;
}

bool sources_look(const struct alertconf *alerts, uint64_t now_us)
{
	struct clock_page clock;
	const struct intake intake = {
		.queue = queue,
		.history = history,
		.mails = alerts->enabled != 0,
		.events = alerts->events,
		.clock = wallclock_copy(clock_shared, &clock) ? &clock : NULL,
		.service_name = service_name,
	};

	configuration_follow(now_us);
	if (alerts->version == 0)
		return true;
	if (!boot_told) {
		boot_told = true;
		intake_boot(&intake, crashes, now_us);
	}
	bool waits = !events_follow(&intake);
	waits |= intake_rs(&intake, rs, now_us);
	bool came_up = has_wan() && intake_wan(&intake, wan_now(now_us), now_us);
	intake_dates(&intake);
	retry_look(came_up, now_us);
	return waits || (has_wan() && wan_is_timed(&queue->wan)) ||
	       (queue->failures != 0 && !clock_known);
}
