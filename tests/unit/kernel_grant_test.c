/* What memory lending and the DMA guard promise. */
#include "kernel/dma_guard.h"
#include "kernel/grant.h"
#include "kernel/usermem.h"
#include "tests/unit/kernel_world.h"
#include "tests/unit/unit.h"

#include <string.h>

#define OWNER      1
#define GRANTEE    2
#define THIRD      3
#define READ_WRITE (GRANT_READ | GRANT_WRITE)

static struct slot *owner, *grantee, *third;

static int set(void **state)
{
	world_set(state);
	owner = &slots[OWNER];
	grantee = &slots[GRANTEE];
	third = &slots[THIRD];
	return 0;
}

static uint64_t lend(uint64_t address, uint64_t bytes, uint64_t access)
{
	assert_int_equal(grant_create(owner, GRANTEE, address, bytes, access), OK);
	return owner->frame.rdx;
}

static enum status read_one(struct slot *reader, uint64_t id, uint64_t offset, uint64_t bytes)
{
	return grant_copy(reader, &(struct copy){ OWNER, id, offset, WORLD_HEAP, bytes },
			  GRANT_READ);
}

static void what_is_lent_is_copied_and_nothing_else(void **state)
{
	(void)state;
	uint64_t id = lend(WORLD_HEAP + 100, 10, GRANT_READ);

	memset(world_memory(OWNER), 'a', 200);
	assert_int_equal(read_one(grantee, id, 2, 8), OK);
	assert_memory_equal(world_memory(GRANTEE), "aaaaaaaa\0", 9);
	assert_int_equal(read_one(grantee, id, 3, 8), E_GRANT);
	assert_int_equal(read_one(grantee, id, 11, 0), E_GRANT);
	assert_int_equal(read_one(grantee, id, UINT64_MAX, 2), E_GRANT);
	assert_int_equal(read_one(third, id, 0, 1), E_GRANT);
	assert_int_equal(
		grant_copy(grantee, &(struct copy){ OWNER, id, 0, WORLD_HEAP, 1 }, GRANT_WRITE),
		E_GRANT);
}

static void a_revoked_or_reused_grant_fails(void **state)
{
	(void)state;
	uint64_t id = lend(WORLD_HEAP, 10, GRANT_READ);

	assert_int_equal(grant_revoke(owner, id), OK);
	assert_int_equal(grant_revoke(owner, id), E_GRANT);
	assert_int_equal(read_one(grantee, id, 0, 1), E_GRANT);
	uint64_t again = lend(WORLD_HEAP, 10, GRANT_READ);

	assert_int_equal(again % SERVICE_GRANTS_MAX, id % SERVICE_GRANTS_MAX);
	assert_int_equal(read_one(grantee, id, 0, 1), E_GRANT);
	assert_int_equal(read_one(grantee, again, 0, 1), OK);
}

static void death_takes_back_all_that_was_lent(void **state)
{
	(void)state;
	uint64_t id = lend(WORLD_HEAP, 10, GRANT_READ);

	grants_clear(owner);
	assert_int_equal(read_one(grantee, id, 0, 1), E_GRANT);
	assert_int_equal(read_one(grantee, 0, 0, 0), E_GRANT);
}

static void memory_that_is_not_ours_cannot_be_lent(void **state)
{
	(void)state;
	assert_int_equal(grant_create(owner, GRANTEE, 0, 1, GRANT_READ), E_FAULT);
	assert_int_equal(
		grant_create(owner, GRANTEE, WORLD_HEAP, WORLD_MEMORY_BYTES + 1, GRANT_READ),
		E_FAULT);
	assert_int_equal(grant_create(owner, GRANTEE, WORLD_HEAP + 1, UINT64_MAX, GRANT_READ),
			 E_FAULT);
	assert_int_equal(grant_create(owner, GRANTEE, WORLD_CONSTANTS, 1, GRANT_WRITE), E_FAULT);
	assert_int_equal(grant_create(owner, SERVICE_MAX, WORLD_HEAP, 1, GRANT_READ), E_ARGUMENT);
	assert_int_equal(grant_create(owner, GRANTEE, WORLD_HEAP, 1, 0), E_ARGUMENT);
	assert_int_equal(grant_create(owner, GRANTEE, WORLD_HEAP, 1, 4), E_ARGUMENT);
	assert_int_equal(owner->entry->refusals.memory, 4);
}

static void a_copy_needs_memory_of_ones_own(void **state)
{
	(void)state;
	uint64_t id = lend(WORLD_HEAP, 10, READ_WRITE);

	assert_int_equal(
		grant_copy(grantee, &(struct copy){ OWNER, id, 0, WORLD_CONSTANTS, 1 }, GRANT_READ),
		E_FAULT);
	assert_int_equal(grant_copy(grantee, &(struct copy){ OWNER, id, 0, 0, 1 }, GRANT_READ),
			 E_FAULT);
	assert_int_equal(grant_copy(grantee, &(struct copy){ OWNER, id, 0, WORLD_CONSTANTS, 1 },
				    GRANT_WRITE),
			 OK);
	assert_int_equal(grant_copy(grantee, &(struct copy){ SERVICE_MAX, id, 0, WORLD_HEAP, 1 },
				    GRANT_WRITE),
			 E_GRANT);
	assert_int_equal(grant_copy(grantee, &(struct copy){ OWNER, id, 0, WORLD_HEAP, 1 << 20 },
				    GRANT_READ),
			 E_TOO_LARGE);
	assert_int_equal(grantee->entry->refusals.memory, 2);
}

static uint64_t lend_on(uint64_t id, uint64_t access)
{
	assert_int_equal(grant_delegate(grantee, OWNER, id, THIRD, access), OK);
	return grantee->frame.rdx;
}

static void a_grant_can_be_passed_on_but_not_widened(void **state)
{
	(void)state;
	uint64_t id = lend(WORLD_HEAP, 10, GRANT_READ);
	uint64_t passed = lend_on(id, GRANT_READ);

	world_memory(OWNER)[0] = 'x';
	assert_int_equal(
		grant_copy(third, &(struct copy){ GRANTEE, passed, 0, WORLD_HEAP, 1 }, GRANT_READ),
		OK);
	assert_int_equal(world_memory(THIRD)[0], 'x');
	assert_int_equal(
		grant_copy(third, &(struct copy){ GRANTEE, passed, 0, WORLD_HEAP, 11 }, GRANT_READ),
		E_GRANT);
	assert_int_equal(grant_delegate(grantee, OWNER, id, THIRD, READ_WRITE), E_GRANT);
	assert_int_equal(grant_delegate(third, OWNER, id, THIRD, GRANT_READ), E_GRANT);
	grant_revoke(owner, id);
	assert_int_equal(
		grant_copy(third, &(struct copy){ GRANTEE, passed, 0, WORLD_HEAP, 1 }, GRANT_READ),
		E_GRANT);
}

static void a_circle_of_delegations_leads_nowhere(void **state)
{
	(void)state;
	uint64_t id = lend(WORLD_HEAP, 10, GRANT_READ);
	uint64_t passed = lend_on(id, GRANT_READ);

	/* As if the owner's grant had itself been delegated by the third. */
	owner->grants[id % SERVICE_GRANTS_MAX].delegated = true;
	owner->grants[id % SERVICE_GRANTS_MAX].granter = GRANTEE;
	owner->grants[id % SERVICE_GRANTS_MAX].granter_id = (uint32_t)passed;
	grantee->grants[passed % SERVICE_GRANTS_MAX].grantee = OWNER;
	assert_int_equal(read_one(grantee, id, 0, 1), E_GRANT);
}

static void the_table_of_grants_has_an_end(void **state)
{
	(void)state;
	for (unsigned i = 0; i < SERVICE_GRANTS_MAX; i++)
		lend(WORLD_HEAP, 1, GRANT_READ);
	assert_int_equal(grant_create(owner, GRANTEE, WORLD_HEAP, 1, GRANT_READ), E_FULL);
}

/* --- The DMA guard -------------------------------------------------------- */

#define PORT_BASE     0xc000
#define RULED         0x30 /* the device writes 1000 bytes from the address written here */
#define READ_RULED    0x20 /* the device reads 100 bytes */
#define BITS_RULED    0x44
#define DMA_MEMORY    0x100000u
#define DMA_CONSTANTS 0x200000u

static int guard_set(void **state)
{
	set(state);
	struct manifest_image *image = (struct manifest_image *)owner->image;
	const struct manifest_dma_rule rules[] = {
		{ .offset = READ_RULED,
		  .width_bytes = 4,
		  .kind = DMA_RULE_DEVICE_READS,
		  .length = 100 },
		{ .offset = RULED,
		  .width_bytes = 4,
		  .kind = DMA_RULE_DEVICE_WRITES,
		  .length = 1000 },
		{ .offset = BITS_RULED,
		  .width_bytes = 4,
		  .kind = DMA_RULE_BITS,
		  .mask = 0xff00,
		  .bits = 0x1200 },
	};

	memcpy(image->dma_rules, rules, sizeof(rules));
	image->dma_rule_count = 3;
	owner->entry->device.port_base = PORT_BASE;
	owner->stretches[0].physical.address = DMA_MEMORY;
	owner->stretches[0].access = MAP_WRITE | MAP_DMA;
	owner->stretches[1].physical.address = DMA_CONSTANTS;
	owner->stretches[1].access = MAP_DMA;
	return 0;
}

static bool allowed(unsigned offset, unsigned width, uint32_t value)
{
	return dma_guard_allows(owner, PORT_BASE + offset, width, value);
}

static void the_device_is_pointed_at_the_drivers_regions_only(void **state)
{
	(void)state;
	assert_true(allowed(RULED, 4, DMA_MEMORY));
	assert_true(allowed(RULED, 4, DMA_MEMORY + WORLD_MEMORY_BYTES - 1000));
	assert_false(allowed(RULED, 4, DMA_MEMORY + WORLD_MEMORY_BYTES - 999));
	assert_false(allowed(RULED, 4, DMA_MEMORY - 1));
	assert_false(allowed(RULED, 4, 0));
	assert_false(allowed(RULED, 4, UINT32_MAX));
}

static void the_device_writes_only_what_the_driver_may_write(void **state)
{
	(void)state;
	assert_false(allowed(RULED, 4, DMA_CONSTANTS));
	assert_true(allowed(READ_RULED, 4, DMA_CONSTANTS));
	owner->stretches[0].access = MAP_WRITE; /* mapped, but not for DMA */
	assert_false(allowed(READ_RULED, 4, DMA_MEMORY));
}

static void no_address_is_composed_of_pieces(void **state)
{
	(void)state;
	for (unsigned offset = RULED - 3; offset < RULED + 4; offset++)
		for (unsigned width = 1; width <= 4; width *= 2) {
			bool touches = offset + width > RULED;
			bool whole = offset == RULED && width == 4;

			assert_int_equal(allowed(offset, width, DMA_MEMORY), !touches || whole);
		}
}

static void fixed_bits_stay_fixed(void **state)
{
	(void)state;
	assert_true(allowed(BITS_RULED, 4, 0xabcd12ef));
	assert_false(allowed(BITS_RULED, 4, 0xabcd13ef));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(what_is_lent_is_copied_and_nothing_else, set),
		cmocka_unit_test_setup(a_revoked_or_reused_grant_fails, set),
		cmocka_unit_test_setup(death_takes_back_all_that_was_lent, set),
		cmocka_unit_test_setup(memory_that_is_not_ours_cannot_be_lent, set),
		cmocka_unit_test_setup(a_copy_needs_memory_of_ones_own, set),
		cmocka_unit_test_setup(a_grant_can_be_passed_on_but_not_widened, set),
		cmocka_unit_test_setup(a_circle_of_delegations_leads_nowhere, set),
		cmocka_unit_test_setup(the_table_of_grants_has_an_end, set),
		cmocka_unit_test_setup(the_device_is_pointed_at_the_drivers_regions_only,
				       guard_set),
		cmocka_unit_test_setup(the_device_writes_only_what_the_driver_may_write, guard_set),
		cmocka_unit_test_setup(no_address_is_composed_of_pieces, guard_set),
		cmocka_unit_test_setup(fixed_bits_stay_fixed, guard_set),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
