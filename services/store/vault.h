/*
 * Records in memory and what has to be written, in which order, so that the disk
 * has the old or the new one of each at every moment. Does no I/O: it names the
 * next step, the caller carries it out and says how it went. Without a disk the
 * caller says "done" to every step. Pure.
 *
 *	IDLE --put--> WRITING --> SETTLING --committed--> ERASING --> FORGETTING --> IDLE
 *	IDLE --delete-----------------------------------> ERASING
 *
 * WRITING writes a record into a free cell, SETTLING and FORGETTING are flushes,
 * ERASING blanks the head of a record that counts no more. A cell is written
 * again only after its erasure was flushed; a deletion begins only when no older
 * record of the name is left: so nothing that was replaced or deleted comes back.
 * A step may be repeated any number of times, as after a death of the driver.
 */
#ifndef STORE_VAULT_H
#define STORE_VAULT_H

#include "kernel/abi/status.h"
#include "services/store/record.h"

#define VAULT_CELLS_MAX 128u

enum cell_state {
	CELL_FREE = 0,
	CELL_WRITING,    /* on its way to the disk */
	CELL_CURRENT,    /* the record of its name */
	CELL_OLD,        /* on the disk, counts no more, has to be erased */
	CELL_LOST,       /* the disk refused to write there: not used before vault_retry */
	CELL_UNREADABLE, /* left alone: nobody knows what lies there */
};

enum vault_phase {
	VAULT_IDLE = 0,
	VAULT_WRITING,
	VAULT_SETTLING,
	VAULT_ERASING,
	VAULT_FORGETTING,
};

/* What reading the disk back found, in cells. */
struct vault_findings {
	uint32_t whole;
	uint32_t torn;
	uint32_t noise;
	uint32_t unreadable;
};

struct vault {
	struct record *records; /* one a cell; the caller's */
	uint32_t cells;
	uint32_t cell;     /* the one that the phase is about */
	uint64_t sequence; /* the next record's */
	enum vault_phase phase;
	enum status result; /* of the last put or delete; E_AGAIN: not decided yet */
	struct vault_findings found;
	uint8_t states[VAULT_CELLS_MAX]; /* enum cell_state */
};

enum vault_action {
	VAULT_NOTHING,
	VAULT_WRITE,
	VAULT_FLUSH,
};

struct vault_step {
	enum vault_action action;
	uint32_t sector; /* from the beginning of the partition */
	uint32_t sectors;
	const void *bytes; /* stay as they are until the step is done */
};

/*
 * Takes what was read from the disk into `records`, one a cell, or zeros without a disk; a cell
 * with `readable[cell]` false is left alone. At most VAULT_CELLS_MAX cells; `readable` is borrowed.
 */
void vault_open(struct vault *vault, struct record *records, uint32_t cells, const bool *readable);

/*
 * Begin a change; its end is in vault->result: OK, or E_DEVICE, in which case the old record
 * counts here. E_AGAIN: another change is under way. E_ARGUMENT: the name. E_TOO_LARGE. E_FULL.
 * E_ABSENT. E_DEVICE: the disk has an old record of that name which it cannot be rid of.
 */
must_use enum status vault_put(struct vault *vault, const char *name, const void *value,
			       uint32_t length_bytes);
must_use enum status vault_delete(struct vault *vault, const char *name);

void vault_step_next(const struct vault *vault, struct vault_step *step);
/* The step was carried out, or the disk said that it cannot be. */
void vault_step_done(struct vault *vault, bool went_well);

/*
 * Do they take writes by now? Begins to erase the cells that are lost, which have what is not to
 * come back, or else a free one. False: there is none, or a change is under way.
 */
bool vault_retry(struct vault *vault);

/* How many cells are in that state. */
uint32_t vault_cells_in(const struct vault *vault, enum cell_state state);
/* NULL: there is none. Borrowed until the next change. */
const struct record *vault_find(const struct vault *vault, const char *name);
/* The next record at or behind cell *cursor, which then lies behind it; NULL: that was all. */
const struct record *vault_list(const struct vault *vault, uint32_t *cursor);

#endif
