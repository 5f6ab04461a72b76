/* The store as its callers see it, over deaths of everybody and cuts of the power. */
#include "services/runtime/crc32.h"
#include "tests/unit/store_world.h"

#include <string.h>

static void what_was_put_is_there_after_a_reboot(void **state)
{
	(void)state;
	assert_int_equal(world_result(SLOT_ONE), E_ABSENT);
	world_put_done(SLOT_ONE, "name", 1);
	world_put_done(SLOT_ONE, "name", 2);
	assert_int_equal(world.disk.pending_count, 0);
	assert_true(world.notified[SLOT_ONE] >= 2);
	world_reboot();
	assert_int_equal(world_put(SLOT_ONE, "name", world_value(3), 10), E_AGAIN);
	world_run();
	assert_int_equal(world_version(SLOT_ONE, "name"), 2);
	assert_int_equal(world.table.record_count, 1);
	assert_string_equal(world.table.records[0].name, "one/name");
	assert_int_equal(world.table.records[0].length_bytes, WORLD_VALUE_BYTES);
}

static void each_service_has_its_own_records(void **state)
{
	struct store_request request = { .index = 0 };
	struct store_reply reply;

	(void)state;
	world_put_done(SLOT_ONE, "name", 1);
	world_put_done(SLOT_TWO, "name", 2);
	world_put_done(SLOT_TWO, "other", 3);
	assert_int_equal(world_version(SLOT_ONE, "name"), 1);
	assert_int_equal(world_version(SLOT_ONE, "other"), 0);
	assert_int_equal(world_version(SLOT_TWO, "name"), 2);
	assert_int_equal(world_delete(SLOT_ONE, "other"), E_ABSENT);
	assert_int_equal(world_ask(SLOT_ONE, STORE_LIST, &request, &reply), OK);
	assert_string_equal(reply.name, "name");
	request.index = 1;
	assert_int_equal(world_ask(SLOT_ONE, STORE_LIST, &request, &reply), E_ABSENT);
	assert_int_equal(world_ask(SLOT_TWO, STORE_LIST, &request, &reply), OK);
}

static void a_deleted_record_does_not_come_back(void **state)
{
	(void)state;
	world_put_done(SLOT_ONE, "name", 1);
	assert_int_equal(world_delete(SLOT_ONE, "name"), OK);
	assert_int_equal(world_delete(SLOT_ONE, "name"), OK); /* the same one */
	world_run();
	assert_int_equal(world_result(SLOT_ONE), OK);
	assert_int_equal(world_version(SLOT_ONE, "name"), 0);
	world_reboot();
	world_run();
	assert_int_equal(world_version(SLOT_ONE, "name"), 0);
}

static void a_service_has_one_change_under_way_and_may_repeat_it(void **state)
{
	(void)state;
	assert_int_equal(world_put(SLOT_ONE, "name", world_value(1), 100), OK);
	assert_int_equal(world_result(SLOT_ONE), E_AGAIN);
	assert_int_equal(world_put(SLOT_ONE, "name", world_value(1), 100), OK);
	assert_int_equal(store.life.changes.count, 1);
	assert_int_equal(world_put(SLOT_ONE, "name", world_value(2), 100), E_AGAIN);
	assert_int_equal(world_put(SLOT_ONE, "other", world_value(1), 100), E_AGAIN);
	assert_int_equal(world_put(SLOT_TWO, "name", world_value(1), 100), OK);
	assert_int_equal(world_version(SLOT_ONE, "name"), 0);
	world_run();
	assert_int_equal(world_version(SLOT_ONE, "name"), 1);
}

static void hostile_requests_are_refused(void **state)
{
	struct store_request request = { .name = "name", .length_bytes = 10, .crc32 = 1 };

	(void)state;
	world.lent = world_value(1);
	assert_int_equal(world_ask(SLOT_ONE, STORE_PUT, &request, NULL), E_DAMAGED);
	world.lent = NULL;
	assert_int_equal(world_ask(SLOT_ONE, STORE_PUT, &request, NULL), E_GRANT);
	request.length_bytes = UINT32_MAX;
	assert_int_equal(world_ask(SLOT_ONE, STORE_PUT, &request, NULL), E_TOO_LARGE);
	memset(request.name, 'x', sizeof(request.name));
	assert_int_equal(world_ask(SLOT_ONE, STORE_GET, &request, NULL), E_ARGUMENT);
	assert_int_equal(world_put(SLOT_ONE, "", world_value(1), 1), E_ARGUMENT);
	assert_int_equal(world_put(SLOT_ONE, "a b", world_value(1), 1), E_ARGUMENT);
	assert_int_equal(world_put(SLOT_ONE, "a\nb", world_value(1), 1), E_ARGUMENT);
	assert_int_equal(world_ask(SLOT_ONE, STORE_CELL + 1, &request, NULL), E_CALL);
	assert_int_equal(world_ask(SLOT_ONE, 0, &request, NULL), E_CALL);
	assert_int_equal(store.life.changes.count, 0);
}

static void a_full_store_refuses_new_names_and_takes_replacements(void **state)
{
	char name[] = "name0";
	uint32_t taken = 0;

	(void)state;
	for (; taken < DISK_CELLS; taken++) {
		name[4] = (char)('0' + taken);
		if (world_put(SLOT_ONE, name, world_value(1), 100) != OK)
			break;
		world_run();
	}
	assert_int_equal(taken, DISK_CELLS - 1);
	assert_int_equal(world_put(SLOT_TWO, "name", world_value(1), 100), E_FULL);
	world_put_done(SLOT_ONE, "name0", 2);
	assert_int_equal(world_version(SLOT_ONE, "name0"), 2);
}

/* At every turn of a change the store dies: what was accepted is carried out by the next life. */
static void deaths_of_the_store_lose_nothing(void **state)
{
	uint8_t version = 1;

	(void)state;
	for (unsigned turns = 0; turns < 30; turns++, version++) {
		assert_int_equal(
			world_put(SLOT_ONE, "name", world_value(version), WORLD_VALUE_BYTES), OK);
		for (unsigned i = 0; i < turns; i++)
			(void)world_turn();
		world_store_dies();
		world_run();
		assert_int_equal(world_result(SLOT_ONE), OK);
		assert_int_equal(world_version(SLOT_ONE, "name"), version);
	}
	world_reboot();
	world_run();
	assert_int_equal(world_version(SLOT_ONE, "name"), version - 1);
}

static void in_memory_records_outlive_the_store_but_no_reboot(void **state)
{
	(void)state;
	world_put_done(SLOT_ONE, "name", 1);
	world_put_done(SLOT_ONE, "other", 2);
	assert_int_equal(world_delete(SLOT_ONE, "other"), OK);
	world_run();
	assert_int_equal(world_put(SLOT_TWO, "name", world_value(3), 100), OK);
	world_store_dies();
	world_run();
	assert_int_equal(world_version(SLOT_ONE, "name"), 1);
	assert_int_equal(world_version(SLOT_ONE, "other"), 0);
	assert_int_equal(world_version(SLOT_TWO, "name"), 3);
	world_reboot();
	world_run();
	assert_int_equal(world_version(SLOT_ONE, "name"), 0);
}

/* A bit turns over in each byte of the latest checkpoint, or one in both. */
static void a_damaged_checkpoint_is_not_believed(void **state)
{
	(void)state;
	world_put_done(SLOT_ONE, "name", 1);
	world_put_done(SLOT_ONE, "name", 2);
	for (size_t byte = 0; byte < sizeof(struct life); byte++) {
		uint8_t *latest = (uint8_t *)&world.region.checkpoints[store.life.number % 2];

		latest[byte] ^= (uint8_t)(1u << byte % 8);
		world_store_dies();
		world_run();
		assert_int_equal(world_version(SLOT_ONE, "name"), 2);
	}
	for (unsigned i = 0; i < 2; i++)
		world.region.checkpoints[i].crc32 ^= 1;
	world_store_dies();
	assert_int_equal(store.life.mode, STORE_OPENING);
	world_run();
	assert_int_equal(world_version(SLOT_ONE, "name"), 2);
}

static void a_clean_start_reads_the_records_back_and_stays_clean(void **state)
{
	(void)state;
	world_put_done(SLOT_ONE, "name", 1);
	world_put_done(SLOT_ONE, "name", 2);
	uint64_t before = store.life.number;
	life_forget(&world.region);
	world_store_dies();
	assert_int_equal(store.life.mode, STORE_OPENING);
	assert_true(store.life.number < before);
	world_run();
	assert_int_equal(world_version(SLOT_ONE, "name"), 2);
	world_put_done(SLOT_ONE, "name", 3);
	world_store_dies();
	assert_int_not_equal(store.life.mode, STORE_OPENING);
	assert_true(store.life.number < before);
	world_run();
	assert_int_equal(world_version(SLOT_ONE, "name"), 3);
}

static void a_damaged_record_is_read_back_from_the_disk(void **state)
{
	(void)state;
	world_put_done(SLOT_ONE, "name", 1);
	for (uint32_t cell = 0; cell < DISK_CELLS; cell++)
		world.region.records[cell].value[7] ^= 1;
	world_store_dies();
	world_run();
	assert_int_equal(world_version(SLOT_ONE, "name"), 1);
}

static void in_memory_a_damaged_record_costs_itself_only(void **state)
{
	(void)state;
	world_put_done(SLOT_ONE, "name", 1);
	world_put_done(SLOT_TWO, "name", 2);
	for (uint32_t cell = 0; cell < STORE_CELLS; cell++)
		if (strcmp(world.region.records[cell].head.name, "one/name") == 0)
			world.region.records[cell].value[7] ^= 1;
	world_store_dies();
	world_run();
	assert_int_equal(world_version(SLOT_ONE, "name"), 0);
	assert_int_equal(world_version(SLOT_TWO, "name"), 2);
}

/* --- Power cuts in a sequence of puts ------------------------------------------------ */

struct expected {
	uint8_t before, now; /* versions of a record: what was on the disk, what was accepted */
};

static void expect(uint32_t slot, const struct expected *expected)
{
	uint8_t found = world_version(slot, "name");

	assert_true(found == expected->now || found == expected->before);
}

/*
 * Two services put again and again, the first also deletes; after `turns` turns the power is cut,
 * with what the disk had in its cache in any order, torn or not at all.
 */
static void life_and_cut(unsigned turns, uint64_t *random)
{
	struct expected one = { 1, 1 }, two = { 1, 1 };
	uint8_t version = 2;

	world_boot(true);
	world_run();
	world_put_done(SLOT_ONE, "name", 1);
	world_put_done(SLOT_TWO, "name", 1);
	for (unsigned i = 0; i < turns; i++) {
		if (world_result(SLOT_ONE) == OK) {
			one.before = one.now;
			one.now = version % 5 == 0 && one.before != 0 ? 0 : version;
			assert_int_equal(one.now == 0
						 ? world_delete(SLOT_ONE, "name")
						 : world_put(SLOT_ONE, "name", world_value(one.now),
							     disk_random(random) % 4000 + 1),
					 OK);
			version++;
		}
		if (world_result(SLOT_TWO) == OK) {
			two = (struct expected){ two.now, version };
			assert_int_equal(world_put(SLOT_TWO, "name", world_value(version), 700),
					 OK);
			version++;
		}
		(void)world_turn();
	}
	disk_cut_at_random(&world.disk, random);
	world_reboot();
	world_run();
	expect(SLOT_ONE, &one);
	expect(SLOT_TWO, &two);
}

static void a_cut_anywhere_in_a_sequence_of_puts_leaves_old_or_new(void **state)
{
	uint64_t random = 3;

	(void)state;
	for (unsigned turns = 0; turns < 250; turns++)
		for (unsigned again = 0; again < 4; again++)
			life_and_cut(turns, &random);
}

/* As the installer asks; the bytes behind those given are zeros. */
static enum status cell_get(uint32_t slot, uint32_t index, uint8_t *bytes, uint64_t *commits)
{
	const struct store_request request = { .index = index, .length_bytes = STORE_CELL_BYTES };
	struct store_reply reply;
	struct store_cell cell;

	memset(bytes, 0, STORE_CELL_BYTES);
	world.lent_back = bytes;
	enum status status = world_ask(slot, STORE_CELL, &request, &reply);

	memcpy(&cell, &reply, sizeof(cell));
	*commits = cell.commits;
	return status;
}

static void the_installer_gets_what_makes_another_disk_the_same_store(void **state)
{
	static uint8_t cells[DISK_CELLS][STORE_CELL_BYTES];
	uint8_t none[STORE_CELL_BYTES];
	uint64_t before, after;
	uint32_t count = 0;

	(void)state;
	world_put_done(SLOT_ONE, "name", 1);
	world_put_done(SLOT_ONE, "name", 2);
	world_put_done(SLOT_TWO, "other", 3);
	assert_int_equal(cell_get(SLOT_ONE, 0, none, &after), E_DENIED);
	assert_int_equal(cell_get(SLOT_INSTALL, 0, none, &before), OK);
	assert_int_equal(world_put(SLOT_ONE, "last", world_value(4), WORLD_VALUE_BYTES), OK);
	assert_int_equal(cell_get(SLOT_INSTALL, 0, none, &after), E_AGAIN);
	world_run();
	while (count < DISK_CELLS && cell_get(SLOT_INSTALL, count, cells[count], &after) == OK)
		count++;
	assert_int_equal(cell_get(SLOT_INSTALL, store.life.vault.cells, none, &after), E_ABSENT);
	assert_int_equal(after, before + 1);
	world_boot(true);
	memcpy(world.disk.sectors, cells, sizeof(cells));
	world_reboot();
	world_run();
	assert_int_equal(world_version(SLOT_ONE, "name"), 2);
	assert_int_equal(world_version(SLOT_TWO, "other"), 3);
	assert_int_equal(world_version(SLOT_ONE, "last"), 4);
	assert_int_equal(world.table.record_count, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define DISK(name)   cmocka_unit_test_setup(name, world_with_disk)
#define MEMORY(name) cmocka_unit_test_setup(name, world_without_disk)
		DISK(what_was_put_is_there_after_a_reboot),
		DISK(each_service_has_its_own_records),
		MEMORY(each_service_has_its_own_records),
		DISK(a_deleted_record_does_not_come_back),
		DISK(a_service_has_one_change_under_way_and_may_repeat_it),
		DISK(hostile_requests_are_refused),
		DISK(a_full_store_refuses_new_names_and_takes_replacements),
		DISK(deaths_of_the_store_lose_nothing),
		MEMORY(in_memory_records_outlive_the_store_but_no_reboot),
		DISK(a_damaged_checkpoint_is_not_believed),
		MEMORY(a_damaged_checkpoint_is_not_believed),
		DISK(a_clean_start_reads_the_records_back_and_stays_clean),
		MEMORY(a_clean_start_reads_the_records_back_and_stays_clean),
		DISK(a_damaged_record_is_read_back_from_the_disk),
		MEMORY(in_memory_a_damaged_record_costs_itself_only),
		DISK(the_installer_gets_what_makes_another_disk_the_same_store),
		MEMORY(the_installer_gets_what_makes_another_disk_the_same_store),
		DISK(a_cut_anywhere_in_a_sequence_of_puts_leaves_old_or_new),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
