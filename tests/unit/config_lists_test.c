/* Rules with lists: what they stand for, how many there may be, and both in force. */
#include "netstack/firewall/settings.h"
#include "services/config/document.h"
#include "services/config/force.h"
#include "services/runtime/rule_lists.h"
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct compiled compiled;
static struct refusal refusal;

static bool compile(const char *text)
{
	static const struct service_names none = { 0 };

	return document_compile(text, strlen(text), &none, &compiled, &refusal);
}

static void assert_taken(const char *text)
{
	if (!compile(text))
		fail_msg("%s\n is refused: %s: %s", text, refusal.path, refusal.reason);
}

static struct netconf_rule taken(unsigned rule, uint32_t which)
{
	return rule_lists_take(&compiled.lists, &compiled.lists.rules[rule],
			       &compiled.net.rules[rule], which);
}

static void a_rule_with_lists_stands_for_one_of_each_combination(void **state)
{
	(void)state;
	assert_taken(
		"{\"rules\": [{\"action\": \"deny\", \"protocol\": \"tcp\","
		" \"source\": [\"10.0.0.0/8\", \"192.0.2.7\"], \"destination\": \"198.51.100.1\","
		" \"destination_port\": [22, \"80-81\", 443]},"
		" {\"action\": \"allow\", \"destination\": [\"203.0.113.9\"]}]}");
	assert_int_equal(compiled.net.rule_count, 2);
	assert_int_equal(compiled.net.rules[0].matches, 6);
	assert_int_equal(compiled.net.rules[1].matches, 1);
	assert_int_equal(compiled.net.rules[0].source, 0x0a000000);
	for (uint32_t i = 0; i < 6; i++) {
		static const uint16_t lows[] = { 22, 80, 443 }, highs[] = { 22, 81, 443 };
		struct netconf_rule rule = taken(0, i);

		assert_int_equal(rule.source, i < 3 ? 0x0a000000 : 0xc0000207);
		assert_int_equal(rule.source_mask, i < 3 ? 0xff000000 : 0xffffffff);
		assert_int_equal(rule.destination, 0xc6336401);
		assert_int_equal(rule.source_port_high, 65535);
		assert_int_equal(rule.destination_port_low, lows[i % 3]);
		assert_int_equal(rule.destination_port_high, highs[i % 3]);
	}
	assert_int_equal(taken(1, 0).destination, 0xcb007109);
}

/* "10.0.0.1", "10.0.0.2" and so on, as a list; to be freed. */
static char *addresses(unsigned count)
{
	char *text = malloc(20u * count + 2), *at = text;

	for (unsigned i = 0; i < count; i++)
		at += sprintf(at, "%c\"10.%u.%u.7\"", i == 0 ? '[' : ',', i >> 8, i & 255);
	sprintf(at, "]");
	return text;
}

static char *rules_of(unsigned sources, const char *ports, const char *more)
{
	char *list = addresses(sources), *text = malloc(strlen(list) + 300);

	sprintf(text,
		"{\"rules\": [{\"action\": \"deny\", \"protocol\": \"tcp\", \"source\": %s, "
		"\"destination_port\": %s}%s]}",
		list, ports, more);
	free(list);
	return text;
}

static void ten_thousand_rules_are_taken_and_one_more_is_refused(void **state)
{
	char *most = rules_of(2500, "[1, 2, 3, 4]", "");
	char *more = rules_of(2500, "[1, 2, 3, 4]", ", {\"action\": \"allow\"}");

	(void)state;
	assert_taken(most);
	assert_int_equal(compiled.net.rules[0].matches, 10000);
	assert_int_equal(taken(0, 9999).source, 0x0a09c307);
	assert_int_equal(taken(0, 9999).destination_port_low, 4);
	assert_false(compile(more));
	assert_string_equal(refusal.path, "/rules/1");
	assert_string_equal(refusal.reason, "its lists make 1 rules of it, 10001 with those before "
					    "it, and there is room for 10000");
	free(most);
	free(more);
}

static void lists_that_would_take_too_long_to_look_through_are_refused(void **state)
{
	char text[3000] = "{\"rules\": [{\"action\": \"deny\", \"source\": [\"0.0.0.0/1\"";
	char *at = text + strlen(text);

	(void)state;
	for (unsigned bits = 2; bits <= 17; bits++)
		at += sprintf(at, ",\"0.0.0.0/%u\"", bits);
	at += sprintf(at, "],\"destination\":[\"0.0.0.0/1\"");
	for (unsigned bits = 2; bits <= 16; bits++)
		at += sprintf(at, ",\"0.0.0.0/%u\"", bits);
	sprintf(at, "]}]}");
	assert_false(compile(text));
	assert_string_equal(refusal.path, "/rules/0");
	assert_string_equal(refusal.reason,
			    "lengths of networks come in more than 256 combinations with it");
}

static void lists_are_in_force_with_their_copy(void **state)
{
	static struct rule_table rules;
	static struct settings settings = { .rules = &rules };
	static struct netconf_region region;
	const struct force force = force_of_netconf(&region);
	char *text = rules_of(2500, "[1, 2, 3, 4]", "");
	const struct netconf_lists *lists;

	(void)state;
	assert_taken(
		"{\"rules\": [{\"action\": \"deny\", \"source\": [\"10.0.0.1\", \"10.0.0.2\"]}]}");
	assert_true(force_put(&force, &compiled.net, &compiled.lists));
	assert_false(force_put(&force, &compiled.net, &compiled.lists));
	assert_taken(
		"{\"rules\": [{\"action\": \"deny\", \"source\": [\"10.0.0.1\", \"10.0.0.3\"]}]}");
	assert_true(
		force_put(&force, &compiled.net, &compiled.lists)); /* but for a list the same */
	assert_taken(text);
	assert_true(force_put(&force, &compiled.net, &compiled.lists));
	lists = &region.lists[region.current];
	assert_null(settings_load(&settings, force_current(&force), lists));
	assert_int_equal(rules.count, 10000);
	region.lists[region.current].networks[2499].address ^= 1;
	assert_non_null(settings_load(&settings, &region.copies[region.current], lists));
	assert_null(force_current(&force));
	assert_int_equal(rules.count, 10000);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_rule_with_lists_stands_for_one_of_each_combination),
		cmocka_unit_test(ten_thousand_rules_are_taken_and_one_more_is_refused),
		cmocka_unit_test(lists_that_would_take_too_long_to_look_through_are_refused),
		cmocka_unit_test(lists_are_in_force_with_their_copy),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
