/*
 * A cell of the preserved region: one version of one thing, whole or not at all.
 * Pure.
 *
 *	FREE --begin--> WRITING --content, checksum, commit--> VALID --free--> FREE
 *
 * A new version is written into a free cell and committed by one store; only
 * then one of the old ones is freed. DS may die at any instruction: what was being
 * written is forgotten, and of two valid versions the later one counts. A valid
 * cell whose checksum is wrong was damaged by something else.
 */
#ifndef DS_CELL_H
#define DS_CELL_H

#include <stddef.h>
#include <stdint.h>

enum cell_state {
	CELL_FREE = 0,
	CELL_WRITING = 0x57,
	CELL_VALID = 0xa5, /* no state is another with one bit flipped */
};

/* The head of every kind of cell; the rest of it follows. */
struct cell {
	uint32_t state;    /* enum cell_state; not under the checksum */
	uint32_t crc32;    /* of all behind it */
	uint64_t sequence; /* of two versions the greater one counts */
};

enum cell_finding {
	FOUND_FREE,
	FOUND_UNFINISHED,
	FOUND_DAMAGED,
	FOUND_VALID,
};

void cell_begin(struct cell *cell, uint64_t sequence);
/* `cell_bytes`: of the whole cell with its head. */
void cell_commit(struct cell *cell, size_t cell_bytes);
void cell_free(struct cell *cell);
enum cell_finding cell_find(const struct cell *cell, size_t cell_bytes);

/*
 * Of three versions of one thing, `c` the latest and `a` the first, which is to be freed: the one
 * between the latest and that of the checkpoint, which ends with `checkpoint`.
 */
static inline struct cell *cell_dispensable(struct cell *a, struct cell *b, uint64_t checkpoint)
{
	return b->sequence <= checkpoint ? a : b;
}

/* Frees all of `count` cells that are later than `checkpoint`; how many. */
uint32_t cells_revert(void *cells, uint32_t count, size_t cell_bytes, uint64_t checkpoint);

#endif
