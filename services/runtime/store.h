/*
 * The store (services/proto/store.h) as C functions. Each waits for the store's
 * answer, at most STORE_WAIT_MS in all, and repeats the request if the store died
 * over it: every op may be repeated. E_TIMEOUT: it was not there in time; try
 * again from `work`. No function waits for the disk.
 *
 * How a service uses it: load with store_get in `work` as long as it says "later"
 * (the store notifies when it has read its disk; look again every 100 ms all the
 * same); save with store_put, and then, when notified and at least every 100 ms,
 * ask store_result as long as it says "later". E_ABSENT: put it again; E_DEVICE: not
 * saved, the old record counts. For a service with one record writeback.h does that.
 *
 * Needs in the manifest: call store; grant_create, grant_revoke; after store.
 */
#ifndef RUNTIME_STORE_H
#define RUNTIME_STORE_H

#include "kernel/abi/status.h"
#include "services/proto/store.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define STORE_WAIT_MS 30u /* less than a heartbeat, so that the store's hang is not ours */

/* The store is busy or not there: ask again from `work`. */
static inline bool store_says_later(enum status status)
{
	return status == E_AGAIN || status == E_TIMEOUT;
}

/*
 * Begins to replace the record `name` of ours by these `bytes`, at most
 * STORE_VALUE_BYTES; `value` is copied. OK: accepted, store_result() tells of the
 * end. E_AGAIN: one of ours, or too many of others, are under way.
 */
must_use enum status store_put(const char *name, const void *value, size_t bytes);
/* Likewise. E_ABSENT: there is none. */
must_use enum status store_delete(const char *name);
/* Of our last change: OK, E_DEVICE, E_AGAIN (under way), E_ABSENT (none is known). */
must_use enum status store_result(void);
/*
 * Sets *bytes to its length. E_ABSENT; E_TOO_LARGE: more than `room_bytes`;
 * E_AGAIN: the disk is still being read back.
 */
must_use enum status store_get(const char *name, void *value, size_t room_bytes, size_t *bytes);
/* Our nth record: its name, with a zero, and length. E_ABSENT: no more. */
must_use enum status store_list(uint32_t nth, char name[STORE_NAME_BYTES], size_t *bytes);
must_use enum status store_status(struct store_status *status);
/* STORE_CELL: all STORE_CELL_BYTES of it; *commits is set with E_ABSENT, too. */
must_use enum status store_cell(uint32_t index, void *bytes, uint64_t *commits);

#endif
