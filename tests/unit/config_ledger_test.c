/*
 * Commit, confirm, timer, reboot in every order, and a power cut at every write:
 * services/config/ledger.c, persist.c.
 */
#include "services/config/persist.h"
#include "tests/unit/ledger_store.h"
#include "tests/unit/unit.h"
#include "tests/unit/version_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CONFIRM_US 1000u

/* --- Every order of events ------------------------------------------------ */

enum event { COMMIT, COMMIT_TIMED, CONFIRM, TIME_UP, REBOOT, DEATH, EVENTS };

#define DEPTH 4

/* What the documentation promises, in three variables. */
struct model {
	unsigned running, confirmed;
	uint64_t now_us, revert_at_us;
};

static void event_model(struct model *model, enum event event, unsigned number)
{
	bool pending = model->running != model->confirmed;

	switch (event) {
	case COMMIT: model->running = model->confirmed = number; return;
	case COMMIT_TIMED:
		model->running = number;
		model->revert_at_us = model->now_us + CONFIRM_US;
		return;
	case CONFIRM: model->confirmed = model->running; return;
	case TIME_UP:
		model->now_us += CONFIRM_US;
		if (pending && model->now_us >= model->revert_at_us)
			model->running = model->confirmed;
		return;
	case REBOOT: model->running = model->confirmed; return;
	case DEATH:
	case EVENTS: return;
	}
}

static void event_do(const struct model *before, enum event event, unsigned number)
{
	bool pending = before->running != before->confirmed;

	switch (event) {
	case COMMIT: assert_int_equal(commit(number, 100, 0), OK); break;
	case COMMIT_TIMED:
		assert_int_equal(commit(number, 100, before->now_us + CONFIRM_US), OK);
		break;
	case CONFIRM: assert_int_equal(ledger_confirm(&ledger), pending ? OK : E_STATE); break;
	case TIME_UP:
		(void)ledger_expire(&ledger, before->now_us + CONFIRM_US - 1);
		(void)ledger_expire(&ledger, before->now_us + CONFIRM_US);
		break;
	case REBOOT: reboot(); break;
	case DEATH:
		assert_true(ledger_is_sound(&ledger) || before->running == 0);
		persist_doubt(&ledger);
		break;
	case EVENTS: break;
	}
	assert_true(store_save());
}

static void sequence_play(unsigned sequence)
{
	struct model model = { .now_us = 1 };

	ledger_clear(&ledger);
	store_clear();
	for (unsigned i = 0; i < DEPTH; i++, sequence /= EVENTS) {
		enum event event = (enum event)(sequence % EVENTS);

		event_do(&model, event, i + 1);
		event_model(&model, event, i + 1);
		if (running() != model.running ||
		    ledger_is_pending(&ledger) != (model.running != model.confirmed))
			fail_msg("event %u of sequence: runs %u, expected %u", i, running(),
				 model.running);
	}
}

static void every_order_of_events_is_as_documented(void **state)
{
	unsigned sequences = 1;

	(void)state;
	for (unsigned i = 0; i < DEPTH; i++)
		sequences *= EVENTS;
	for (unsigned sequence = 0; sequence < sequences; sequence++)
		sequence_play(sequence);
}

/* --- Flipped bits --------------------------------------------------------- */

static void three_commits(void)
{
	ledger_clear(&ledger);
	for (unsigned number = 1; number <= 3; number++)
		assert_int_equal(commit(number, 100, 0), OK);
}

static void flip(void *at, size_t bit)
{
	((uint8_t *)at)[bit / 8] ^= (uint8_t)(1u << bit % 8);
}

/* Every 97th bit: the checksum is over all. */
static void a_flipped_bit_in_the_head_brings_the_head_before_back(void **state)
{
	(void)state;
	three_commits();
	struct ledger_head *head =
		ledger_head(&ledger) == &ledger.heads[0] ? &ledger.heads[0] : &ledger.heads[1];
	for (size_t bit = 0; bit < 8 * sizeof(*head); bit += 97) {
		flip(head, bit);
		assert_true(ledger_is_sound(&ledger));
		assert_int_equal(running(), 2);
		flip(head, bit);
	}
	assert_int_equal(running(), 3);
}

static void a_flipped_bit_in_a_document_loses_that_document_only(void **state)
{
	(void)state;
	three_commits();
	const struct ledger_entry *entry = ledger_find(&ledger, 3);
	uint8_t *bytes = ledger.parts[entry->parts[0]];
	for (size_t bit = 0; bit < 8 * entry->length_bytes; bit++) {
		flip(bytes, bit);
		assert_null(ledger_find(&ledger, 3));
		assert_int_equal(ledger_before(&ledger, 3)->serial, 2);
		flip(bytes, bit);
	}
	assert_int_equal(running(), 3);
}

/* --- Power cuts ----------------------------------------------------------- */

/* How long the documents are: one part, all parts, something between, and a full history. */
static const size_t lengths[] = { 100, 65536, 20000, 7998, 8001, 12, 40000, 65536, 300, 20000, 12,
				  400, 500,   6000,  900,  9,    10, 4,     9000,  8,   50000, 7 };
#define COMMITS (sizeof(lengths) / sizeof(lengths[0]))

/* Commits one after the other; the power goes after `puts` records. Returns the last that began. */
static unsigned commits_until_cut(unsigned puts, unsigned *settled)
{
	*settled = 0;
	ledger_clear(&ledger);
	store_clear();
	store.puts_left = puts;
	for (unsigned number = 1; number <= COMMITS; number++) {
		enum status status = E_AGAIN;

		for (unsigned tries = 0; status == E_AGAIN && tries < 2; tries++) {
			status = commit(number, lengths[number - 1] < 9 ? 9 : lengths[number - 1],
					0);
			if (!store_save())
				return number;
		}
		assert_int_equal(status, OK);
		*settled = number;
	}
	return 0;
}

static void a_cut_at_every_write_gives_the_old_or_the_new(void **state)
{
	unsigned puts = 0, began, settled;

	(void)state;
	for (began = 1; began != 0; puts++) {
		began = commits_until_cut(puts, &settled);
		reboot();
		if (running() != settled && running() != began)
			fail_msg("cut after %u puts: %u runs, not %u or %u", puts, running(),
				 settled, began);
	}
	assert_in_range(puts, COMMITS * 2, 100000);
}

static void an_unconfirmed_commit_is_gone_after_a_cut_anywhere(void **state)
{
	(void)state;
	for (unsigned puts = 0; puts < 12; puts++) {
		ledger_clear(&ledger);
		store_clear();
		assert_int_equal(commit(1, 100, 0), OK);
		assert_true(store_save());
		store.puts_left = puts;
		assert_int_equal(commit(2, 20000, CONFIRM_US), OK);
		(void)store_save();
		assert_int_equal(running(), 2);
		reboot();
		assert_int_equal(running(), 1);
		assert_false(ledger_is_pending(&ledger));
	}
}

/* Two commits without a word from the store in between, then a cut at each put. */
static void a_slow_store_never_loses_both(void **state)
{
	(void)state;
	for (unsigned puts = 0; puts < 20; puts++) {
		ledger_clear(&ledger);
		store_clear();
		assert_int_equal(commit(1, 30000, 0), OK);
		assert_true(store_save());
		assert_int_equal(commit(2, 40000, 0), OK);
		store.puts_left = puts;
		(void)store_save();
		assert_int_equal(commit(3, 30000, 0), OK);
		(void)store_save();
		reboot();
		assert_in_range(running(), 1, 3);
	}
}

/* Returns how often older documents had to be given up. */
static unsigned commits_without_a_store(unsigned first, unsigned last)
{
	unsigned releases = 0;

	store.puts_left = 0;
	for (unsigned number = first; number <= last; number++) {
		enum status status = commit(number, 20000, 0);

		if (status == E_AGAIN) {
			ledger_release(&ledger);
			releases++;
			status = commit(number, 20000, 0);
		}
		assert_int_equal(status, OK);
		assert_int_equal(running(), number);
		assert_false(store_save());
	}
	return releases;
}

/* Commits to a full history; then it can be stored again, with a power cut at each put. */
static void a_store_that_refuses_everything_locks_nobody_out(void **state)
{
	const unsigned stored = CONFIG_HISTORY_MAX, last = stored + 2 * LEDGER_PARTS;
	bool whole = false;

	(void)state;
	for (unsigned puts = 0; !whole; puts++) {
		assert_in_range(puts, 0, 2 * LEDGER_PARTS);
		ledger_clear(&ledger);
		store_clear();
		for (unsigned number = 1; number <= stored; number++) {
			assert_int_equal(commit(number, 20000, 0), OK);
			assert_true(store_save());
		}
		assert_in_range(commits_without_a_store(stored + 1, last), 1, 2);
		store.puts_left = puts;
		whole = store_save();
		reboot();
		assert_int_equal(running(), whole ? last : stored);
	}
}

/* --- History -------------------------------------------------------------- */

static void twenty_documents_are_kept_and_the_oldest_go(void **state)
{
	(void)state;
	ledger_clear(&ledger);
	store_clear();
	for (unsigned number = 1; number <= 60; number++) {
		assert_int_equal(commit(number, 3000, 0), OK);
		assert_true(store_save());
	}
	assert_int_equal(ledger_head(&ledger)->count, CONFIG_HISTORY_MAX);
	for (unsigned serial = 41; serial <= 60; serial++)
		assert_non_null(ledger_find(&ledger, serial));
	assert_null(ledger_find(&ledger, 1));
	assert_int_equal(ledger_before(&ledger, 60)->serial, 59);
}

/* Every document of the history is there, as it was committed. */
static unsigned history_check(size_t length)
{
	static char text[CONFIG_DOCUMENT_BYTES];
	const struct ledger_head *head = ledger_head(&ledger);
	uint32_t oldest, count = ledger_history_count(head, &oldest);

	for (uint32_t serial = oldest; serial <= head->newest; serial++) {
		const struct ledger_entry *entry = ledger_find(&ledger, serial);

		assert_non_null(entry);
		assert_true(ledger_text(&ledger, entry, text));
		assert_memory_equal(text, version_text(serial, length), length);
	}
	return count;
}

/*
 * The worst that is promised: documents of the greatest length that cannot be compressed, each a
 * version of the one before, and in the middle all of it is replaced.
 */
static void twenty_versions_of_the_longest_document_are_kept(void **state)
{
	const size_t length = CONFIG_DOCUMENT_BYTES;

	(void)state;
	version_text_versions = 40; /* so the 40th has nothing of those before it */
	ledger_clear(&ledger);
	store_clear();
	for (unsigned number = 1; number <= 79; number++) {
		enum status status = commit(number, length, 0);

		if (status == E_AGAIN && store_save()) /* it has the shorter history then */
			status = commit(number, length, 0);
		assert_int_equal(status, OK);
		assert_true(store_save());
		unsigned count = history_check(length);
		if (count < 20 && count < number)
			fail_msg("%u documents after %u commits", count, number);
	}
	reboot();
	assert_in_range(history_check(length), 20, CONFIG_HISTORY_MAX);
	version_text_versions = VERSIONS_DEFAULT;
}

/* Documents that have nothing in common: at least the last is kept, and what it can go back to. */
static void unlike_documents_push_each_other_out(void **state)
{
	(void)state;
	version_text_versions = 1;
	ledger_clear(&ledger);
	store_clear();
	for (unsigned number = 1; number <= 12; number++) {
		enum status status = commit(number, CONFIG_DOCUMENT_BYTES, 0);

		while (status == E_AGAIN && store_save())
			status = commit(number, CONFIG_DOCUMENT_BYTES, 0);
		assert_int_equal(status, OK);
		assert_true(store_save());
		assert_int_equal(running(), number);
		assert_in_range(history_check(CONFIG_DOCUMENT_BYTES), number < 3 ? number : 3, 4);
	}
	version_text_versions = VERSIONS_DEFAULT;
}

/* Its bytes are those of the versions that were packed against it, too. */
static void a_damaged_base_costs_its_versions(void **state)
{
	(void)state;
	ledger_clear(&ledger);
	store_clear();
	assert_int_equal(commit(1, 20000, 0), OK);
	assert_int_equal(commit(VERSIONS_DEFAULT, 30000, 0), OK);
	assert_int_equal(commit(VERSIONS_DEFAULT + 1, 30001, 0), OK);
	assert_true(store_save());
	assert_int_equal(ledger_find(&ledger, 3)->base, 2);
	store.records[ledger_find(&ledger, 2)->parts[1]].bytes[77] ^= 1;
	reboot();
	assert_int_equal(running(), 1);
	assert_null(ledger_find(&ledger, 2));
	assert_null(ledger_find(&ledger, 3));
	assert_int_equal(commit(4, 20000, 0), OK);
	assert_int_equal(ledger_find(&ledger, 4)->base, 1);
	assert_int_equal(running(), 4);
}

static void the_confirmed_one_stays_however_many_try(void **state)
{
	(void)state;
	ledger_clear(&ledger);
	store_clear();
	assert_int_equal(commit(1, 100, 0), OK);
	for (unsigned number = 2; number <= 60; number++) {
		assert_int_equal(commit(number, 5000, CONFIRM_US), OK);
		assert_true(store_save());
	}
	assert_true(ledger_expire(&ledger, CONFIRM_US));
	assert_int_equal(running(), 1);
}

static void one_flipped_bit_is_found(void **state)
{
	(void)state;
	ledger_clear(&ledger);
	store_clear();
	assert_int_equal(commit(1, 100, 0), OK);
	assert_int_equal(commit(2, 100, 0), OK);
	unsigned part = ledger_find(&ledger, 2)->parts[0];
	ledger.parts[part][50] ^= 1;
	assert_null(ledger_find(&ledger, 2));
	assert_non_null(ledger_find(&ledger, 1));
	/* the copy of the head before it counts if this one does not */
	struct ledger_head *head = (struct ledger_head *)(uintptr_t)ledger_head(&ledger);
	head->entries[0].length_bytes ^= 1;
	assert_non_null(ledger_head(&ledger));
	assert_int_equal(running(), 1);
}

static void a_damaged_record_in_the_store_costs_one_document(void **state)
{
	(void)state;
	ledger_clear(&ledger);
	store_clear();
	assert_int_equal(commit(1, 100, 0), OK);
	assert_int_equal(commit(2, 200, 0), OK);
	assert_true(store_save());
	store.records[ledger_find(&ledger, 2)->parts[0]].bytes[3] ^= 1;
	reboot();
	assert_int_equal(running(), 1);
	assert_null(ledger_find(&ledger, 2));
	assert_int_equal(commit(3, 100, 0), OK);
	assert_int_equal(ledger_head(&ledger)->running, 3); /* a serial is never given twice */
	assert_true(store_save());
	reboot();
	assert_int_equal(running(), 3);
}

static void a_repeated_commit_is_known_by_its_token(void **state)
{
	const struct ledger_note note = { .token = 77, .author = "me" };

	(void)state;
	ledger_clear(&ledger);
	assert_null(ledger_repeated(&ledger, 77));
	assert_int_equal(ledger_commit(&ledger, version_text(1, 100), 100, &note, 0), OK);
	assert_int_equal(ledger_repeated(&ledger, 77)->serial, 1);
	assert_null(ledger_repeated(&ledger, 78));
	assert_null(ledger_repeated(&ledger, 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_flipped_bit_in_the_head_brings_the_head_before_back),
		cmocka_unit_test(a_flipped_bit_in_a_document_loses_that_document_only),
		cmocka_unit_test(every_order_of_events_is_as_documented),
		cmocka_unit_test(a_cut_at_every_write_gives_the_old_or_the_new),
		cmocka_unit_test(an_unconfirmed_commit_is_gone_after_a_cut_anywhere),
		cmocka_unit_test(a_slow_store_never_loses_both),
		cmocka_unit_test(a_store_that_refuses_everything_locks_nobody_out),
		cmocka_unit_test(twenty_documents_are_kept_and_the_oldest_go),
		cmocka_unit_test(twenty_versions_of_the_longest_document_are_kept),
		cmocka_unit_test(unlike_documents_push_each_other_out),
		cmocka_unit_test(a_damaged_base_costs_its_versions),
		cmocka_unit_test(the_confirmed_one_stays_however_many_try),
		cmocka_unit_test(one_flipped_bit_is_found),
		cmocka_unit_test(a_damaged_record_in_the_store_costs_one_document),
		cmocka_unit_test(a_repeated_commit_is_known_by_its_token),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
