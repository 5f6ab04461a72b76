/* A DHCP server that offers what no host can have, or any bytes at all. */
#include "tests/unit/inet_wan_world.h"

#include <stdlib.h>

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

#define TEST(name) cmocka_unit_test_setup_teardown(name, wan_setup, wan_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_no_host_can_have_is_refused),
		TEST(times_that_make_no_sense_are_put_in_order),
		TEST(leases_of_no_time_make_no_storm),
		TEST(strange_lists_of_name_servers_are_bounded),
		TEST(random_answers_leave_nothing_insane),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
