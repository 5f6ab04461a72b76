#include "services/config/compile.h"

#include "services/config/member.h"

static bool rules_compile(const cJSON *rules, struct netconf *netconf, struct refusal *refusal)
{
	const cJSON *rule;

	if (rules == NULL)
		return true;
	netconf->rule_count = 0;
	memset(netconf->rules, 0, sizeof(netconf->rules));
	cJSON_ArrayForEach(rule, rules)
	{
		uint32_t number = netconf->rule_count;

		if (number == NETCONF_RULES_MAX)
			return refuse(refusal, "/rules", "has more than %d entries",
				      NETCONF_RULES_MAX);
		if (!compile_rule(rule, number, &netconf->rules[number], refusal))
			return false;
		netconf->rule_count++;
	}
	return true;
}

bool compile_document(const cJSON *document, const struct service_names *services,
		      struct compiled *compiled, struct refusal *refusal)
{
	struct netconf *net = &compiled->net;

	net->version = NETCONF_VERSION;
	compiled->alerts.version = ALERTCONF_VERSION;
	compiled->web.version = WEBCONF_VERSION;
	member_flag_take(document, "nat", &net->nat);
	return compile_addresses(document, net, refusal) &&
	       compile_dhcp(member_of(member_of(document, "lan"), "dhcp"), net, refusal) &&
	       compile_dns(member_of(document, "dns"), net, refusal) &&
	       rules_compile(member_of(document, "rules"), net, refusal) &&
	       compile_forwards(member_of(document, "forwards"), net, refusal) &&
	       compile_host(document, compiled, refusal) &&
	       compile_alerts(member_of(document, "alerts"), &compiled->alerts, refusal) &&
	       compile_recovery(member_of(document, "recovery"), services, compiled, refusal);
}
