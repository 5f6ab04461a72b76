/*
 * log: the kernel's log, with wall time, in a region that outlives us and a warm
 * reboot; from there to a syslog collector, and warnings to the store. The kernel tells nobody of a
 * new record, but RS asks us for a heartbeat when there is one, a few hundredths of a second later;
 * what a flood has overwritten by then is counted.
 */
#include "services/log/ring.h"
#include "services/log/sender.h"
#include "services/log/shelf.h"
#include "services/runtime/netconf_copy.h"
#include "services/runtime/service.h"
#include "services/runtime/socket.h"
#include "services/runtime/wallclock.h"
#include "services/runtime/wish.h"
#include "services/runtime/writeback.h"

#include <string.h>

#define RECORDS_PER_TURN 64u
#define BOOT_QUIET_US    3000000u /* the network is not asked for anything before */

static struct log_ring *ring;
static const struct kernel_log *kernel;
static const struct clock_page *clock_shared;
static const struct netconf_region *netconf_shared;
static struct netconf conf;
static struct clock_page clock_copy; /* of this turn */
static uint64_t missed_told;

static int64_t unix_us(uint64_t time_us)
{
	struct wallclock at;

	return wallclock_at(&clock_copy, time_us, &at) ? at.unix_us : 0;
}

/* What was written before the clock was known is known now, if it is of this boot. */
static int64_t record_unix_us(const struct log_ring_record *record)
{
	if (record->unix_us != 0 || record->boot != ring->boot)
		return record->unix_us;
	return unix_us(record->time_us);
}

static void name_of(uint16_t slot, char name[NAME_BYTES])
{
	strncpy(name, slot == LOG_FROM_KERNEL ? "kernel" : service_name(slot), NAME_BYTES - 1);
	name[NAME_BYTES - 1] = 0;
}

static void missed_tell(void)
{
	uint64_t missed = ring->missed - missed_told;

	if (missed == 0)
		return;
	missed_told = ring->missed;
	log_warning("%llu records were overwritten before they could be kept",
		    (unsigned long long)missed);
}

static uint64_t remote_work(uint64_t now_us)
{
	const struct sender_world world = { .host = conf.hostname, .unix_us = record_unix_us };
	struct pollfd poll;

	if (netconf_copy_update(netconf_shared, &conf))
		sender_configure(&conf.syslog);
	if (now_us < BOOT_QUIET_US)
		return BOOT_QUIET_US;
	uint64_t next_us = sender_work(now_us, &world, &poll.fd, &poll.events);
	if (poll.fd >= 0 && socket_watch(&poll, 1) > 0)
		return now_us;
	return next_us;
}

static uint64_t work(uint64_t now_us)
{
	static const struct ring_names names = { .unix_us = unix_us, .service = name_of };

	if (!wallclock_copy(clock_shared, &clock_copy))
		clock_copy = (struct clock_page){ .source = CLOCK_NONE };
	/* An empty ring begins with what the store has of earlier boots. */
	bool loaded = shelf_load(now_us);
	if (!loaded && ring->next_sequence == 1)
		return now_us + WRITEBACK_LOOK_US;
	uint64_t left = ring_follow(ring, kernel, &names, RECORDS_PER_TURN);
	missed_tell();
	uint64_t next_us = remote_work(now_us);
	if (left != 0)
		return now_us;
	uint64_t rest_us = loaded ? service_rest_until_us(now_us, SERVICE_LONG_REST_US)
				  : now_us + WRITEBACK_LOOK_US;
	if (loaded) {
		uint64_t save_us = shelf_save(now_us);
		next_us = save_us < next_us ? save_us : next_us;
	}
	return next_us < rest_us ? next_us : rest_us;
}

static enum status start(void)
{
	ring = region("log.ring", sizeof(*ring));
	kernel = region("klog", sizeof(*kernel));
	clock_shared = region("clock", sizeof(*clock_shared));
	netconf_shared = region("netconf", sizeof(*netconf_shared));
	if (wish_clean_start("log.ring"))
		memset(ring, 0, sizeof(*ring));
	ring_init(ring, kernel, service_info()->restarted != 0);
	missed_told = ring->missed;
	shelf_init(ring, record_unix_us);
	sender_init(ring);
	return OK;
}

int main(void)
{
	static const struct service log = { .start = start, .work = work };

	return service_run(&log);
}
