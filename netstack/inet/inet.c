/*
 * INET: the appliance as a host on its own networks. lwIP behind the firewall,
 * sockets for the other services (services/proto/socket.h).
 *
 * Nothing that routers forward passes here, so its death stops no traffic. The
 * next life carries on with the sockets and connections of this one.
 */
#include "lwip/init.h"
#include "lwip/memp.h"
#include "lwip/netif.h"
#include "lwip/priv/tcp_priv.h"
#include "lwip/timeouts.h"
#include "netstack/inet/clients.h"
#include "netstack/inet/held.h"
#include "netstack/inet/hostq.h"
#include "netstack/inet/journal.h"
#include "netstack/inet/netif.h"
#include "netstack/inet/random.h"
#include "netstack/inet/requests.h"
#include "netstack/inet/restore.h"
#include "netstack/inet/station.h"
#include "netstack/inet/wan.h"
#include "netstack/inet/watch.h"
#include "services/runtime/kernel.h"
#include "services/runtime/service.h"
#include "services/runtime/wish.h"

#include <string.h>

#define PACKETS_PER_TURN   32
#define LOOK_US            250000u /* at a table that the firewall was writing */
#define RETRY_WHEN_FULL_US 1000u

static struct hostq queue;
static const struct netconf_region *netconf;
static const struct kernel_table *kernel_table;
static const struct fw_table *fw_table;
static struct inet_netconf in_force;
static uint32_t firewall_slot;
static struct inet_wan_station station_seen;
static bool station_stale = true; /* the firewall may have told of another */

static void configure(void)
{
	struct inet_netconf conf;
	enum status status = inet_netconf_read(netconf, &conf);

	if (status == OK) {
		in_force = conf;
		inet_wan_configure(&conf, time_us());
		inet_netif_configure(&conf);
	} else if (status != E_ABSENT)
		log_error("configuration ignored: %s", status_text(status));
}

static void queue_setup(void)
{
	struct netq_driver *own = region("drv", sizeof(struct netq_driver));

	hostq_init(&queue, own, region("fw", sizeof(struct netq_firewall)),
		   region("rx", HOSTQ_RX_BYTES), region("tx", NETQ_TX_BYTES));
}

/* Our former life forgot who waited for what: they look again. */
static void former_clients_notify(uint64_t slots)
{
	const struct start_info *info = service_info();

	for (uint32_t slot = 0; slot < info->service_count && slot < SERVICE_MAX; slot++)
		if (slots >> slot & 1 && slot != info->self.slot)
			service_notify(slot);
}

/*
 * Sockets and the packets that wait: either may be what kills us. Not the WAN's lease: without it
 * nothing would be forwarded, and it ends by the clock.
 */
static void former_lives_forget(struct preserved_region *state)
{
	preserved_forget(state);
	hostq_skip(&queue);
}

static void former_life_restore(struct preserved_region *state)
{
	preserved_init(state);
	inet_journal_init(state);
	struct inet_restored restored = inet_restore(state);
	if (restored.discarded > 0)
		log_warning("%u entries of inet.state discarded", restored.discarded);
	if (restored.sockets > 0 || restored.connections > 0)
		log_notice("%u sockets and %u connections carried on", restored.sockets,
			   restored.connections);
}

static enum status start(void)
{
	netconf = region("netconf", sizeof(struct netconf_region));
	kernel_table = region("ktable", sizeof(struct kernel_table));
	fw_table = region("fw.table", sizeof(struct fw_table));
	firewall_slot = service_slot("firewall");
	struct preserved_region *state = region("state", sizeof(struct preserved_region));

	inet_random_init();
	queue_setup();
	if (wish_clean_start("inet.state"))
		former_lives_forget(state);
	lwip_init();
	inet_netif_init(&queue);
	inet_wan_init(region("wan.lease", sizeof(struct wan_lease_region)));
	configure();
	inet_sockets_init(service_info()->self.generation);
	uint64_t former = queue.own->driver_private[0];
	inet_clients_init(&queue.own->driver_private[0]);
	former_life_restore(state);
	former_clients_notify(former);
	hostq_link_up(&queue, "INET (lwIP " LWIP_VERSION_STRING ")");
	service_notify(firewall_slot);
	return OK;
}

static void notified(uint64_t sources)
{
	if (sources >> service_slot("config") & 1)
		configure();
	station_stale = true;
}

/* Returns true if there may be more. */
static bool packets_take(void)
{
	struct hostq_packet packet;

	for (int i = 0; i < PACKETS_PER_TURN; i++) {
		if (!hostq_take(&queue, &packet))
			return false;
		inet_netif_input(&packet);
		hostq_release(&queue);
	}
	return true;
}

/* Who shows, or makes use of, what the WAN is like. */
static void wan_readers_notify(void)
{
	static const char *const names[] = { "dnsd", "alertd" };

	for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (service_slot(names[i]) < SERVICE_MAX)
			service_notify(service_slot(names[i]));
}

/* False: the firewall writes it just now. */
static bool station_follow(uint64_t now_us)
{
	uint32_t sequence = fw_table_begin(fw_table);
	struct inet_wan_station station = inet_station_read(fw_table, &in_force);

	if (!fw_table_done(fw_table, sequence))
		return false;
	inet_wan_station_set(&station, now_us);
	if (memcmp(&station, &station_seen, sizeof(station)) != 0)
		wan_readers_notify();
	station_seen = station;
	return true;
}

/* The firewall tells us of links, and RS has us do a turn when a service has died. */
static void tables_look(uint64_t now_us)
{
	inet_clients_check(kernel_table);
	if (station_stale)
		station_stale = !station_follow(now_us);
}

static void clients_serve(void)
{
	if (inet_sockets_changed_take()) {
		inet_held_retry();
		inet_watch_check();
	}
}

/* Packets promise: so what they say is in safety before they leave. */
static void packets_send(uint64_t now_us)
{
	inet_journal_commit_all();
	bool wan_changed = inet_wan_work(now_us);
	if (wan_changed)
		wan_readers_notify();
	if (hostq_flush(&queue) || wan_changed)
		service_notify(firewall_slot);
	enum complaint complaint = hostq_complaint_take(&queue);
	if (complaint != COMPLAINT_NONE)
		service_complain(firewall_slot, complaint);
}

/*
 * Its timers run for ever, but only for connections, fragments and a DHCP client is there anything
 * to time. Each catches up when it is looked at next.
 */
static bool lwip_rests(void)
{
	return tcp_active_pcbs == NULL && tcp_tw_pcbs == NULL && !inet_wan_has_client() &&
	       memp_pools[MEMP_REASSDATA]->stats->used == 0;
}

static uint64_t next_deadline_us(uint64_t now_us, bool full)
{
	uint64_t deadline_us = now_us + (uint64_t)sys_timeouts_sleeptime() * 1000;
	uint64_t retry_us = now_us + RETRY_WHEN_FULL_US;

	if (lwip_rests())
		deadline_us = service_rest_until_us(now_us, SERVICE_LONG_REST_US);
	if (station_stale && now_us + LOOK_US < deadline_us)
		deadline_us = now_us + LOOK_US;
	return full && retry_us < deadline_us ? retry_us : deadline_us;
}

static uint64_t work(uint64_t now_us)
{
	inet_netif_retry();
	bool more = packets_take();
	sys_check_timeouts();
	netif_poll_all();
	tables_look(now_us);
	clients_serve();
	packets_send(now_us);
	if (more || !hostq_arm(&queue))
		return now_us;
	return next_deadline_us(now_us, inet_netif_is_full());
}

int main(void)
{
	static const struct service inet = {
		.start = start, .message = inet_request, .notified = notified, .work = work
	};
	return service_run(&inet);
}
