/*
 * The rules in force, with all lists multiplied out, and their index. Which rule of
 * the document each is of is in its `number`.
 */
#ifndef FIREWALL_RULE_TABLE_H
#define FIREWALL_RULE_TABLE_H

#include "netstack/firewall/rule_index.h"

#define RULE_TABLE_BUCKETS 16384u

struct rule_table {
	uint32_t count, kind_count;
	struct netconf_rule rules[NETCONF_MATCHES_MAX];
	struct rule_kind kinds[NETCONF_KINDS_MAX];
	uint16_t heads[RULE_TABLE_BUCKETS];
	uint16_t next[NETCONF_MATCHES_MAX];
};

/* In place of what is there: the first `rule_count` rules; their lists passed rule_lists_check. */
void rule_table_fill(struct rule_table *table, const struct netconf_rule *rules,
		     uint32_t rule_count, const struct netconf_lists *lists);

static inline struct rule_index rule_table_index(const struct rule_table *table)
{
	return (struct rule_index){ .rules = table->rules,
				    .kinds = table->kinds,
				    .heads = table->heads,
				    .next = table->next,
				    .rule_count = table->count,
				    .kind_count = table->kind_count,
				    .bucket_count = RULE_TABLE_BUCKETS };
}

#endif
