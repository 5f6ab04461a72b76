/* The rules as they are meant: one after the other. What any index has to agree with. */
#ifndef TESTS_FW_LINEAR_H
#define TESTS_FW_LINEAR_H

#include "netstack/firewall/rule_index.h"

/* The first rule that matches, or RULE_INDEX_NONE. */
uint32_t linear_find(const struct netconf_rule *rules, uint32_t rule_count,
		     const union conn_key *key, uint8_t to_zone);

#endif
