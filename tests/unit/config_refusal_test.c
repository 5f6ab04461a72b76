/* Documents that are refused, with path and reason: services/config/. */
#include "services/config/document.h"
#include "services/config/nearest.h"
#include "services/config/scan.h"
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct compiled compiled;
static const char names[][NAME_BYTES] = { "rs", "ds", "", "port0", "inet", "dnsd" };
static const struct service_names services = { names, 6 };
static struct refusal refusal;

static bool compile(const char *text)
{
	return document_compile(text, strlen(text), &services, &compiled, &refusal);
}

struct mistake {
	const char *document, *path, *reason;
};

#define NOT_JSON   "this is not JSON: a quote, comma, colon or bracket is missing or out of place"
#define NOT_ON_LAN "is not an address of a device in the LAN's network (lan.address)"

static const struct mistake syntax_mistakes[] = {
	{ "", "line 1, column 1", NOT_JSON },
	{ " \n ", "line 2, column 1", NOT_JSON },
	{ "{\"lan\": ", "line 1, column 8", NOT_JSON },
	{ "{\n  \"nat\" true\n}", "line 2, column 9", NOT_JSON },
	{ "{\"nat\": true,}", "line 1, column 14", NOT_JSON },
	{ "{} {}", "line 1, column 4", "more follows behind the end of the configuration" },
	{ "{}]", "line 1, column 3", "this bracket was never opened" },
	{ "{} x", "line 1, column 4",
	  "this word is neither true nor false; texts stand in double quotes" },
	{ "{\"nat\": yes}", "line 1, column 9",
	  "this word is neither true nor false; texts stand in double quotes" },
	{ "{'nat': true}", "line 1, column 2",
	  "this character has no place here; texts stand in double quotes" },
	{ "{\"nat\": \x01true}", "line 1, column 9",
	  "this character has no place here; texts stand in double quotes" },
	{ "{\"nat\": 01}", "line 1, column 10", "a number may not begin with 0" },
	{ "{\"nat\": 1.}", "line 1, column 11", "digits are missing behind the point" },
	{ "{\"nat\": 1e}", "line 1, column 11", "the exponent is missing" },
	{ "{\"nat\": -}", "line 1, column 10", "this is not a number" },
	{ "{\"nat", "line 1, column 2", "this text has no end" },
	{ "{\"n\nat\": 1}", "line 1, column 4", "a control character stands in a text" },
	{ "{\"nat\\u0000\": true}", "line 1, column 7", "a text may not contain \\u0000" },
	{ "{\"lan\": {\"address\": \"1\\q\"}}", "line 1, column 23", NOT_JSON },
	{ "[[[[[[[[[1]]]]]]]]]", "line 1, column 9", "nested too deeply" },
};

static const struct mistake schema_mistakes[] = {
	{ "[]", "", "has to be a group of settings in { }" },
	{ "null", "", "has to be a group of settings in { }" },
	{ "{\"lan\": {\"adress\": \"192.168.1.1/24\"}}", "/lan/adress",
	  "there is no setting of this name; is 'address' meant?" },
	{ "{\"LAN\": {}}", "/LAN", "there is no setting of this name" },
	{ "{\"rule\": []}", "/rule", "there is no setting of this name; is 'rules' meant?" },
	{ "{\"something else\": 1}", "/something else", "there is no setting of this name" },
	{ "{\"a\\nb\\\"\": 1}", "/a?b?", "there is no setting of this name" },
	{ "{\"nat\": true, \"nat\": false}", "/nat", "stands here twice" },
	{ "{\"nat\": \"yes\"}", "/nat", "has to be true or false" },
	{ "{\"nat\": null}", "/nat", "has to be true or false" },
	{ "{\"lan\": \"192.168.1.1/24\"}", "/lan", "has to be a group of settings in { }" },
	{ "{\"lan\": {}}", "/lan/address", "is missing" },
	{ "{\"lan\": {\"address\": 5}}", "/lan/address", "has to be a text in quotes" },
	{ "{\"rules\": {}}", "/rules", "has to be a list in [ ]" },
	{ "{\"rules\": [7]}", "/rules/0", "has to be a group of settings in { }" },
	{ "{\"rules\": [{\"action\": \"allow\"}, {}]}", "/rules/1/action", "is missing" },
	{ "{\"rules\": [{\"action\": \"drop\"}]}", "/rules/0/action",
	  "'drop' is none of 'allow', 'deny'" },
	{ "{\"rules\": [{\"action\": \"allow\", \"from\": \"dmz\"}]}", "/rules/0/from",
	  "'dmz' is none of 'any', 'lan', 'wan', 'host'" },
	{ "{\"rules\": [{\"action\": \"allow\", \"protocol\": \"sctp\"}]}", "/rules/0/protocol",
	  "'sctp' is none of 'any', 'tcp', 'udp', 'icmp'" },
	{ "{\"rules\": [{\"action\": \"allow\", \"protocol\": 256}]}", "/rules/0/protocol",
	  "has to be from 1 to 255" },
	{ "{\"rules\": [{\"action\": \"allow\", \"protocol\": 1e999}]}", "/rules/0/protocol",
	  "has to be from 1 to 255" },
	{ "{\"rules\": [{\"action\": \"allow\", \"protocol\": 6.5}]}", "/rules/0/protocol",
	  "has to be a whole number" },
	{ "{\"rules\": [{\"action\": \"allow\", \"protocol\": true}]}", "/rules/0/protocol",
	  "has to be a number or a text in quotes" },
	{ "{\"ports\": {\"port6\": \"lan\"}}", "/ports/port6",
	  "there is no setting of this name; is 'port0' meant?" },
	{ "{\"ports\": {\"port2\": \"dmz\"}}", "/ports/port2",
	  "'dmz' is none of 'lan', 'wan', 'none'" },
};

#define FORWARD(members) "{\"forwards\": [{\"protocol\": \"tcp\", " members "}]}"
#define WEB_HOST(port)   "\"port\": " port ", \"host\": \"192.168.1.20\""
#define ALERTS(members)  "{\"alerts\": {" members "}}"
#define RECOVERY(steps)  "{\"recovery\": {\"port0\": " steps "}}"

static const struct mistake service_mistakes[] = {
	{ "{\"wan\": {\"gateway\": \"1.2.3.4\"}}", "/wan/address",
	  "is missing, as 'mode' is static" },
	{ "{\"wan\": {\"mode\": \"dhcp\", \"address\": \"203.0.113.2/24\"}}", "/wan/address",
	  "comes from the provider, as 'mode' is dhcp" },
	{ "{\"wan\": {\"mode\": \"dhcp\", \"gateway\": \"203.0.113.2\"}}", "/wan/gateway",
	  "comes from the provider, as 'mode' is dhcp" },
	{ "{\"wan\": {\"mode\": \"pppoe\"}}", "/wan/mode", "'pppoe' is none of 'static', 'dhcp'" },
	{ "{\"hostname\": \"my.router\"}", "/hostname",
	  "'my.router' is no name: letters, digits and hyphens only" },
	{ FORWARD("\"port\": 80"), "/forwards/0/host", "is missing" },
	{ FORWARD(WEB_HOST("0")), "/forwards/0/port", "has to be from 1 to 65535" },
	{ FORWARD(WEB_HOST("\"0-5\"")), "/forwards/0/port", "there is no port 0" },
	{ FORWARD(WEB_HOST("\"80-90\"") ", \"host_port\": 65530"), "/forwards/0/host_port",
	  "the range would end beyond port 65535" },
	{ FORWARD("\"port\": 80, \"host\": \"10.0.0.1\""), "/forwards/0/host", NOT_ON_LAN },
	{ FORWARD("\"port\": 80, \"host\": \"192.168.1.1\""), "/forwards/0/host",
	  "is the appliance itself; what it offers is opened by a rule to 'host'" },
	{ FORWARD(WEB_HOST("\"80-90\"") "}, {\"protocol\": \"both\", " WEB_HOST("90")),
	  "/forwards/1/port", "the port forward /forwards/0 has a port of these already" },
	{ "{\"time\": {\"servers\": [\"1.2.3\"]}}", "/time/servers/0",
	  "'1.2.3' is neither an address such as 192.168.1.1 nor a name such as "
	  "ntp.example.net" },
	{ "{\"time\": {\"servers\": [\"a\", \"b\", \"c\", \"d\", \"e\"]}}", "/time/servers",
	  "has more than 4 entries" },
	{ "{\"time\": {\"utc_offset\": 900}}", "/time/utc_offset", "has to be from -720 to 840" },
	{ "{\"logs\": {\"syslog\": {}}}", "/logs/syslog/server", "is missing" },
	{ "{\"logs\": {\"syslog\": {\"server\": \"192.168.1.1\"}}}", "/logs/syslog/server",
	  "is the appliance itself" },
	{ ALERTS("\"enabled\": true"), "/alerts/server", "is missing, as 'enabled' is true" },
	{ ALERTS("\"enabled\": true, \"server\": \"mail\", \"from\": \"a@b.net\""), "/alerts/to",
	  "names nobody, but 'enabled' is true" },
	{ ALERTS("\"password\": \"secret\""), "/alerts/user",
	  "is missing, as there is a 'password'" },
	{ ALERTS("\"password\": \"se\\u0009cret\""), "/alerts/password",
	  "has a character that cannot be printed" },
	{ ALERTS("\"user\": \"me\", \"security\": \"none\""), "/alerts/security",
	  "would send the password in the clear; use tls or starttls" },
	{ ALERTS("\"from\": \"owner\""), "/alerts/from",
	  "'owner' is no mail address such as owner@example.net" },
	{ ALERTS("\"to\": [\"a@b.net\", \"a@\"]"), "/alerts/to/1",
	  "'a@' is no mail address such as owner@example.net" },
	{ ALERTS("\"events\": [\"fire\"]"), "/alerts/events/0",
	  "'fire' is none of 'crash', 'give-up', 'recovered', 'reboot', 'wan', 'login', "
	  "'configuration', 'disk'" },
	{ ALERTS("\"interval\": 1"), "/alerts/interval", "has to be from 10 to 86400" },
	{ "{\"web\": {\"metrics_token\": \"short\"}}", "/web/metrics_token",
	  "is too short to be a secret: 16 characters at least" },
	{ "{\"web\": {\"metrics_token\": \"sixteen letters \"}}", "/web/metrics_token",
	  "has a character that is none of letters, digits and -._~+/=" },
	{ "{\"web\": {\"session_timeout\": 5}}", "/web/session_timeout",
	  "has to be from 60 to 86400" },
	{ RECOVERY("[\"log\", \"restat:1000\"]"), "/recovery/port0/1",
	  "'restat:1000' is no step such as log or restart:1000" },
	{ RECOVERY("[\"restart:x\"]"), "/recovery/port0/0",
	  "'restart:x' is no step such as log or restart:1000" },
	{ RECOVERY("[]"), "/recovery/port0", "has no step; leave it out for what is usual" },
	{ RECOVERY("\"log\""), "/recovery/port0", "has to be a list in [ ]" },
	{ RECOVERY("[], \"port0\": []"), "/recovery/port0", "stands here twice" },
	{ "{\"recovery\": {\"port1\": [\"log\"]}}", "/recovery/port1",
	  "there is no such service; is 'port0' meant?" },
	{ "{\"recovery\": {\"something\": [\"log\"]}}", "/recovery/something",
	  "there is no such service" },
	{ "{\"recovery\": {\"rs\": [\"log\"]}}", "/recovery/rs",
	  "cannot be changed: the kernel itself restarts rs" },
};

#define DHCP(members) "{\"lan\": {\"address\": \"192.168.1.1/24\", \"dhcp\": {" members "}}}"
#define STATION(text) "\"mac\": \"52:54:00:00:00:01\", \"address\": \"" text "\""

static const struct mistake value_mistakes[] = {
	{ DHCP("\"first\": \"192.168.2.9\""), "/lan/dhcp/first", "192.168.2.9 " NOT_ON_LAN },
	{ DHCP("\"last\": \"192.168.1.255\""), "/lan/dhcp/last", "192.168.1.255 " NOT_ON_LAN },
	{ DHCP("\"first\": \"192.168.1.20\", \"last\": \"192.168.1.10\""), "/lan/dhcp/last",
	  "192.168.1.10 is before the pool's first address" },
	{ DHCP("\"first\": \"192.168.1.2\""), "/lan/dhcp/last",
	  "192.168.1.199 is too far from the pool's first address: 128 at most" },
	{ DHCP("\"lease_time\": 60"), "/lan/dhcp/lease_time", "has to be from 120 to 604800" },
	{ DHCP("\"reservations\": [{" STATION("10.0.0.1") "}]"), "/lan/dhcp/reservations/0/address",
	  NOT_ON_LAN },
	{ DHCP("\"reservations\": [{" STATION("192.168.1.5") "}, {" STATION("192.168.1.6") "}]"),
	  "/lan/dhcp/reservations/1/mac", "has a reservation before this one" },
	{ DHCP("\"reservations\": [{\"mac\": \"5254\", \"address\": \"192.168.1.5\"}]"),
	  "/lan/dhcp/reservations/0/mac", "'5254' is no MAC address such as 52:54:00:12:34:56" },
	{ "{\"dns\": {\"upstreams\": [\"192.168.1.1\"]}}", "/dns/upstreams/0",
	  "is the appliance itself, which would ask in a circle" },
	{ "{\"dns\": {\"domain\": \"a.b\"}}", "/dns/domain",
	  "'a.b' is no name: letters, digits and hyphens only" },
	{ "{\"lan\": {\"address\": \"192.168.1.256/24\"}}", "/lan/address",
	  "'192.168.1.256/24' has a number over 255 in its address" },
	{ "{\"lan\": {\"address\": \"192.168.1.1\"}}", "/lan/address",
	  "'192.168.1.1' needs the network's length, such as /24" },
	{ "{\"lan\": {\"address\": \"192.168.1.1/33\"}}", "/lan/address",
	  "'192.168.1.1/33' has a network's length over /32" },
	{ "{\"lan\": {\"address\": \"192.168.1.1/31\"}}", "/lan/address",
	  "'192.168.1.1/31' has a network's length that is not /1 to /30" },
	{ "{\"lan\": {\"address\": \"192.168.1.1/0\"}}", "/lan/address",
	  "'192.168.1.1/0' has a network's length that is not /1 to /30" },
	{ "{\"lan\": {\"address\": \"192.168.1.0/24\"}}", "/lan/address",
	  "'192.168.1.0/24' is the first or the last address of its network, which no device can "
	  "have" },
	{ "{\"lan\": {\"address\": \"192.168.1.255/24\"}}", "/lan/address",
	  "'192.168.1.255/24' is the first or the last address of its network, which no device can "
	  "have" },
	{ "{\"lan\": {\"address\": \"127.0.0.1/8\"}}", "/lan/address",
	  "'127.0.0.1/8' is not an address that a device can have" },
	{ "{\"lan\": {\"address\": \"239.0.0.1/8\"}}", "/lan/address",
	  "'239.0.0.1/8' is not an address that a device can have" },
	{ "{\"lan\": {\"address\": \"192.168.01.1/24\"}}", "/lan/address",
	  "'192.168.01.1/24' is no IPv4 address such as 192.168.1.1" },
	{ "{\"lan\": {\"address\": \"192.168.1/24\"}}", "/lan/address",
	  "'192.168.1/24' is no IPv4 address such as 192.168.1.1" },
	{ "{\"lan\": {\"address\": \"192.168.1.1/24 \"}}", "/lan/address",
	  "'192.168.1.1/24 ' has more behind the network's length" },
	{ "{\"lan\": {\"address\": \"\"}}", "/lan/address",
	  "'' is no IPv4 address such as 192.168.1.1" },
	{ "{\"wan\": {\"address\": \"192.168.1.77/28\"}}", "/wan/address",
	  "its network overlaps the LAN's (lan.address)" },
	{ "{\"wan\": {\"address\": \"192.0.0.77/3\"}}", "/wan/address",
	  "its network overlaps the LAN's (lan.address)" },
	{ "{\"wan\": {\"address\": \"203.0.113.2/24\", \"gateway\": \"198.51.100.1\"}}",
	  "/wan/gateway",
	  "is not an address of another device in the WAN's network (wan.address)" },
	{ "{\"wan\": {\"address\": \"203.0.113.2/24\", \"gateway\": \"203.0.113.255\"}}",
	  "/wan/gateway",
	  "is not an address of another device in the WAN's network (wan.address)" },
	{ "{\"wan\": {\"address\": \"203.0.113.2/24\", \"gateway\": \"203.0.113.2\"}}",
	  "/wan/gateway", "is the appliance's own address" },
	{ "{\"wan\": {\"address\": \"203.0.113.2/24\", \"gateway\": \"203.0.113.1/24\"}}",
	  "/wan/gateway", "'203.0.113.1/24' has more behind the address" },
	{ "{\"ports\": {\"port0\": \"wan\"}}", "/ports/port1",
	  "is the WAN, as port0 is; only one port can be, so put this one elsewhere" },
	{ "{\"rules\": [{\"action\": \"deny\", \"source\": \"10.0.0.1/8\"}]}", "/rules/0/source",
	  "'10.0.0.1/8' is not the first address of a network of that length; for one device leave "
	  "the length out" },
	{ "{\"rules\": [{\"action\": \"deny\", \"destination\": \"10.0.0\"}]}",
	  "/rules/0/destination", "'10.0.0' is no IPv4 address such as 192.168.1.1" },
	{ "{\"rules\": [{\"action\": \"deny\", \"destination_port\": 80}]}",
	  "/rules/0/destination_port", "needs 'protocol' to be 'tcp' or 'udp'" },
	{ "{\"rules\": [{\"action\": \"deny\", \"protocol\": \"icmp\", \"source_port\": 80}]}",
	  "/rules/0/source_port", "needs 'protocol' to be 'tcp' or 'udp'" },
	{ "{\"rules\": [{\"action\": \"deny\", \"destination_port\": 65536}]}",
	  "/rules/0/destination_port", "has to be from 0 to 65535" },
	{ "{\"rules\": [{\"action\": \"deny\", \"destination_port\": -1}]}",
	  "/rules/0/destination_port", "has to be from 0 to 65535" },
	{ "{\"rules\": [{\"action\": \"deny\", \"destination_port\": \"80-70\"}]}",
	  "/rules/0/destination_port", "'80-70' is a range that ends before it begins" },
	{ "{\"rules\": [{\"action\": \"deny\", \"destination_port\": \"http\"}]}",
	  "/rules/0/destination_port", "'http' is no port or range of ports such as 8000-8010" },
	{ "{\"rules\": [{\"action\": \"deny\", \"destination_port\": \"1-99999\"}]}",
	  "/rules/0/destination_port", "'1-99999' has a port over 65535" },
};

static void mistakes_check(const struct mistake *mistakes, size_t count)
{
	static struct compiled before;
	unsigned wrong = 0;

	memset(&compiled, 0x5a, sizeof(compiled));
	before = compiled;
	for (size_t i = 0; i < count; i++) {
		const struct mistake *mistake = &mistakes[i];
		bool taken = compile(mistake->document);

		assert_memory_equal(&compiled, &before, sizeof(compiled));
		if (!taken && strcmp(refusal.path, mistake->path) == 0 &&
		    strcmp(refusal.reason, mistake->reason) == 0)
			continue;
		print_error("%s\n  expected '%s': %s\n  got      '%s': %s\n", mistake->document,
			    mistake->path, mistake->reason, taken ? "(taken)" : refusal.path,
			    taken ? "" : refusal.reason);
		wrong++;
	}
	assert_int_equal(wrong, 0);
}

#define CHECK(mistakes) mistakes_check(mistakes, sizeof(mistakes) / sizeof((mistakes)[0]))

static void mistakes_of_syntax_are_named_by_line_and_column(void **state)
{
	(void)state;
	CHECK(syntax_mistakes);
}

static void mistakes_of_keys_and_types_are_named_by_path(void **state)
{
	(void)state;
	CHECK(schema_mistakes);
}

static void values_that_cannot_be_are_named_by_path(void **state)
{
	(void)state;
	CHECK(value_mistakes);
}

static void what_services_cannot_do_is_named_by_path(void **state)
{
	(void)state;
	CHECK(service_mistakes);
}

static void a_zero_byte_is_refused_wherever_it_stands(void **state)
{
	static const char good[] = "{\"nat\": true}";

	(void)state;
	for (size_t i = 0; i < sizeof(good); i++) {
		char text[sizeof(good) + 1];

		memcpy(text, good, i);
		text[i] = 0;
		memcpy(text + i + 1, good + i, sizeof(good) - i);
		assert_false(document_compile(text, sizeof(good), &services, &compiled, &refusal));
	}
	/* and the zero that ends a C string is no part of a document either */
	assert_false(document_compile(good, sizeof(good), &services, &compiled, &refusal));
}

static void every_beginning_of_a_document_is_refused(void **state)
{
	static const char good[] =
		"{\"lan\": {\"address\": \"10.0.0.1/8\"}, \"rules\": [{\"action\": \"deny\"}]}";

	(void)state;
	for (size_t length = 0; length < strlen(good); length++) {
		char *part =
			malloc(length + 1); /* of that length, so that ASan sees a byte too far */

		memcpy(part, good, length);
		assert_false(document_compile(part, length, &services, &compiled, &refusal));
		free(part);
	}
	assert_true(document_compile(good, strlen(good), &services, &compiled, &refusal));
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

static void assert_refused_for(char *text, const char *path, const char *reason)
{
	assert_false(compile(text));
	assert_string_equal(refusal.path, path);
	assert_non_null(strstr(refusal.reason, reason));
	free(text);
}

static void documents_that_are_too_large_are_refused_before_they_cost_memory(void **state)
{
	(void)state;
	assert_refused_for(repeated("", " ", SCAN_BYTES_MAX + 1, "{}"), "",
			   "longer than 65536 bytes");
	assert_refused_for(repeated("[", "1,", SCAN_VALUES_MAX, "1]"), "line 1, column 6001",
			   "more values");
	assert_refused_for(repeated("", "[", 1000, ""), "line 1, column 9", "nested too deeply");
	assert_refused_for(repeated("{\"", "a", 300, "\":1}"), "line 1, column 259", "too long");
	assert_refused_for(repeated("{\"rules\": [", "{\"action\": \"deny\"},", 256,
				    "{\"action\": \"deny\"}]}"),
			   "/rules", "has more than 256 entries");
}

/* --- Words --------------------------------------------------------------- */

static void distances_count_letters(void **state)
{
	char longest[200];

	(void)state;
	memset(longest, 'a', sizeof(longest));
	longest[sizeof(longest) - 1] = 0;
	assert_int_equal(nearest_distance("address", "adress"), 1);
	assert_int_equal(nearest_distance("", "abc"), 3);
	assert_int_equal(nearest_distance("kitten", "sitting"), 3);
	assert_int_equal(nearest_distance(longest, ""), 31);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(mistakes_of_syntax_are_named_by_line_and_column),
		cmocka_unit_test(mistakes_of_keys_and_types_are_named_by_path),
		cmocka_unit_test(values_that_cannot_be_are_named_by_path),
		cmocka_unit_test(what_services_cannot_do_is_named_by_path),
		cmocka_unit_test(a_zero_byte_is_refused_wherever_it_stands),
		cmocka_unit_test(every_beginning_of_a_document_is_refused),
		cmocka_unit_test(documents_that_are_too_large_are_refused_before_they_cost_memory),
		cmocka_unit_test(distances_count_letters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
