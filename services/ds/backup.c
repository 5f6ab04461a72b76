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

static struct backup_cell *latest_of(const struct backups *backups, uint32_t owner)
{
	struct backup_cell *latest = NULL;

	for (uint32_t i = 0; i < DS_BACKUP_CELLS; i++) {
		struct backup_cell *backup = &backups->cells[i];

		if (in_use(backup) && backup->owner == owner &&
		    (latest == NULL || backup->cell.sequence > latest->cell.sequence))
			latest = backup;
	}
	return latest;
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

void backups_open(struct backups *backups, struct backup_cell *cells,
		  struct state_findings *findings)
{
	*backups = (struct backups){ .cells = cells };
	for (uint32_t i = 0; i < DS_BACKUP_CELLS; i++)
		backup_open(&cells[i], findings);
	for (uint32_t i = 0; i < DS_BACKUP_CELLS; i++) {
		if (!in_use(&cells[i]))
			continue;
		if (cells[i].cell.sequence > backups->sequence)
			backups->sequence = cells[i].cell.sequence;
		if (latest_of(backups, cells[i].owner) == &cells[i])
			findings->kept++;
		else
			cell_free(&cells[i].cell);
	}
}

/* A free cell, but the last one only for the next version of one that is there. */
static struct backup_cell *free_cell(const struct backups *backups, bool replaces)
{
	struct backup_cell *found = NULL;
	uint32_t count = 0;

	for (uint32_t i = 0; i < DS_BACKUP_CELLS; i++) {
		if (backups->cells[i].cell.state != CELL_FREE)
			continue;
		found = &backups->cells[i];
		count++;
	}
	return count > 1 || replaces ? found : NULL;
}

enum status backup_store(struct backups *backups, uint32_t owner, const void *bytes,
			 uint32_t length_bytes)
{
	if (length_bytes > DS_BACKUP_BYTES)
		return E_TOO_LARGE;
	struct backup_cell *old = latest_of(backups, owner);
	struct backup_cell *backup = free_cell(backups, old != NULL);
	if (backup == NULL)
		return E_FULL;
	cell_begin(&backup->cell, ++backups->sequence);
	backup->owner = owner;
	backup->length_bytes = length_bytes;
	memcpy(backup->bytes, bytes, length_bytes);
	memset(backup->bytes + length_bytes, 0, DS_BACKUP_BYTES - length_bytes);
	cell_commit(&backup->cell, sizeof(*backup));
	if (old != NULL)
		cell_free(&old->cell);
	return OK;
}

const struct backup_cell *backup_of(const struct backups *backups, uint32_t owner)
{
	return latest_of(backups, owner);
}
