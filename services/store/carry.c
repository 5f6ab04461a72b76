/*
 * Carries out what was accepted: gives the first of the changes to the vault,
 * and the vault's steps to the disk, one at a time. Each progress is saved
 * before anybody hears of it.
 */
#include "services/store/store.h"

#include <string.h>

#define LOOK_US      20000u /* for answers whose notification was lost */
#define FAILURES_MAX 2u     /* other cells tried for a change */

static struct vault *vault_of(struct store *store)
{
	return &store->life.vault;
}

void store_save(struct store *store)
{
	life_save(&store->life, store->region);
}

/* One that the disk refused, though it is there, will not be the last. */
static void change_failed(struct store *store, uint32_t slot, uint64_t now_us)
{
	store->life.failures++;
	log_error("a change of %s is not on the disk", service_name(slot));
	if (store->life.mode == STORE_DISK)
		outage_begin(store, true, "the disk refuses what is written", now_us);
}

static void decided(struct store *store, enum status result, uint64_t now_us)
{
	uint32_t slot = changes_end(&store->life.changes, result);

	store->life.begun = 0;
	if (result == OK) {
		store->life.commits++;
		store->life.retries = 0;
	}
	if (result == E_DEVICE)
		change_failed(store, slot, now_us);
	store_save(store);
	show_table(store);
	service_notify(slot);
}

/* A change for which the disk refused a cell goes to another one, now and then. */
static void change_look(struct store *store, uint64_t now_us)
{
	struct change *change = &store->life.changes.queue[0];
	enum status result = vault_of(store)->result;

	if (store->life.begun == 0 || result == E_AGAIN)
		return;
	if (result == E_DEVICE && change->op == STORE_PUT && store->life.mode == STORE_DISK &&
	    change->failures < FAILURES_MAX) {
		change->failures++;
		store->life.begun = 0;
		store_save(store);
		return;
	}
	decided(store, result, now_us);
}

/* What was forgotten on the disk is not kept in memory either. */
static void cell_clear(struct store *store, uint32_t cell)
{
	if (vault_of(store)->states[cell] == CELL_FREE)
		memset(&store->region->records[cell], 0, sizeof(struct record));
}

static void step_ended(struct store *store, bool went_well, uint64_t now_us)
{
	bool erased = went_well && vault_of(store)->phase == VAULT_FORGETTING;
	uint32_t cell = vault_of(store)->cell;

	vault_step_done(vault_of(store), went_well);
	store_save(store);
	cell_clear(store, cell);
	change_look(store, now_us);
	if (erased)
		outage_written(store);
}

static void disk_answered(struct store *store, enum status answer, uint64_t now_us)
{
	store->asking = false;
	if (volume_is_lost(&store->volume, answer))
		outage_begin(store, false, "the disk has failed", now_us);
	step_ended(store, answer == OK, now_us);
	show_table(store);
}

static void step_ask(struct store *store, const struct vault_step *step, uint64_t now_us)
{
	volume_ask(&store->volume, step->action == VAULT_WRITE ? BLOCK_WRITE : BLOCK_FLUSH,
		   step->sector, step->sectors, step->bytes, now_us);
	store->asking = true;
}

static uint64_t step_begin(struct store *store, const struct vault_step *step, uint64_t now_us)
{
	switch ((enum store_mode)store->life.mode) {
	case STORE_OPENING: return now_us + LOOK_US;
	case STORE_MEMORY: step_ended(store, true, now_us); return now_us;
	case STORE_FAILED:
		if (store->life.refused != 0)
			break;
		step_ended(store, false, now_us);
		return now_us;
	case STORE_DISK: break;
	}
	if (!volume_is_busy(&store->volume))
		step_ask(store, step, now_us);
	return now_us + LOOK_US;
}

static void change_begin(struct store *store, uint64_t now_us)
{
	struct change *change = &store->life.changes.queue[0];
	enum status status;

	if (store->life.mode == STORE_FAILED)
		status = E_DEVICE;
	else if (change->op == STORE_DELETE)
		status = vault_delete(vault_of(store), change->name);
	else
		status = vault_put(vault_of(store), change->name,
				   store->region->stages[change->stage], change->length_bytes);
	if (status == E_FULL && change->failures != 0)
		status = E_DEVICE; /* no other cell is left to try */
	if (status != OK) {
		decided(store, status, now_us);
		return;
	}
	store->life.begun = 1;
	store_save(store);
}

/* --- The disk is read back ------------------------------------------------------ */

static void findings_log(const struct store *store)
{
	const struct vault_findings *found = &store->life.vault.found;

	log_notice("%s: %u records of %u",
		   store->life.mode == STORE_DISK ? "on disk" : "in memory only", found->whole,
		   store->life.vault.cells);
	if (found->torn + found->noise + found->unreadable != 0)
		log_warning("cells with a record torn: %u, with noise: %u, unreadable: %u",
			    found->torn, found->noise, found->unreadable);
}

static void waiting_notify(struct store *store)
{
	for (uint32_t slot = 0; slot < SERVICE_MAX; slot++)
		if ((store->waiting >> slot & 1u) != 0)
			service_notify(slot);
	store->waiting = 0;
}

static uint64_t open_go_on(struct store *store, uint64_t now_us)
{
	struct record *records = store->region->records;
	enum store_mode mode = opening_step(&store->opening, &store->volume, records, now_us);

	if (mode == STORE_OPENING)
		return now_us + LOOK_US;
	vault_open(vault_of(store), records, store->opening.cells, store->opening.readable);
	store->life.mode = mode;
	store->life.volume = store->volume.id;
	store->life.begun = 0;
	if (mode == STORE_FAILED) {
		outage_begin(store, false, "the disk cannot be read back", now_us);
	} else {
		store->life.retries = 0;
		findings_log(store);
	}
	store_save(store);
	show_table(store);
	waiting_notify(store);
	return now_us;
}

/* The installer took the partition away: known at once, not by a change that it costs. */
static void gone_look(struct store *store, uint64_t now_us)
{
	if (store->life.mode != STORE_DISK || !volume_is_gone(&store->volume))
		return;
	outage_begin(store, false, "the partition is gone", now_us);
}

uint64_t carry_on(struct store *store, uint64_t now_us)
{
	struct vault_step step;
	enum status answer;

	if (store->life.mode == STORE_OPENING)
		return open_go_on(store, now_us);
	if (store->asking) {
		answer = volume_answer(&store->volume, now_us);
		if (answer == E_AGAIN)
			return now_us + LOOK_US;
		disk_answered(store, answer, now_us);
		return now_us;
	}
	vault_step_next(vault_of(store), &step);
	if (step.action != VAULT_NOTHING)
		return step_begin(store, &step, now_us);
	if (store->life.changes.count != 0) {
		change_begin(store, now_us);
		return now_us;
	}
	gone_look(store, now_us);
	return store->life.mode == STORE_FAILED ? outage_look(store, now_us) : SERVICE_NO_DEADLINE;
}
