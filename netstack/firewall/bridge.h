/*
 * The LAN ports are one bridge: which station was last seen behind which port.
 *
 * A fixed table of sets of four; a hostile LAN can push others out of its set,
 * which costs them a flooded frame, and no more.
 */
#ifndef FIREWALL_BRIDGE_H
#define FIREWALL_BRIDGE_H

#include "netstack/firewall/settings.h"
#include "netstack/wire/ethernet.h"

#define BRIDGE_SETS  256u
#define BRIDGE_WAYS  4u
#define BRIDGE_AGE_S 300u /* IEEE 802.1Q, 8.8.3: default ageing time */

struct bridge_entry {
	mac_t mac;
	uint8_t port; /* FW_PORT_NONE: never used */
	uint8_t reserved;
	uint32_t seen_s;
};

struct bridge {
	uint64_t secret;
	struct bridge_entry entries[BRIDGE_SETS][BRIDGE_WAYS];
};

void bridge_init(struct bridge *bridge, uint64_t secret);

/* Station `mac` has just sent from `port`. */
void bridge_learn(struct bridge *bridge, const mac_t *mac, uint8_t port, uint32_t now_s);

/* The port of `mac`, or FW_PORT_NONE. */
uint8_t bridge_lookup(const struct bridge *bridge, const mac_t *mac, uint32_t now_s);

#endif
