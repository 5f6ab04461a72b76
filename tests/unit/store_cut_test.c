/* The power fails anywhere in a change: afterwards there is the old or the new, never a mixture. */
#include "tests/unit/store_disk.h"
#include "tests/unit/unit.h"

#include <string.h>

#define LONG_BYTES 5000u
#define LIVES      3000

static struct store_disk disk, before_cut;
static struct record records[DISK_CELLS], records_after[DISK_CELLS];
static struct vault vault, after;

/* A value that says its version in every byte. */
static const void *value(uint8_t version)
{
	static uint8_t bytes[RECORD_VALUE_BYTES];

	memset(bytes, version, sizeof(bytes));
	return bytes;
}

/* The version that the record has; 0: there is none. A mixture fails. */
static uint8_t version_of(const struct vault *of, const char *name)
{
	const struct record *record = vault_find(of, name);

	if (record == NULL)
		return 0;
	for (uint32_t i = 0; i < record->head.length_bytes; i++)
		assert_int_equal(record->value[i], record->value[0]);
	return record->value[0];
}

static void put(const char *name, uint8_t version)
{
	assert_int_equal(vault_put(&vault, name, value(version), LONG_BYTES), OK);
	disk_run(&disk, &vault);
	assert_int_equal(vault.result, OK);
}

static int setup(void **state)
{
	(void)state;
	memset(&disk, 0, sizeof(disk));
	disk_open(&disk, &vault, records);
	put("other", 7);
	return 0;
}

/* What a start after that cut finds; it has to work, and what it tidies to stay. */
static uint8_t version_after_cut(bool answered, uint8_t old, uint8_t new)
{
	uint8_t found;

	disk_open(&disk, &after, records_after);
	found = version_of(&after, "one");
	assert_true(found == new || (found == old && !answered));
	assert_int_equal(version_of(&after, "other"), 7);
	disk_run(&disk, &after);
	assert_int_equal(version_of(&after, "one"), found);
	disk_open(&disk, &after, records_after);
	assert_int_equal(version_of(&after, "one"), found);
	assert_int_equal(after.phase, VAULT_IDLE);
	return found;
}

/* Cuts after every sector, in its middle, and 50 times with the sectors in any order. */
static void cut_everywhere(bool answered, uint8_t old, uint8_t new)
{
	uint64_t random = 1;

	before_cut = disk;
	for (uint32_t kept = 0; kept <= before_cut.pending_count; kept++) {
		disk_cut_in_order(&disk, kept, 0);
		(void)version_after_cut(answered, old, new);
		disk = before_cut;
		if (kept < before_cut.pending_count) {
			disk_cut_in_order(&disk, kept, SECTOR_BYTES / 2);
			(void)version_after_cut(answered, old, new);
		}
		disk = before_cut;
	}
	for (int i = 0; i < 50; i++) {
		disk_cut_at_random(&disk, &random);
		(void)version_after_cut(answered, old, new);
		disk = before_cut;
	}
}

static void change_with_cuts(uint8_t old, uint8_t new)
{
	struct vault_step step;

	for (vault_step_next(&vault, &step); step.action != VAULT_NOTHING;
	     vault_step_next(&vault, &step)) {
		disk_step(&disk, &step);
		cut_everywhere(vault.result == OK, old, new);
		vault_step_done(&vault, true);
	}
	assert_int_equal(vault.result, OK);
	assert_int_equal(version_of(&vault, "one"), new);
}

static void a_cut_in_a_first_put_leaves_nothing_or_the_record(void **state)
{
	(void)state;
	assert_int_equal(vault_put(&vault, "one", value(1), LONG_BYTES), OK);
	change_with_cuts(0, 1);
}

static void a_cut_in_a_replacement_leaves_the_old_or_the_new(void **state)
{
	(void)state;
	put("one", 1);
	assert_int_equal(vault_put(&vault, "one", value(2), LONG_BYTES), OK);
	change_with_cuts(1, 2);
}

static void a_cut_in_a_deletion_leaves_the_record_or_nothing(void **state)
{
	(void)state;
	put("one", 1);
	put("one", 2);
	assert_int_equal(vault_delete(&vault, "one"), OK);
	change_with_cuts(2, 0);
}

/* One life: a change of "one", cut at some step; returns what is there afterwards. */
static uint8_t live_and_die(uint64_t *random, uint8_t old)
{
	uint8_t new = disk_random(random) % 4 == 0 ? 0 : (uint8_t)(1 + disk_random(random) % 250);
	uint32_t steps = disk_random(random) % 8;
	struct vault_step step;
	bool begun = false;

	disk_open(&disk, &vault, records);
	assert_int_equal(version_of(&vault, "one"), old);
	for (; steps != 0; steps--) {
		if (!begun && vault.phase == VAULT_IDLE) {
			if (new == 0 && old == 0)
				break;
			begun = true;
			assert_int_equal(new == 0 ? vault_delete(&vault, "one")
						  : vault_put(&vault, "one", value(new),
							      disk_random(random) % 9000 + 1),
					 OK);
		}
		vault_step_next(&vault, &step);
		if (step.action == VAULT_NOTHING)
			break;
		disk_step(&disk, &step);
		if (steps > 1)
			vault_step_done(&vault, true);
	}
	disk_cut_at_random(&disk, random);
	disk_open(&disk, &after, records_after);
	if (begun && vault.result == OK)
		assert_int_equal(version_of(&after, "one"), new);
	assert_true(version_of(&after, "one") == old ||
		    (begun && version_of(&after, "one") == new));
	return version_of(&after, "one");
}

static void over_thousands_of_cut_lives_nothing_comes_back_and_nothing_is_lost(void **state)
{
	uint64_t random = 20;
	uint32_t changes = 0;
	uint8_t version = 0;

	(void)state;
	for (int i = 0; i < LIVES; i++) {
		uint8_t old = version;

		version = live_and_die(&random, old);
		changes += version != old;
		assert_int_equal(version_of(&after, "other"), 7);
	}
	assert_true(changes > LIVES / 10 && changes < LIVES);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_cut_in_a_first_put_leaves_nothing_or_the_record, setup),
		cmocka_unit_test_setup(a_cut_in_a_replacement_leaves_the_old_or_the_new, setup),
		cmocka_unit_test_setup(a_cut_in_a_deletion_leaves_the_record_or_nothing, setup),
		cmocka_unit_test_setup(
			over_thousands_of_cut_lives_nothing_comes_back_and_nothing_is_lost, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
