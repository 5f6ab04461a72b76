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

static void network_take(const struct netconf_lists *lists, struct netconf_span span,
			 uint32_t *which, uint32_t *address, uint32_t *mask)
{
	if (span.count == 0)
		return;
	const struct netconf_network *network = &lists->networks[digit_take(which, span)];

	*address = network->address;
	*mask = network->mask;
}

static void ports_take(const struct netconf_lists *lists, struct netconf_span span, uint32_t *which,
		       uint16_t *low, uint16_t *high)
{
	if (span.count == 0)
		return;
	const struct netconf_ports *ports = &lists->ports[digit_take(which, span)];

	*low = ports->low;
	*high = ports->high;
}

struct netconf_rule rule_lists_take(const struct netconf_lists *lists,
				    const struct netconf_rule_lists *of,
				    const struct netconf_rule *rule, uint32_t which)
{
	struct netconf_rule taken = *rule;

	ports_take(lists, of->destination_port, &which, &taken.destination_port_low,
		   &taken.destination_port_high);
	ports_take(lists, of->source_port, &which, &taken.source_port_low, &taken.source_port_high);
	network_take(lists, of->destination, &which, &taken.destination, &taken.destination_mask);
	network_take(lists, of->source, &which, &taken.source, &taken.source_mask);
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
