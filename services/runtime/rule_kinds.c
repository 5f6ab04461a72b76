#include "services/runtime/rule_kinds.h"

struct rule_kind rule_kind_of(const struct netconf_rule *rule, uint32_t number)
{
	struct rule_kind kind = { .source_mask = rule->source_mask,
				  .destination_mask = rule->destination_mask,
				  .first = (uint16_t)number };

	if (rule->protocol != 0)
		kind.exact |= RULE_EXACT_PROTOCOL;
	if (rule->source_port_low == rule->source_port_high)
		kind.exact |= RULE_EXACT_SOURCE_PORT;
	if (rule->destination_port_low == rule->destination_port_high)
		kind.exact |= RULE_EXACT_DESTINATION_PORT;
	return kind;
}

static bool kind_same(const struct rule_kind *a, const struct rule_kind *b)
{
	return a->source_mask == b->source_mask && a->destination_mask == b->destination_mask &&
	       a->exact == b->exact;
}

static uint16_t *kind_head(struct rule_kinds *kinds, const struct rule_kind *kind)
{
	uint64_t masks = (uint64_t)kind->source_mask << 32 | kind->destination_mask;

	return &kinds->heads[((masks ^ kind->exact) * 0x9e3779b97f4a7c15u >> 32) %
			     RULE_KINDS_HEADS];
}

bool rule_kinds_note(struct rule_kinds *kinds, const struct netconf_rule *rule, uint32_t number)
{
	struct rule_kind kind = rule_kind_of(rule, number);
	uint16_t *head = kind_head(kinds, &kind);

	for (uint32_t at = *head; at != 0; at = kinds->kinds[at - 1].next)
		if (kind_same(&kinds->kinds[at - 1], &kind))
			return true;
	if (kinds->count == kinds->max)
		return false;
	kind.next = *head;
	kinds->kinds[kinds->count++] = kind;
	*head = (uint16_t)kinds->count;
	return true;
}
