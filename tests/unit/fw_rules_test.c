/* The rules' index decides as the rules do, one after the other. */
#include "tests/unit/fw_linear.h"
#include "tests/unit/fw_world.h"

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#define MANY  10000u
#define SETS  400u
#define LOOKS 200u

static struct netconf_rule rules[MANY];
static struct rule_kind kinds[MANY];
static uint16_t next[MANY], heads[32768];
static struct rule_index index_made;
static uint64_t dice_state;

/* xorshift64*: the same rules at every run. */
static uint32_t dice(uint32_t sides)
{
	dice_state ^= dice_state >> 12;
	dice_state ^= dice_state << 25;
	dice_state ^= dice_state >> 27;
	return (uint32_t)(dice_state * 0x2545f4914f6cdd1du >> 33) % sides;
}

/* From so few that rules overlap, hide one another, and are hit. */
static uint32_t some_address(void)
{
	static const uint32_t networks[] = { 0xc0a80100, 0x0a000000, 0xcb007100 };

	return networks[dice(3)] | dice(4) << 6 | dice(4);
}

static uint32_t some_mask(void)
{
	static const uint32_t masks[] = { 0,          0xff000000, 0xffffff00,
					  0xffffffc0, 0xffffffff, 0xff0000ff };

	return masks[dice(6)];
}

static void some_ports(uint16_t *low, uint16_t *high)
{
	uint16_t a = (uint16_t)dice(8), b = (uint16_t)dice(8);

	*low = a < b ? a : b;
	*high = a < b ? b : a;
	if (dice(3) == 0) {
		*low = 0;
		*high = 65535;
	} else if (dice(2) == 0) {
		*high = *low;
	}
}

static uint8_t some_protocol(void)
{
	static const uint8_t protocols[] = { 6, 17, 1, 47 };

	return protocols[dice(4)];
}

static struct netconf_rule some_rule(void)
{
	struct netconf_rule rule = { .action = (uint8_t)dice(2),
				     .from_zone = (uint8_t)(1 + dice(4)),
				     .to_zone = (uint8_t)(1 + dice(4)),
				     .protocol = dice(3) == 0 ? 0 : some_protocol() };

	rule.source_mask = some_mask();
	rule.destination_mask = some_mask();
	rule.source = some_address() & rule.source_mask;
	rule.destination = some_address() & rule.destination_mask;
	some_ports(&rule.source_port_low, &rule.source_port_high);
	some_ports(&rule.destination_port_low, &rule.destination_port_high);
	return rule;
}

static union conn_key some_key(void)
{
	union conn_key key = { .words = { 0, 0 } };

	key.source = some_address();
	key.destination = some_address();
	key.source_port = (uint16_t)dice(9);
	key.destination_port = (uint16_t)dice(9);
	key.protocol = some_protocol();
	key.zone = (uint8_t)(1 + dice(3));
	return key;
}

static void index_make(uint32_t rule_count, uint32_t bucket_count)
{
	struct rule_index_room room = { kinds, heads, next, bucket_count, MANY };
	uint32_t kind_count = rule_index_build(&room, rules, rule_count);

	index_made = (struct rule_index){ rules,      kinds,      heads,       next,
					  rule_count, kind_count, bucket_count };
}

/* As if there were so many rules, or so few, of those kinds. */
static struct rule_index hashed(void)
{
	struct rule_index index = index_made;

	index.rule_count = 2 * index.kind_count;
	return index;
}

static struct rule_index in_turn(void)
{
	struct rule_index index = index_made;

	index.kind_count = index.rule_count;
	return index;
}

/* Of `looks` keys; returns how many matched a rule. */
static unsigned assert_agrees(uint32_t rule_count, unsigned looks)
{
	struct rule_index by_hash = hashed(), one_by_one = in_turn();
	unsigned matched = 0;

	for (unsigned look = 0; look < looks; look++) {
		union conn_key key = some_key();
		uint8_t to_zone = (uint8_t)(1 + dice(3));
		uint32_t meant = linear_find(rules, rule_count, &key, to_zone);

		assert_int_equal(rule_index_find(&index_made, &key, to_zone), meant);
		assert_int_equal(rule_index_find(&by_hash, &key, to_zone), meant);
		assert_int_equal(rule_index_find(&one_by_one, &key, to_zone), meant);
		matched += meant != RULE_INDEX_NONE;
	}
	return matched;
}

static void random_rules_decide_as_one_after_the_other(void **state)
{
	unsigned matched = 0;

	(void)state;
	dice_state = 0x9e3779b97f4a7c15u;
	for (unsigned set = 0; set < SETS; set++) {
		uint32_t rule_count = dice(set % 2 == 0 ? 12 : NETCONF_RULES_MAX + 1);

		for (uint32_t i = 0; i < rule_count; i++)
			rules[i] = some_rule();
		index_make(rule_count, set % 3 == 0 ? 1 : 512);
		matched += assert_agrees(rule_count, LOOKS);
	}
	assert_in_range(matched, SETS * LOOKS / 10, SETS * LOOKS * 9 / 10);
}

static void no_rules_match_nothing(void **state)
{
	union conn_key key = some_key();

	(void)state;
	index_make(0, 512);
	assert_int_equal(index_made.kind_count, 0);
	assert_int_equal(rule_index_find(&index_made, &key, ZONE_WAN), RULE_INDEX_NONE);
}

/* As a list of addresses to be kept out would be: one kind, and chains that stay short. */
static void ten_thousand_addresses_are_one_kind_in_short_chains(void **state)
{
	unsigned longest = 0;

	(void)state;
	for (uint32_t i = 0; i < MANY; i++)
		rules[i] = (struct netconf_rule){ .from_zone = ZONE_ANY,
						  .to_zone = ZONE_ANY,
						  .source = 0x0a000000 + i * 256 + i % 7,
						  .source_mask = 0xffffffff,
						  .source_port_high = 65535,
						  .destination_port_high = 65535 };
	index_make(MANY, 32768);
	assert_int_equal(index_made.kind_count, 1);
	for (unsigned bucket = 0; bucket < 32768; bucket++) {
		unsigned length = 0;

		for (uint32_t node = heads[bucket]; node != 0; node = next[node - 1])
			length++;
		longest = length > longest ? length : longest;
	}
	assert_in_range(longest, 1, 8);
	for (uint32_t i = 0; i < MANY; i++) {
		union conn_key key = { .source = rules[i].source, .protocol = 6, .zone = ZONE_WAN };

		assert_int_equal(rule_index_find(&index_made, &key, ZONE_HOST), i);
	}
}

static void kinds_without_room_are_looked_through_in_turn(void **state)
{
	struct rule_index_room room = { kinds, heads, next, 512, 2 };

	(void)state;
	dice_state = 0x9e3779b97f4a7c15u;
	for (uint32_t i = 0; i < 50; i++)
		rules[i] = some_rule();
	index_made = (struct rule_index){ rules, kinds, heads, next, 50, 0, 512 };
	index_made.kind_count = rule_index_build(&room, rules, 50);
	assert_int_equal(index_made.kind_count, RULE_INDEX_NONE);
	for (unsigned look = 0; look < LOOKS; look++) {
		union conn_key key = some_key();

		assert_int_equal(rule_index_find(&index_made, &key, ZONE_WAN),
				 linear_find(rules, 50, &key, ZONE_WAN));
	}
}

static void rules_with_lists_decide_as_all_that_they_stand_for(void **state)
{
	static const uint32_t hosts = 2500;
	struct world *w = world_new();
	struct rules_decision decision;

	(void)state;
	w->netconf.rule_count = 2;
	w->netconf.rules[0] = world_rule(RULE_DENY, ZONE_LAN, ZONE_WAN);
	w->netconf.rules[0].protocol = 6;
	w->netconf.rules[1] = world_rule(RULE_ALLOW, ZONE_ANY, ZONE_ANY);
	w->lists.rules[0].destination = (struct netconf_span){ 10, hosts };
	w->lists.rules[0].destination_port = (struct netconf_span){ 3, 3 };
	for (uint32_t i = 0; i < hosts; i++)
		w->lists.networks[10 + i] =
			(struct netconf_network){ 0x0a000000 + (i << 8), 0xffffff00 };
	for (uint16_t i = 0; i < 3; i++)
		w->lists.ports[3 + i] =
			(struct netconf_ports){ (uint16_t)(100 * i), (uint16_t)(100 * i + i) };
	assert_null(world_configure(w));
	assert_int_equal(w->fw.rules.count, 7501);
	assert_int_equal(w->fw.rules.kind_count, 3);
	for (uint32_t i = 0; i <= hosts; i++) {
		union conn_key key = { .destination = 0x0a000009 + (i << 8),
				       .destination_port = 202,
				       .protocol = 6,
				       .zone = ZONE_LAN };

		decision = rules_decide(&w->fw.settings, &key, ZONE_WAN);
		assert_int_equal(decision.rule, i < hosts ? 0 : 1);
		assert_int_equal(decision.reason, i < hosts ? DROP_RULE_DENIED : FW_REASON_NONE);
		key.destination_port = 203;
		assert_int_equal(rules_decide(&w->fw.settings, &key, ZONE_WAN).rule, 1);
	}
	world_free(w);
}

/* Each way in which lists can be wrong; what was in force stays. */
static void lists_that_make_no_sense_are_refused(void **state)
{
	struct world *w = world_new();
	struct netconf_rule_lists *of = &w->lists.rules[0];

	(void)state;
	w->netconf.rule_count = 1;
	w->netconf.rules[0] = world_rule(RULE_DENY, ZONE_LAN, ZONE_WAN);
	assert_null(world_configure(w));
	of->source = (struct netconf_span){ NETCONF_NETWORKS_MAX - 1, 2 };
	assert_non_null(world_configure(w));
	of->source = (struct netconf_span){ 65535, 65535 };
	assert_non_null(world_configure(w));
	of->source = (struct netconf_span){ 0, 1 };
	w->lists.networks[0] = (struct netconf_network){ 0x0a000001, 0xff000000 };
	assert_non_null(world_configure(w));
	*of = (struct netconf_rule_lists){ .destination_port = { NETCONF_PORTS_MAX, 1 } };
	assert_non_null(world_configure(w));
	of->destination_port = (struct netconf_span){ 0, 1 };
	w->lists.ports[0] = (struct netconf_ports){ 2, 1 };
	assert_non_null(world_configure(w));
	w->lists.ports[0] = (struct netconf_ports){ 2, 2 };
	of->destination = (struct netconf_span){ 1, 2000 };
	of->destination_port.count = 6;
	assert_non_null(world_configure(w)); /* 12,000 */
	of->destination_port.count = 5;
	w->netconf.rules[0].protocol = 6;
	assert_null(world_configure(w));
	assert_int_equal(w->fw.rules.count, 10000);
	w->lists.networks[1].mask = 0xffffffff;
	assert_non_null(fw_configure(&w->fw, &w->netconf, &w->lists)); /* the checksum */
	assert_int_equal(w->fw.rules.count, 10000);
	world_free(w);
}

static void a_configuration_brings_its_index(void **state)
{
	struct world *w = world_new();
	union conn_key key = { .source = 0x05060708, .protocol = 6, .zone = ZONE_WAN };
	struct rules_decision decision;

	(void)state;
	w->netconf.rule_count = NETCONF_RULES_MAX;
	for (uint32_t i = 0; i < NETCONF_RULES_MAX; i++)
		w->netconf.rules[i] = (struct netconf_rule){ .action = RULE_ALLOW,
							     .from_zone = ZONE_WAN,
							     .to_zone = ZONE_LAN,
							     .source = 0x05060609 + i,
							     .source_mask = 0xffffffff,
							     .source_port_high = 65535,
							     .destination_port_high = 65535,
							     .number = (uint16_t)i };
	assert_null(world_configure(w));
	decision = rules_decide(&w->fw.settings, &key, ZONE_LAN);
	assert_int_equal(decision.rule, 255);
	assert_int_equal(decision.reason, FW_REASON_NONE);
	w->netconf.rule_count = NETCONF_RULES_MAX - 1;
	assert_null(world_configure(w));
	decision = rules_decide(&w->fw.settings, &key, ZONE_LAN);
	assert_int_equal(decision.rule, RULES_DEFAULT);
	assert_int_equal(decision.reason, DROP_DEFAULT_DENIED);
	world_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_rules_decide_as_one_after_the_other),
		cmocka_unit_test(no_rules_match_nothing),
		cmocka_unit_test(ten_thousand_addresses_are_one_kind_in_short_chains),
		cmocka_unit_test(kinds_without_room_are_looked_through_in_turn),
		cmocka_unit_test(rules_with_lists_decide_as_all_that_they_stand_for),
		cmocka_unit_test(lists_that_make_no_sense_are_refused),
		cmocka_unit_test(a_configuration_brings_its_index),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
