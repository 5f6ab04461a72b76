/*
 * Rules and packets out of bytes: the index has to agree with the rules one after
 * the other. The first byte is the number of rules; keys take what is left.
 */
#include "tests/unit/fw_linear.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define RULES_MAX    64u
#define BUCKET_COUNT 128u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct input {
	const uint8_t *at;
	size_t left;
};

static bool input_take(struct input *input, void *to, size_t bytes)
{
	if (input->left < bytes)
		return false;
	memcpy(to, input->at, bytes);
	input->at += bytes;
	input->left -= bytes;
	return true;
}

/* What settings_load lets pass, and no more. */
static void rule_mend(struct netconf_rule *rule)
{
	rule->from_zone = (uint8_t)(1 + rule->from_zone % 4);
	rule->to_zone = (uint8_t)(1 + rule->to_zone % 4);
	rule->source &= rule->source_mask;
	rule->destination &= rule->destination_mask;
	if (rule->source_port_low > rule->source_port_high)
		rule->source_port_high = rule->source_port_low;
	if (rule->destination_port_low > rule->destination_port_high)
		rule->destination_port_high = rule->destination_port_low;
}

static void keys_try(const struct rule_index *index, uint32_t rule_count, struct input *input)
{
	union conn_key key;
	uint8_t to_zone;

	while (input_take(input, &key, sizeof key) && input_take(input, &to_zone, 1))
		if (rule_index_find(index, &key, to_zone) !=
		    linear_find(index->rules, rule_count, &key, to_zone))
			abort();
}

/* A packet that has just what a rule wants finds it, or one before it. */
static void wanted_try(const struct rule_index *index, uint32_t rule_count)
{
	for (uint32_t i = 0; i < rule_count; i++) {
		const struct netconf_rule *rule = &index->rules[i];
		union conn_key key = { .source = rule->source,
				       .destination = rule->destination,
				       .source_port = rule->source_port_high,
				       .destination_port = rule->destination_port_high,
				       .protocol = rule->protocol,
				       .zone = rule->from_zone };

		if (rule_index_find(index, &key, rule->to_zone) !=
		    linear_find(index->rules, rule_count, &key, rule->to_zone))
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct netconf_rule rules[RULES_MAX];
	static struct rule_kind kinds[RULES_MAX];
	static uint16_t heads[BUCKET_COUNT], next[RULES_MAX];
	struct rule_index_room room = { kinds, heads, next, BUCKET_COUNT, RULES_MAX };
	struct input input = { data, size };
	uint32_t rule_count = 0;
	uint8_t wanted;

	if (!input_take(&input, &wanted, 1))
		return 0;
	while (rule_count < wanted % (RULES_MAX + 1) &&
	       input_take(&input, &rules[rule_count], sizeof rules[0]))
		rule_mend(&rules[rule_count++]);
	struct rule_index index = { .rules = rules,
				    .kinds = kinds,
				    .heads = heads,
				    .next = next,
				    .bucket_count = BUCKET_COUNT };

	index.kind_count = rule_index_build(&room, rules, rule_count);
	index.rule_count = 2 * index.kind_count; /* else few rules would be looked at in turn */
	keys_try(&index, rule_count, &input);
	wanted_try(&index, rule_count);
	return 0;
}
