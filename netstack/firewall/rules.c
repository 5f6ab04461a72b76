#include "netstack/firewall/rules.h"

struct rules_decision rules_decide(const struct settings *settings, const union conn_key *key,
				   uint8_t to_zone)
{
	struct rules_decision decision = { DROP_DEFAULT_DENIED, RULES_DEFAULT };
	struct rule_index index = rule_table_index(settings->rules);
	uint32_t found = rule_index_find(&index, key, to_zone);

	if (found != RULE_INDEX_NONE) {
		const struct netconf_rule *rule = &index.rules[found];

		decision.rule = rule->number;
		decision.reason = rule->action == RULE_ALLOW ? FW_REASON_NONE : DROP_RULE_DENIED;
	} else if (key->zone == ZONE_LAN || key->zone == ZONE_HOST) {
		decision.reason = FW_REASON_NONE;
	}
	return decision;
}
