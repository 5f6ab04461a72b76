#include "netstack/firewall/rules.h"

#include "netstack/wire/ipv4.h"

static bool zone_matches(uint8_t rule_zone, uint8_t zone)
{
	return rule_zone == ZONE_ANY || rule_zone == zone;
}

/* A protocol without ports matches only a rule for any port. */
static bool port_matches(uint16_t low, uint16_t high, uint8_t protocol, uint16_t port)
{
	if (low == 0 && high == 65535)
		return true;
	if (protocol != IPPROTO_TCP_NUMBER && protocol != IPPROTO_UDP_NUMBER)
		return false;
	return low <= port && port <= high;
}

static bool rule_matches(const struct netconf_rule *rule, const union conn_key *key,
			 uint8_t to_zone)
{
	return zone_matches(rule->from_zone, key->zone) && zone_matches(rule->to_zone, to_zone) &&
	       (rule->protocol == 0 || rule->protocol == key->protocol) &&
	       (key->source & rule->source_mask) == rule->source &&
	       (key->destination & rule->destination_mask) == rule->destination &&
	       port_matches(rule->source_port_low, rule->source_port_high, key->protocol,
			    key->source_port) &&
	       port_matches(rule->destination_port_low, rule->destination_port_high, key->protocol,
			    key->destination_port);
}

struct rules_decision rules_decide(const struct settings *settings, const union conn_key *key,
				   uint8_t to_zone)
{
	struct rules_decision decision = { DROP_DEFAULT_DENIED, RULES_DEFAULT };

	for (uint32_t i = 0; i < settings->rule_count; i++) {
		if (!rule_matches(&settings->rules[i], key, to_zone))
			continue;
		decision.rule = i;
		decision.reason =
			settings->rules[i].action == RULE_ALLOW ? FW_REASON_NONE : DROP_RULE_DENIED;
		return decision;
	}
	if (key->zone == ZONE_LAN || key->zone == ZONE_HOST)
		decision.reason = FW_REASON_NONE;
	return decision;
}
