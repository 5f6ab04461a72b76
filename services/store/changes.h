/*
 * Changes that callers were told are accepted, in the order in which they are
 * carried out, and what became of each caller's last one. Each service has at
 * most one under way. Plain data, kept over the store's death. Pure.
 */
#ifndef STORE_CHANGES_H
#define STORE_CHANGES_H

#include "kernel/abi/layout.h"
#include "kernel/abi/status.h"
#include "services/proto/store.h"

#include <stdbool.h>

#define CHANGES_MAX 4u /* each has room for a value, its stage */

struct change {
	uint32_t slot;
	uint32_t op; /* STORE_PUT or STORE_DELETE */
	uint32_t stage;
	uint32_t length_bytes;
	uint32_t crc32;
	uint32_t failures; /* cells that the disk refused for it */
	char name[STORE_RECORD_BYTES];
};

struct changes {
	uint32_t count;
	struct change queue[CHANGES_MAX]; /* the first is the one being carried out */
	int32_t results[SERVICE_MAX];     /* enum status, of what is not in the queue */
};

void changes_init(struct changes *changes);
/* Do the numbers make sense? The bytes may be any. */
bool changes_hold(const struct changes *changes);
/* Its change that is under way, or NULL. */
const struct change *changes_of(const struct changes *changes, uint32_t slot);
/* A stage that no change uses; CHANGES_MAX: there is none. */
uint32_t changes_stage(const struct changes *changes);
/* Appends it; there has to be a stage, and none of that slot's under way. */
void changes_add(struct changes *changes, const struct change *change);
/* The first one is decided; returns its slot. */
uint32_t changes_end(struct changes *changes, enum status result);
/* E_AGAIN: under way; E_ABSENT: none is known. */
enum status changes_result(const struct changes *changes, uint32_t slot);

#endif
