/*
 * The firewall service: regions, time and notifications around the core (fw.h)
 * and its queues (fw_port.h). It calls nobody and waits for nobody.
 */
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
static uint64_t next_tick_us, next_snapshot_us, next_configuration_us;
static bool adopted; /* what a former life left; before that nothing passes */
static uint64_t started_us;

#define CONFIGURATION_INTERVAL_US 1000000u
#define FLOWS_MIN                 1024u /* a region for fewer is a slip of the manifest */

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

/* A part of what a former life left; behind the last the configuration, so packets pass. */
static void adopt(void)
{
	if (!fw_adopt(&fw))
		return;
	adopted = true;
	lease_read(time_us());
	configuration_read();
	if (fw.conns.restores)
		log_notice("%u connections restored, %u discarded, in %u us", fw.conns.restored,
			   fw.conns.discarded, (unsigned)(time_us() - started_us));
}

/* --- Events --------------------------------------------------------------------------------- */

static void notified(uint64_t sources)
{
	uint64_t from_ports = sources & port_slots;

	while (from_ports != 0) {
		unsigned slot = (unsigned)__builtin_ctzll(from_ports);

		fw_port_refresh(&ports, port_of_slot[slot]);
		from_ports &= from_ports - 1;
	}
	if (!adopted)
		return; /* adopt reads what there is then */
	if ((sources & ~port_slots) != 0)
		configuration_read();
	if ((sources & inet_slot) != 0)
		lease_read(time_us());
}

static uint64_t earliest(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static uint64_t work(uint64_t now_us)
{
	uint64_t next_us;

	fw_time_set(&fw, now_us);
	if (!adopted) {
		adopt();
		return now_us;
	}
	if (now_us >= next_tick_us) {
		next_tick_us = now_us + FW_TICK_MS * 1000u;
		fw_tick(&fw);
		fw_ports_tick(&ports);
	}
	if (now_us >= next_configuration_us) {
		/* In case the notification was lost with a former life; and a lease may have
		 * expired. */
		next_configuration_us = now_us + CONFIGURATION_INTERVAL_US;
		configuration_read();
		lease_read(now_us);
	}
	if (now_us >= next_snapshot_us) {
		next_snapshot_us = now_us + SNAPSHOT_INTERVAL_US;
		snapshot_write(table, &fw, &ports, now_us);
	}
	if (fw_ports_work(&ports))
		return now_us;
	next_us = earliest(next_tick_us, next_snapshot_us);
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
