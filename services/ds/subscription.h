/*
 * Who wants to know of which names, and what each has not been told yet. Pure.
 *
 * The patterns are cells of the preserved region. The marks are not preserved:
 * after a restart every matching name is marked anew, so that a change may be
 * told twice but never lost.
 */
#ifndef DS_SUBSCRIPTION_H
#define DS_SUBSCRIPTION_H

#include "services/ds/store.h"

#define MARK_WORDS (DS_ENTRIES_MAX / 64)

struct subscription {
	uint64_t marks[MARK_WORDS]; /* a bit an id: changed since told */
};

struct subscriptions {
	struct pattern_cell *cells; /* DS_PATTERN_CELLS */
	uint64_t sequence;
	struct subscription told[DS_PATTERN_CELLS]; /* by cell */
};

/* Takes up the cells; marks all that `store` has. Returns the subscribers to notify. */
uint64_t subscriptions_open(struct subscriptions *subscriptions, struct pattern_cell *cells,
			    const struct store *store, struct state_findings *findings);
/* A repeated one only marks its names again. E_ARGUMENT, E_FULL. */
must_use enum status subscription_add(struct subscriptions *subscriptions,
				      const struct store *store, uint32_t subscriber,
				      const char pattern[DS_NAME_BYTES]);
/* Entry `id` has changed. Returns the subscribers to notify. */
uint64_t subscriptions_mark(struct subscriptions *subscriptions, const struct store *store,
			    uint32_t id);
/* The longest-standing change that `subscriber` was not told of, or NULL. */
const struct entry_cell *subscription_next(const struct subscriptions *subscriptions,
					   const struct store *store, uint32_t subscriber);
void subscription_told(struct subscriptions *subscriptions, uint32_t subscriber, uint32_t id);
/* Is anyone still to be told of `id`? */
bool subscriptions_want(const struct subscriptions *subscriptions, uint32_t id);

#endif
