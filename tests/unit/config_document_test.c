/* Documents that are taken, and what comes of them: services/config/. */
#include "netstack/firewall/settings.h"
#include "services/config/document.h"
#include "services/config/force.h"
#include "services/proto/recovery.h"
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct compiled compiled;
static const char names[][NAME_BYTES] = { "rs", "port0" };
static const struct service_names services = { names, 2 };
static struct refusal refusal;

static bool compile(const char *text)
{
	return document_compile(text, strlen(text), &services, &compiled, &refusal);
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
	if (!document_factory(&compiled, &refusal))
		fail_msg("%s: %s", refusal.path, refusal.reason);
	assert_int_equal(compiled.net.version, NETCONF_VERSION);
	assert_int_equal(compiled.net.lan.address, 0xc0a80101);
	assert_int_equal(compiled.net.lan.prefix_bits, 24);
	assert_int_equal(compiled.net.wan.address, 0);
	assert_int_equal(compiled.net.wan_mode, WAN_DHCP);
	assert_int_equal(compiled.net.nat, 1);
	assert_int_equal(compiled.net.rule_count, 0);
	for (unsigned port = 0; port < NETQ_PORTS_MAX; port++)
		assert_int_equal(compiled.net.zone[port], port == 1 ? ZONE_WAN : ZONE_LAN);
}

static void what_a_document_leaves_out_is_the_factory_default(void **state)
{
	static struct compiled factory;

	(void)state;
	assert_true(document_factory(&factory, &refusal));
	assert_taken(" {}\n");
	assert_memory_equal(&compiled, &factory, sizeof(compiled));
}

static void addresses_ports_and_nat_are_taken(void **state)
{
	(void)state;
	assert_taken("{\"lan\": {\"address\": \"10.1.2.3/8\"}, \"nat\": false,"
		     " \"wan\": {\"address\": \"203.0.113.2/24\", \"gateway\": \"203.0.113.1\"},"
		     " \"ports\": {\"port0\": \"wan\", \"port1\": \"lan\", \"port3\": \"none\"}}");
	assert_int_equal(compiled.net.lan.address, 0x0a010203);
	assert_int_equal(compiled.net.lan.prefix_bits, 8);
	assert_int_equal(compiled.net.wan.address, 0xcb007102);
	assert_int_equal(compiled.net.gateway, 0xcb007101);
	assert_int_equal(compiled.net.nat, 0);
	assert_int_equal(compiled.net.zone[0], ZONE_WAN);
	assert_int_equal(compiled.net.zone[1], ZONE_LAN);
	assert_int_equal(compiled.net.zone[3], ZONE_NONE);
}

static void the_dhcp_pool_lies_beside_the_lan_address(void **state)
{
	(void)state;
	assert_taken("{}");
	assert_int_equal(compiled.net.dhcp.enabled, 1);
	assert_int_equal(compiled.net.dhcp.first, 0xc0a80164);
	assert_int_equal(compiled.net.dhcp.last, 0xc0a801c7);
	assert_int_equal(compiled.net.dhcp.lease_s, 43200);
	assert_string_equal(compiled.net.dns.domain, "lan");
	assert_taken("{\"lan\": {\"address\": \"10.1.2.3/8\"}}");
	assert_int_equal(compiled.net.dhcp.first, 0x0a010264);
	assert_taken("{\"lan\": {\"address\": \"10.1.2.18/28\"}}");
	assert_int_equal(compiled.net.dhcp.first, 0x0a010211);
	assert_int_equal(compiled.net.dhcp.last, 0x0a01021e);
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
	const struct netconf_reservation *nas = &compiled.net.dhcp.reservations[0];
	assert_int_equal(compiled.net.dhcp.first, 0xc0a8010a);
	assert_int_equal(compiled.net.dhcp.lease_s, 600);
	assert_int_equal(compiled.net.dhcp.reservation_count, 1);
	assert_int_equal(nas->address, 0xc0a80105);
	assert_memory_equal(nas->mac, "\x52\x54\x00\xab\xcd\xef", 6);
	assert_string_equal(nas->name, "nas");
	assert_int_equal(compiled.net.dns.upstream_count, 2);
	assert_int_equal(compiled.net.dns.upstreams[0], 0x09090909);
	assert_string_equal(compiled.net.dns.domain, "home");
}

static void the_gateway_is_asked_for_names_if_nobody_else_is(void **state)
{
	(void)state;
	assert_taken("{\"wan\": {\"address\": \"203.0.113.2/24\", \"gateway\": \"203.0.113.1\"}}");
	assert_int_equal(compiled.net.dns.upstream_count, 1);
	assert_int_equal(compiled.net.dns.upstreams[0], 0xcb007101);
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
	const struct netconf_rule *rules = compiled.net.rules;
	assert_int_equal(compiled.net.rule_count, 3);
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

static void the_provider_gives_the_address_and_the_name_servers(void **state)
{
	(void)state;
	assert_taken("{\"wan\": {\"mode\": \"dhcp\"}}");
	assert_int_equal(compiled.net.wan_mode, WAN_DHCP);
	assert_int_equal(compiled.net.wan.address, 0);
	assert_int_equal(compiled.net.wan_mode, WAN_DHCP);
	assert_int_equal(compiled.net.gateway, 0);
	assert_int_equal(compiled.net.dns.upstream_count, 0);
}

static void forwards_are_taken_and_both_protocols_are_two(void **state)
{
	const struct netconf_forward *forwards = compiled.net.forwards;

	(void)state;
	assert_taken(
		"{\"forwards\": ["
		"{\"protocol\": \"tcp\", \"port\": 8080, \"host\": \"192.168.1.20\","
		" \"host_port\": 80, \"comment\": \"web\"},"
		"{\"protocol\": \"both\", \"port\": \"5000-5010\", \"host\": \"192.168.1.21\"},"
		"{\"protocol\": \"udp\", \"port\": 5000, \"host\": \"192.168.1.22\","
		" \"enabled\": false}]}");
	assert_int_equal(compiled.net.forward_count, 4);
	assert_int_equal(forwards[0].protocol, 6);
	assert_int_equal(forwards[0].port_low, 8080);
	assert_int_equal(forwards[0].port_high, 8080);
	assert_int_equal(forwards[0].inside_low, 80);
	assert_int_equal(forwards[0].address, 0xc0a80114);
	assert_int_equal(forwards[0].enabled, 1);
	assert_int_equal(forwards[1].protocol, 6);
	assert_int_equal(forwards[2].protocol, 17);
	assert_int_equal(forwards[2].port_high, 5010);
	assert_int_equal(forwards[2].inside_low, 5000);
	assert_int_equal(forwards[2].number, 1);
	assert_int_equal(forwards[3].enabled, 0);
	assert_int_equal(forwards[3].number, 2);
}

static void the_appliance_itself_is_taken(void **state)
{
	(void)state;
	assert_taken(
		"{\"hostname\": \"Gate\","
		" \"time\": {\"servers\": [\"192.168.1.9\"], \"zone\": \"CET\","
		" \"utc_offset\": 60},"
		" \"logs\": {\"syslog\": {\"server\": \"192.168.1.5\", \"protocol\": \"tcp\"}},"
		" \"web\": {\"session_timeout\": 600, \"http_redirect\": false,"
		" \"metrics_token\": \"0123456789abcdef\"}}");
	assert_string_equal(compiled.net.hostname, "gate");
	assert_int_equal(compiled.net.time.enabled, 1);
	assert_int_equal(compiled.net.time.server_count, 1);
	assert_string_equal(compiled.net.time.servers[0], "192.168.1.9");
	assert_string_equal(compiled.net.time.servers[1], "");
	assert_string_equal(compiled.net.time.zone, "CET");
	assert_int_equal(compiled.net.time.utc_offset_minutes, 60);
	assert_int_equal(compiled.net.syslog.server, 0xc0a80105);
	assert_int_equal(compiled.net.syslog.port, 601);
	assert_int_equal(compiled.net.syslog.protocol, SYSLOG_TCP);
	assert_int_equal(compiled.net.syslog.level, 2);
	assert_int_equal(compiled.web.session_timeout_s, 600);
	assert_int_equal(compiled.web.http_redirect, 0);
	assert_string_equal(compiled.web.metrics_token, "0123456789abcdef");
}

static void alerts_are_taken(void **state)
{
	const struct alertconf *alerts = &compiled.alerts;

	(void)state;
	assert_taken("{\"alerts\": {\"enabled\": true, \"server\": \"smtp.example.net\","
		     " \"security\": \"starttls\", \"user\": \"me\", \"password\": \"secret\","
		     " \"from\": \"router@example.net\", \"to\": [\"a@b.net\", \"c@d.net\"],"
		     " \"events\": [\"crash\", \"disk\"]}}");
	assert_int_equal(alerts->enabled, 1);
	assert_string_equal(alerts->server, "smtp.example.net");
	assert_int_equal(alerts->security, SMTP_STARTTLS);
	assert_int_equal(alerts->port, 587);
	assert_string_equal(alerts->user, "me");
	assert_string_equal(alerts->password, "secret");
	assert_int_equal(alerts->to_count, 2);
	assert_string_equal(alerts->to[1], "c@d.net");
	assert_int_equal(alerts->interval_s, 300);
	assert_int_equal(alerts->events, ALERTCONF_EVENT_CRASH | ALERTCONF_EVENT_DISK);
	assert_taken("{}");
	assert_int_equal(alerts->enabled, 0);
	assert_int_equal(alerts->events, 0xff);
}

static void recovery_policies_are_taken(void **state)
{
	const struct override *override = &compiled.overrides[0];

	(void)state;
	assert_taken("{\"recovery\": {\"port0\": [\"log\", \"restart:50\", \"give-up:9\"]}}");
	assert_int_equal(compiled.override_count, 1);
	assert_string_equal(override->service, "port0");
	assert_int_equal(override->count, 3);
	assert_int_equal(override->steps[1].step, RECOVERY_RESTART);
	assert_int_equal(override->steps[1].argument, 50);
	assert_int_equal(override->steps[2].argument, 9);
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
	assert_int_equal(compiled.net.rule_count, 256);
	free(text);
}

/* --- In force ------------------------------------------------------------ */

static struct netconf_region region;

static struct force force;

static void region_begin(int byte)
{
	memset(&region, byte, sizeof(region));
	force = force_of_netconf(&region);
}

static void what_is_put_in_force_the_firewall_takes(void **state)
{
	static struct rule_table rules;
	static struct settings settings = { .rules = &rules };

	(void)state;
	region_begin(0xff);
	assert_null(force_current(&force));
	assert_taken("{\"wan\": {\"address\": \"203.0.113.2/24\", \"gateway\": \"203.0.113.1\"},"
		     " \"rules\": [{\"action\": \"allow\", \"from\": \"wan\", \"to\": \"lan\"}]}");
	assert_true(force_put(&force, &compiled.net, &compiled.lists));
	assert_non_null(force_current(&force));
	const char *wrong =
		settings_load(&settings, force_current(&force), &region.lists[region.current]);
	if (wrong != NULL)
		fail_msg("the firewall says: %s", wrong);
	assert_int_equal(settings.serial, 1);
	assert_int_equal(rules.count, 1);
}

static void the_same_again_changes_nothing_and_another_switches(void **state)
{
	(void)state;
	region_begin(0);
	assert_taken("{}");
	assert_true(force_put(&force, &compiled.net, &compiled.lists));
	struct netconf_region before = region;
	assert_taken("{}");
	assert_false(force_put(&force, &compiled.net, &compiled.lists));
	assert_memory_equal(&region, &before, sizeof(region));
	assert_taken("{\"nat\": false}");
	assert_true(force_put(&force, &compiled.net, &compiled.lists));
	assert_int_not_equal(region.current, before.current);
	assert_int_equal(((const struct netconf *)force_current(&force))->serial, 2);
	assert_memory_equal(&region.copies[before.current], &before.copies[before.current],
			    sizeof(struct netconf));
}

static void a_damaged_copy_is_not_in_force_and_is_replaced(void **state)
{
	(void)state;
	region_begin(0);
	assert_taken("{}");
	assert_true(force_put(&force, &compiled.net, &compiled.lists));
	region.copies[region.current].nat ^= 1;
	assert_null(force_current(&force));
	assert_true(force_put(&force, &compiled.net, &compiled.lists));
	assert_non_null(force_current(&force));
}

/* Of the three regions; of a copy every `step`th bit, as the checksum is over all. */
static void flips_are_found(const struct force *of, void *copy, const void *lists, unsigned step)
{
	assert_true(force_put(of, copy, lists));
	uint8_t *bytes = of->copies[*of->current];
	for (size_t bit = 0; bit < 8 * of->bytes; bit += step) {
		bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_null(force_current(of));
		bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	for (unsigned bit = 0; bit < 32; bit++) {
		*of->current ^= 1u << bit;
		assert_null(force_current(of)); /* there is none before it */
		*of->current ^= 1u << bit;
	}
	assert_non_null(force_current(of));
}

static void a_flipped_bit_puts_nothing_else_in_force(void **state)
{
	static struct alertconf_region alerts;
	static struct webconf_region web;
	const struct force of_alerts = force_of_alertconf(&alerts), of_web = force_of_webconf(&web);

	(void)state;
	region_begin(0);
	assert_taken("{}");
	flips_are_found(&force, &compiled.net, &compiled.lists, 97);
	flips_are_found(&of_alerts, &compiled.alerts, NULL, 5);
	flips_are_found(&of_web, &compiled.web, NULL, 1);
}

static void the_copy_before_comes_back_once(void **state)
{
	(void)state;
	region_begin(0);
	assert_false(force_return(&force)); /* none at all */
	assert_taken("{}");
	assert_true(force_put(&force, &compiled.net, &compiled.lists));
	assert_false(force_return(&force)); /* none before it */
	compiled.net.nat ^= 1;
	assert_true(force_put(&force, &compiled.net, &compiled.lists));
	assert_int_equal(((const struct netconf *)force_current(&force))->serial, 2);
	region.copies[1 - region.current].gateway ^= 1;
	assert_false(force_return(&force)); /* damaged */
	region.copies[1 - region.current].gateway ^= 1;
	assert_true(force_return(&force));
	assert_int_equal(((const struct netconf *)force_current(&force))->serial, 1);
	assert_false(force_return(&force)); /* the other one is the newer */
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
		cmocka_unit_test(the_provider_gives_the_address_and_the_name_servers),
		cmocka_unit_test(forwards_are_taken_and_both_protocols_are_two),
		cmocka_unit_test(the_appliance_itself_is_taken),
		cmocka_unit_test(alerts_are_taken),
		cmocka_unit_test(recovery_policies_are_taken),
		cmocka_unit_test(the_largest_document_is_taken),
		cmocka_unit_test(what_is_put_in_force_the_firewall_takes),
		cmocka_unit_test(the_same_again_changes_nothing_and_another_switches),
		cmocka_unit_test(a_damaged_copy_is_not_in_force_and_is_replaced),
		cmocka_unit_test(a_flipped_bit_puts_nothing_else_in_force),
		cmocka_unit_test(the_copy_before_comes_back_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
