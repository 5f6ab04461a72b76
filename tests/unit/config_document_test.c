/* Documents that are taken, and what comes of them: services/config/. */
#include "netstack/firewall/settings.h"
#include "services/config/document.h"
#include "services/config/force.h"
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct netconf netconf;
static struct refusal refusal;

static bool compile(const char *text)
{
	return document_compile(text, strlen(text), &netconf, &refusal);
}

static void assert_taken(const char *text)
{
	if (!compile(text))
		fail_msg("%s\n is refused: %s: %s", text, refusal.path, refusal.reason);
}

/* `count` times `piece` between `head` and `tail`; to be freed. */
static char *repeated(const char *head, const char *piece, unsigned count, const char *tail)
{
	size_t bytes = strlen(head) + strlen(piece) * count + strlen(tail) + 1;
	char *text = malloc(bytes), *at = text;

	at += sprintf(at, "%s", head);
	for (unsigned i = 0; i < count; i++)
		at += sprintf(at, "%s", piece);
	sprintf(at, "%s", tail);
	return text;
}

/* --- Good documents ------------------------------------------------------ */

static void the_factory_default_is_the_design(void **state)
{
	(void)state;
	refusal = (struct refusal){ 0 };
	if (!document_factory(&netconf, &refusal))
		fail_msg("%s: %s", refusal.path, refusal.reason);
	assert_int_equal(netconf.version, NETCONF_VERSION);
	assert_int_equal(netconf.lan.address, 0xc0a80101);
	assert_int_equal(netconf.lan.prefix_bits, 24);
	assert_int_equal(netconf.wan.address, 0);
	assert_int_equal(netconf.nat, 1);
	assert_int_equal(netconf.rule_count, 0);
	for (unsigned port = 0; port < NETQ_PORTS_MAX; port++)
		assert_int_equal(netconf.zone[port], port == 1 ? ZONE_WAN : ZONE_LAN);
}

static void what_a_document_leaves_out_is_the_factory_default(void **state)
{
	struct netconf factory;

	(void)state;
	assert_true(document_factory(&factory, &refusal));
	assert_taken(" {}\n");
	assert_memory_equal(&netconf, &factory, sizeof(netconf));
}

static void addresses_ports_and_nat_are_taken(void **state)
{
	(void)state;
	assert_taken("{\"lan\": {\"address\": \"10.1.2.3/8\"}, \"nat\": false,"
		     " \"wan\": {\"address\": \"203.0.113.2/24\", \"gateway\": \"203.0.113.1\"},"
		     " \"ports\": {\"port0\": \"wan\", \"port1\": \"lan\", \"port3\": \"none\"}}");
	assert_int_equal(netconf.lan.address, 0x0a010203);
	assert_int_equal(netconf.lan.prefix_bits, 8);
	assert_int_equal(netconf.wan.address, 0xcb007102);
	assert_int_equal(netconf.gateway, 0xcb007101);
	assert_int_equal(netconf.nat, 0);
	assert_int_equal(netconf.zone[0], ZONE_WAN);
	assert_int_equal(netconf.zone[1], ZONE_LAN);
	assert_int_equal(netconf.zone[3], ZONE_NONE);
}

static void the_dhcp_pool_lies_beside_the_lan_address(void **state)
{
	(void)state;
	assert_taken("{}");
	assert_int_equal(netconf.dhcp.enabled, 1);
	assert_int_equal(netconf.dhcp.first, 0xc0a80164);
	assert_int_equal(netconf.dhcp.last, 0xc0a801c7);
	assert_int_equal(netconf.dhcp.lease_s, 43200);
	assert_string_equal(netconf.dns.domain, "lan");
	assert_taken("{\"lan\": {\"address\": \"10.1.2.3/8\"}}");
	assert_int_equal(netconf.dhcp.first, 0x0a010264);
	assert_taken("{\"lan\": {\"address\": \"10.1.2.18/28\"}}");
	assert_int_equal(netconf.dhcp.first, 0x0a010211);
	assert_int_equal(netconf.dhcp.last, 0x0a01021e);
}

static void reservations_and_upstreams_are_taken(void **state)
{
	(void)state;
	assert_taken("{\"lan\": {\"address\": \"192.168.1.1/24\", \"dhcp\": {\"first\": "
		     "\"192.168.1.10\","
		     " \"last\": \"192.168.1.19\", \"lease_time\": 600, \"reservations\": ["
		     "{\"mac\": \"52:54:00:aB:cd:ef\", \"address\": \"192.168.1.5\", \"name\": "
		     "\"NAS\"}]}},"
		     " \"dns\": {\"upstreams\": [\"9.9.9.9\", \"149.112.112.112\"], \"domain\": "
		     "\"home\"}}");
	const struct netconf_reservation *nas = &netconf.dhcp.reservations[0];
	assert_int_equal(netconf.dhcp.first, 0xc0a8010a);
	assert_int_equal(netconf.dhcp.lease_s, 600);
	assert_int_equal(netconf.dhcp.reservation_count, 1);
	assert_int_equal(nas->address, 0xc0a80105);
	assert_memory_equal(nas->mac, "\x52\x54\x00\xab\xcd\xef", 6);
	assert_string_equal(nas->name, "nas");
	assert_int_equal(netconf.dns.upstream_count, 2);
	assert_int_equal(netconf.dns.upstreams[0], 0x09090909);
	assert_string_equal(netconf.dns.domain, "home");
}

static void the_gateway_is_asked_for_names_if_nobody_else_is(void **state)
{
	(void)state;
	assert_taken("{\"wan\": {\"address\": \"203.0.113.2/24\", \"gateway\": \"203.0.113.1\"}}");
	assert_int_equal(netconf.dns.upstream_count, 1);
	assert_int_equal(netconf.dns.upstreams[0], 0xcb007101);
}

static void rules_are_taken_in_order(void **state)
{
	(void)state;
	assert_taken("{\"rules\": ["
		     "{\"action\": \"deny\", \"from\": \"lan\", \"to\": \"wan\","
		     " \"protocol\": \"udp\", \"destination_port\": 5353},"
		     "{\"action\": \"allow\", \"from\": \"wan\", \"to\": \"host\","
		     " \"protocol\": \"tcp\", \"source\": \"198.51.100.0/24\","
		     " \"destination\": \"203.0.113.2\", \"source_port\": \"1024-65535\","
		     " \"comment\": \"remote \\u00e4dministration\"},"
		     "{\"action\": \"allow\", \"protocol\": 47}]}");
	const struct netconf_rule *rules = netconf.rules;
	assert_int_equal(netconf.rule_count, 3);
	assert_int_equal(rules[0].action, RULE_DENY);
	assert_int_equal(rules[0].from_zone, ZONE_LAN);
	assert_int_equal(rules[0].to_zone, ZONE_WAN);
	assert_int_equal(rules[0].protocol, 17);
	assert_int_equal(rules[0].source_port_high, 65535);
	assert_int_equal(rules[0].destination_port_low, 5353);
	assert_int_equal(rules[0].destination_port_high, 5353);
	assert_int_equal(rules[1].action, RULE_ALLOW);
	assert_int_equal(rules[1].to_zone, ZONE_HOST);
	assert_int_equal(rules[1].source, 0xc6336400);
	assert_int_equal(rules[1].source_mask, 0xffffff00);
	assert_int_equal(rules[1].destination_mask, 0xffffffff);
	assert_int_equal(rules[1].source_port_low, 1024);
	assert_int_equal(rules[1].number, 1);
	assert_int_equal(rules[2].protocol, 47);
	assert_int_equal(rules[2].from_zone, ZONE_ANY);
	assert_int_equal(rules[2].source_mask, 0);
}

static void the_largest_document_is_taken(void **state)
{
	const char *rule = "{\"action\": \"deny\", \"from\": \"lan\", \"to\": \"wan\", "
			   "\"protocol\": \"tcp\", \"source\": \"192.168.1.0/24\", \"destination\":"
			   " \"198.51.100.0/24\", \"source_port\": \"1-5\", "
			   "\"destination_port\": 80, \"comment\": \"x\"},";
	char *text = repeated("{\"rules\": [", rule, 255, "{\"action\": \"allow\"}]}");

	(void)state;
	assert_taken(text);
	assert_int_equal(netconf.rule_count, 256);
	free(text);
}

/* --- In force ------------------------------------------------------------ */

static struct netconf_region region;

static void what_is_put_in_force_the_firewall_takes(void **state)
{
	static struct settings settings;

	(void)state;
	memset(&region, 0xff, sizeof(region));
	assert_null(force_current(&region));
	assert_taken("{\"wan\": {\"address\": \"203.0.113.2/24\", \"gateway\": \"203.0.113.1\"},"
		     " \"rules\": [{\"action\": \"allow\", \"from\": \"wan\", \"to\": \"lan\"}]}");
	assert_true(force_put(&region, &netconf));
	assert_non_null(force_current(&region));
	const char *wrong = settings_load(&settings, force_current(&region));
	if (wrong != NULL)
		fail_msg("the firewall says: %s", wrong);
	assert_int_equal(settings.serial, 1);
	assert_int_equal(settings.rule_count, 1);
}

static void the_same_again_changes_nothing_and_another_switches(void **state)
{
	(void)state;
	memset(&region, 0, sizeof(region));
	assert_taken("{}");
	assert_true(force_put(&region, &netconf));
	struct netconf_region before = region;
	assert_taken("{}");
	assert_false(force_put(&region, &netconf));
	assert_memory_equal(&region, &before, sizeof(region));
	assert_taken("{\"nat\": false}");
	assert_true(force_put(&region, &netconf));
	assert_int_not_equal(region.current, before.current);
	assert_int_equal(force_current(&region)->serial, 2);
	assert_memory_equal(&region.copies[before.current], &before.copies[before.current],
			    sizeof(struct netconf));
}

static void a_damaged_copy_is_not_in_force_and_is_replaced(void **state)
{
	(void)state;
	memset(&region, 0, sizeof(region));
	assert_taken("{}");
	assert_true(force_put(&region, &netconf));
	region.copies[region.current].nat ^= 1;
	assert_null(force_current(&region));
	assert_true(force_put(&region, &netconf));
	assert_non_null(force_current(&region));
}

static void the_copy_before_comes_back_once(void **state)
{
	(void)state;
	memset(&region, 0, sizeof(region));
	assert_false(force_return(&region)); /* none at all */
	assert_taken("{}");
	assert_true(force_put(&region, &netconf));
	assert_false(force_return(&region)); /* none before it */
	netconf.nat ^= 1;
	assert_true(force_put(&region, &netconf));
	assert_int_equal(force_current(&region)->serial, 2);
	region.copies[1 - region.current].gateway ^= 1;
	assert_false(force_return(&region)); /* damaged */
	region.copies[1 - region.current].gateway ^= 1;
	assert_true(force_return(&region));
	assert_int_equal(force_current(&region)->serial, 1);
	assert_false(force_return(&region)); /* the other one is the newer */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_factory_default_is_the_design),
		cmocka_unit_test(what_a_document_leaves_out_is_the_factory_default),
		cmocka_unit_test(addresses_ports_and_nat_are_taken),
		cmocka_unit_test(the_dhcp_pool_lies_beside_the_lan_address),
		cmocka_unit_test(reservations_and_upstreams_are_taken),
		cmocka_unit_test(the_gateway_is_asked_for_names_if_nobody_else_is),
		cmocka_unit_test(rules_are_taken_in_order),
		cmocka_unit_test(the_largest_document_is_taken),
		cmocka_unit_test(what_is_put_in_force_the_firewall_takes),
		cmocka_unit_test(the_same_again_changes_nothing_and_another_switches),
		cmocka_unit_test(a_damaged_copy_is_not_in_force_and_is_replaced),
		cmocka_unit_test(the_copy_before_comes_back_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
