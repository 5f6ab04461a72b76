/*
 * What outlives DS: the layout of the preserved region "ds.state". Cells of
 * three kinds: two of each thing, and of each kind one more, so that there is
 * always a free one for the next version.
 *
 * The two of an entry or a backup are its latest version, and behind it the one
 * of the checkpoint: the last time that DS was seen to live with what it had.
 * If the latest is damaged, or DS dies of it again and again, the older is used.
 * Of a subscription, which never changes, the two are the same.
 */
#ifndef DS_STATE_H
#define DS_STATE_H

#include "kernel/abi/layout.h"
#include "services/ds/cell.h"
#include "services/proto/ds.h"

#include <assert.h>

#define DS_STATE_MAGIC   0x32534442u /* "BDS2" */
#define DS_STATE_BYTES   0x78000u
#define DS_BACKUPS_MAX   44u
#define DS_ENTRY_CELLS   (2 * DS_ENTRIES_MAX + 1)
#define DS_PATTERN_CELLS (2 * DS_SUBSCRIPTIONS_MAX + 1)
#define DS_BACKUP_CELLS  (2 * DS_BACKUPS_MAX + 1)

/* A published name; `removed`: withdrawn, and kept until its subscribers know. */
struct entry_cell {
	struct cell cell;
	uint32_t id;    /* 0 to DS_ENTRIES_MAX - 1, the same in all its versions */
	uint32_t owner; /* slot */
	uint32_t removed;
	uint32_t length_bytes;
	char name[DS_NAME_BYTES]; /* ends in zeros */
	uint8_t value[DS_VALUE_BYTES];
};

struct pattern_cell {
	struct cell cell;
	uint32_t subscriber; /* slot */
	uint32_t reserved;
	char pattern[DS_NAME_BYTES];
};

struct backup_cell {
	struct cell cell;
	uint32_t owner; /* slot */
	uint32_t length_bytes;
	uint8_t bytes[DS_BACKUP_BYTES];
};

/* Versions up to these belong to the checkpoint; later ones have come since. */
struct checkpoint_cell {
	struct cell cell;
	uint64_t entries, backups;
};

struct ds_state {
	uint32_t magic;
	uint32_t bad_starts; /* lives in a row that ended before they were of use */
	struct checkpoint_cell checkpoints[2]; /* written in turn */
	struct entry_cell entries[DS_ENTRY_CELLS];
	struct pattern_cell patterns[DS_PATTERN_CELLS];
	struct backup_cell backups[DS_BACKUP_CELLS];
};
static_assert(sizeof(struct ds_state) <= DS_STATE_BYTES, "region size");

/* What taking up the state found; for the log. */
struct state_findings {
	uint32_t kept, unfinished, damaged;
};

#endif
