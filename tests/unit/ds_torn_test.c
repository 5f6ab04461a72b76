/*
 * DS killed at any instruction: a child changes the region step by step of its
 * processor, and whenever a byte of it has changed the parent begins a new life
 * of DS with a copy, as if the child had died there. It has to find the old
 * value or the new one, and everything else as it was.
 */
#include "services/ds/backup.h"
#include "services/ds/store.h"
#include "services/ds/subscription.h"
#include "services/runtime/crc32.h"
#include "tests/unit/stepped.h"
#include "tests/unit/unit.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define OWNER     3u
#define STEPS_MAX 2000000u

/* In place of the real one, which takes so many steps that the test would take minutes. */
uint32_t crc32_of(const void *bytes, size_t count)
{
	const uint32_t *words = bytes;
	uint32_t sum = 1;

	for (size_t i = 0; i < count / sizeof(*words); i++)
		sum = (sum ^ words[i]) * 0x01000193u;
	return sum;
}

struct life {
	struct store store;
	struct subscriptions subscriptions;
	struct backups backups;
	struct state_findings found;
};

static struct ds_state *region; /* shared with the child */
static struct ds_state seen, copy;
static struct life ours, next;

static void begin(struct life *life, struct ds_state *state)
{
	life->found = (struct state_findings){ 0 };
	store_open(&life->store, state->entries, 0, &life->found);
	subscriptions_open(&life->subscriptions, state->patterns, &life->store, &life->found);
	backups_open(&life->backups, state->backups, 0, &life->found);
}

static const char entry_name[DS_NAME_BYTES] = "the.name", other_name[DS_NAME_BYTES] = "other";

static void publish(const char *name, const char *value)
{
	uint32_t id;

	if (store_publish(&ours.store, OWNER, name, value, (uint32_t)strlen(value), &id) != OK)
		_exit(1);
}

static const char *value_of(const struct life *life, const char *name)
{
	const struct entry_cell *entry = store_by_name(&life->store, name);

	return entry == NULL ? "" : (const char *)entry->value;
}

/* --- Watching the child -------------------------------------------------- */

static void change_run(void *change)
{
	(*(void (**)(void))change)();
}

/* Runs `change`, and `check` on what each of its stores leaves; returns how many there were. */
static unsigned change_watched(void (*change)(void), void (*check)(const struct life *))
{
	pid_t child = stepped_start(change_run, &change);
	unsigned stores = 0, steps = 0;

	seen = *region;
	while (stepped_on(child)) {
		assert_true(steps++ < STEPS_MAX);
		if (memcmp(&seen, region, sizeof(seen)) == 0)
			continue;
		seen = copy = *region;
		begin(&next, &copy);
		assert_int_equal(next.found.damaged, 0);
		check(&next);
		stores++;
	}
	return stores;
}

static int setup(void **state)
{
	(void)state;
	region = mmap(NULL, sizeof(*region), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		      0);
	if (region == MAP_FAILED)
		return -1;
	begin(&ours, region);
	publish(entry_name, "old");
	publish(other_name, "kept");
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	return munmap(region, sizeof(*region));
}

/* --- The changes --------------------------------------------------------- */

static void value_replace(void)
{
	publish(entry_name, "the new one");
}

static void value_is_old_or_new(const struct life *life)
{
	const char *value = value_of(life, entry_name);

	if (strcmp(value, "old") != 0 && strcmp(value, "the new one") != 0)
		fail_msg("found '%s'", value);
	assert_string_equal(value_of(life, other_name), "kept");
}

static void a_replaced_value_is_the_old_or_the_new_one(void **state)
{
	(void)state;
	unsigned stores = change_watched(value_replace, value_is_old_or_new);

	print_message("killed after each of %u stores\n", stores);
	assert_in_range(stores, 5, STEPS_MAX);
	begin(&next, region);
	assert_string_equal(value_of(&next, entry_name), "the new one");
}

static void value_withdraw(void)
{
	uint32_t id;

	if (store_withdraw(&ours.store, OWNER, entry_name, &id) != OK)
		_exit(1);
	store_forget(&ours.store, id);
}

static void value_is_old_or_gone(const struct life *life)
{
	const char *value = value_of(life, entry_name);

	if (strcmp(value, "old") != 0 && strcmp(value, "") != 0)
		fail_msg("found '%s'", value);
	assert_string_equal(value_of(life, other_name), "kept");
}

static void a_withdrawn_value_is_whole_or_gone(void **state)
{
	(void)state;
	assert_in_range(change_watched(value_withdraw, value_is_old_or_gone), 5, STEPS_MAX);
	begin(&next, region);
	assert_string_equal(value_of(&next, entry_name), "");
}

static void pattern_add(void)
{
	static const char pattern[DS_NAME_BYTES] = "the.*";

	if (subscription_add(&ours.subscriptions, &ours.store, OWNER, pattern) != OK)
		_exit(1);
}

static void pattern_is_whole_or_none(const struct life *life)
{
	const struct entry_cell *entry =
		subscription_next(&life->subscriptions, &life->store, OWNER);

	if (entry != NULL)
		assert_string_equal(entry->name, entry_name);
	value_is_old_or_new(life);
}

static void a_subscription_is_whole_or_none(void **state)
{
	(void)state;
	assert_in_range(change_watched(pattern_add, pattern_is_whole_or_none), 5, STEPS_MAX);
	begin(&next, region);
	assert_non_null(subscription_next(&next.subscriptions, &next.store, OWNER));
}

static uint8_t backup_old[300], backup_new[DS_BACKUP_BYTES];

static void backup_replace(void)
{
	if (backup_store(&ours.backups, OWNER, backup_new, sizeof(backup_new)) != OK)
		_exit(1);
}

static void backup_is_old_or_new(const struct life *life)
{
	const struct backup_cell *backup = backup_of(&life->backups, OWNER);

	assert_non_null(backup);
	if (backup->length_bytes == sizeof(backup_old))
		assert_memory_equal(backup->bytes, backup_old, sizeof(backup_old));
	else
		assert_memory_equal(backup->bytes, backup_new, sizeof(backup_new));
}

static void a_replaced_backup_is_the_old_or_the_new_one(void **state)
{
	(void)state;
	memset(backup_old, 0x11, sizeof(backup_old));
	memset(backup_new, 0x22, sizeof(backup_new));
	assert_int_equal(backup_store(&ours.backups, OWNER, backup_old, sizeof(backup_old)), OK);
	assert_in_range(change_watched(backup_replace, backup_is_old_or_new), 5, STEPS_MAX);
	begin(&next, region);
	assert_int_equal(backup_of(&next.backups, OWNER)->length_bytes, sizeof(backup_new));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_replaced_value_is_the_old_or_the_new_one, setup,
						teardown),
		cmocka_unit_test_setup_teardown(a_withdrawn_value_is_whole_or_gone, setup,
						teardown),
		cmocka_unit_test_setup_teardown(a_subscription_is_whole_or_none, setup, teardown),
		cmocka_unit_test_setup_teardown(a_replaced_backup_is_the_old_or_the_new_one, setup,
						teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
