/*
 * Names and values. Pure: cells of the preserved region, and an index of them
 * that is made anew at each start. Every change is one commit (cell.h).
 */
#ifndef DS_STORE_H
#define DS_STORE_H

#include "kernel/abi/status.h"
#include "services/ds/state.h"

#include <stdbool.h>

#define STORE_NO_CELL 0xffffu

struct store {
	struct entry_cell *cells;          /* DS_ENTRY_CELLS */
	uint64_t sequence;                 /* of the latest version */
	uint64_t checkpoint;               /* of the latest version that belongs to it */
	uint32_t spare;                    /* a free cell */
	uint16_t cell_of[DS_ENTRIES_MAX];  /* by id: the latest version, */
	uint16_t older_of[DS_ENTRIES_MAX]; /* and one before, or STORE_NO_CELL */
};

/* Takes up the cells as they are found; drops what is unfinished, damaged or outdated. */
void store_open(struct store *store, struct entry_cell *cells, uint64_t checkpoint,
		struct state_findings *findings);

/* NULL if there is none of that id, name or rank; a withdrawn one only by id. */
const struct entry_cell *store_by_id(const struct store *store, uint32_t id);
const struct entry_cell *store_by_name(const struct store *store, const char name[DS_NAME_BYTES]);
const struct entry_cell *store_nth(const struct store *store, uint32_t nth);

/* *id: whose subscribers are to be told. E_ARGUMENT, E_DENIED, E_FULL. */
must_use enum status store_publish(struct store *store, uint32_t owner,
				   const char name[DS_NAME_BYTES], const void *value,
				   uint32_t length_bytes, uint32_t *id);
/* Leaves a withdrawn entry until store_forget. E_ARGUMENT, E_ABSENT, E_DENIED. */
must_use enum status store_withdraw(struct store *store, uint32_t owner,
				    const char name[DS_NAME_BYTES], uint32_t *id);
/* All who wanted to know of its withdrawal do. */
void store_forget(struct store *store, uint32_t id);

#endif
