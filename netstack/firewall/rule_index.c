#include "netstack/firewall/rule_index.h"

#include "netstack/wire/ipv4.h"

#include <string.h>

/* --- One rule ---------------------------------------------------------------------------- */

static bool zone_matches(uint8_t rule_zone, uint8_t zone)
{
	return rule_zone == ZONE_ANY || rule_zone == zone;
}

/* A protocol without ports matches only a rule for any port. */
static bool port_matches(uint16_t low, uint16_t high, uint8_t protocol, uint16_t port)
{
	if (low == 0 && high == 65535)
		return true;
	if (protocol != IPPROTO_TCP_NUMBER && protocol != IPPROTO_UDP_NUMBER)
		return false;
	return low <= port && port <= high;
}

/* In line, as it is all that a look at a rule is. */
static inline __attribute__((always_inline)) bool
rule_matches(const struct netconf_rule *rule, const union conn_key *key, uint8_t to_zone)
{
	return zone_matches(rule->from_zone, key->zone) && zone_matches(rule->to_zone, to_zone) &&
	       (rule->protocol == 0 || rule->protocol == key->protocol) &&
	       (key->source & rule->source_mask) == rule->source &&
	       (key->destination & rule->destination_mask) == rule->destination &&
	       port_matches(rule->source_port_low, rule->source_port_high, key->protocol,
			    key->source_port) &&
	       port_matches(rule->destination_port_low, rule->destination_port_high, key->protocol,
			    key->destination_port);
}

/* --- Kinds and places -------------------------------------------------------------------- */

/* The chain for `key` of a kind of rules. Outsiders choose no rules, so it needs no secret. */
static uint32_t bucket_of(const struct rule_kind *kind, const union conn_key *key,
			  uint32_t bucket_count)
{
	uint64_t addresses = (uint64_t)(key->source & kind->source_mask) << 32 |
			     (key->destination & kind->destination_mask);
	uint64_t rest = kind->exact;

	if ((kind->exact & RULE_EXACT_PROTOCOL) != 0)
		rest |= (uint64_t)key->protocol << 8;
	if ((kind->exact & RULE_EXACT_SOURCE_PORT) != 0)
		rest |= (uint64_t)key->source_port << 16;
	if ((kind->exact & RULE_EXACT_DESTINATION_PORT) != 0)
		rest |= (uint64_t)key->destination_port << 32;
	uint64_t hash = (addresses ^ rest * 0xd6e8feb86659fd93u) * 0x9e3779b97f4a7c15u;

	hash ^= hash >> 32;
	return (uint32_t)(hash * 0xd6e8feb86659fd93u >> 40) & (bucket_count - 1);
}

/* What a rule wants, as the key of a packet that has just that. */
static union conn_key key_wanted(const struct netconf_rule *rule)
{
	union conn_key key = { .words = { 0, 0 } };

	key.source = rule->source;
	key.destination = rule->destination;
	key.protocol = rule->protocol;
	key.source_port = rule->source_port_low;
	key.destination_port = rule->destination_port_low;
	return key;
}

uint32_t rule_index_build(const struct rule_index_room *room, const struct netconf_rule *rules,
			  uint32_t rule_count)
{
	struct rule_kinds kinds = { .kinds = room->kinds, .max = room->kinds_max };

	memset(room->heads, 0, room->bucket_count * sizeof room->heads[0]);
	for (uint32_t number = 0; number < rule_count; number++)
		if (!rule_kinds_note(&kinds, &rules[number], number))
			return RULE_INDEX_NONE;
	/* From the last to the first, so that each chain begins with its first rule. */
	for (uint32_t number = rule_count; number-- > 0;) {
		struct rule_kind kind = rule_kind_of(&rules[number], number);
		union conn_key key = key_wanted(&rules[number]);
		uint16_t *head = &room->heads[bucket_of(&kind, &key, room->bucket_count)];

		room->next[number] = *head;
		*head = (uint16_t)(number + 1);
	}
	return kinds.count;
}

/* The first rule before `best` in the chain of that kind that matches; else `best`. */
static uint32_t chain_find(const struct rule_index *index, const struct rule_kind *kind,
			   const union conn_key *key, uint8_t to_zone, uint32_t best)
{
	uint32_t node = index->heads[bucket_of(kind, key, index->bucket_count)];

	while (node != 0 && node - 1 < best) {
		if (rule_matches(&index->rules[node - 1], key, to_zone))
			return node - 1;
		node = index->next[node - 1];
	}
	return best;
}

static uint32_t kinds_find(const struct rule_index *index, const union conn_key *key,
			   uint8_t to_zone)
{
	uint32_t best = RULE_INDEX_NONE;

	for (uint32_t i = 0; i < index->kind_count && index->kinds[i].first < best; i++)
		best = chain_find(index, &index->kinds[i], key, to_zone, best);
	return best;
}

static uint32_t one_after_the_other_find(const struct rule_index *index, const union conn_key *key,
					 uint8_t to_zone)
{
	for (uint32_t number = 0; number < index->rule_count; number++)
		if (rule_matches(&index->rules[number], key, to_zone))
			return number;
	return RULE_INDEX_NONE;
}

uint32_t rule_index_find(const struct rule_index *index, const union conn_key *key, uint8_t to_zone)
{
	if (index->kind_count > index->rule_count / 2)
		return one_after_the_other_find(index, key, to_zone);
	return kinds_find(index, key, to_zone);
}
