/* INET as a DHCP client on the WAN: a lease is got, kept and given up. */
#define _GNU_SOURCE /* memmem */
#include "netstack/inet/station.h"
#include "tests/unit/inet_wan_world.h"

/* --- Getting one ----------------------------------------------------------------------------- */

static void a_lease_is_had_and_written_down(void **state)
{
	struct packet p;

	(void)state;
	expect(DISCOVER, &p, 1000);
	assert_int_equal(get32(p.bytes + 12), 0);
	assert_int_equal(get32(p.bytes + 16), NOWHERE);
	assert_non_null(
		memmem(p.bytes + OPTIONS, p.length - OPTIONS, "\x37\x04\x01\x03\x1c\x06", 6));
	assert_int_equal(lease_of().state, WAN_LEASE_SELECTING);
	reply(&p, OFFER);
	assert_int_equal(lease_of().state, WAN_LEASE_REQUESTING);
	assert_int_equal(lease_of().address, 0);
	expect(REQUEST, &p, 0);
	assert_int_equal(get32(p.bytes + 12), 0);
	reply(&p, ACK_OF_IT);
	struct wan_lease lease = lease_of();
	assert_int_equal(lease.state, WAN_LEASE_BOUND);
	assert_int_equal(lease.address, OFFERED);
	assert_int_equal(lease.prefix_bits, 24);
	assert_int_equal(lease.gateway, WAN_GATEWAY);
	assert_int_equal(lease.server, WAN_GATEWAY);
	assert_int_equal(lease.dns_count, 2);
	assert_int_equal(lease.dns[0], 0xcb007135);
	assert_int_equal(lease.dns[1], 0xcb007136);
	assert_memory_equal(lease.mac, station.mac, 6);
	assert_int_equal(lease.bound_us, time_us());
	assert_int_equal(lease.renew_us, time_us() + 300000000u);
	assert_int_equal(lease.rebind_us, time_us() + 525000000u);
	assert_int_equal(lease.expires_us, time_us() + 600000000u);
	assert_true(inet_netif_is_own(OFFERED));
}

static void nothing_is_asked_before_the_station_is_known(void **state)
{
	const struct inet_wan_station unknown = { 0 };

	(void)state;
	life_end();
	inet_wan_init(&lease_region);
	inet_wan_configure(&dhcp_conf, time_us());
	inet_netif_configure(&dhcp_conf);
	inet_wan_station_set(&unknown, time_us());
	expect_silence(20000);
	inet_wan_station_set(&station, time_us());
	become_bound();
	assert_int_equal(lease_of().address, OFFERED);
}

static void a_silent_server_is_asked_again_each_minute_at_most(void **state)
{
	struct packet p;
	unsigned count = 0;

	(void)state;
	for (unsigned i = 0; i < 600; i++) {
		run_ms(1000);
		while (message_next(&p) != 0)
			count++;
	}
	assert_in_range(count, 9, 15);
	assert_int_equal(lease_of().state, WAN_LEASE_SELECTING);
}

/* --- Keeping it ------------------------------------------------------------------------------ */

static void a_lease_is_renewed_by_its_server_at_t1(void **state)
{
	struct packet p;

	(void)state;
	become_bound();
	expect_silence(298000);
	expect(REQUEST, &p, 4000);
	assert_int_equal(get32(p.bytes + 12), OFFERED);
	assert_int_equal(get32(p.bytes + 16), WAN_GATEWAY);
	assert_int_equal(lease_of().state, WAN_LEASE_RENEWING);
	assert_int_equal(lease_of().address, OFFERED);
	reply(&p, ACK_OF_IT);
	assert_int_equal(lease_of().state, WAN_LEASE_BOUND);
	assert_int_equal(lease_of().expires_us, time_us() + 600000000u);
	expect_silence(298000);
}

static void without_its_server_any_is_asked_and_then_the_address_goes(void **state)
{
	struct packet p;

	(void)state;
	become_bound();
	uint64_t expires_us = lease_of().expires_us;
	run_ms(524000);
	drain_packets();
	expect(REQUEST, &p, 3000);
	assert_int_equal(get32(p.bytes + 16), NOWHERE);
	assert_int_equal(lease_of().state, WAN_LEASE_REBINDING);
	while (time_us() + 200000 < expires_us)
		run_ms(100);
	assert_int_equal(lease_of().address, OFFERED);
	drain_packets();
	run_ms(400);
	assert_int_equal(lease_of().address, 0);
	assert_false(inet_netif_is_own(OFFERED));
	expect(DISCOVER, &p, 100);
	server.address++;
	reply(&p, OFFER);
	expect(REQUEST, &p, 0);
	reply(&p, ACK_OF_IT);
	assert_int_equal(lease_of().address, OFFERED + 1);
}

static void a_refusal_takes_the_address_at_once(void **state)
{
	struct packet p;

	(void)state;
	become_bound();
	run_ms(299000);
	expect(REQUEST, &p, 4000);
	reply(&p, NAK);
	assert_int_equal(lease_of().address, 0);
	expect(DISCOVER, &p, 0);
}

static void another_address_takes_the_place_of_the_first(void **state)
{
	struct packet p;

	(void)state;
	become_bound();
	run_ms(299000);
	expect(REQUEST, &p, 4000);
	server.address++;
	reply(&p, ACK_OF_IT);
	assert_int_equal(lease_of().address, OFFERED + 1);
	assert_false(inet_netif_is_own(OFFERED));
	assert_true(inet_netif_is_own(OFFERED + 1));
}

static void a_lease_without_end_does_not_end(void **state)
{
	(void)state;
	server.lease_s = NOWHERE;
	become_bound();
	assert_int_equal(lease_of().expires_us, WAN_LEASE_NEVER);
	expect_silence(3600000);
	assert_int_equal(lease_of().address, OFFERED);
}

static void a_cable_put_in_again_is_perhaps_another_network(void **state)
{
	struct inet_wan_station unplugged = station;
	struct packet p;

	(void)state;
	become_bound();
	unplugged.link_up = false;
	inet_wan_station_set(&unplugged, time_us());
	expect_silence(2000);
	assert_int_equal(lease_of().address, OFFERED);
	inet_wan_station_set(&station, time_us());
	expect(REQUEST, &p, 100);
	assert_int_equal(lease_of().state, WAN_LEASE_REBOOTING);
	assert_int_equal(lease_of().address, OFFERED);
	reply(&p, NAK);
	assert_int_equal(lease_of().address, 0);
	become_bound();
	assert_int_equal(lease_of().address, OFFERED);
}

/* --- Static ---------------------------------------------------------------------------------- */

static void a_static_address_ends_the_lease(void **state)
{
	struct packet p;

	(void)state;
	become_bound();
	inet_wan_configure(&fixture_conf, time_us());
	inet_netif_configure(&fixture_conf);
	inet_wan_work(time_us());
	expect(RELEASE, &p, 100);
	assert_int_equal(lease_of().state, WAN_LEASE_OFF);
	assert_int_equal(lease_of().address, 0);
	assert_true(inet_netif_is_own(WAN_ADDRESS));
	expect_silence(10000);
	inet_wan_configure(&dhcp_conf, time_us());
	inet_netif_configure(&dhcp_conf);
	assert_false(inet_netif_is_own(WAN_ADDRESS));
	become_bound();
}

/* --- The station ----------------------------------------------------------------------------- */

static void the_station_is_that_of_the_wan_port(void **state)
{
	static struct fw_table table;
	struct inet_netconf conf = { .zone = { ZONE_LAN, ZONE_NONE, ZONE_WAN } };

	(void)state;
	memset(&table, 0, sizeof(table));
	assert_false(inet_station_read(&table, &conf).known);
	table.version = FW_TABLE_VERSION;
	table.ports[2].ready = 1;
	table.ports[2].link = NETQ_LINK_UP;
	memcpy(table.ports[2].mac, station.mac, 6);
	assert_true(inet_station_read(&table, &conf).known);
	assert_memory_equal(inet_station_read(&table, &conf).mac, station.mac, 6);
	assert_true(inet_station_read(&table, &conf).link_up);
	table.ports[2].link = NETQ_LINK_DOWN;
	assert_false(inet_station_read(&table, &conf).link_up);
	table.sequence = 3; /* being written */
	assert_false(inet_station_read(&table, &conf).known);
	table.sequence = 4;
	conf.zone[2] = ZONE_LAN;
	assert_false(inet_station_read(&table, &conf).known);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, wan_setup, wan_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_lease_is_had_and_written_down),
		TEST(nothing_is_asked_before_the_station_is_known),
		TEST(a_silent_server_is_asked_again_each_minute_at_most),
		TEST(a_lease_is_renewed_by_its_server_at_t1),
		TEST(without_its_server_any_is_asked_and_then_the_address_goes),
		TEST(a_refusal_takes_the_address_at_once),
		TEST(another_address_takes_the_place_of_the_first),
		TEST(a_lease_without_end_does_not_end),
		TEST(a_cable_put_in_again_is_perhaps_another_network),
		TEST(a_static_address_ends_the_lease),
		TEST(the_station_is_that_of_the_wan_port),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
