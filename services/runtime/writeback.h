/*
 * One record of ours in the store (store.h), written behind: read once after a
 * boot, and from then on saved when it has changed. What changes meanwhile is
 * gathered, a flood of changes spares the disk, a record that the store forgot is
 * put again, and so, after a while, is one that the disk did not take.
 *
 *	RESTS -- mark --> CHANGED -- put --> UNDER WAY --> it is there: RESTS
 *	                     ^-- forgotten, failed, or marked meanwhile --/
 *
 * A service has one change under way (services/proto/store.h), so one of these.
 */
#ifndef RUNTIME_WRITEBACK_H
#define RUNTIME_WRITEBACK_H

#include "kernel/abi/status.h"
#include "kernel/abi/syscall.h"
#include "services/proto/store.h"
#include "services/runtime/wear.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WRITEBACK_WAIT_US  (STORE_OPEN_MAX_MS * 1000u + 1000000u) /* for the store after a boot */
#define WRITEBACK_LOOK_US  100000u                                /* for what it answers */
#define WRITEBACK_AGAIN_US 60000000u                              /* after one that failed */

struct writeback {
	const char *name;     /* of the record */
	const char *what;     /* it is, for the log: "leases" */
	enum log_level level; /* of the line that it could not be saved */
	void *value;
	size_t room_bytes;  /* of `value`, at most STORE_VALUE_BYTES */
	uint32_t gather_us; /* from the first change to the write */
	uint32_t rest_us;   /* from one write to the next */
	bool spares;        /* and not often: wear.h */
	/* Makes `value`. Returns its length; 0: it is as the store has it. */
	size_t (*fill)(uint64_t now_us);
	/* What was filled in last is in the store; may be NULL. */
	void (*saved)(void);

	/* What it keeps itself; all zero is the beginning. */
	bool changed, under_way, failed;
	uint64_t wait_until_us, due_us;
	struct wear wear;
};

/*
 * Reads the record into `value`. E_AGAIN: ask again after WRITEBACK_LOOK_US; that ends when the
 * store should have been there. Else OK, E_ABSENT, or why it cannot be had.
 */
must_use enum status writeback_load(struct writeback *record, size_t *bytes, uint64_t now_us);
/* What the record is made of has changed. */
void writeback_mark(struct writeback *record, uint64_t now_us);
/* Is everything that was marked in the store? */
bool writeback_rests(const struct writeback *record);
/* Saves what is due. Returns when to be called again at the latest; SERVICE_NO_DEADLINE. */
uint64_t writeback_work(struct writeback *record, uint64_t now_us);

#endif
