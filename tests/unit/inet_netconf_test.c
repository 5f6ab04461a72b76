/* INET's reader of the configuration: netstack/inet/netconf_reader.c. */
#include "netstack/inet/netconf_reader.h"
#include "tests/unit/unit.h"

#include <string.h>

static struct netconf_region region;
static struct inet_netconf conf;

/* The polynomial the long way, so that the reader is not tested against itself. */
static uint32_t crc32_by_bits(const uint8_t *bytes, size_t length)
{
	uint32_t crc = 0xffffffff;

	for (size_t bit = 0; bit < length * 8; bit++) {
		uint32_t in = (uint32_t)(bytes[bit / 8] >> bit % 8 & 1);
		uint32_t out = crc & 1;
		crc >>= 1;
		if (in != out)
			crc ^= 0xedb88320u;
	}
	return crc ^ 0xffffffff;
}

static void seal(struct netconf *copy)
{
	copy->crc32 = crc32_by_bits((uint8_t *)copy + 4, sizeof(*copy) - 4);
}

static int setup(void **state)
{
	struct netconf *copy = &region.copies[1];

	(void)state;
	memset(&region, 0, sizeof(region));
	region.current = 1;
	*copy = (struct netconf){ .version = NETCONF_VERSION,
				  .serial = 3,
				  .lan = { 0xc0a80101, 24 },
				  .wan = { 0x0a000002, 30 },
				  .gateway = 0x0a000001 };
	seal(copy);
	memset(&conf, 0xee, sizeof(conf));
	return 0;
}

static void crc_is_the_one_everyone_uses(void **state)
{
	(void)state;
	assert_int_equal(crc32_by_bits((const uint8_t *)"123456789", 9), 0xcbf43926);
}

static void a_good_copy_is_taken(void **state)
{
	(void)state;
	assert_int_equal(inet_netconf_read(&region, &conf), OK);
	assert_int_equal(conf.lan.address, 0xc0a80101);
	assert_int_equal(conf.lan.prefix_bits, 24);
	assert_int_equal(conf.wan.address, 0x0a000002);
	assert_int_equal(conf.gateway, 0x0a000001);
	assert_int_equal(conf.serial, 3);
}

static void a_copy_with_one_bit_flipped_is_refused(void **state)
{
	struct inet_netconf before = conf;

	(void)state;
	region.copies[1].rules[200].number ^= 1u << 7;
	assert_int_equal(inet_netconf_read(&region, &conf), E_DAMAGED);
	assert_memory_equal(&conf, &before, sizeof(conf));
}

static void an_impossible_prefix_is_refused_though_the_sum_is_right(void **state)
{
	(void)state;
	region.copies[1].lan.prefix_bits = 33;
	seal(&region.copies[1]);
	assert_int_equal(inet_netconf_read(&region, &conf), E_DAMAGED);
}

static void another_version_is_refused(void **state)
{
	(void)state;
	region.copies[1].version = NETCONF_VERSION + 1;
	seal(&region.copies[1]);
	assert_int_equal(inet_netconf_read(&region, &conf), E_DAMAGED);
}

static void nothing_written_yet_is_told_from_damage(void **state)
{
	(void)state;
	region.current = 0; /* that copy is all zero */
	assert_int_equal(inet_netconf_read(&region, &conf), E_ABSENT);
	region.current = 2;
	assert_int_equal(inet_netconf_read(&region, &conf), E_ABSENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(crc_is_the_one_everyone_uses),
		cmocka_unit_test_setup(a_good_copy_is_taken, setup),
		cmocka_unit_test_setup(a_copy_with_one_bit_flipped_is_refused, setup),
		cmocka_unit_test_setup(an_impossible_prefix_is_refused_though_the_sum_is_right,
				       setup),
		cmocka_unit_test_setup(another_version_is_refused, setup),
		cmocka_unit_test_setup(nothing_written_yet_is_told_from_damage, setup),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
