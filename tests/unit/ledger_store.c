/* See ledger_store.h. */
#include "tests/unit/ledger_store.h"

#include "tests/unit/unit.h"
#include "tests/unit/version_text.h"

#include <stdlib.h>
#include <string.h>

struct ledger ledger;
static const struct ledger_note nobody = { .author = "test" };

/* --- A store that keeps each record as a whole, and may be cut off --------- */

struct ledger_store store;

void store_clear(void)
{
	memset(&store, 0, sizeof(store));
	store.puts_left = UINT32_MAX;
}

/* Puts what is new until the power is cut. True: all of it. */
bool store_save(void)
{
	struct persist_record record;

	while (persist_next(&ledger, &record)) {
		if (store.puts_left == 0)
			return false;
		store.puts_left--;
		assert_in_range(record.length, 1, sizeof(store.records[0].bytes));
		store.records[record.part].there = true;
		store.records[record.part].length = record.length;
		memcpy(store.records[record.part].bytes, record.bytes, record.length);
		persist_done(&ledger, &record);
	}
	return true;
}

void reboot(void)
{
	static struct ledger_head head;

	ledger_clear(&ledger);
	if (!store.records[PERSIST_HEAD].there)
		return;
	memcpy(&head, store.records[PERSIST_HEAD].bytes, sizeof(head));
	for (unsigned part = 0; part < LEDGER_PARTS; part++)
		if (store.records[part].there)
			memcpy(ledger.parts[part], store.records[part].bytes,
			       store.records[part].length);
	assert_true(ledger_adopt(&ledger, &head));
}

/* --- Documents ------------------------------------------------------------ */

enum status commit(unsigned number, size_t length, uint64_t revert_at_us)
{
	return ledger_commit(&ledger, version_text(number, length), length, &nobody, revert_at_us);
}

/* The number of the document that runs; its bytes are checked. */
unsigned running(void)
{
	static char text[CONFIG_DOCUMENT_BYTES];
	const struct ledger_head *head = ledger_head(&ledger);
	const struct ledger_entry *entry =
		head == NULL ? NULL : ledger_find(&ledger, head->running);

	if (entry == NULL)
		return 0;
	assert_true(ledger_text(&ledger, entry, text));
	unsigned number = (unsigned)strtoul(text, NULL, 10);
	assert_memory_equal(text, version_text(number, entry->length_bytes), entry->length_bytes);
	return number;
}
