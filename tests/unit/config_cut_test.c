/*
 * The power fails at every sector write of a configuration commit, which is several
 * records of the store: the real ledger, order of records and vault, over a disk
 * with a volatile cache. The writes of a commit are recorded once; then each cut is
 * played on a copy of the disk, and what a boot finds there is looked at.
 */
#include "services/config/persist.h"
#include "tests/unit/store_disk.h"
#include "tests/unit/unit.h"
#include "tests/unit/version_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CONFIRM_US    1000u
#define LOG_MAX       512u
#define RANDOM_CUTS   10 /* of each sector write, with what the cache had in any order */
#define CUT_LIVES     150
#define LARGE_BYTES   20000u /* three parts and the head, as nothing compresses it */
#define LIFE_BYTES    9000u
#define LARGE_SECTORS 50u /* that a commit of LARGE_BYTES takes at least */

/* --- The machine: a ledger in memory, its records on a disk --------------------- */

struct machine {
	struct ledger ledger;
	struct vault vault;
	struct record records[DISK_CELLS];
	struct store_disk disk;
};

static struct machine machine, after;

/* The writes of a commit, a sector each; sector DISK_SECTORS: a flush. */
static struct {
	struct {
		uint32_t sector;
		uint8_t bytes[SECTOR_BYTES];
	} writes[LOG_MAX];
	uint32_t count, sectors;
	bool on;
} recording;

static void recording_add(const struct vault_step *step)
{
	uint32_t writes = step->action == VAULT_FLUSH ? 1 : step->sectors;

	for (uint32_t i = 0; i < writes && recording.on; i++) {
		assert_true(recording.count < LOG_MAX);
		recording.writes[recording.count].sector =
			step->action == VAULT_FLUSH ? DISK_SECTORS : step->sector + i;
		if (step->action != VAULT_FLUSH)
			memcpy(recording.writes[recording.count].bytes,
			       (const uint8_t *)step->bytes + (size_t)i * SECTOR_BYTES,
			       SECTOR_BYTES);
		recording.sectors += step->action != VAULT_FLUSH;
		recording.count++;
	}
}

static void store_name(const char *part, char name[RECORD_NAME_BYTES])
{
	(void)snprintf(name, RECORD_NAME_BYTES, "config/%s", part);
}

/* Carries out the store's steps while any of *left are left. True: nothing is to be done. */
static bool store_work(uint32_t *left)
{
	struct vault_step step;

	for (;; --*left) {
		vault_step_next(&machine.vault, &step);
		if (step.action == VAULT_NOTHING)
			return true;
		if (*left == 0)
			return false;
		recording_add(&step);
		disk_step(&machine.disk, &step);
		vault_step_done(&machine.vault, true);
	}
}

/* Puts what is new, as archive.c does, in so many steps of the disk. True: all of it is there. */
static bool ledger_save(uint32_t steps)
{
	struct persist_record record;
	char name[RECORD_NAME_BYTES];

	while (store_work(&steps) && persist_next(&machine.ledger, &record)) {
		store_name(record.name, name);
		assert_int_equal(
			vault_put(&machine.vault, name, record.bytes, (uint32_t)record.length), OK);
		if (!store_work(&steps))
			break;
		assert_int_equal(machine.vault.result, OK);
		persist_done(&machine.ledger, &record);
	}
	return persist_is_done(&machine.ledger);
}

static const struct record *found(const struct machine *at, unsigned part)
{
	char name[RECORD_NAME_BYTES], part_name[PERSIST_NAME_BYTES];

	persist_name(part, part_name);
	store_name(part_name, name);
	return vault_find(&at->vault, name);
}

/* What a boot makes of its disk. Returns how many documents the head on the disk names. */
static uint32_t boot(struct machine *at)
{
	static struct ledger_head head;

	at->disk.pending_count = 0;
	disk_open(&at->disk, &at->vault, at->records);
	ledger_clear(&at->ledger);
	const struct record *record = found(at, PERSIST_HEAD);
	if (record == NULL)
		return 0;
	assert_int_equal(record->head.length_bytes, sizeof(head));
	memcpy(&head, record->value, sizeof(head));
	for (unsigned part = 0; part < LEDGER_PARTS; part++) {
		record = found(at, part);
		if (record != NULL && record->head.length_bytes <= LEDGER_PART_BYTES)
			memcpy(at->ledger.parts[part], record->value, record->head.length_bytes);
	}
	assert_true(ledger_adopt(&at->ledger, &head));
	return head.count;
}

/* --- Documents -------------------------------------------------------------------- */

static char text[CONFIG_DOCUMENT_BYTES];

/* Tried again if the store has to have let go of the oldest first. */
static void commit(unsigned number, size_t length, uint64_t revert_at_us)
{
	static const struct ledger_note note = { .author = "test" };
	enum status status = E_AGAIN;

	for (int tries = 0; status == E_AGAIN && tries < 2; tries++) {
		if (tries != 0)
			assert_true(ledger_save(UINT32_MAX));
		status = ledger_commit(&machine.ledger, version_text(number, length), length, &note,
				       revert_at_us);
	}
	assert_int_equal(status, OK);
}

static unsigned number_of(const struct ledger *ledger, const struct ledger_entry *entry)
{
	assert_non_null(entry);
	assert_true(ledger_text(ledger, entry, text));
	unsigned number = (unsigned)strtoul(text, NULL, 10);
	assert_memory_equal(text, version_text(number, entry->length_bytes), entry->length_bytes);
	return number;
}

/* The number of the document that a boot puts in force; all that its history names is whole. */
static unsigned booted(struct machine *at)
{
	uint32_t named = boot(at);
	const struct ledger_head *head = ledger_head(&at->ledger);

	if (head == NULL)
		return 0;
	assert_int_equal(head->count, named);
	for (uint32_t i = 0; i < head->count; i++)
		if (head->entries[i].hidden == 0)
			(void)number_of(&at->ledger,
					ledger_find(&at->ledger, head->entries[i].serial));
	assert_false(ledger_is_pending(&at->ledger));
	return number_of(&at->ledger, ledger_find(&at->ledger, head->running));
}

static int machine_of(unsigned versions)
{
	memset(&machine, 0, sizeof(machine));
	(void)boot(&machine);
	version_text_versions = versions;
	commit(1, LARGE_BYTES, 0);
	assert_true(ledger_save(UINT32_MAX));
	return 0;
}

static int machine_setup(void **state)
{
	(void)state;
	return machine_of(1);
}

/* Most documents are packed against others. */
static int machine_setup_versions(void **state)
{
	(void)state;
	return machine_of(5);
}

/* --- Every cut of a recorded commit ------------------------------------------------ */

static void recording_play(struct store_disk *disk, uint32_t entry)
{
	struct vault_step step = { .action = VAULT_FLUSH };

	if (recording.writes[entry].sector != DISK_SECTORS)
		step = (struct vault_step){ .action = VAULT_WRITE,
					    .sector = recording.writes[entry].sector,
					    .sectors = 1,
					    .bytes = recording.writes[entry].bytes };
	disk_step(disk, &step);
}

static void cut_check(unsigned old, unsigned new, unsigned *found_new)
{
	unsigned number = booted(&after);

	if (number != old && number != new)
		fail_msg("%u runs after the boot, neither %u nor %u", number, old, new);
	*found_new += number == new;
}

/*
 * The power fails when `disk` has what it has: everything that is in its cache got there up to
 * the last sector, of which only a part did; or whatever, in whatever order.
 */
static void cut_each_way(const struct store_disk *disk, unsigned old, unsigned new,
			 unsigned *found_new)
{
	static const uint32_t torn_bytes[] = { 0, 1, 24, SECTOR_BYTES / 2 };
	uint64_t random = disk->pending_count + 1;

	after.disk = *disk;
	disk_cut_in_order(&after.disk, disk->pending_count, 0);
	cut_check(old, new, found_new);
	for (size_t i = 0; i < sizeof(torn_bytes) / sizeof(torn_bytes[0]); i++) {
		if (disk->pending_count == 0)
			return;
		after.disk = *disk;
		disk_cut_in_order(&after.disk, disk->pending_count - 1, torn_bytes[i]);
		cut_check(old, new, found_new);
	}
	for (int i = 0; i < RANDOM_CUTS; i++) {
		after.disk = *disk;
		disk_cut_at_random(&after.disk, &random);
		cut_check(old, new, found_new);
	}
}

/* Records what saving `machine` writes, and cuts before and behind each of its sectors. */
static void cut_everywhere(unsigned old, unsigned new)
{
	static struct store_disk disk;
	unsigned found_new = 0;

	disk = machine.disk;
	memset(&recording, 0, sizeof(recording));
	recording.on = true;
	assert_true(ledger_save(UINT32_MAX));
	recording.on = false;
	assert_in_range(recording.sectors, LARGE_SECTORS, LOG_MAX);
	cut_each_way(&disk, old, new, &found_new);
	for (uint32_t entry = 0; entry < recording.count; entry++) {
		recording_play(&disk, entry);
		cut_each_way(&disk, old, new, &found_new);
	}
	assert_memory_equal(disk.sectors, machine.disk.sectors, sizeof(disk.sectors));
	assert_true(new == old || found_new > 0);
}

static void a_cut_at_each_sector_of_a_commit_gives_the_old_or_the_new(void **state)
{
	(void)state;
	commit(2, LARGE_BYTES, 0);
	cut_everywhere(1, 2);
	after.disk = machine.disk;
	assert_int_equal(booted(&after), 2); /* saved is saved */
}

static void a_cut_at_each_sector_of_the_first_commit_gives_it_or_none(void **state)
{
	(void)state;
	memset(&machine, 0, sizeof(machine));
	(void)boot(&machine);
	commit(2, LARGE_BYTES, 0);
	cut_everywhere(0, 2);
}

static void an_unconfirmed_commit_is_gone_after_a_cut_at_any_sector(void **state)
{
	(void)state;
	commit(2, LARGE_BYTES, CONFIRM_US);
	cut_everywhere(1, 1);
}

static void a_cut_while_it_is_confirmed_gives_the_old_or_the_confirmed(void **state)
{
	static struct store_disk disk;
	unsigned found_new = 0;

	(void)state;
	commit(2, LARGE_BYTES, CONFIRM_US);
	assert_true(ledger_save(UINT32_MAX));
	assert_int_equal(ledger_confirm(&machine.ledger), OK);
	disk = machine.disk;
	memset(&recording, 0, sizeof(recording));
	recording.on = true;
	assert_true(ledger_save(UINT32_MAX));
	recording.on = false;
	for (uint32_t entry = 0; entry < recording.count; entry++) {
		recording_play(&disk, entry);
		cut_each_way(&disk, 1, 2, &found_new);
	}
	assert_in_range(found_new, 1, UINT32_MAX);
}

static void a_cut_while_another_commit_follows_gives_one_of_the_three(void **state)
{
	uint64_t random = 3;

	(void)state;
	for (uint32_t steps = 0; steps < 24; steps++) {
		(void)machine_setup(NULL);
		commit(2, LARGE_BYTES, 0);
		bool saved = ledger_save(steps);
		commit(3, LIFE_BYTES, 0);
		uint32_t more = disk_random(&random) % 4;
		(void)store_work(&more);
		disk_cut_at_random(&machine.disk, &random);
		unsigned number = booted(&machine);
		assert_in_range(number, saved ? 2 : 1, 3);
	}
}

/* --- Many lives on one disk ----------------------------------------------------------- */

static void over_hundreds_of_cut_commits_none_is_mixed_and_none_comes_back(void **state)
{
	uint64_t random = 7;
	unsigned running = 1, changes = 0;

	(void)state;
	for (unsigned number = 2; number < 2 + CUT_LIVES; number++) {
		bool timed = disk_random(&random) % 4 == 0;

		commit(number, LIFE_BYTES + disk_random(&random) % LARGE_BYTES,
		       timed ? CONFIRM_US : 0);
		bool saved = ledger_save(disk_random(&random) % 20);
		disk_cut_at_random(&machine.disk, &random);
		unsigned after_cut = booted(&machine);
		if (after_cut != running && (after_cut != number || timed))
			fail_msg("%u runs, not %u or %u", after_cut, running, number);
		if (saved && !timed)
			assert_int_equal(after_cut, number);
		changes += after_cut != running;
		running = after_cut;
	}
	assert_in_range(changes, CUT_LIVES / 10, CUT_LIVES);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_cut_at_each_sector_of_a_commit_gives_the_old_or_the_new,
				       machine_setup),
		cmocka_unit_test(a_cut_at_each_sector_of_the_first_commit_gives_it_or_none),
		cmocka_unit_test_setup(an_unconfirmed_commit_is_gone_after_a_cut_at_any_sector,
				       machine_setup),
		cmocka_unit_test_setup(a_cut_while_it_is_confirmed_gives_the_old_or_the_confirmed,
				       machine_setup),
		cmocka_unit_test(a_cut_while_another_commit_follows_gives_one_of_the_three),
		cmocka_unit_test_setup(
			over_hundreds_of_cut_commits_none_is_mixed_and_none_comes_back,
			machine_setup_versions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
