#include "services/config/compile.h"

#include "services/config/member.h"
#include "services/runtime/rule_kinds.h"
#include "services/runtime/rule_lists.h"

#include <stdio.h>

/*
 * Notes the kinds of all that rule `number` stands for. That is the work of what the firewall has
 * to look for, one look a kind, so there may not be too many.
 */
static bool kinds_note(struct rule_kinds *kinds, const struct compiled *compiled, unsigned number)
{
	const struct netconf_rule *rule = &compiled->net.rules[number];

	for (uint32_t which = 0; which < rule->matches; which++) {
		struct netconf_rule one = rule_lists_take(
			&compiled->lists, &compiled->lists.rules[number], rule, which);

		if (!rule_kinds_note(kinds, &one, number))
			return false;
	}
	return true;
}

/* Counts what rule `number` stands for, behind *sum of those before. */
static bool rule_weigh(struct compiled *compiled, unsigned number, uint32_t *sum,
		       struct rule_kinds *kinds, struct refusal *refusal)
{
	uint64_t matches = rule_lists_count(&compiled->lists.rules[number]);
	char path[REFUSAL_PATH_BYTES];

	snprintf(path, sizeof(path), "/rules/%u", number);
	if (*sum + matches > NETCONF_MATCHES_MAX)
		return refuse(refusal, path,
			      "its lists make %llu rules of it, %u with those before it, and there "
			      "is room for %d",
			      (unsigned long long)matches, (unsigned)(*sum + matches),
			      NETCONF_MATCHES_MAX);
	compiled->net.rules[number].matches = (uint16_t)matches;
	*sum += (uint32_t)matches;
	if (!kinds_note(kinds, compiled, number))
		return refuse(refusal, path,
			      "lengths of networks come in more than %d combinations with it",
			      NETCONF_KINDS_MAX);
	return true;
}

static bool rules_compile(const cJSON *rules, struct compiled *compiled, struct refusal *refusal)
{
	static struct rule_kind kinds[NETCONF_KINDS_MAX];
	struct rule_kinds met = { .kinds = kinds, .max = NETCONF_KINDS_MAX };
	struct netconf *netconf = &compiled->net;
	uint32_t sum = 0;
	const cJSON *rule;

	if (rules == NULL)
		return true;
	netconf->rule_count = 0;
	memset(netconf->rules, 0, sizeof(netconf->rules));
	memset(&compiled->lists, 0, sizeof(compiled->lists));
	compiled->filled = (struct list_fill){ 0 };
	cJSON_ArrayForEach(rule, rules)
	{
		uint32_t number = netconf->rule_count;

		if (number == NETCONF_RULES_MAX)
			return refuse(refusal, "/rules", "has more than %d entries",
				      NETCONF_RULES_MAX);
		if (!compile_rule(rule, number, compiled, refusal) ||
		    !rule_weigh(compiled, number, &sum, &met, refusal))
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
	       rules_compile(member_of(document, "rules"), compiled, refusal) &&
	       compile_forwards(member_of(document, "forwards"), net, refusal) &&
	       compile_host(document, compiled, refusal) &&
	       compile_alerts(member_of(document, "alerts"), &compiled->alerts, refusal) &&
	       compile_recovery(member_of(document, "recovery"), services, compiled, refusal);
}
