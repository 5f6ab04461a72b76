#include "netstack/firewall/fw.h"

#include "netstack/firewall/arp.h"
#include "netstack/firewall/flow.h"
#include "netstack/firewall/frame.h"

#include <string.h>

/* SplitMix64: from one seed, as many secrets as we need. */
static uint64_t secret_next(uint64_t *seed)
{
	uint64_t value = *seed += 0x9e3779b97f4a7c15u;

	value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9u;
	value = (value ^ (value >> 27)) * 0x94d049bb133111ebu;
	return value ^ (value >> 31);
}

/* Only records of our own layout are worth checking one by one. */
static bool flows_are_ours(const struct fw_flows *flows)
{
	return flows->magic == FW_FLOWS_MAGIC && flows->conn_bytes == sizeof(struct conn) &&
	       flows->neighbour_bytes == sizeof(struct neighbour);
}

void fw_flows_rebase(struct fw_flows *flows, size_t bytes, uint64_t boot)
{
	uint32_t capacity = flow_room_capacity(bytes);

	if (flows->boot != boot && flows_are_ours(flows))
		for (uint32_t index = 0; index < capacity; index++)
			conn_rebase(&flows->conns[index]);
	flows->boot = boot;
}

void fw_init(struct firewall *fw, struct fw_flows *flows, size_t bytes, bool preserved,
	     uint64_t seed)
{
	struct flow_room room = flow_room_divide(flows, bytes);
	bool restore = preserved && flows_are_ours(flows);
	uint64_t secret[2] = { secret_next(&seed), secret_next(&seed) };

	fw->settings = (struct settings){ .valid = false, .rules = &fw->rules };
	fw->lease = (struct settings_lease){ 0 };
	fw->epoch = 1;
	fw->icmp_tokens = FW_ICMP_BURST;
	neighbour_init(&fw->neighbours, flows->neighbours, restore, secret_next(&seed));
	conn_table_init(&fw->conns, &room.conns, restore, secret);
	nat_init(&fw->nat, &room.nat, secret_next(&seed));
	bridge_init(&fw->bridge, secret_next(&seed));
	fw->fragments.secret = secret_next(&seed);
	flows->conn_bytes = sizeof(struct conn);
	flows->neighbour_bytes = sizeof(struct neighbour);
	flows->magic = FW_FLOWS_MAGIC;
}

bool fw_adopt(struct firewall *fw)
{
	for (uint32_t i = 0; i < FW_ADOPT_RECORDS && !conn_table_is_ready(&fw->conns); i++)
		flow_adopt(fw);
	return conn_table_is_ready(&fw->conns);
}

void fw_time_set(struct firewall *fw, uint64_t now_us)
{
	fw->now_ms = (uint32_t)(now_us / 1000u);
	fw->now_s = (uint32_t)(now_us / 1000000u);
}

/* Every flow has to ask again; the sweep sees to those that send nothing any more. */
static void epoch_advance(struct firewall *fw)
{
	fw->epoch++;
	if (fw->epoch == 0)
		fw->epoch = 1;
	fw->sweep_next = 0;
	fw->swept = false;
}

const char *fw_configure(struct firewall *fw, const struct netconf *netconf,
			 const struct netconf_lists *lists)
{
	const char *wrong = settings_load(&fw->settings, netconf, lists);

	if (wrong != NULL)
		return wrong;
	settings_lease_apply(&fw->settings, &fw->lease);
	epoch_advance(fw);
	memset(fw->rule_hits, 0, sizeof fw->rule_hits);
	arp_announce(fw, ZONE_LAN);
	arp_announce(fw, ZONE_WAN);
	return NULL;
}

void fw_lease_set(struct firewall *fw, const struct settings_lease *lease)
{
	if (memcmp(&fw->lease, lease, sizeof fw->lease) == 0)
		return;
	fw->lease = *lease;
	if (!fw->settings.valid || !fw->settings.wan_dhcp)
		return;
	settings_lease_apply(&fw->settings, lease);
	epoch_advance(fw);
	arp_announce(fw, ZONE_WAN);
}

bool fw_mac_set(struct firewall *fw, unsigned port, const mac_t *mac)
{
	if ((fw->mac_known & FW_PORT_BIT(port)) != 0 && frame_mac_same(&fw->mac[port], mac))
		return true;
	if (!frame_mac_is_station(mac))
		return false;
	fw->mac[port] = *mac;
	fw->mac_known |= FW_PORT_BIT(port);
	if (fw->settings.valid && port == fw->settings.lan_first)
		arp_announce(fw, ZONE_LAN);
	if (fw->settings.valid && port == fw->settings.wan_port)
		arp_announce(fw, ZONE_WAN);
	return true;
}

bool fw_tick(struct firewall *fw)
{
	bool waits = fw->settings.valid && arp_tick(fw);

	flow_sweep(fw);
	return waits || (fw->settings.valid && !fw->swept);
}
