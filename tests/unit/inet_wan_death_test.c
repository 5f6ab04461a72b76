/* INET dies as a DHCP client: what the next life takes up of the lease, and what not. */
#include "tests/unit/inet_wan_world.h"

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

#define TEST(name) cmocka_unit_test_setup_teardown(name, wan_setup, wan_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_bound_lease_goes_on_without_a_word),
		TEST(death_while_selecting_or_requesting_begins_anew),
		TEST(death_while_renewing_or_rebinding_asks_again),
		TEST(an_expired_lease_is_not_taken_up),
		TEST(a_damaged_lease_is_not_taken_up),
		TEST(the_lease_of_another_station_is_not_kept),
		TEST(an_unconfigured_life_leaves_the_lease_alone),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
