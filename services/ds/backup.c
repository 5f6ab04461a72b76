#include "services/ds/backup.h"

#include <stdbool.h>
#include <string.h>

static bool in_use(const struct backup_cell *backup)
{
	return backup->cell.state == CELL_VALID;
}

static bool backup_is_sound(const struct backup_cell *backup)
{
	return backup->owner < SERVICE_MAX && backup->length_bytes <= DS_BACKUP_BYTES;
}

/* The owner's latest version before `sequence`. */
static struct backup_cell *version_before(const struct backups *backups, uint32_t owner,
					  uint64_t sequence)
{
	struct backup_cell *latest = NULL;

	for (uint32_t i = 0; i < DS_BACKUP_CELLS; i++) {
		struct backup_cell *backup = &backups->cells[i];

		if (in_use(backup) && backup->owner == owner && backup->cell.sequence < sequence &&
		    (latest == NULL || backup->cell.sequence > latest->cell.sequence))
			latest = backup;
	}
	return latest;
}

static struct backup_cell *latest_of(const struct backups *backups, uint32_t owner)
{
	return version_before(backups, owner, UINT64_MAX);
}

/* Of more than two versions, frees the one that is neither the latest nor the checkpoint's. */
static void versions_thin(const struct backups *backups, uint32_t owner)
{
	struct backup_cell *latest = latest_of(backups, owner), *before, *first;

	if (latest == NULL)
		return;
	before = version_before(backups, owner, latest->cell.sequence);
	if (before == NULL)
		return;
	first = version_before(backups, owner, before->cell.sequence);
	if (first != NULL)
		cell_free(cell_dispensable(&first->cell, &before->cell, backups->checkpoint));
}

static void backup_open(struct backup_cell *backup, struct state_findings *findings)
{
	enum cell_finding finding = cell_find(&backup->cell, sizeof(*backup));

	if (finding == FOUND_VALID && backup_is_sound(backup))
		return;
	if (finding == FOUND_UNFINISHED)
		findings->unfinished++;
	else if (finding != FOUND_FREE)
		findings->damaged++;
	cell_free(&backup->cell);
}

void backups_open(struct backups *backups, struct backup_cell *cells, uint64_t checkpoint,
		  struct state_findings *findings)
{
	*backups = (struct backups){ .cells = cells, .checkpoint = checkpoint };
	for (uint32_t i = 0; i < DS_BACKUP_CELLS; i++)
		backup_open(&cells[i], findings);
	for (uint32_t i = 0; i < DS_BACKUP_CELLS; i++) {
		if (!in_use(&cells[i]))
			continue;
		if (cells[i].cell.sequence > backups->sequence)
			backups->sequence = cells[i].cell.sequence;
		versions_thin(backups, cells[i].owner);
		findings->kept += latest_of(backups, cells[i].owner) == &cells[i];
	}
}

/* Owners that have one; the next is refused beyond DS_BACKUPS_MAX. */
static uint32_t owners_count(const struct backups *backups)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < DS_BACKUP_CELLS; i++)
		count += in_use(&backups->cells[i]) &&
			 latest_of(backups, backups->cells[i].owner) == &backups->cells[i];
	return count;
}

/* There is one: two of each owner are in use at most, and one is left. */
static struct backup_cell *free_cell(const struct backups *backups)
{
	for (uint32_t i = 0; i < DS_BACKUP_CELLS; i++)
		if (backups->cells[i].cell.state == CELL_FREE)
			return &backups->cells[i];
	return NULL;
}

enum status backup_store(struct backups *backups, uint32_t owner, const void *bytes,
			 uint32_t length_bytes)
{
	if (length_bytes > DS_BACKUP_BYTES)
		return E_TOO_LARGE;
	struct backup_cell *backup = free_cell(backups);
	if (backup == NULL ||
	    (latest_of(backups, owner) == NULL && owners_count(backups) >= DS_BACKUPS_MAX))
		return E_FULL;
	cell_begin(&backup->cell, ++backups->sequence);
	backup->owner = owner;
	backup->length_bytes = length_bytes;
	memcpy(backup->bytes, bytes, length_bytes);
	memset(backup->bytes + length_bytes, 0, DS_BACKUP_BYTES - length_bytes);
	cell_commit(&backup->cell, sizeof(*backup));
	versions_thin(backups, owner);
	return OK;
}

const struct backup_cell *backup_of(const struct backups *backups, uint32_t owner)
{
	return latest_of(backups, owner);
}
