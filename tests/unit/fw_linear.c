#include "tests/unit/fw_linear.h"

#include <stdbool.h>

static bool zone_fits(uint8_t wanted, uint8_t zone)
{
	return wanted == ZONE_ANY || wanted == zone;
}

static bool network_fits(uint32_t address, uint32_t network, uint32_t mask)
{
	return (address & mask) == network;
}

/* Only TCP (6) and UDP (17) have ports; what has none fits no rule that asks for some. */
static bool port_fits(const union conn_key *key, uint16_t port, uint16_t low, uint16_t high)
{
	bool any = low == 0 && high == 65535;
	bool has_ports = key->protocol == 6 || key->protocol == 17;

	return any || (has_ports && port >= low && port <= high);
}

uint32_t linear_find(const struct netconf_rule *rules, uint32_t rule_count,
		     const union conn_key *key, uint8_t to_zone)
{
	for (uint32_t number = 0; number < rule_count; number++) {
		const struct netconf_rule *r = &rules[number];

		if (zone_fits(r->from_zone, key->zone) && zone_fits(r->to_zone, to_zone) &&
		    (r->protocol == 0 || r->protocol == key->protocol) &&
		    network_fits(key->source, r->source, r->source_mask) &&
		    network_fits(key->destination, r->destination, r->destination_mask) &&
		    port_fits(key, key->source_port, r->source_port_low, r->source_port_high) &&
		    port_fits(key, key->destination_port, r->destination_port_low,
			      r->destination_port_high))
			return number;
	}
	return RULE_INDEX_NONE;
}
