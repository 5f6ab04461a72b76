#include "services/store/vault.h"

#include <assert.h>
#include <string.h>

#define NO_CELL UINT32_MAX

static uint32_t cell_in_state(const struct vault *vault, enum cell_state state)
{
	for (uint32_t cell = 0; cell < vault->cells; cell++)
		if (vault->states[cell] == state)
			return cell;
	return NO_CELL;
}

static uint32_t cell_of_name(const struct vault *vault, const char *name, enum cell_state state)
{
	for (uint32_t cell = 0; cell < vault->cells; cell++)
		if (vault->states[cell] == state &&
		    strncmp(vault->records[cell].head.name, name, RECORD_NAME_BYTES) == 0)
			return cell;
	return NO_CELL;
}

/* Erases what counts no more, one cell after the other, then rests. */
static void tidy(struct vault *vault)
{
	vault->cell = cell_in_state(vault, CELL_OLD);
	vault->phase = vault->cell == NO_CELL ? VAULT_IDLE : VAULT_ERASING;
}

/* Of two records of one name the later counts; of two equally late ones the first. */
static void take_whole(struct vault *vault, uint32_t cell)
{
	const struct record_head *head = &vault->records[cell].head;
	uint32_t other = cell_of_name(vault, head->name, CELL_CURRENT);

	vault->found.whole++;
	if (head->sequence >= vault->sequence)
		vault->sequence = head->sequence + 1;
	vault->states[cell] = CELL_CURRENT;
	if (other == NO_CELL)
		return;
	if (vault->records[other].head.sequence < head->sequence)
		vault->states[other] = CELL_OLD;
	else
		vault->states[cell] = CELL_OLD;
}

static void take(struct vault *vault, uint32_t cell)
{
	switch (record_check(&vault->records[cell], cell)) {
	case RECORD_WHOLE: take_whole(vault, cell); break;
	case RECORD_TORN:
		/* Its head must not meet a value written there later. */
		vault->found.torn++;
		vault->states[cell] = CELL_OLD;
		break;
	case RECORD_NOISE: vault->found.noise++; break;
	case RECORD_EMPTY: break;
	}
}

void vault_open(struct vault *vault, struct record *records, uint32_t cells, const bool *readable)
{
	assert(cells <= VAULT_CELLS_MAX);
	*vault = (struct vault){ .records = records, .cells = cells, .sequence = 1 };
	for (uint32_t cell = 0; cell < cells; cell++) {
		if (readable[cell]) {
			take(vault, cell);
			continue;
		}
		vault->found.unreadable++;
		vault->states[cell] = CELL_UNREADABLE;
		memset(&records[cell], 0, sizeof(records[cell]));
	}
	tidy(vault);
}

enum status vault_put(struct vault *vault, const char *name, const void *value,
		      uint32_t length_bytes)
{
	uint32_t cell = cell_in_state(vault, CELL_FREE);

	if (!record_name_is_valid(name))
		return E_ARGUMENT;
	if (length_bytes > RECORD_VALUE_BYTES)
		return E_TOO_LARGE;
	if (vault->phase != VAULT_IDLE)
		return E_AGAIN;
	if (cell == NO_CELL || vault->sequence == UINT64_MAX)
		return E_FULL;
	record_make(&vault->records[cell], cell, vault->sequence++, name, value, length_bytes);
	vault->states[cell] = CELL_WRITING;
	vault->cell = cell;
	vault->phase = VAULT_WRITING;
	vault->result = E_AGAIN;
	return OK;
}

enum status vault_delete(struct vault *vault, const char *name)
{
	uint32_t cell;

	if (!record_name_is_valid(name))
		return E_ARGUMENT;
	if (vault->phase != VAULT_IDLE)
		return E_AGAIN;
	if (cell_of_name(vault, name, CELL_LOST) != NO_CELL)
		return E_DEVICE;
	cell = cell_of_name(vault, name, CELL_CURRENT);
	if (cell == NO_CELL)
		return E_ABSENT;
	vault->cell = cell;
	vault->phase = VAULT_ERASING;
	vault->result = E_AGAIN;
	return OK;
}

void vault_step_next(const struct vault *vault, struct vault_step *step)
{
	static const uint8_t blank[SECTOR_BYTES];
	const struct record *record;

	*step = (struct vault_step){ .action = VAULT_NOTHING };
	switch (vault->phase) {
	case VAULT_IDLE: return;
	case VAULT_SETTLING:
	case VAULT_FORGETTING: step->action = VAULT_FLUSH; return;
	case VAULT_WRITING:
		record = &vault->records[vault->cell];
		step->sectors = record_sectors(record->head.length_bytes);
		step->bytes = record;
		break;
	case VAULT_ERASING:
		step->sectors = 1;
		step->bytes = blank;
		break;
	}
	step->action = VAULT_WRITE;
	step->sector = vault->cell * RECORD_SECTORS;
}

/* The new record is on the disk: from now on it is the one. */
static void commit(struct vault *vault)
{
	const char *name = vault->records[vault->cell].head.name;
	uint32_t before = cell_of_name(vault, name, CELL_CURRENT);

	if (before != NO_CELL)
		vault->states[before] = CELL_OLD;
	vault->states[vault->cell] = CELL_CURRENT;
	vault->result = OK;
	tidy(vault);
}

/* The disk forgot a record: an old one on the way, or one that was to be deleted. */
static void forget(struct vault *vault)
{
	if (vault->states[vault->cell] == CELL_CURRENT)
		vault->result = OK;
	vault->states[vault->cell] = CELL_FREE;
	tidy(vault);
}

/* What was to be deleted stays; what was to be written or erased may come back. */
static void fail(struct vault *vault)
{
	if (vault->states[vault->cell] != CELL_CURRENT)
		vault->states[vault->cell] = CELL_LOST;
	if (vault->result == E_AGAIN)
		vault->result = E_DEVICE;
	tidy(vault);
}

void vault_step_done(struct vault *vault, bool went_well)
{
	if (vault->phase != VAULT_IDLE && !went_well) {
		fail(vault);
		return;
	}
	switch (vault->phase) {
	case VAULT_IDLE: break;
	case VAULT_WRITING: vault->phase = VAULT_SETTLING; break;
	case VAULT_SETTLING: commit(vault); break;
	case VAULT_ERASING: vault->phase = VAULT_FORGETTING; break;
	case VAULT_FORGETTING: forget(vault); break;
	}
}

bool vault_retry(struct vault *vault)
{
	uint32_t lost = vault_cells_in(vault, CELL_LOST);
	uint32_t free_cell = cell_in_state(vault, CELL_FREE);

	if (vault->phase != VAULT_IDLE || (lost == 0 && free_cell == NO_CELL))
		return false;
	if (lost == 0)
		vault->states[free_cell] = CELL_OLD;
	for (uint32_t cell = 0; cell < vault->cells && lost != 0; cell++)
		if (vault->states[cell] == CELL_LOST)
			vault->states[cell] = CELL_OLD;
	tidy(vault);
	return true;
}

uint32_t vault_cells_in(const struct vault *vault, enum cell_state state)
{
	uint32_t count = 0;

	for (uint32_t cell = 0; cell < vault->cells; cell++)
		count += vault->states[cell] == (uint8_t)state;
	return count;
}

const struct record *vault_find(const struct vault *vault, const char *name)
{
	uint32_t cell = cell_of_name(vault, name, CELL_CURRENT);

	return cell == NO_CELL ? NULL : &vault->records[cell];
}

const struct record *vault_list(const struct vault *vault, uint32_t *cursor)
{
	while (*cursor < vault->cells) {
		uint32_t cell = (*cursor)++;

		if (vault->states[cell] == CELL_CURRENT)
			return &vault->records[cell];
	}
	return NULL;
}
