#include "netstack/firewall/bridge.h"

#include "netstack/firewall/frame.h"

#include <string.h>

static uint32_t set_of(const struct bridge *bridge, const mac_t *mac)
{
	uint64_t word = 0;

	__builtin_memcpy(&word, mac, sizeof *mac);
	word = (word ^ bridge->secret) * 0x9e3779b97f4a7c15u;
	return (uint32_t)((word ^ (word >> 29)) * 0xd6e8feb86659fd93u >> 56);
}
_Static_assert(BRIDGE_SETS == 256, "set_of gives eight bits");

void bridge_init(struct bridge *bridge, uint64_t secret)
{
	memset(bridge, 0, sizeof *bridge);
	bridge->secret = secret;
	for (unsigned set = 0; set < BRIDGE_SETS; set++)
		for (unsigned way = 0; way < BRIDGE_WAYS; way++)
			bridge->entries[set][way].port = FW_PORT_NONE;
}

void bridge_learn(struct bridge *bridge, const mac_t *mac, uint8_t port, uint32_t now_s)
{
	struct bridge_entry *set = bridge->entries[set_of(bridge, mac)];
	struct bridge_entry *victim = set;

	for (unsigned way = 0; way < BRIDGE_WAYS; way++) {
		if (set[way].port != FW_PORT_NONE && frame_mac_same(&set[way].mac, mac)) {
			victim = &set[way];
			break;
		}
		if (victim->port == FW_PORT_NONE)
			continue;
		if (set[way].port == FW_PORT_NONE || set[way].seen_s < victim->seen_s)
			victim = &set[way];
	}
	*victim = (struct bridge_entry){ .mac = *mac, .port = port, .seen_s = now_s };
}

uint8_t bridge_lookup(const struct bridge *bridge, const mac_t *mac, uint32_t now_s)
{
	const struct bridge_entry *set = bridge->entries[set_of(bridge, mac)];

	for (unsigned way = 0; way < BRIDGE_WAYS; way++)
		if (set[way].port != FW_PORT_NONE && frame_mac_same(&set[way].mac, mac) &&
		    now_s - set[way].seen_s <= BRIDGE_AGE_S)
			return set[way].port;
	return FW_PORT_NONE;
}
