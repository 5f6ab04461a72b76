#include "services/ds/checkpoint.h"

static const struct checkpoint_cell *latest_of(const struct checkpoint_cell cells[2])
{
	const struct checkpoint_cell *latest = NULL;

	for (unsigned i = 0; i < 2; i++) {
		if (cell_find(&cells[i].cell, sizeof(cells[i])) == FOUND_VALID &&
		    (latest == NULL || cells[i].cell.sequence > latest->cell.sequence))
			latest = &cells[i];
	}
	return latest;
}

bool checkpoint_read(const struct checkpoint_cell cells[2], struct checkpoint *checkpoint)
{
	const struct checkpoint_cell *latest = latest_of(cells);

	*checkpoint = (struct checkpoint){ 0 };
	if (latest == NULL)
		return false;
	*checkpoint = (struct checkpoint){ latest->entries, latest->backups };
	return true;
}

void checkpoint_note(struct checkpoint_cell cells[2], const struct checkpoint *checkpoint)
{
	const struct checkpoint_cell *latest = latest_of(cells);
	struct checkpoint_cell *next = &cells[latest == &cells[0] ? 1 : 0];

	cell_begin(&next->cell, latest == NULL ? 1 : latest->cell.sequence + 1);
	next->entries = checkpoint->entries;
	next->backups = checkpoint->backups;
	cell_commit(&next->cell, sizeof(*next));
}

uint32_t checkpoint_return(struct ds_state *state, const struct checkpoint *checkpoint)
{
	return cells_revert(state->entries, DS_ENTRY_CELLS, sizeof(state->entries[0]),
			    checkpoint->entries) +
	       cells_revert(state->backups, DS_BACKUP_CELLS, sizeof(state->backups[0]),
			    checkpoint->backups);
}
