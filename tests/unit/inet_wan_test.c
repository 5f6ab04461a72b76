/* INET as a DHCP client on the WAN: a server of our own, clocks, deaths, and nonsense. */
#define _GNU_SOURCE /* memmem */
#include "lwip/dhcp.h"
#include "lwip/prot/dhcp.h"
#include "netstack/inet/station.h"
#include "netstack/inet/wan.h"
#include "services/runtime/service.h"
#include "services/runtime/wanlease.h"
#include "tests/unit/inet_packets.h"

#include <stdlib.h>

#define OFFERED   0xcb007164u /* 203.0.113.100 */
#define MASK      0xffffff00u
#define LEASE_S   600u
#define NOWHERE   0xffffffffu
#define BOOTP     28u /* after IP and UDP headers */
#define OPTIONS   (BOOTP + 240)
#define DISCOVER  1
#define OFFER     2
#define REQUEST   3
#define ACK_OF_IT 5
#define NAK       6
#define RELEASE   7

static struct wan_lease_region lease_region;
static struct inet_netconf dhcp_conf;
static const struct inet_wan_station station = { true, true, { 2, 0, 0, 0, 0, 0xa1 } };

/* What the server says. */
static struct {
	uint32_t address, mask, gateway, lease_s, t1_s, t2_s;
	uint8_t dns_bytes;
	uint32_t dns[8];
} server;

static struct wan_lease lease_of(void)
{
	struct wan_lease lease = { 0 };
	(void)wan_lease_update(&lease_region, &lease);
	return lease;
}

/* Time passes, in turns of INET. */
static void run_ms(unsigned ms)
{
	for (unsigned i = 0; i < ms; i += 100) {
		fixture_run_ms(100);
		inet_wan_work(time_us());
		fixture_run_ms(0);
	}
}

/* --- The server ---------------------------------------------------------------------------- */

/* The next message of the client; its type, 0: none. */
static uint8_t message_next(struct packet *p)
{
	while (came_out(p))
		if (p->bytes[9] == PROTOCOL_UDP && get16(p->bytes + 22) == 67) {
			assert_int_equal(p->interface, INET_WAN);
			assert_memory_equal(p->bytes + BOOTP + 28, station.mac, 6);
			assert_int_equal(p->bytes[OPTIONS], 53);
			return p->bytes[OPTIONS + 2];
		}
	return 0;
}

static uint8_t *option_put(uint8_t *at, uint8_t option, uint8_t length, uint32_t value)
{
	at[0] = option;
	at[1] = length;
	put32(at + 2, value);
	return at + 2 + length;
}

static void reply_make(struct packet *p, const struct packet *question, uint8_t type)
{
	uint8_t *at;

	ip_begin(p, PROTOCOL_UDP, WAN_GATEWAY, server.address, 8 + 240 + 100);
	put16(p->bytes + 20, 67);
	put16(p->bytes + 22, 68);
	put16(p->bytes + 24, p->length - 20u);
	memcpy(p->bytes + BOOTP, question->bytes + BOOTP, 236);
	p->bytes[BOOTP] = 2;
	put32(p->bytes + BOOTP + 16, server.address);
	put32(p->bytes + BOOTP + 236, 0x63825363);
	at = p->bytes + OPTIONS;
	at[0] = 53;
	at[1] = 1;
	at[2] = type;
	at = option_put(at + 3, 54, 4, WAN_GATEWAY);
	if (server.lease_s != 0)
		at = option_put(at, 51, 4, server.lease_s);
	if (server.t1_s != 0)
		at = option_put(at, 58, 4, server.t1_s);
	if (server.t2_s != 0)
		at = option_put(at, 59, 4, server.t2_s);
	at = option_put(at, 1, 4, server.mask);
	at = option_put(at, 3, 4, server.gateway);
	at[0] = 6;
	at[1] = server.dns_bytes;
	for (int i = 0; i < 8; i++)
		put32(at + 2 + 4 * i, server.dns[i]);
	at[2 + server.dns_bytes] = 255;
}

static void reply(const struct packet *question, uint8_t type)
{
	struct packet p;

	reply_make(&p, question, type);
	deliver(&p, INET_WAN);
	inet_wan_work(time_us());
	fixture_run_ms(0);
}

/* Waits for a message of that type; *waited_ms: how long. */
static void expect(uint8_t type, struct packet *p, unsigned most_ms)
{
	uint8_t got = message_next(p);

	for (unsigned ms = 0; got == 0 && ms < most_ms; ms += 100) {
		run_ms(100);
		got = message_next(p);
	}
	assert_int_equal(got, type);
}

static void expect_silence(unsigned ms)
{
	struct packet p;

	run_ms(ms);
	assert_int_equal(message_next(&p), 0);
}

static void become_bound(void)
{
	struct packet p;

	expect(DISCOVER, &p, 70000);
	reply(&p, OFFER);
	expect(REQUEST, &p, 1000);
	reply(&p, ACK_OF_IT);
}

/* --- Lives --------------------------------------------------------------------------------- */

static void life_begin(void)
{
	inet_wan_init(&lease_region);
	inet_wan_configure(&dhcp_conf, time_us());
	inet_netif_configure(&dhcp_conf);
	inet_wan_station_set(&station, time_us());
	inet_wan_work(time_us());
	fixture_run_ms(0);
}

/* lwIP lives on in this process: its client is taken out as death would. */
static void life_end(void)
{
	struct netif *netif = inet_netif_wan();

	if (netif_dhcp_data(netif) != NULL) {
		netif_dhcp_data(netif)->state = DHCP_STATE_INIT;
		dhcp_release_and_stop(netif);
	}
	inet_netif_wan_set(0, 0, 0);
	fixture_run_ms(0);
	drain_packets();
}

static int setup(void **state)
{
	if (fixture_setup(state) != 0)
		return -1;
	memset(&lease_region, 0, sizeof(lease_region));
	dhcp_conf = (struct inet_netconf){ .lan = { LAN_ADDRESS, 24 }, .wan_dhcp = true };
	server = (typeof(server)){ .address = OFFERED,
				   .mask = MASK,
				   .gateway = WAN_GATEWAY,
				   .lease_s = LEASE_S,
				   .dns_bytes = 8,
				   .dns = { 0xcb007135, 0xcb007136 } };
	life_begin();
	return 0;
}

static int teardown(void **state)
{
	life_end();
	return fixture_teardown(state);
}

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

/* --- Death -------------------------------------------------------------------------------------
 */

static void die(void)
{
	life_end();
	life_begin();
}

static void a_bound_lease_goes_on_without_a_word(void **state)
{
	struct packet p;

	(void)state;
	become_bound();
	run_ms(100000);
	struct wan_lease before = lease_of();
	die();
	struct wan_lease after = lease_of();
	assert_true(inet_netif_is_own(OFFERED));
	assert_int_equal(after.address, before.address);
	assert_int_equal(after.bound_us, before.bound_us);
	assert_int_equal(after.expires_us, before.expires_us);
	assert_int_equal(after.dns_count, 2);
	expect_silence(198000);
	expect(REQUEST, &p, 4000); /* at T1 of the life before, to its server */
	assert_int_equal(get32(p.bytes + 16), WAN_GATEWAY);
	reply(&p, ACK_OF_IT);
	assert_int_equal(lease_of().expires_us, time_us() + 600000000u);
	assert_int_equal(lease_of().dns_count, 2);
}

static void death_while_selecting_or_requesting_begins_anew(void **state)
{
	struct packet p;

	(void)state;
	expect(DISCOVER, &p, 1000);
	die();
	expect(DISCOVER, &p, 1000);
	reply(&p, OFFER);
	expect(REQUEST, &p, 0);
	die();
	become_bound();
	assert_int_equal(lease_of().address, OFFERED);
}

static void death_while_renewing_or_rebinding_asks_again(void **state)
{
	struct packet p;

	(void)state;
	become_bound();
	run_ms(299000);
	expect(REQUEST, &p, 4000);
	die();
	assert_int_equal(lease_of().address, OFFERED);
	expect(REQUEST, &p, 2000);
	assert_int_equal(get32(p.bytes + 16), WAN_GATEWAY);
	run_ms(230000);
	drain_packets();
	assert_int_equal(lease_of().state, WAN_LEASE_REBINDING);
	die();
	expect(REQUEST, &p, 2000);
	reply(&p, ACK_OF_IT);
	assert_int_equal(lease_of().state, WAN_LEASE_BOUND);
	assert_int_equal(lease_of().expires_us, time_us() + 600000000u);
}

static void an_expired_lease_is_not_taken_up(void **state)
{
	struct packet p;

	(void)state;
	become_bound();
	life_end();
	fixture_run_ms(600001);
	life_begin();
	assert_int_equal(lease_of().address, 0);
	expect(DISCOVER, &p, 1000);
}

static void a_damaged_lease_is_not_taken_up(void **state)
{
	struct packet p;

	(void)state;
	become_bound();
	life_end();
	lease_region.copies[lease_region.current].address ^= 4;
	life_begin();
	assert_int_equal(lease_of().address, 0);
	expect(DISCOVER, &p, 1000);
}

static void the_lease_of_another_station_is_not_kept(void **state)
{
	struct packet p;

	(void)state;
	become_bound();
	life_end();
	struct wan_lease lease = lease_of();
	lease.mac[5]++;
	wan_lease_write(&lease_region, &lease);
	life_begin();
	run_ms(100);
	assert_int_equal(lease_of().address, 0);
	expect(DISCOVER, &p, 1000);
}

/* Until the configuration is read nothing is known of the WAN, and nothing written. */
static void an_unconfigured_life_leaves_the_lease_alone(void **state)
{
	(void)state;
	become_bound();
	life_end();
	struct wan_lease_region before = lease_region;
	inet_wan_init(&lease_region);
	inet_wan_work(time_us());
	assert_memory_equal(&lease_region, &before, sizeof(lease_region));
}

/* --- Static ------------------------------------------------------------------------------------
 */

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

/* --- Nonsense ----------------------------------------------------------------------------------
 */

static void refused(void)
{
	struct packet p;

	become_bound();
	assert_int_equal(lease_of().address, 0);
	assert_false(inet_netif_is_own(server.address));
	drain_packets();
	expect_silence(29000);
	expect(DISCOVER, &p, 2000); /* not sooner */
	server.address = OFFERED;
	server.mask = MASK;
	server.gateway = WAN_GATEWAY;
	reply(&p, NAK); /* of no meaning here */
}

static void what_no_host_can_have_is_refused(void **state)
{
	(void)state;
	server.mask = 0xff00ff00;
	refused();
	server.mask = 0xfffffffe;
	refused();
	server.address = 0xcb0071ff;
	refused();
	server.address = 0xe0000005;
	refused();
	server.gateway = 0xcb007201;
	refused();
	server.address = LAN_HOST;
	server.gateway = 0;
	refused();
	server.address = 0xc0a80564; /* of a network that the LAN is part of */
	server.mask = 0xffff0000;
	server.gateway = 0;
	refused();
	become_bound();
	assert_int_equal(lease_of().address, OFFERED);
}

static void times_that_make_no_sense_are_put_in_order(void **state)
{
	(void)state;
	server.t1_s = 5000;
	server.t2_s = 1000;
	become_bound();
	struct wan_lease lease = lease_of();
	assert_int_equal(lease.rebind_us - lease.bound_us, 525000000u);
	assert_int_equal(lease.renew_us - lease.bound_us, 262000000u);
	assert_int_equal(lease.expires_us - lease.bound_us, 600000000u);
}

static void leases_of_no_time_make_no_storm(void **state)
{
	unsigned questions = 0;
	struct packet p;

	(void)state;
	server.lease_s = 1;
	for (unsigned i = 0; i < 600; i++) {
		uint8_t type = message_next(&p);
		questions += type != 0;
		if (type == DISCOVER || type == REQUEST)
			reply(&p, type == DISCOVER ? OFFER : ACK_OF_IT);
		else
			run_ms(100);
	}
	assert_in_range(questions, 4, 40); /* in a minute */
}

static void strange_lists_of_name_servers_are_bounded(void **state)
{
	(void)state;
	server.dns_bytes = 32;
	become_bound();
	assert_int_equal(lease_of().dns_count, WAN_LEASE_DNS_MAX);
	life_end();
	memset(&lease_region, 0, sizeof(lease_region));
	server.dns_bytes = 7;
	life_begin();
	become_bound();
	assert_int_equal(lease_of().dns_count, 0);
}

/* Whatever bytes come back: what is written down is sane, and in the end there is a lease. */
static void random_answers_leave_nothing_insane(void **state)
{
	struct packet p, bad;

	(void)state;
	srand(7);
	for (unsigned round = 0; round < 3000; round++) {
		uint8_t type = message_next(&p);
		if (type == 0) {
			run_ms(100);
			continue;
		}
		reply_make(&bad, &p, type == DISCOVER ? OFFER : round % 3 ? ACK_OF_IT : NAK);
		for (int i = rand() % 6; i > 0; i--)
			bad.bytes[OPTIONS + (size_t)rand() % 100] = (uint8_t)rand();
		deliver(&bad, INET_WAN);
		inet_wan_work(time_us());
		const struct wan_lease *written = &lease_region.copies[lease_region.current];
		assert_true(wan_lease_is_sane(written));
		if (written->address != 0)
			run_ms(3000);
	}
}

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

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

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
		TEST(a_bound_lease_goes_on_without_a_word),
		TEST(death_while_selecting_or_requesting_begins_anew),
		TEST(death_while_renewing_or_rebinding_asks_again),
		TEST(an_expired_lease_is_not_taken_up),
		TEST(a_damaged_lease_is_not_taken_up),
		TEST(the_lease_of_another_station_is_not_kept),
		TEST(an_unconfigured_life_leaves_the_lease_alone),
		TEST(a_static_address_ends_the_lease),
		TEST(what_no_host_can_have_is_refused),
		TEST(times_that_make_no_sense_are_put_in_order),
		TEST(leases_of_no_time_make_no_storm),
		TEST(strange_lists_of_name_servers_are_bounded),
		TEST(random_answers_leave_nothing_insane),
		TEST(the_station_is_that_of_the_wan_port),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
