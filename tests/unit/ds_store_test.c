/* Names, values, subscriptions and backups: services/ds/. */
#include "services/ds/backup.h"
#include "services/ds/name.h"
#include "services/ds/store.h"
#include "services/ds/subscription.h"
#include "tests/unit/unit.h"

#include <stdio.h>
#include <string.h>

#define PORT0  3u
#define CLIENT 5u
#define OTHER  6u

static struct ds_state region;
static struct store store;
static struct subscriptions subscriptions;
static struct backups backups;
static struct state_findings found;
static uint64_t notified;

/* DS begins a life with the region as it is. */
static void begin(void)
{
	found = (struct state_findings){ 0 };
	store_open(&store, region.entries, 0, &found);
	notified = subscriptions_open(&subscriptions, region.patterns, &store, &found);
	backups_open(&backups, region.backups, 0, &found);
}

static int setup(void **state)
{
	(void)state;
	memset(&region, 0, sizeof(region));
	begin();
	return 0;
}

/* A name as it comes in a request: padded with zeros. */
static const char *name(const char *text)
{
	static char padded[4][DS_NAME_BYTES];
	static unsigned next;
	char *at = padded[next++ % 4];

	strncpy(at, text, DS_NAME_BYTES);
	return at;
}

static enum status publish(uint32_t owner, const char *text, const char *value)
{
	uint32_t id;
	enum status status =
		store_publish(&store, owner, name(text), value, (uint32_t)strlen(value), &id);

	if (status == OK)
		notified = subscriptions_mark(&subscriptions, &store, id);
	return status;
}

static enum status withdraw(uint32_t owner, const char *text)
{
	uint32_t id;
	enum status status = store_withdraw(&store, owner, name(text), &id);

	if (status == OK)
		notified = subscriptions_mark(&subscriptions, &store, id);
	return status;
}

static void assert_value(const char *text, const char *value)
{
	const struct entry_cell *entry = store_by_name(&store, name(text));

	assert_non_null(entry);
	assert_int_equal(entry->length_bytes, strlen(value));
	assert_memory_equal(entry->value, value, strlen(value));
}

/* The next change that `subscriber` is told, as "name" or "-name"; "" if there is none. */
static const char *told(uint32_t subscriber)
{
	static char text[DS_NAME_BYTES + 1];
	const struct entry_cell *entry = subscription_next(&subscriptions, &store, subscriber);

	if (entry == NULL)
		return "";
	snprintf(text, sizeof(text), "%s%s", entry->removed != 0 ? "-" : "", entry->name);
	subscription_told(&subscriptions, subscriber, entry->id);
	return text;
}

/* --- Names --------------------------------------------------------------- */

static void names_are_words_with_dots_between_them(void **state)
{
	static const char *const good[] = { "a", "port.0.link", "config.status", "a-b_c",
					    "1234567890123456789012345678901" };
	static const char *const bad[] = { "",         ".",    "a.",
					   ".a",       "a..b", "a b",
					   "a\tb",     "a*b",  "\x7f",
					   "\xc3\xa4", "*",    "12345678901234567890123456789012" };

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		if (!name_is_valid(name(good[i])))
			fail_msg("'%s' is refused", good[i]);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (name_is_valid(name(bad[i])))
			fail_msg("'%s' is taken", bad[i]);
	assert_false(name_is_valid("hidden\0behind a zero is more..."));
}

static void patterns_are_names_or_beginnings(void **state)
{
	(void)state;
	assert_true(pattern_is_valid(name("port.*")) && pattern_is_valid(name("*")));
	assert_true(pattern_is_valid(name("por*")) && pattern_is_valid(name("port.0")));
	assert_false(pattern_is_valid(name("*.link")) || pattern_is_valid(name("a**")));
	assert_true(pattern_matches(name("port.*"), name("port.0.link")));
	assert_true(pattern_matches(name("*"), name("port.0.link")));
	assert_false(pattern_matches(name("port.*"), name("portal")));
	assert_false(pattern_matches(name("port"), name("port.0")));
}

/* --- Values -------------------------------------------------------------- */

static void a_value_is_found_under_its_name_and_replaced(void **state)
{
	(void)state;
	assert_int_equal(publish(PORT0, "port.0.link", "up"), OK);
	assert_int_equal(publish(PORT0, "port.0.mac", ""), OK);
	assert_value("port.0.link", "up");
	assert_value("port.0.mac", "");
	assert_int_equal(publish(PORT0, "port.0.link", "down"), OK);
	assert_value("port.0.link", "down");
	assert_null(store_by_name(&store, name("port.0.lin")));
}

static void a_name_belongs_to_who_published_it_first(void **state)
{
	(void)state;
	assert_int_equal(publish(PORT0, "port.0.link", "up"), OK);
	assert_int_equal(publish(OTHER, "port.0.link", "down"), E_DENIED);
	assert_int_equal(withdraw(OTHER, "port.0.link"), E_DENIED);
	assert_value("port.0.link", "up");
	assert_int_equal(withdraw(PORT0, "port.0.link"), OK);
	assert_int_equal(publish(OTHER, "port.0.link", "down"), OK);
	assert_int_equal(publish(PORT0, "port.0.link", "up"), E_DENIED);
}

static void malformed_requests_change_nothing(void **state)
{
	uint8_t long_value[DS_VALUE_BYTES + 1] = { 0 };
	uint32_t id;

	(void)state;
	assert_int_equal(publish(PORT0, "a..b", "x"), E_ARGUMENT);
	assert_int_equal(publish(SERVICE_MAX, "a", "x"), E_ARGUMENT);
	assert_int_equal(
		store_publish(&store, PORT0, name("a"), long_value, sizeof(long_value), &id),
		E_ARGUMENT);
	assert_int_equal(withdraw(PORT0, "a"), E_ABSENT);
	assert_int_equal(withdraw(PORT0, ""), E_ARGUMENT);
	assert_null(store_nth(&store, 0));
}

static void a_full_store_refuses_new_names_and_still_replaces_values(void **state)
{
	char text[DS_NAME_BYTES];

	(void)state;
	for (unsigned i = 0; i < DS_ENTRIES_MAX; i++) {
		snprintf(text, sizeof(text), "n.%u", i);
		assert_int_equal(publish(PORT0, text, text), OK);
	}
	assert_int_equal(publish(PORT0, "one.more", "x"), E_FULL);
	for (unsigned i = 0; i < DS_ENTRIES_MAX; i++) {
		snprintf(text, sizeof(text), "n.%u", i);
		assert_int_equal(publish(PORT0, text, "new"), OK);
		assert_value(text, "new");
	}
	assert_int_equal(withdraw(PORT0, "n.7"), OK);
	assert_int_equal(publish(PORT0, "one.more", "x"), OK);
	begin();
	assert_int_equal(found.kept, DS_ENTRIES_MAX);
	assert_int_equal(found.damaged + found.unfinished, 0);
	assert_value("one.more", "x");
}

static void listing_goes_through_all_names_once(void **state)
{
	(void)state;
	publish(PORT0, "a", "1");
	publish(PORT0, "b", "2");
	publish(PORT0, "c", "3");
	publish(PORT0, "a", "4");
	withdraw(PORT0, "b");
	assert_string_equal(store_nth(&store, 0)->name, "a");
	assert_string_equal(store_nth(&store, 1)->name, "c");
	assert_null(store_nth(&store, 2));
	assert_null(store_nth(&store, UINT32_MAX));
}

/* --- Subscriptions ------------------------------------------------------- */

static void a_subscriber_is_told_of_each_change_in_order(void **state)
{
	(void)state;
	publish(PORT0, "port.0.link", "up");
	assert_int_equal(subscription_add(&subscriptions, &store, CLIENT, name("port.*")), OK);
	assert_string_equal(told(CLIENT), "port.0.link");
	assert_string_equal(told(CLIENT), "");
	publish(PORT0, "port.0.mac", "x");
	assert_int_equal(notified, 1u << CLIENT);
	publish(PORT0, "port.0.link", "down");
	publish(PORT0, "other", "x");
	assert_int_equal(notified, 0);
	assert_string_equal(told(CLIENT), "port.0.mac");
	assert_string_equal(told(CLIENT), "port.0.link");
	assert_string_equal(told(CLIENT), "");
	assert_string_equal(told(OTHER), "");
}

static void a_withdrawal_is_told_and_then_forgotten(void **state)
{
	(void)state;
	publish(PORT0, "port.0.link", "up");
	assert_int_equal(subscription_add(&subscriptions, &store, CLIENT, name("*")), OK);
	told(CLIENT);
	withdraw(PORT0, "port.0.link");
	assert_int_equal(notified, 1u << CLIENT);
	assert_null(store_by_name(&store, name("port.0.link")));
	assert_true(subscriptions_want(&subscriptions, 0));
	assert_string_equal(told(CLIENT), "-port.0.link");
	assert_false(subscriptions_want(&subscriptions, 0));
	store_forget(&store, 0);
	begin();
	assert_int_equal(found.kept, 1); /* the subscription */
}

static void a_repeated_subscription_is_one_and_tells_again(void **state)
{
	(void)state;
	publish(PORT0, "a", "1");
	for (unsigned i = 0; i < 2 * DS_SUBSCRIPTIONS_MAX; i++) {
		assert_int_equal(subscription_add(&subscriptions, &store, CLIENT, name("a")), OK);
		assert_string_equal(told(CLIENT), "a");
	}
	assert_int_equal(subscription_add(&subscriptions, &store, CLIENT, name("a..")), E_ARGUMENT);
}

static void subscriptions_run_out(void **state)
{
	char text[DS_NAME_BYTES];
	unsigned count = 0;
	enum status status = OK;

	(void)state;
	for (; status == OK && count < 1000; count++) {
		snprintf(text, sizeof(text), "n.%u", count);
		status = subscription_add(&subscriptions, &store, CLIENT, name(text));
	}
	assert_int_equal(status, E_FULL);
	assert_in_range(count, DS_SUBSCRIPTIONS_MAX, DS_PATTERN_CELLS + 1);
}

static void after_a_restart_of_ds_nothing_is_lost_and_subscribers_are_told_again(void **state)
{
	(void)state;
	publish(PORT0, "port.0.link", "up");
	assert_int_equal(subscription_add(&subscriptions, &store, CLIENT, name("port.*")), OK);
	told(CLIENT);
	withdraw(PORT0, "port.0.link");
	publish(PORT0, "port.1.link", "up");
	begin();
	assert_int_equal(found.damaged + found.unfinished, 0);
	assert_int_equal(notified, 1u << CLIENT);
	assert_string_equal(told(CLIENT), "-port.0.link");
	assert_string_equal(told(CLIENT), "port.1.link");
	assert_string_equal(told(CLIENT), "");
	assert_int_equal(publish(OTHER, "port.1.link", "x"), E_DENIED);
}

/* --- Backups ------------------------------------------------------------- */

static void a_backup_is_its_owners_alone_and_the_latest(void **state)
{
	static const char first[] = "first", second[] = "second version";

	(void)state;
	assert_null(backup_of(&backups, PORT0));
	assert_int_equal(backup_store(&backups, PORT0, first, sizeof(first)), OK);
	assert_int_equal(backup_store(&backups, PORT0, second, sizeof(second)), OK);
	begin();
	assert_int_equal(backup_of(&backups, PORT0)->length_bytes, sizeof(second));
	assert_memory_equal(backup_of(&backups, PORT0)->bytes, second, sizeof(second));
	assert_null(backup_of(&backups, CLIENT));
}

static void backups_run_out_but_existing_ones_can_be_replaced(void **state)
{
	static uint8_t bytes[DS_BACKUP_BYTES + 1];

	(void)state;
	assert_int_equal(backup_store(&backups, 0, bytes, sizeof(bytes)), E_TOO_LARGE);
	for (uint32_t owner = 0; owner < DS_BACKUPS_MAX; owner++)
		assert_int_equal(backup_store(&backups, owner, bytes, DS_BACKUP_BYTES), OK);
	assert_int_equal(backup_store(&backups, DS_BACKUPS_MAX, bytes, 1), E_FULL);
	for (uint32_t owner = 0; owner < DS_BACKUPS_MAX; owner++)
		assert_int_equal(backup_store(&backups, owner, &owner, sizeof(owner)), OK);
	for (uint32_t owner = 0; owner < DS_BACKUPS_MAX; owner++)
		assert_memory_equal(backup_of(&backups, owner)->bytes, &owner, sizeof(owner));
}

/* --- Damage -------------------------------------------------------------- */

/* Every byte of the entry in turn is wrong: it is dropped, or as it was; the other is kept. */
static void a_damaged_entry_is_dropped_and_the_others_kept(void **state)
{
	(void)state;
	publish(PORT0, "victim", "value");
	publish(PORT0, "other", "kept");
	struct ds_state good = region;
	for (size_t i = 0; i < sizeof(struct entry_cell); i++) {
		region = good;
		((uint8_t *)&region.entries[0])[i] ^= 0x10;
		begin();
		assert_value("other", "kept");
		assert_null(store_by_name(&store, name("victim")));
		assert_int_equal(found.damaged, 1);
		begin();
		assert_int_equal(found.damaged, 0);
	}
}

static void a_sum_that_is_right_does_not_make_nonsense_right(void **state)
{
	struct entry_cell *entry = &region.entries[4];

	(void)state;
	cell_begin(&entry->cell, 1);
	entry->id = DS_ENTRIES_MAX;
	entry->owner = 1;
	strcpy(entry->name, "a");
	cell_commit(&entry->cell, sizeof(*entry));
	begin();
	assert_int_equal(found.damaged, 1);
	cell_begin(&entry->cell, 1);
	entry->id = 0;
	entry->length_bytes = DS_VALUE_BYTES + 1;
	cell_commit(&entry->cell, sizeof(*entry));
	begin();
	assert_int_equal(found.damaged, 1);
	assert_null(store_nth(&store, 0));
}

static void a_region_of_garbage_is_an_empty_store_that_works(void **state)
{
	(void)state;
	memset(&region, 0xa5, sizeof(region));
	begin();
	assert_int_equal(found.kept, 0);
	assert_int_equal(publish(PORT0, "a", "1"), OK);
	assert_value("a", "1");
	assert_int_equal(backup_store(&backups, 1, "x", 1), OK);
	assert_int_equal(subscription_add(&subscriptions, &store, CLIENT, name("*")), OK);
	assert_string_equal(told(CLIENT), "a");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_words_with_dots_between_them),
		cmocka_unit_test(patterns_are_names_or_beginnings),
		cmocka_unit_test_setup(a_value_is_found_under_its_name_and_replaced, setup),
		cmocka_unit_test_setup(a_name_belongs_to_who_published_it_first, setup),
		cmocka_unit_test_setup(malformed_requests_change_nothing, setup),
		cmocka_unit_test_setup(a_full_store_refuses_new_names_and_still_replaces_values,
				       setup),
		cmocka_unit_test_setup(listing_goes_through_all_names_once, setup),
		cmocka_unit_test_setup(a_subscriber_is_told_of_each_change_in_order, setup),
		cmocka_unit_test_setup(a_withdrawal_is_told_and_then_forgotten, setup),
		cmocka_unit_test_setup(a_repeated_subscription_is_one_and_tells_again, setup),
		cmocka_unit_test_setup(subscriptions_run_out, setup),
		cmocka_unit_test_setup(
			after_a_restart_of_ds_nothing_is_lost_and_subscribers_are_told_again,
			setup),
		cmocka_unit_test_setup(a_backup_is_its_owners_alone_and_the_latest, setup),
		cmocka_unit_test_setup(backups_run_out_but_existing_ones_can_be_replaced, setup),
		cmocka_unit_test_setup(a_damaged_entry_is_dropped_and_the_others_kept, setup),
		cmocka_unit_test_setup(a_sum_that_is_right_does_not_make_nonsense_right, setup),
		cmocka_unit_test_setup(a_region_of_garbage_is_an_empty_store_that_works, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
