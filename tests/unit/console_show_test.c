/* What the commands print: text for people, and one JSON document on one line. */
#include "services/console/address.h"
#include "services/console/json.h"
#include "services/console/show_log.h"
#include "services/runtime/crc32.h"
#include "services/runtime/wanlease.h"
#include "tests/unit/console_document.h"
#include "tests/unit/console_world.h"
#include "tests/unit/unit.h"

#include <stdio.h>
#include <string.h>

static int begin(void **state)
{
	(void)state;
	world_init();
	for (unsigned i = 0; i < 30; i++)
		world_log(WORLD_PORT0, LOG_NOTICE, "a \"line\" of the log");
	return 0;
}

static void every_look_prints_text_and_one_document(void **state)
{
	(void)state;
	for (unsigned i = 0; i < command_count; i++) {
		char line[64];
		const char *text;

		if (!commands[i].json || strcmp(commands[i].words, "show names") == 0 ||
		    strncmp(commands[i].words, "config ", 7) == 0 ||
		    strncmp(commands[i].words, "store ", 6) == 0 ||
		    strcmp(commands[i].words, "service policy") == 0)
			continue; /* they ask others */
		(void)snprintf(line, sizeof(line), "%s%s", commands[i].words,
			       strcmp(commands[i].arguments, "NAME") == 0 ? " ds" : "");
		text = world_run(line);
		assert_true(strlen(text) > 2);
		assert_string_equal(text + strlen(text) - 2, "\r\n");
		assert_null(strchr(text, '{'));
		strcat(line, " json");
		cJSON_Delete(document(line));
	}
}

static void services_are_listed_and_shown(void **state)
{
	(void)state;
	assert_int_equal(array_length("service list json", "services"), WORLD_SERVICES);
	check_text("service list json", "services.2.name", "port0");
	check_text("service list json", "services.4.state", "absent");
	check_text("service show port1 json", "device.bus", "isa");
	world.kernel.services[WORLD_PORT1].device =
		(struct device_info){ .bus = DEVICE_PCI,
				      .memory_base = 0xfebd1000,
				      .memory_bytes = 4096,
				      .irq_line = IRQ_LINE_NONE };
	check_number("service show port1 json", "device.memory_bytes", 4096);
	assert_non_null(strstr(world_run("service show port1"), "memory from 0xfebd1000\r\n"));
	check_text("service show nosuch json", "error", "no service is named 'nosuch'");
}

static void disks_are_shown_with_their_troubles(void **state)
{
	struct disk_entry *disk = &world.disks.disks[2];

	(void)state;
	assert_non_null(strstr(world_run("show disks"), "being looked for"));
	world.disks.ready = 1;
	assert_non_null(strstr(world_run("show disks"), "no disk\r\n"));
	*disk = (struct disk_entry){ .state = DISK_READY, .sectors = 4096, .model = "A DISK" };
	disk->statistics.timeouts = 3;
	world.disks.store = (struct disk_store){ .disk = 2, .count = 100 };
	assert_non_null(strstr(world_run("show disks"), "disk 2: ready, A DISK"));
	assert_non_null(strstr(world_run("show disks"), "2 MiB, has the store\r\n"));
	check_text("show disks json", "disks.0.model", "A DISK");
	check_number("show disks json", "disks.0.timeouts", 3);
	disk->state = 77; /* nonsense, and a model without an end */
	memset(disk->model, 'x', sizeof(disk->model));
	check_text("show disks json", "disks.0.state", "?");
	world.disks.sequence = 1;
	check_text("show disks json", "error", "the table of disks is changing; look again");
}

static void the_store_is_shown_without_values(void **state)
{
	(void)state;
	world.store.status = (struct store_status){ .mode = STORE_DISK, .cells = 64, .used = 1 };
	world.store.record_count = 1;
	strcpy(world.store.records[0].name, "config/running");
	world.store.records[0].length_bytes = 9;
	assert_non_null(strstr(world_run("show store"), "the store is on disk\r\n"));
	assert_non_null(strstr(world_run("show store"), "config/running: 9 bytes"));
	check_text("show store json", "records.0.name", "config/running");
	check_number("show store json", "cells", 64);
	world.store.record_count = UINT32_MAX;
	world.store.status.mode = 99;
	assert_int_equal(array_length("show store json", "records"), STORE_CELLS);
	world.store.sequence = 1;
	check_text("show store json", "error", "the store is just changing; look again");
}

static void kernel_is_believed_over_rs(void **state)
{
	(void)state;
	world.kernel.services[WORLD_DS].state = SERVICE_DEAD;
	check_text("service show ds json", "state", "dead");
	world.kernel.services[WORLD_DS].exit_cause = EXIT_PANIC;
	strcpy(world.kernel.services[WORLD_DS].exit_text, "all \"lost\"");
	check_text("service show ds json", "cause", "panic");
	check_text("service show ds json", "exit_text", "all \"lost\"");
}

static void ports_are_those_with_a_device(void **state)
{
	(void)state;
	assert_int_equal(array_length("show ports json", "ports"), 2);
	check_text("show ports json", "ports.0.link", "up");
	check_text("show ports json", "ports.0.zone", "lan");
	check_text("show ports json", "ports.0.driver", "rtl8139");
	check_text("show ports json", "ports.1.link", "unknown");
	world.kernel.services[WORLD_PORT0].device.bus = DEVICE_NONE;
	world.kernel.services[WORLD_PORT1].device.bus = DEVICE_NONE;
	assert_non_null(strstr(world_run("show ports"), "no network port"));
	assert_int_equal(array_length("show ports json", "ports"), 0);
}

static void firewall_table_is_shown(void **state)
{
	(void)state;
	check_number("show counters json", "dropped.rule-denied", 9);
	check_number("show counters json", "rules.0.rule", 3);
	check_text("show connections json", "connections.0.source", "192.168.1.10");
	check_text("show connections json", "connections.0.state", "established");
	check_text("show neighbours json", "neighbours.0.address", "192.168.1.10");
}

static void lease_of_the_wan_is_shown_until_it_ends(void **state)
{
	struct wan_lease lease = { .state = WAN_LEASE_BOUND,
				   .address = 0xcb007164,
				   .prefix_bits = 24,
				   .gateway = 0xcb007101,
				   .dns_count = 1,
				   .dns = { 0xcb007135 } };

	(void)state;
	check_text("show wan json", "state", "off");
	lease.renew_us = view.now_us + 5000000;
	lease.expires_us = view.now_us + 9000000;
	wan_lease_write(&world.wan_lease, &lease);
	check_text("show wan json", "state", "bound");
	check_text("show wan json", "address", "203.0.113.100");
	check_text("show wan json", "dns.0", "203.0.113.53");
	check_number("show wan json", "renews_in_s", 5);
	assert_non_null(strstr(world_run("show wan"), "203.0.113.100/24"));
	view.now_us += 9000000;
	check_text("show wan json", "address", "0.0.0.0");
	assert_null(strstr(world_run("show wan"), "203.0.113.100"));
}

static void firewall_that_died_while_writing_is_told(void **state)
{
	(void)state;
	world.firewall.sequence = 3;
	assert_non_null(strstr(world_run("show neighbours"), "stopped while it wrote"));
	cJSON *parsed = document("show neighbours json");
	assert_true(cJSON_IsFalse(member(parsed, "consistent")));
	cJSON_Delete(parsed);
}

static void tables_that_lie_are_bounded(void **state)
{
	(void)state;
	world.firewall.connection_count = world.firewall.neighbour_count = UINT32_MAX;
	assert_int_equal(array_length("show connections json", "connections"),
			 FW_TABLE_CONNECTIONS);
	assert_int_equal(array_length("show neighbours json", "neighbours"), FW_TABLE_NEIGHBOURS);
	world.firewall.version = 77;
	check_text("show counters json", "error", "the firewall has not written its table yet");
	world.kernel.services[WORLD_PORT0].device.image = 999;
	check_text("show ports json", "ports.0.driver", "unknown");
	memset(world.ports[0].model, 0xff, sizeof(world.ports[0].model));
	cJSON_Delete(document("show ports json"));
	memset(world.kernel.services[WORLD_DS].exit_text, 'x', 64);
	world.kernel.services[WORLD_DS].exit_cause = 12345;
	world.kernel.services[WORLD_DS].complainer = UINT32_MAX;
	world.kernel.services[WORLD_DS].complaints = 1;
	check_text("service show ds json", "cause", "unknown");
	check_text("service show ds json", "complainer", "?");
}

static void configuration_counts_only_with_its_checksum(void **state)
{
	(void)state;
	assert_int_equal(array_length("show config json", "rules"), 2);
	world.netconf.copies[0].nat = 1;
	check_text("show config json", "error", "no valid configuration has been published yet");
	world_netconf_seal();
	assert_int_equal(array_length("show config json", "rules"), 2);
	world.netconf.copies[0].rule_count = NETCONF_RULES_MAX + 1;
	world_netconf_seal();
	assert_non_null(strstr(world_run("show config"), "error:"));
	world.netconf.current = 2;
	assert_non_null(strstr(world_run("show config"), "error:"));
}

static void log_shows_the_last_records_asked_for(void **state)
{
	(void)state;
	assert_int_equal(array_length("show log json", "records"), 20);
	assert_int_equal(array_length("show log 5 json", "records"), 5);
	assert_int_equal(array_length("show log 512 json", "records"), 30);
	check_number("show log 1 json", "records.0.sequence", 30);
	check_text("show log 1 json", "records.0.text", "a \"line\" of the log");
	check_text("show log 1 json", "records.0.level", "notice");
	for (unsigned i = 0; i < 2 * KERNEL_LOG_RECORDS; i++)
		world_log(LOG_FROM_KERNEL, LOG_INFO, "more");
	assert_int_equal(array_length("show log 512 json", "records"), 512);
	check_text("show log 0 json", "error", "'0' is not a number from 1 to 512");
	assert_non_null(strstr(world_run("show log 513"), "error"));
	assert_non_null(strstr(world_run("show log -1"), "error"));
	assert_non_null(strstr(world_run("show log 5x"), "error"));
}

static void log_lines_begin_with_time_and_service(void **state)
{
	(void)state;
	world_log(WORLD_DS, LOG_ERROR, "bad\033[2J");
	assert_string_equal(world_run("show log 1"), "[    0.031000] ds: error: bad\\x1b[2J\r\n");
	world_log(LOG_FROM_KERNEL, LOG_INFO, "fine");
	assert_string_equal(world_run("show log 1"), "[    0.032000] kernel: fine\r\n");
	world_log(63, LOG_INFO, "who");
	assert_string_equal(world_run("show log 1"), "[    0.033000] ?: who\r\n");
}

static void clock_set(uint32_t source)
{
	world.clock = (struct clock_page){ .version = CLOCK_PAGE_VERSION,
					   .source = source,
					   .offset_us = 1795265184000000,
					   .error_us = 4000,
					   .stratum = 2,
					   .synchronised_us = source == CLOCK_SNTP ? 1 : 0,
					   .polls = 7,
					   .drops = { [CLOCK_DROP_ORIGIN] = 3 },
					   .server = "time\033.example" };
	world.clock.crc32 = crc32_of(&world.clock.version,
				     sizeof(world.clock) - offsetof(struct clock_page, version));
}

static void log_lines_have_wall_time_as_soon_as_it_is_known(void **state)
{
	(void)state;
	clock_set(CLOCK_CMOS);
	world_log(WORLD_DS, LOG_INFO, "fine");
	assert_string_equal(world_run("show log 1"),
			    "[    0.031000] 2026-11-21 12:46:24.031 ds: fine\r\n");
	check_text("show log 1 json", "records.0.time", "2026-11-21T12:46:24.031000Z");
}

static void clock_says_what_time_it_is_and_by_whom(void **state)
{
	(void)state;
	assert_non_null(strstr(world_run("show clock"), "nobody knows what time it is"));
	check_text("show clock json", "source", "none");
	clock_set(CLOCK_SNTP);
	view.now_us = 3000000;
	const char *shown = world_run("show clock");
	assert_non_null(strstr(shown, "2026-11-21T12:46:27.000Z, to 5 ms, from sntp\r\n"));
	assert_non_null(strstr(shown, "time server time\\x1b.example, stratum 2"));
	assert_non_null(strstr(shown, "3 dropped: origin\r\n"));
	check_text("show clock json", "time", "2026-11-21T12:46:27.000000Z");
	check_number("show clock json", "polls", 7);
	check_number("show clock json", "dropped.origin", 3);
	world.clock.offset_us++; /* damaged: no time is better than a wrong one */
	check_text("show clock json", "source", "none");
}

static const char *escaped(const char *value, size_t length)
{
	static char bytes[256];
	struct json json = { 0 };
	struct text out;

	text_init(&out, bytes, sizeof(bytes) - 1);
	json_string(&json, &out, NULL, value, length);
	assert_false(out.overflow);
	bytes[out.length] = '\0';
	return bytes;
}

/* RFC 8259, section 7; and nothing that a terminal would obey. */
static void json_strings_are_escaped(void **state)
{
	(void)state;
	assert_string_equal(escaped("plain", 5), "\"plain\"");
	assert_string_equal(escaped("plain", 3), "\"pla\"");
	assert_string_equal(escaped("a\0b", 3), "\"a\"");
	assert_string_equal(escaped("\"\\/\b\t\r\n\033\177", 9),
			    "\"\\\"\\\\/\\u0008\\t\\r\\n\\u001b\\u007f\"");
	assert_string_equal(escaped("gr\303\274n \342\202\254 \360\237\232\242", 16),
			    "\"gr\303\274n \342\202\254 \360\237\232\242\"");
	assert_string_equal(escaped("\302\233", 2), "\"\\u009b\"");
}

/* RFC 3629, section 10: overlong forms, surrogates, cut sequences. */
static void what_is_not_utf8_is_replaced(void **state)
{
	(void)state;
	assert_string_equal(escaped("\xff", 1), "\"\\ufffd\"");
	assert_string_equal(escaped("\300\257", 2), "\"\\ufffd\\ufffd\"");
	assert_string_equal(escaped("\355\240\200", 3), "\"\\ufffd\\ufffd\\ufffd\"");
	assert_string_equal(escaped("\342\202", 2), "\"\\ufffd\\ufffd\"");
	assert_string_equal(escaped("\364\220\200\200", 4), "\"\\ufffd\\ufffd\\ufffd\\ufffd\"");
}

static void text_never_leaves_its_buffer(void **state)
{
	char bytes[8] = "ABCDEFGH";
	struct text out;

	(void)state;
	text_init(&out, bytes, 4);
	text_printf(&out, "%s", "123456");
	text_string(&out, "7");
	assert_true(out.overflow);
	assert_memory_equal(bytes, "1234EFGH", 8);
}

static void addresses_are_written_as_usual(void **state)
{
	static const uint8_t mac[] = { 0x52, 0x54, 0, 0xab, 0, 1 };

	(void)state;
	assert_string_equal(address_ipv4(0xffffffff).text, "255.255.255.255");
	assert_string_equal(address_network(0xc0a80100, 0xffffff00).text, "192.168.1.0/24");
	assert_string_equal(address_network(0xc0a80101, UINT32_MAX).text, "192.168.1.1/32");
	assert_string_equal(address_network(0x80000000, 0x80000000).text, "128.0.0.0/1");
	assert_string_equal(address_network(0, 0).text, "any");
	assert_string_equal(address_network(1, 0xff0000ff).text, "0.0.0.1/ff0000ff");
	assert_string_equal(address_network(UINT32_MAX, 0xff0000ff).text,
			    "255.255.255.255/ff0000ff");
	assert_string_equal(address_mac(mac).text, "52:54:00:ab:00:01");
	assert_string_equal(address_protocol(6).text, "tcp");
	assert_string_equal(address_protocol(47).text, "47");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, begin)
	const struct CMUnitTest tests[] = {
		TEST(every_look_prints_text_and_one_document),
		TEST(services_are_listed_and_shown),
		TEST(disks_are_shown_with_their_troubles),
		TEST(the_store_is_shown_without_values),
		TEST(kernel_is_believed_over_rs),
		TEST(ports_are_those_with_a_device),
		TEST(firewall_table_is_shown),
		TEST(lease_of_the_wan_is_shown_until_it_ends),
		TEST(firewall_that_died_while_writing_is_told),
		TEST(tables_that_lie_are_bounded),
		TEST(configuration_counts_only_with_its_checksum),
		TEST(log_shows_the_last_records_asked_for),
		TEST(log_lines_begin_with_time_and_service),
		TEST(log_lines_have_wall_time_as_soon_as_it_is_known),
		TEST(clock_says_what_time_it_is_and_by_whom),
		TEST(json_strings_are_escaped),
		TEST(what_is_not_utf8_is_replaced),
		TEST(text_never_leaves_its_buffer),
		TEST(addresses_are_written_as_usual),
	};
#undef TEST

	return cmocka_run_group_tests(tests, NULL, NULL);
}
