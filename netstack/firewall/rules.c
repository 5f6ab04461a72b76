#include "netstack/firewall/rules.h"

struct rules_decision rules_decide(const struct settings *settings, const union conn_key *key,
				   uint8_t to_zone)
{
	struct rules_decision decision = { DROP_DEFAULT_DENIED, RULES_DEFAULT };
	struct rule_index index = settings_rule_index(settings);
	uint32_t rule = rule_index_find(&index, key, to_zone);

	if (rule != RULE_INDEX_NONE) {
		decision.rule = rule;
		decision.reason = settings->rules[rule].action == RULE_ALLOW ? FW_REASON_NONE
									     : DROP_RULE_DENIED;
	} else if (key->zone == ZONE_LAN || key->zone == ZONE_HOST) {
		decision.reason = FW_REASON_NONE;
	}
	return decision;
}
