/*
 * A file that comes with the boot, once and again: services/config/ledger.c, persist.c as
 * services/config/boot_document.c uses them.
 */
#include "services/runtime/crc32.h"
#include "tests/unit/ledger_store.h"
#include "tests/unit/unit.h"
#include "tests/unit/version_text.h"

#include <string.h>

#define FILE_ONE   ((struct ledger_mark){ 0x11111111, 700 })
#define FILE_OTHER ((struct ledger_mark){ 0x22222222, 700 })

/* As config does at the end of a boot. True: it was new. */
static bool file_comes(struct ledger_mark mark, unsigned number)
{
	struct ledger_note note = { .author = "boot", .boot = mark };

	if (ledger_boot_is_known(&ledger, &mark))
		return false;
	assert_int_equal(ledger_commit(&ledger, version_text(number, 20000), 20000, &note, 0), OK);
	return true;
}

static void a_file_is_taken_once_and_again_when_it_is_another(void **state)
{
	(void)state;
	ledger_clear(&ledger);
	store_clear();
	assert_true(file_comes(FILE_ONE, 1));
	assert_int_equal(commit(2, 100, 0), OK);
	for (unsigned number = 3; number < 40; number++) { /* out of the history as well */
		assert_true(store_save());
		reboot();
		assert_false(file_comes(FILE_ONE, 1));
		assert_int_equal(running(), number - 1);
		assert_int_equal(commit(number, 100, 0), OK);
	}
	assert_true(file_comes(FILE_OTHER, 50));
	assert_true(store_save());
	reboot();
	assert_int_equal(running(), 50);
	assert_false(file_comes(FILE_OTHER, 50));
	assert_true(file_comes(FILE_ONE, 1)); /* only the last one is known */
}

static void without_a_store_every_boot_takes_it(void **state)
{
	(void)state;
	ledger_clear(&ledger);
	store_clear();
	for (unsigned boot = 0; boot < 3; boot++) {
		assert_true(file_comes(FILE_ONE, 1));
		assert_int_equal(commit(2, 100, 0), OK);
		reboot(); /* nothing was saved */
	}
}

/* Nor a change by the owner without the file being known: at no record of both. */
static void no_cut_leaves_a_known_file_without_its_document(void **state)
{
	bool done = false;

	(void)state;
	for (unsigned puts = 0; !done; puts++) {
		assert_in_range(puts, 0, 20);
		ledger_clear(&ledger);
		store_clear();
		assert_int_equal(commit(1, 100, 0), OK);
		assert_true(store_save());
		store.puts_left = puts;
		assert_true(file_comes(FILE_ONE, 2));
		if (store_save())
			assert_int_equal(commit(3, 100, 0), OK);
		done = running() == 3 && store_save();
		reboot();
		bool known = ledger_boot_is_known(&ledger, &(struct ledger_mark)FILE_ONE);
		assert_int_equal(known, running() != 1);
	}
	assert_int_equal(running(), 3);
}

/* The same document as a file that was changed in its blanks only. */
static void a_file_can_be_known_without_a_commit(void **state)
{
	(void)state;
	ledger_clear(&ledger);
	store_clear();
	assert_int_equal(commit(1, 100, 0), OK);
	ledger_boot_know(&ledger, &FILE_OTHER);
	assert_true(store_save());
	reboot();
	assert_int_equal(running(), 1);
	assert_int_equal(ledger_head(&ledger)->newest, 1);
	assert_false(file_comes(FILE_OTHER, 2));
}

static void a_head_of_version_2_goes_on(void **state)
{
	const size_t bytes = offsetof(struct ledger_head, boot);
	static struct ledger_head head;

	(void)state;
	ledger_clear(&ledger);
	store_clear();
	assert_int_equal(commit(1, 100, 0), OK);
	assert_true(store_save());
	memcpy(&head, store.records[PERSIST_HEAD].bytes, sizeof(head));
	head.version = 2;
	head.crc32 = crc32_of((const uint8_t *)&head + 4, bytes - 4);
	memset(&head.boot, 0xa5, sizeof(head.boot)); /* not read */
	struct ledger_head damaged = head;
	damaged.running ^= 1;
	assert_false(ledger_head_take(&damaged, bytes));
	assert_false(ledger_head_take(&head, bytes - 1));
	assert_true(ledger_head_take(&head, bytes));
	memcpy(store.records[PERSIST_HEAD].bytes, &head, sizeof(head));
	reboot();
	assert_int_equal(running(), 1);
	assert_true(file_comes(FILE_ONE, 2));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_is_taken_once_and_again_when_it_is_another),
		cmocka_unit_test(without_a_store_every_boot_takes_it),
		cmocka_unit_test(no_cut_leaves_a_known_file_without_its_document),
		cmocka_unit_test(a_file_can_be_known_without_a_commit),
		cmocka_unit_test(a_head_of_version_2_goes_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
