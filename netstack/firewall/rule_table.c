#include "netstack/firewall/rule_table.h"

#include "services/runtime/rule_lists.h"

void rule_table_fill(struct rule_table *table, const struct netconf_rule *rules,
		     uint32_t rule_count, const struct netconf_lists *lists)
{
	struct rule_index_room room = { .kinds = table->kinds,
					.heads = table->heads,
					.next = table->next,
					.bucket_count = RULE_TABLE_BUCKETS,
					.kinds_max = NETCONF_KINDS_MAX };

	table->count = 0;
	for (uint32_t i = 0; i < rule_count; i++) {
		const struct netconf_rule_lists *of = &lists->rules[i];
		uint32_t count = (uint32_t)rule_lists_count(of);

		for (uint32_t which = 0; which < count; which++) {
			struct netconf_rule *rule = &table->rules[table->count++];

			*rule = rule_lists_take(lists, of, &rules[i], which);
			rule->number = (uint16_t)i;
		}
	}
	table->kind_count = rule_index_build(&room, table->rules, table->count);
}
