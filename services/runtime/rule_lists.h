/*
 * The rules that those of a document stand for, with their lists multiplied out
 * (services/proto/netconf.h). Pure; config counts with it what the firewall then makes.
 */
#ifndef RUNTIME_RULE_LISTS_H
#define RUNTIME_RULE_LISTS_H

#include "services/proto/netconf.h"

#include <stdint.h>

/* How many rules one stands for that has these lists. */
uint64_t rule_lists_count(const struct netconf_rule_lists *of);

/* The `which`th of them, from 0; what has no list is as in `rule`. */
struct netconf_rule rule_lists_take(const struct netconf_lists *lists,
				    const struct netconf_rule_lists *of,
				    const struct netconf_rule *rule, uint32_t which);

/*
 * NULL, or what is wrong with the lists of `rule_count` rules: every span lies within them, each
 * network and range of ports makes sense, and they stand for NETCONF_MATCHES_MAX rules at most.
 */
const char *rule_lists_check(const struct netconf_lists *lists, uint32_t rule_count);

#endif
