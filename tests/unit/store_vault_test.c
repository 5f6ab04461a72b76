/* Records by name, a full store, noise, and a disk that fails: services/store/. */
#include "tests/unit/store_disk.h"
#include "tests/unit/unit.h"

#include <stdio.h>
#include <string.h>

static struct store_disk disk;
static struct record records[DISK_CELLS];
static struct vault vault;

static int setup(void **state)
{
	(void)state;
	memset(&disk, 0, sizeof(disk));
	disk_open(&disk, &vault, records);
	return 0;
}

static enum status put(const char *name, const char *text)
{
	enum status status = vault_put(&vault, name, text, (uint32_t)strlen(text));

	disk_run(&disk, &vault);
	return status == OK ? vault.result : status;
}

static void assert_has(const char *name, const char *text)
{
	const struct record *record = vault_find(&vault, name);

	assert_non_null(record);
	assert_int_equal(record->head.length_bytes, strlen(text));
	assert_memory_equal(record->value, text, strlen(text));
}

static void what_was_put_is_there_after_a_start(void **state)
{
	static uint8_t longest[RECORD_VALUE_BYTES];

	(void)state;
	memset(longest, 0x5a, sizeof(longest));
	assert_int_equal(put("empty", ""), OK);
	assert_int_equal(put("config", "one"), OK);
	assert_int_equal(put("config", "two"), OK);
	assert_int_equal(vault_put(&vault, "long", longest, sizeof(longest)), OK);
	disk_run(&disk, &vault);
	disk_open(&disk, &vault, records);
	assert_int_equal(vault.found.whole, 3);
	assert_has("empty", "");
	assert_has("config", "two");
	assert_memory_equal(vault_find(&vault, "long")->value, longest, sizeof(longest));
}

static void a_bad_name_or_length_changes_nothing(void **state)
{
	char too_long[RECORD_NAME_BYTES + 1];

	(void)state;
	memset(too_long, 'x', sizeof(too_long));
	assert_int_equal(put("", "x"), E_ARGUMENT);
	assert_int_equal(put("a b", "x"), E_ARGUMENT);
	assert_int_equal(put("a\n", "x"), E_ARGUMENT);
	assert_int_equal(vault_put(&vault, too_long, "x", 1), E_ARGUMENT);
	assert_int_equal(vault_put(&vault, "x", records, RECORD_VALUE_BYTES + 1), E_TOO_LARGE);
	assert_int_equal(vault_delete(&vault, "x"), E_ABSENT);
	assert_int_equal(vault.phase, VAULT_IDLE);
}

static void one_change_at_a_time(void **state)
{
	(void)state;
	assert_int_equal(vault_put(&vault, "one", "1", 1), OK);
	assert_int_equal(vault.result, E_AGAIN);
	assert_null(vault_find(&vault, "one"));
	assert_int_equal(vault_put(&vault, "two", "2", 1), E_AGAIN);
	assert_int_equal(vault_delete(&vault, "one"), E_AGAIN);
	disk_run(&disk, &vault);
	assert_has("one", "1");
}

static void a_full_store_refuses_and_has_room_again_after_a_deletion(void **state)
{
	char name[8];

	(void)state;
	for (uint32_t i = 0; i < DISK_CELLS; i++) {
		(void)snprintf(name, sizeof(name), "n%u", i);
		assert_int_equal(put(name, "x"), OK);
	}
	assert_int_equal(put("more", "x"), E_FULL);
	assert_int_equal(vault_delete(&vault, "n3"), OK);
	disk_run(&disk, &vault);
	assert_int_equal(put("more", "x"), OK);
	disk_open(&disk, &vault, records);
	assert_null(vault_find(&vault, "n3"));
	assert_has("more", "x");
}

static void listing_names_each_record_once(void **state)
{
	uint32_t cursor = 0;

	(void)state;
	assert_int_equal(put("a", "1"), OK);
	assert_int_equal(put("b", "1"), OK);
	assert_int_equal(put("a", "2"), OK);
	const struct record *first = vault_list(&vault, &cursor);
	const struct record *second = vault_list(&vault, &cursor);

	assert_non_null(first);
	assert_non_null(second);
	assert_true(strcmp(first->head.name, second->head.name) != 0);
	assert_null(vault_list(&vault, &cursor));
}

static void noise_is_an_empty_store_that_works(void **state)
{
	uint64_t random = 3;

	(void)state;
	for (uint32_t sector = 0; sector < DISK_SECTORS; sector++)
		for (uint32_t i = 0; i < SECTOR_BYTES; i++)
			disk.sectors[sector][i] = (uint8_t)disk_random(&random);
	disk_open(&disk, &vault, records);
	assert_int_equal(vault.found.noise, DISK_CELLS);
	assert_int_equal(put("a", "1"), OK);
	disk_open(&disk, &vault, records);
	assert_has("a", "1");
}

static void every_flipped_bit_is_found_and_the_others_kept(void **state)
{
	(void)state;
	assert_int_equal(put("a", "some value"), OK);
	assert_int_equal(put("b", "other"), OK);
	for (uint32_t bit = 0; bit < 2 * SECTOR_BYTES * 8; bit += 5) {
		disk.sectors[bit / 8 / SECTOR_BYTES][bit / 8 % SECTOR_BYTES] ^=
			(uint8_t)(1u << bit % 8);
		disk_open(&disk, &vault, records);
		assert_int_equal(vault.found.torn + vault.found.noise, 1);
		assert_null(vault_find(&vault, "a"));
		assert_has("b", "other");
		disk.sectors[bit / 8 / SECTOR_BYTES][bit / 8 % SECTOR_BYTES] ^=
			(uint8_t)(1u << bit % 8);
	}
}

static void a_record_in_a_wrong_place_is_none(void **state)
{
	(void)state;
	assert_int_equal(put("a", "1"), OK);
	memcpy(disk.sectors[RECORD_SECTORS], disk.sectors[0], sizeof(struct record));
	memset(disk.sectors[0], 0, sizeof(struct record));
	disk_open(&disk, &vault, records);
	assert_int_equal(vault.found.torn, 1);
	assert_null(vault_find(&vault, "a"));
}

/* Else its value, written there once more under another name, would make it whole again. */
static void a_torn_record_does_not_become_whole_by_a_later_write(void **state)
{
	(void)state;
	assert_int_equal(put("deleted", "value"), OK);
	disk.sectors[1][0] ^= 1;
	disk_open(&disk, &vault, records);
	assert_int_equal(vault.found.torn, 1);
	disk_run(&disk, &vault);
	disk.sectors[1][0] ^= 1;
	disk_open(&disk, &vault, records);
	assert_null(vault_find(&vault, "deleted"));
}

static void an_unreadable_cell_is_left_alone_and_counted(void **state)
{
	bool readable[DISK_CELLS] = { false, true, true, true, true, true };

	(void)state;
	vault_open(&vault, records, DISK_CELLS, readable);
	assert_int_equal(vault.found.unreadable, 1);
	assert_int_equal(vault_put(&vault, "a", "1", 1), OK);
	assert_int_equal(vault.cell, 1);
}

static void a_failed_write_keeps_the_old_record_and_the_next_put_goes_elsewhere(void **state)
{
	(void)state;
	assert_int_equal(put("a", "old"), OK);
	assert_int_equal(vault_put(&vault, "a", "new", 3), OK);
	vault_step_done(&vault, false);
	assert_int_equal(vault.result, E_DEVICE);
	assert_int_equal(vault.phase, VAULT_IDLE);
	assert_has("a", "old");
	assert_int_equal(put("a", "newer"), OK);
	assert_has("a", "newer");
}

static void what_the_disk_may_bring_back_is_not_said_to_be_deleted(void **state)
{
	(void)state;
	assert_int_equal(put("a", "old"), OK);
	assert_int_equal(vault_put(&vault, "a", "new", 3), OK);
	vault_step_done(&vault, true);
	vault_step_done(&vault, true);
	assert_int_equal(vault.phase, VAULT_ERASING);
	vault_step_done(&vault, false);
	assert_int_equal(vault.result, OK);
	assert_has("a", "new");
	assert_int_equal(vault_delete(&vault, "a"), E_DEVICE);
}

static void a_failed_deletion_is_said_and_the_record_stays(void **state)
{
	(void)state;
	assert_int_equal(put("a", "1"), OK);
	assert_int_equal(vault_delete(&vault, "a"), OK);
	vault_step_done(&vault, false);
	assert_int_equal(vault.result, E_DEVICE);
	assert_has("a", "1");
	assert_int_equal(vault_delete(&vault, "a"), OK);
	disk_run(&disk, &vault);
	assert_int_equal(vault.result, OK);
	assert_null(vault_find(&vault, "a"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(what_was_put_is_there_after_a_start, setup),
		cmocka_unit_test_setup(a_bad_name_or_length_changes_nothing, setup),
		cmocka_unit_test_setup(one_change_at_a_time, setup),
		cmocka_unit_test_setup(a_full_store_refuses_and_has_room_again_after_a_deletion,
				       setup),
		cmocka_unit_test_setup(listing_names_each_record_once, setup),
		cmocka_unit_test_setup(noise_is_an_empty_store_that_works, setup),
		cmocka_unit_test_setup(every_flipped_bit_is_found_and_the_others_kept, setup),
		cmocka_unit_test_setup(a_record_in_a_wrong_place_is_none, setup),
		cmocka_unit_test_setup(a_torn_record_does_not_become_whole_by_a_later_write, setup),
		cmocka_unit_test_setup(an_unreadable_cell_is_left_alone_and_counted, setup),
		cmocka_unit_test_setup(
			a_failed_write_keeps_the_old_record_and_the_next_put_goes_elsewhere, setup),
		cmocka_unit_test_setup(what_the_disk_may_bring_back_is_not_said_to_be_deleted,
				       setup),
		cmocka_unit_test_setup(a_failed_deletion_is_said_and_the_record_stays, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
