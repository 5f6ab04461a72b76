#include "services/ds/cell.h"

#include "services/runtime/crc32.h"

#define CELL_UNCHECKED_BYTES offsetof(struct cell, sequence)

static uint32_t checksum(const struct cell *cell, size_t cell_bytes)
{
	return crc32_of((const uint8_t *)cell + CELL_UNCHECKED_BYTES,
			cell_bytes - CELL_UNCHECKED_BYTES);
}

/* Stores the compiler may not move, as the next instruction can be our last. */
static void state_set(struct cell *cell, enum cell_state state)
{
	__atomic_store_n(&cell->state, (uint32_t)state, __ATOMIC_SEQ_CST);
}

void cell_begin(struct cell *cell, uint64_t sequence)
{
	state_set(cell, CELL_WRITING);
	cell->sequence = sequence;
}

void cell_commit(struct cell *cell, size_t cell_bytes)
{
	cell->crc32 = checksum(cell, cell_bytes);
	state_set(cell, CELL_VALID);
}

void cell_free(struct cell *cell)
{
	state_set(cell, CELL_FREE);
}

enum cell_finding cell_find(const struct cell *cell, size_t cell_bytes)
{
	switch (cell->state) {
	case CELL_FREE: return FOUND_FREE;
	case CELL_WRITING: return FOUND_UNFINISHED;
	case CELL_VALID:
		return cell->crc32 == checksum(cell, cell_bytes) ? FOUND_VALID : FOUND_DAMAGED;
	default: return FOUND_DAMAGED;
	}
}

uint32_t cells_revert(void *cells, uint32_t count, size_t cell_bytes, uint64_t checkpoint)
{
	uint32_t reverted = 0;

	for (uint32_t i = 0; i < count; i++) {
		struct cell *cell = (struct cell *)(void *)((uint8_t *)cells + i * cell_bytes);

		if (cell->state == CELL_FREE || cell->sequence <= checkpoint)
			continue;
		cell_free(cell);
		reverted++;
	}
	return reverted;
}
