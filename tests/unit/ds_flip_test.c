/*
 * Every bit of what DS keeps, flipped in turn while DS is dead: it is found, the
 * older version is used, and nothing else is touched. And deaths in a row: back
 * to the checkpoint.
 */
#include "services/ds/backup.h"
#include "services/ds/checkpoint.h"
#include "services/ds/store.h"
#include "services/ds/subscription.h"
#include "tests/unit/unit.h"

#include <string.h>

#define OWNER       3u
#define SUBSCRIBER  5u
#define BACKUP_STEP 13u /* of a backup's 33,000 bits each so manyth: the checksum is over all */

static struct ds_state region, before;
static struct store store;
static struct subscriptions subscriptions;
static struct backups backups;
static struct state_findings found;
static uint64_t subscribers;

static const char twice[DS_NAME_BYTES] = "written.twice", once[DS_NAME_BYTES] = "written.once";
static const char pattern[DS_NAME_BYTES] = "written.*";

static void begin(void)
{
	struct checkpoint checkpoint;

	found = (struct state_findings){ 0 };
	(void)checkpoint_read(region.checkpoints, &checkpoint);
	store_open(&store, region.entries, checkpoint.entries, &found);
	subscribers = subscriptions_open(&subscriptions, region.patterns, &store, &found);
	backups_open(&backups, region.backups, checkpoint.backups, &found);
}

static void publish(const char *name, const char *value)
{
	uint32_t id;

	assert_int_equal(store_publish(&store, OWNER, name, value, (uint32_t)strlen(value), &id),
			 OK);
}

static void prove(void)
{
	struct checkpoint checkpoint = { store.sequence, backups.sequence };

	store.checkpoint = checkpoint.entries;
	backups.checkpoint = checkpoint.backups;
	checkpoint_note(region.checkpoints, &checkpoint);
}

static int setup(void **state)
{
	(void)state;
	memset(&region, 0, sizeof(region));
	begin();
	publish(twice, "old");
	assert_int_equal(subscription_add(&subscriptions, &store, SUBSCRIBER, pattern), OK);
	assert_int_equal(backup_store(&backups, OWNER, "old", 4), OK);
	prove();
	publish(once, "only");
	publish(twice, "between"); /* is not kept: the checkpoint's is */
	publish(twice, "new");
	assert_int_equal(backup_store(&backups, OWNER, "new", 4), OK);
	before = region;
	return 0;
}

static const char *value_of(const char *name)
{
	const struct entry_cell *entry = store_by_name(&store, name);

	return entry == NULL ? "" : (const char *)entry->value;
}

static void flip(void *at, size_t bit)
{
	((uint8_t *)at)[bit / 8] ^= (uint8_t)(1u << bit % 8);
}

/* The life that begins with one bit flipped: all but what was hit is as it was. */
static void begin_flipped(void *cell, size_t bit)
{
	region = before;
	flip(cell, bit);
	begin();
	assert_int_equal(found.damaged, 1);
	assert_int_equal(found.unfinished, 0);
	assert_int_equal(subscribers, 1ull << SUBSCRIBER);
}

static void a_flipped_bit_in_a_name_or_value_brings_the_older_one_back(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < DS_ENTRY_CELLS; i++) {
		struct entry_cell *cell = &region.entries[i];
		char value[DS_VALUE_BYTES], name[DS_NAME_BYTES];

		if (before.entries[i].cell.state != CELL_VALID)
			continue;
		memcpy(value, before.entries[i].value, sizeof(value));
		memcpy(name, before.entries[i].name, sizeof(name));
		for (size_t bit = 0; bit < 8 * sizeof(*cell); bit++) {
			begin_flipped(cell, bit);
			assert_string_equal(value_of(twice),
					    strcmp(value, "new") == 0 ? "old" : "new");
			assert_string_equal(value_of(once), strcmp(name, once) == 0 ? "" : "only");
			assert_string_equal((const char *)backup_of(&backups, OWNER)->bytes, "new");
		}
	}
}

static void a_flipped_bit_in_a_subscription_ends_none(void **state)
{
	(void)state;
	unsigned cells = 0;

	for (uint32_t i = 0; i < DS_PATTERN_CELLS; i++) {
		struct pattern_cell *cell = &region.patterns[i];

		if (before.patterns[i].cell.state != CELL_VALID)
			continue;
		cells++;
		for (size_t bit = 0; bit < 8 * sizeof(*cell); bit++) {
			begin_flipped(cell, bit);
			begin(); /* and it stands twice again */
			assert_int_equal(found.damaged, 0);
			assert_int_equal(subscribers, 1ull << SUBSCRIBER);
		}
	}
	assert_int_equal(cells, 2);
}

static void a_flipped_bit_in_a_backup_brings_the_older_one_back(void **state)
{
	(void)state;
	unsigned cells = 0;

	for (uint32_t i = 0; i < DS_BACKUP_CELLS; i++) {
		struct backup_cell *cell = &region.backups[i];

		if (before.backups[i].cell.state != CELL_VALID)
			continue;
		cells++;
		bool is_new = strcmp((const char *)before.backups[i].bytes, "new") == 0;

		for (size_t bit = 0; bit < 8 * sizeof(*cell); bit += bit < 256 ? 1 : BACKUP_STEP) {
			begin_flipped(cell, bit);
			assert_string_equal((const char *)backup_of(&backups, OWNER)->bytes,
					    is_new ? "old" : "new");
		}
	}
	assert_int_equal(cells, 2);
}

static void a_flipped_bit_in_a_free_cell_changes_nothing(void **state)
{
	(void)state;
	for (size_t bit = 0; bit < 8 * sizeof(uint32_t); bit++) {
		begin_flipped(&region.entries[DS_ENTRY_CELLS - 1], bit);
		assert_string_equal(value_of(twice), "new");
		begin_flipped(&region.backups[DS_BACKUP_CELLS - 1], bit);
		assert_string_equal((const char *)backup_of(&backups, OWNER)->bytes, "new");
	}
}

static void of_the_checkpoints_the_one_before_is_used(void **state)
{
	(void)state;
	struct checkpoint checkpoint;
	uint64_t older = store.checkpoint;

	prove();
	before = region;
	for (unsigned i = 0; i < 2; i++) {
		bool is_latest = before.checkpoints[i].entries == store.sequence;

		for (size_t bit = 0; bit < 8 * sizeof(region.checkpoints[i]); bit++) {
			region = before;
			flip(&region.checkpoints[i], bit);
			assert_true(checkpoint_read(region.checkpoints, &checkpoint));
			assert_int_equal(checkpoint.entries, is_latest ? older : store.sequence);
		}
	}
}

static void going_back_drops_what_came_since_the_checkpoint(void **state)
{
	(void)state;
	struct checkpoint checkpoint;

	assert_true(checkpoint_read(region.checkpoints, &checkpoint));
	assert_int_equal(checkpoint_return(&region, &checkpoint), 3);
	begin();
	assert_int_equal(found.damaged + found.unfinished, 0);
	assert_string_equal(value_of(twice), "old");
	assert_string_equal(value_of(once), "");
	assert_string_equal((const char *)backup_of(&backups, OWNER)->bytes, "old");
	assert_int_equal(subscribers, 1ull << SUBSCRIBER);
	/* And it goes on from there. */
	publish(twice, "newer");
	begin();
	assert_string_equal(value_of(twice), "newer");
}

static void what_does_not_change_any_more_belongs_to_the_next_checkpoint(void **state)
{
	(void)state;
	struct checkpoint checkpoint;

	prove();
	assert_true(checkpoint_read(region.checkpoints, &checkpoint));
	assert_int_equal(checkpoint_return(&region, &checkpoint), 0);
	begin();
	assert_string_equal(value_of(twice), "new");
	assert_string_equal(value_of(once), "only");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, setup)
	const struct CMUnitTest tests[] = {
		TEST(a_flipped_bit_in_a_name_or_value_brings_the_older_one_back),
		TEST(a_flipped_bit_in_a_subscription_ends_none),
		TEST(a_flipped_bit_in_a_backup_brings_the_older_one_back),
		TEST(a_flipped_bit_in_a_free_cell_changes_nothing),
		TEST(of_the_checkpoints_the_one_before_is_used),
		TEST(going_back_drops_what_came_since_the_checkpoint),
		TEST(what_does_not_change_any_more_belongs_to_the_next_checkpoint),
	};
#undef TEST

	return cmocka_run_group_tests(tests, NULL, NULL);
}
