/* The region "wan.lease" as its readers find it: whole, torn, damaged, expired. */
#include "services/runtime/wanlease.h"
#include "tests/unit/unit.h"

#include <string.h>

static struct wan_lease_region region;
static struct wan_lease copy;

static struct wan_lease example(void)
{
	return (struct wan_lease){ .state = WAN_LEASE_BOUND,
				   .address = 0xcb007164, /* 203.0.113.100 */
				   .prefix_bits = 24,
				   .gateway = 0xcb007101,
				   .server = 0xcb007101,
				   .dns_count = 1,
				   .dns = { 0xcb007135 },
				   .expires_us = 1000000 };
}

static int setup(void **state)
{
	(void)state;
	memset(&region, 0, sizeof(region));
	memset(&copy, 0, sizeof(copy));
	return 0;
}

static void what_is_written_is_read_once(void **state)
{
	struct wan_lease lease = example();

	(void)state;
	assert_false(wan_lease_update(&region, &copy)); /* nothing there yet */
	wan_lease_write(&region, &lease);
	assert_true(wan_lease_update(&region, &copy));
	assert_memory_equal(&copy, &lease, sizeof(copy));
	assert_false(wan_lease_update(&region, &copy));
	lease.state = WAN_LEASE_RENEWING;
	wan_lease_write(&region, &lease);
	assert_true(wan_lease_update(&region, &copy));
	assert_int_equal(copy.state, WAN_LEASE_RENEWING);
	assert_int_equal(copy.serial, 2);
}

/* Whatever bit is flipped: a reader keeps what it had, and a new one has none or the one before. */
static void a_damaged_lease_changes_nothing(void **state)
{
	struct wan_lease lease = example();

	(void)state;
	wan_lease_write(&region, &lease);
	assert_true(wan_lease_update(&region, &copy));
	lease.address++;
	wan_lease_write(&region, &lease);
	struct wan_lease_region whole = region;
	for (size_t bit = 0; bit < 8 * sizeof(region); bit++) {
		struct wan_lease kept = copy, anew = { 0 };
		const struct wan_lease *current = &region.copies[whole.current];
		size_t byte = bit / 8, offset = offsetof(struct wan_lease_region, copies) +
						whole.current * sizeof(*current);
		region = whole;
		((uint8_t *)&region)[byte] ^= (uint8_t)(1u << bit % 8);
		if (byte >= sizeof(region.current) &&
		    (byte < offset || byte >= offset + sizeof(*current)))
			continue; /* of what is not in force */
		assert_false(wan_lease_update(&region, &kept));
		assert_memory_equal(&kept, &copy, sizeof(kept));
		if (wan_lease_update(&region, &anew)) /* the flag between the two copies */
			assert_memory_equal(&anew, &copy, sizeof(anew));
	}
	region = whole;
	region.current = 7;
	assert_false(wan_lease_update(&region, &copy));
}

/* The writer dies before the switch: the former lease is in force, and the next life goes on. */
static void a_half_written_lease_is_not_seen(void **state)
{
	struct wan_lease lease = example();

	(void)state;
	wan_lease_write(&region, &lease);
	memset(&region.copies[1 - region.current], 0xa5, 40);
	assert_true(wan_lease_update(&region, &copy));
	assert_int_equal(copy.address, lease.address);
	lease.address++;
	wan_lease_write(&region, &lease);
	assert_true(wan_lease_update(&region, &copy));
	assert_int_equal(copy.address, lease.address);
}

static void a_lease_ends_by_the_clock(void **state)
{
	struct wan_lease lease = example();

	(void)state;
	assert_true(wan_lease_is_held(&lease, 999999));
	assert_false(wan_lease_is_held(&lease, 1000000));
	lease.expires_us = WAN_LEASE_NEVER;
	assert_true(wan_lease_is_held(&lease, UINT64_MAX - 1));
	lease.address = 0;
	assert_false(wan_lease_is_held(&lease, 0));
}

static void refused(struct wan_lease lease)
{
	assert_false(wan_lease_is_sane(&lease));
	wan_lease_write(&region, &lease); /* with a right checksum */
	assert_false(wan_lease_update(&region, &copy));
}

static void what_no_host_can_have_is_refused(void **state)
{
	struct wan_lease lease = example();

	(void)state;
	assert_true(wan_lease_is_sane(&lease));
	for (uint32_t bits = 0; bits < 40; bits++) {
		lease = example();
		lease.prefix_bits = bits;
		lease.gateway = 0;
		if (bits < 1 || bits > 30)
			refused(lease);
	}
	static const uint32_t addresses[] = { 0xcb007100, 0xcb0071ff, 0x7f000001, 0xe0000001,
					      0xffffffff, 0x00000001, 0xcb007101 };
	for (size_t i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++) {
		lease = example();
		lease.address = addresses[i]; /* the last is its gateway's */
		refused(lease);
	}
	lease = example();
	lease.gateway = 0xcb007201; /* not on its network */
	refused(lease);
	lease = example();
	lease.address = 0; /* and yet a gateway */
	refused(lease);
	lease = example();
	lease.state = WAN_LEASE_STATE_COUNT;
	refused(lease);
	lease = example();
	lease.dns_count = WAN_LEASE_DNS_MAX + 1;
	refused(lease);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(what_is_written_is_read_once, setup),
		cmocka_unit_test_setup(a_damaged_lease_changes_nothing, setup),
		cmocka_unit_test_setup(a_half_written_lease_is_not_seen, setup),
		cmocka_unit_test_setup(a_lease_ends_by_the_clock, setup),
		cmocka_unit_test_setup(what_no_host_can_have_is_refused, setup),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
