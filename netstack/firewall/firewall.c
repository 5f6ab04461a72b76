/*
 * The firewall service: regions, time and notifications around the core (fw.h)
 * and its queues (fw_port.h). It calls nobody and waits for nobody.
 */
#include "netstack/firewall/flow.h"
#include "netstack/firewall/fw.h"
#include "netstack/firewall/fw_port.h"
#include "netstack/firewall/snapshot.h"
#include "services/runtime/service.h"
#include "services/runtime/wanlease.h"

#include <stdio.h>
#include <string.h>

static struct firewall fw;
static struct fw_ports ports;
static struct fw_table *table;
static struct quarantine *quarantine;
static const struct netconf_region *netconf;
static struct netconf netconf_copy; /* ours alone, as the next: checked, then used */
static struct netconf_lists lists_copy;
static uint32_t netconf_in_force; /* checksum */
static uint32_t netconf_refused;  /* checksum of the last bad one: logged once */
static const struct wan_lease_region *lease_region;
static struct wan_lease lease; /* the last good one */
static uint64_t inet_slot;     /* its bit, and */
static uint64_t port_slots;    /* those of all ports, INET's pseudo-port among them */
static uint8_t port_of_slot[SERVICE_MAX];
static uint64_t next_tick_us, next_configuration_us;
static bool adopted; /* what a former life left; before that nothing passes */
static uint64_t started_us;
static uint64_t active_us;     /* when frames last came or went */
static uint64_t snapshot_us;   /* the last one's time, */
static bool snapshot_is_stale; /* and has anything changed since? */
static uint64_t links_shown;   /* in it */

#define FLOWS_MIN           1024u  /* a region for fewer is a slip of the manifest */
#define NOTED_US            80000u /* until a tick that follows a frame, with drivers' looks */
#define FW_TICK_US          (FW_TICK_MS * 1000u)
#define ACTIVE_US           FW_TICK_US /* since frames last came or went */
#define RESTING_SWEEPS      8u         /* of flows at a tick, which come so seldom then */
#define RESTING_SNAPSHOT_US (4ull * SERVICE_REST_US) /* the ages in it go on */

/* The time stamp counter at start is not known outside to the cycle: good enough to seed a hash. */
static uint64_t seed_get(void)
{
	return __builtin_ia32_rdtsc() ^ (time_us() << 32);
}

/* --- Configuration ------------------------------------------------------------------------ */

/* Puts the configuration in force if it is another than ours; a bad one changes nothing. */
static void configuration_read(void)
{
	uint32_t current = __atomic_load_n(&netconf->current, __ATOMIC_ACQUIRE);
	const char *wrong;

	if (current > 1 || netconf->copies[current].version == 0)
		return; /* none yet */
	if (fw.settings.valid && netconf->copies[current].crc32 == netconf_in_force)
		return;
	memcpy(&netconf_copy, &netconf->copies[current], sizeof netconf_copy);
	memcpy(&lists_copy, &netconf->lists[current], sizeof lists_copy);
	wrong = fw_configure(&fw, &netconf_copy, &lists_copy);
	if (wrong == NULL) {
		netconf_in_force = netconf_copy.crc32;
		fw_ports_mode_set(&ports);
		log_notice("configuration %u in force, %u rules", netconf_copy.serial,
			   fw.rules.count);
	} else if (netconf_copy.crc32 != netconf_refused) {
		netconf_refused = netconf_copy.crc32;
		log_error("configuration %u refused: %s", netconf_copy.serial, wrong);
	}
}

/* The WAN's address by DHCP, until it expires. */
static void lease_read(uint64_t now_us)
{
	struct settings_lease held = { 0 };
	uint32_t before = fw.settings.wan.address;

	(void)wan_lease_update(lease_region, &lease);
	if (wan_lease_is_held(&lease, now_us))
		held = (struct settings_lease){ lease.address, lease.prefix_bits, lease.gateway };
	fw_lease_set(&fw, &held);
	if (fw.settings.wan.address != before)
		log_notice("the WAN's address is %s",
			   fw.settings.wan.address != 0 ? "a lease's" : "no longer ours");
}

/* --- Start ---------------------------------------------------------------------------------- */

static void *region_of(const char *port, const char *part, size_t size_bytes)
{
	char alias[NAME_BYTES];
	const struct start_map *map;

	snprintf(alias, sizeof alias, "%s.%s", port, part);
	map = region_find(alias);
	return map == NULL || map->size_bytes < size_bytes ? NULL : (void *)(uintptr_t)map->address;
}

static void port_open(unsigned index, const char *name, const char *service, size_t rx_bytes)
{
	struct fw_port_regions regions = {
		.driver = region_of(name, "drv", sizeof(struct netq_driver)),
		.rx = region_of(name, "rx", rx_bytes),
		.rx_bytes = rx_bytes,
		.own = region_of(name, "fw", sizeof(struct netq_firewall)),
		.tx = region_of(name, "tx", NETQ_TX_BYTES),
	};
	uint32_t slot = service_slot(service);

	if (regions.driver == NULL || regions.rx == NULL || regions.own == NULL ||
	    regions.tx == NULL || slot >= SERVICE_MAX)
		return;
	port_slots |= 1ull << slot;
	port_of_slot[slot] = (uint8_t)index;
	fw_port_attach(&ports, index, slot, &regions, service_info()->restarted != 0);
}

static void ports_open(void)
{
	char name[NAME_BYTES];

	fw_ports_init(&ports, &fw, quarantine);
	for (unsigned index = 0; index < NETQ_PORTS_MAX; index++) {
		snprintf(name, sizeof name, "port%u", index);
		port_open(index, name, name, NETQ_RX_BYTES);
	}
	port_open(FW_PORT_HOST, "host", "inet", NETQ_TX_BYTES);
	inet_slot = 1ull << service_slot("inet");
}

static bool died_by_itself(uint32_t cause)
{
	return cause == EXIT_EXCEPTION || cause == EXIT_PANIC || cause == EXIT_EXIT ||
	       cause == EXIT_HEARTBEAT;
}

/* What our last life died of; true: of its flows, as far as can be told. */
static bool flows_are_poison(const struct kernel_table *kernel)
{
	const struct start_info *info = service_info();
	uint64_t died_us = kernel->services[info->self.slot].died_us;
	bool by_itself = died_by_itself(info->exit_cause);
	bool explained = by_itself && fw_ports_blame(&ports, died_us);

	quarantine->at_port = 0;
	if (explained)
		log_error("a packet has killed the firewall twice: it is in quarantine");
	if (!quarantine_life_ended(quarantine, by_itself, explained, died_us))
		return false;
	log_error("%u short lives in a row: the flow table is begun anew",
		  FIREWALL_SHORT_LIVES_MAX);
	return true;
}

static enum status start(void)
{
	const struct kernel_table *kernel = region("ktable", sizeof *kernel);
	const struct start_map *map = region_find("flows");
	bool restarted = service_info()->restarted != 0, preserved = restarted || kernel->warm != 0;
	struct fw_flows *flows;

	if (map == NULL || flow_room_capacity(map->size_bytes) < FLOWS_MIN)
		return E_ABSENT;
	flows = (struct fw_flows *)(uintptr_t)map->address;
	table = region("fw.table", sizeof *table);
	netconf = region("netconf", sizeof *netconf);
	lease_region = region("wan.lease", sizeof *lease_region);
	quarantine = region("quarantine", sizeof *quarantine);
	quarantine_open(quarantine, restarted);
	started_us = time_us();
	fw_time_set(&fw, started_us);
	ports_open();
	if (restarted && flows_are_poison(kernel))
		preserved = false;
	quarantine_life_begins(quarantine, time_us());
	fw_flows_rebase(flows, map->size_bytes, kernel->boot_tsc);
	fw_init(&fw, flows, map->size_bytes, preserved, seed_get());
	snapshot_init(table, &fw, &ports, restarted);
	return OK;
}

/* A part a turn of what a former life left; then, in one more, the configuration, so packets pass.
 */
static void adopt(void)
{
	if (!conn_table_is_ready(&fw.conns)) {
		(void)fw_adopt(&fw);
		return;
	}
	adopted = true;
	lease_read(time_us());
	configuration_read();
	if (fw.conns.restores)
		log_notice("%u connections restored, %u discarded, in %u us", fw.conns.restored,
			   fw.conns.discarded, (unsigned)(time_us() - started_us));
}

/* --- Events --------------------------------------------------------------------------------- */

static uint64_t earliest(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* While no frame comes or goes there is little to time: the firewall wakes when others do. */
static bool is_active(uint64_t now_us)
{
	return now_us < active_us + ACTIVE_US;
}

/* Out of rest at once, so that its time does not count as one of silence. */
static void change_note(uint64_t now_us)
{
	snapshot_is_stale = true;
	next_tick_us = is_active(now_us)
			       ? earliest(next_tick_us, service_rest_until_us(now_us, NOTED_US))
			       : 0;
}

static void notified(uint64_t sources)
{
	uint64_t from_ports = sources & port_slots;

	change_note(time_us());
	while (from_ports != 0) {
		unsigned slot = (unsigned)__builtin_ctzll(from_ports);

		fw_port_refresh(&ports, port_of_slot[slot]);
		ports.turn = port_of_slot[slot]; /* no other is looked at on its frame's way */
		from_ports &= from_ports - 1;
	}
	if (!adopted)
		return; /* adopt reads what there is then */
	if ((sources & ~port_slots) != 0)
		configuration_read();
	if ((sources & inet_slot) != 0)
		lease_read(time_us());
}

static uint64_t links_now(void)
{
	uint64_t links = fw.mac_known;

	for (unsigned index = 0; index < NETQ_PORTS_MAX; index++)
		links = links << 2 | ports.ports[index].link;
	return links;
}

/* INET looks at the links in it, and is told when they change. */
static void snapshot_take(uint64_t now_us)
{
	uint64_t links = links_now();

	snapshot_us = now_us;
	snapshot_is_stale = false;
	snapshot_write(table, &fw, &ports, now_us);
	if (links != links_shown)
		service_notify((uint32_t)__builtin_ctzll(inet_slot));
	links_shown = links;
}

static uint64_t next_snapshot_us(void)
{
	if (snapshot_is_stale)
		return snapshot_us + SNAPSHOT_INTERVAL_US;
	return service_rest_until_us(snapshot_us, RESTING_SNAPSHOT_US);
}

/* When to tick next if nothing comes or goes; what does, is seen by a tick of its own. */
static uint64_t rest_until_us(uint64_t now_us, bool waits, uint32_t silence_ms)
{
	uint64_t silence_us = silence_ms < FW_TICK_MS ? FW_TICK_US : (uint64_t)silence_ms * 1000;

	if (waits)
		return now_us + FW_TICK_US;
	return earliest(service_rest_until_us(now_us, SERVICE_REST_US), now_us + silence_us);
}

static void tick(uint64_t now_us)
{
	uint32_t used = fw.conns.used, silence_ms;
	bool waits = fw_tick(&fw);

	for (unsigned i = 1; i < RESTING_SWEEPS && !is_active(now_us) && fw.sweep_next != 0; i++)
		flow_sweep(&fw);
	silence_ms = fw_ports_tick(&ports);
	snapshot_is_stale |= fw.conns.used != used;
	if (now_us >= next_snapshot_us())
		snapshot_take(now_us);
	next_tick_us = earliest(rest_until_us(now_us, waits, silence_ms), next_snapshot_us());
}

static void activity_note(uint64_t now_us)
{
	if (!fw_ports_moved(&ports))
		return;
	active_us = now_us;
	change_note(now_us);
}

static uint64_t work(uint64_t now_us)
{
	uint64_t next_us;
	bool more;

	fw_time_set(&fw, now_us);
	if (!adopted) {
		adopt();
		return now_us;
	}
	if (now_us >= next_tick_us)
		tick(now_us);
	if (now_us >= next_configuration_us) {
		/* In case the notification was lost with a former life; and a lease may have
		 * expired. */
		next_configuration_us = service_rest_until_us(now_us, SERVICE_REST_US);
		configuration_read();
		lease_read(now_us);
	}
	more = fw_ports_work(&ports);
	activity_note(now_us);
	if (more)
		return now_us;
	next_us = earliest(next_tick_us, next_configuration_us);
	return ports.held != 0 ? earliest(next_us, now_us + FW_PORT_HELD_US) : next_us;
}

int main(void)
{
	static const struct service firewall = {
		.start = start,
		.notified = notified,
		.work = work,
	};

	return service_run(&firewall);
}
