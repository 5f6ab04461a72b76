/* Leases over a reboot: the record of the store, made and believed: appliance/dhcpd/archive.h. */
#include "appliance/dhcpd/archive.h"
#include "tests/unit/unit.h"

#include <string.h>

#define FIRST   0xc0a80164u
#define START_S 1000u

static struct archive archive;
static struct leases before, after;

static struct lease_record lease_of(uint32_t address, uint64_t client, enum lease_state state,
				    uint64_t expires_s)
{
	return (struct lease_record){ .version = LEASE_VERSION,
				      .address = address,
				      .client = client,
				      .state = (uint8_t)state,
				      .expires_s = expires_s };
}

static void leases_come_back_from_the_archive_with_the_time_that_was_left(void **state)
{
	size_t bytes;

	(void)state;
	memset(&before, 0, sizeof(before));
	memset(&after, 0, sizeof(after));
	before.entries[3] = lease_of(FIRST, 1, LEASE_BOUND, START_S + 600);
	before.entries[5] = lease_of(FIRST + 1, 2, LEASE_BOUND, START_S - 5); /* is over */
	before.entries[6] = lease_of(FIRST + 2, 3, LEASE_OFFERED, START_S + 60);
	bytes = archive_make(&archive, &before, START_S);
	assert_int_equal(archive.count, 2);
	after.entries[0] = lease_of(FIRST, 9, LEASE_BOUND, 500); /* is there already */
	assert_int_equal(archive_take(&archive, bytes, &after, 20), 1);
	assert_int_equal(leases_of_address(&after, FIRST)->client, 9);
	assert_int_equal(leases_of_client(&after, 2)->expires_s, 20);
	memset(&after, 0, sizeof(after));
	assert_int_equal(archive_take(&archive, bytes, &after, 20), 2);
	assert_int_equal(leases_of_client(&after, 1)->expires_s, 620);
	assert_null(leases_of_client(&after, 3));
}

static void an_archive_that_lies_is_not_believed(void **state)
{
	size_t bytes;

	(void)state;
	memset(&before, 0, sizeof(before));
	memset(&after, 0, sizeof(after));
	before.entries[0] = lease_of(FIRST, 1, LEASE_BOUND, START_S + 600);
	bytes = archive_make(&archive, &before, START_S);
	assert_int_equal(archive_take(&archive, bytes - 1, &after, 20), 0);
	assert_int_equal(archive_take(&archive, 3, &after, 20), 0);
	archive.count = UINT32_MAX;
	assert_int_equal(archive_take(&archive, sizeof(archive), &after, 20), 0);
	archive.count = 1;
	archive.leases[0].expires_s = UINT64_MAX;
	assert_int_equal(archive_take(&archive, bytes, &after, 20), 0);
	archive.leases[0].expires_s = 5;
	archive.leases[0].state = LEASE_OFFERED;
	assert_int_equal(archive_take(&archive, bytes, &after, 20), 0);
	archive.version = 2;
	assert_int_equal(archive_take(&archive, bytes, &after, 20), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(leases_come_back_from_the_archive_with_the_time_that_was_left),
		cmocka_unit_test(an_archive_that_lies_is_not_believed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
