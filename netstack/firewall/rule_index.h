/*
 * Rules as they are looked up: by hash instead of one after the other, with
 * the same outcome. Made once a configuration.
 *
 * A rule's kind is which bits of a packet's addresses it looks at, and whether it
 * wants one protocol, one source port, one destination port. All that a rule of a
 * kind wants exactly is its place in the hash; what it wants else (zones, ranges
 * of ports) is compared there. So a look-up probes once a kind, and real tables
 * have few kinds, however many rules. Kinds come in the order of their first
 * rules: once a rule is found, kinds that begin behind it need no look.
 *
 * A probe costs as much as looking at two rules. So if there are more kinds than
 * half the rules, or than there is room for, it is one rule after the other, as
 * without an index.
 */
#ifndef FIREWALL_RULE_INDEX_H
#define FIREWALL_RULE_INDEX_H

#include "netstack/firewall/conn.h"
#include "services/runtime/rule_kinds.h"

#include <stdint.h>

#define RULE_INDEX_NONE 0xffffffffu

/* Where an index of `rule_count` rules lies: arrays of its maker's. */
struct rule_index_room {
	struct rule_kind *kinds; /* kinds_max */
	uint16_t *heads;         /* bucket_count: the first rule of each chain, from 1; 0: none */
	uint16_t *next;          /* rule_count: the rule behind this one in its chain, likewise */
	uint32_t bucket_count;   /* a power of two, best twice rule_count */
	uint32_t kinds_max;
};

struct rule_index {
	const struct netconf_rule *rules;
	const struct rule_kind *kinds;
	const uint16_t *heads, *next;
	uint32_t rule_count, kind_count, bucket_count;
};

/* Fills the room for at most 65,535 rules; returns how many kinds: RULE_INDEX_NONE if too many. */
uint32_t rule_index_build(const struct rule_index_room *room, const struct netconf_rule *rules,
			  uint32_t rule_count);

/* The first rule that matches, or RULE_INDEX_NONE. */
uint32_t rule_index_find(const struct rule_index *index, const union conn_key *key,
			 uint8_t to_zone);

#endif
