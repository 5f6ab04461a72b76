/*
 * What the owner is to be told of, from where it shows: services' events in DS,
 * RS's alerts and table, the WAN's link and lease, the crash records of the last
 * boot. Each once: what was seen is in the queue's state. Pure, but that DS is
 * asked elsewhere (alertd.c): it gives each entry to intake_event.
 */
#ifndef ALERTD_INTAKE_H
#define ALERTD_INTAKE_H

#include "appliance/alertd/history.h"
#include "appliance/alertd/queue.h"
#include "kernel/abi/table.h"
#include "services/proto/clockpage.h"
#include "services/proto/netconf.h"
#include "services/proto/netq.h"
#include "services/proto/rs.h"

#include <stdbool.h>
#include <stdint.h>

/* So long a service of whose death was told has to run to be called recovered. */
#define INTAKE_QUIET_US     60000000u
#define INTAKE_OUTAGE_BYTES 48u

struct intake {
	struct alert_queue *queue;
	struct history *history;
	bool mails;      /* the owner wants mail at all */
	uint32_t events; /* enum alertconf_event: of these; the rest is for the history only */
	const struct clock_page *clock; /* a sound copy, or NULL */
	/* "port0"; any string for a slot that is none. */
	const char *(*service_name)(uint32_t slot);
};

/* A value of DS under "event.SERVICE.N". */
void intake_event(const struct intake *intake, const char *name, const void *value, size_t bytes,
		  uint32_t owner, uint64_t now_us);

/*
 * RS's alerts that have not been seen, and services that were given up or run well again. True: one
 * of which was told runs, and is to be looked at until it has for long enough.
 */
bool intake_rs(const struct intake *intake, const struct rs_table *rs, uint64_t now_us);

/* Once a boot: a start that was not the first since the power came on. */
void intake_boot(const struct intake *intake, const struct crash_log *crashes, uint64_t now_us);

/* What the WAN's port has; an address is asked for only if it gets that by DHCP. */
enum intake_wan { INTAKE_WAN_UP, INTAKE_WAN_NO_LINK, INTAKE_WAN_NO_ADDRESS };
/* True: it has come up, told or not. */
bool intake_wan(const struct intake *intake, enum intake_wan how, uint64_t now_us);

/* What waits and came before the time was known. */
void intake_dates(const struct intake *intake);

/* The bit of alertconf for this kind; 0: it is always wanted. */
uint32_t intake_event_bit(uint32_t kind);

#endif
