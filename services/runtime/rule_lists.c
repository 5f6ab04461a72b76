#include "services/runtime/rule_lists.h"

#include <stdbool.h>
#include <stddef.h>

static uint32_t span_length(struct netconf_span span)
{
	return span.count == 0 ? 1 : span.count;
}

uint64_t rule_lists_count(const struct netconf_rule_lists *of)
{
	return (uint64_t)span_length(of->source) * span_length(of->destination) *
	       span_length(of->source_port) * span_length(of->destination_port);
}

/* The next digit of `*which`, whose base is the list's length: an index of the list. */
static uint32_t digit_take(uint32_t *which, struct netconf_span span)
{
	uint32_t length = span_length(span), digit = *which % length;

	*which /= length;
	return span.first + digit;
}

struct netconf_rule rule_lists_take(const struct netconf_lists *lists,
				    const struct netconf_rule_lists *of,
				    const struct netconf_rule *rule, uint32_t which)
{
	struct netconf_rule taken = *rule;

	if (of->destination_port.count != 0) {
		uint32_t at = digit_take(&which, of->destination_port);

		taken.destination_port_low = lists->ports[at].low;
		taken.destination_port_high = lists->ports[at].high;
	}
	if (of->source_port.count != 0) {
		uint32_t at = digit_take(&which, of->source_port);

		taken.source_port_low = lists->ports[at].low;
		taken.source_port_high = lists->ports[at].high;
	}
	if (of->destination.count != 0) {
		uint32_t at = digit_take(&which, of->destination);

		taken.destination = lists->networks[at].address;
		taken.destination_mask = lists->networks[at].mask;
	}
	if (of->source.count != 0) {
		uint32_t at = digit_take(&which, of->source);

		taken.source = lists->networks[at].address;
		taken.source_mask = lists->networks[at].mask;
	}
	return taken;
}

static bool networks_are_sound(const struct netconf_lists *lists, struct netconf_span span)
{
	if (span.first + span.count > NETCONF_NETWORKS_MAX)
		return false;
	for (uint32_t i = 0; i < span.count; i++) {
		const struct netconf_network *network = &lists->networks[span.first + i];

		if ((network->address & ~network->mask) != 0)
			return false;
	}
	return true;
}

static bool ports_are_sound(const struct netconf_lists *lists, struct netconf_span span)
{
	if (span.first + span.count > NETCONF_PORTS_MAX)
		return false;
	for (uint32_t i = 0; i < span.count; i++)
		if (lists->ports[span.first + i].low > lists->ports[span.first + i].high)
			return false;
	return true;
}

const char *rule_lists_check(const struct netconf_lists *lists, uint32_t rule_count)
{
	uint64_t matches = 0;

	for (uint32_t i = 0; i < rule_count; i++) {
		const struct netconf_rule_lists *of = &lists->rules[i];

		if (!networks_are_sound(lists, of->source) ||
		    !networks_are_sound(lists, of->destination) ||
		    !ports_are_sound(lists, of->source_port) ||
		    !ports_are_sound(lists, of->destination_port))
			return "a list of a rule makes no sense";
		matches += rule_lists_count(of);
		if (matches > NETCONF_MATCHES_MAX)
			return "lists stand for more rules than there can be";
	}
	return NULL;
}
