#include "services/ds/subscription.h"

#include "services/ds/name.h"

#include <string.h>

static void mark_set(struct subscription *subscription, uint32_t id, bool marked)
{
	uint64_t bit = 1ull << id % 64;

	if (marked)
		subscription->marks[id / 64] |= bit;
	else
		subscription->marks[id / 64] &= ~bit;
}

static bool mark_get(const struct subscription *subscription, uint32_t id)
{
	return (subscription->marks[id / 64] >> id % 64 & 1) != 0;
}

static bool in_use(const struct subscriptions *subscriptions, uint32_t index)
{
	return subscriptions->cells[index].cell.state == CELL_VALID;
}

static bool are_same(const struct pattern_cell *a, const struct pattern_cell *b)
{
	return a->subscriber == b->subscriber && memcmp(a->pattern, b->pattern, DS_NAME_BYTES) == 0;
}

/* The other cell of the same subscription; DS_PATTERN_CELLS: it has none. */
static uint32_t twin_of(const struct subscriptions *subscriptions, uint32_t index)
{
	uint32_t i = 0;

	while (i < DS_PATTERN_CELLS &&
	       (i == index || !in_use(subscriptions, i) ||
		!are_same(&subscriptions->cells[i], &subscriptions->cells[index])))
		i++;
	return i;
}

static bool pattern_is_sound(const struct pattern_cell *pattern)
{
	return pattern->subscriber < SERVICE_MAX && pattern_is_valid(pattern->pattern);
}

/* True if some name is marked. */
static bool mark_matching(struct subscriptions *subscriptions, const struct store *store,
			  uint32_t index)
{
	bool any = false;

	for (uint32_t id = 0; id < DS_ENTRIES_MAX; id++) {
		const struct entry_cell *entry = store_by_id(store, id);
		bool matches = entry != NULL &&
			       pattern_matches(subscriptions->cells[index].pattern, entry->name);

		if (matches)
			mark_set(&subscriptions->told[index], id, true);
		any |= matches;
	}
	return any;
}

static void pattern_open(struct pattern_cell *pattern, struct state_findings *findings)
{
	enum cell_finding finding = cell_find(&pattern->cell, sizeof(*pattern));

	if (finding == FOUND_VALID && pattern_is_sound(pattern))
		return;
	if (finding == FOUND_UNFINISHED)
		findings->unfinished++;
	else if (finding != FOUND_FREE)
		findings->damaged++;
	cell_free(&pattern->cell);
}

/* That subscription's cell, or a free one; DS_PATTERN_CELLS if there is none. */
static uint32_t cell_for(const struct subscriptions *subscriptions, uint32_t subscriber,
			 const char pattern[DS_NAME_BYTES])
{
	uint32_t free = DS_PATTERN_CELLS, used = 0;

	for (uint32_t i = 0; i < DS_PATTERN_CELLS; i++) {
		const struct pattern_cell *known = &subscriptions->cells[i];

		if (!in_use(subscriptions, i)) {
			free = i;
			continue;
		}
		if (known->subscriber == subscriber &&
		    memcmp(known->pattern, pattern, DS_NAME_BYTES) == 0)
			return i;
		used++;
	}
	return used < 2 * DS_SUBSCRIPTIONS_MAX ? free : DS_PATTERN_CELLS;
}

static void pattern_write(struct subscriptions *subscriptions, uint32_t index, uint32_t subscriber,
			  const char pattern[DS_NAME_BYTES])
{
	struct pattern_cell *cell = &subscriptions->cells[index];

	cell_begin(&cell->cell, ++subscriptions->sequence);
	cell->subscriber = subscriber;
	cell->reserved = 0;
	memcpy(cell->pattern, pattern, DS_NAME_BYTES);
	memset(&subscriptions->told[index], 0, sizeof(subscriptions->told[index]));
	cell_commit(&cell->cell, sizeof(*cell));
}

/* A subscription stands twice, so that damage to one of its cells does not end it. */
static void twin_make(struct subscriptions *subscriptions, uint32_t index)
{
	const struct pattern_cell *pattern = &subscriptions->cells[index];

	if (twin_of(subscriptions, index) != DS_PATTERN_CELLS)
		return;
	for (uint32_t i = 0; i < DS_PATTERN_CELLS; i++) {
		if (subscriptions->cells[i].cell.state != CELL_FREE)
			continue;
		pattern_write(subscriptions, i, pattern->subscriber, pattern->pattern);
		return;
	}
}

uint64_t subscriptions_open(struct subscriptions *subscriptions, struct pattern_cell *cells,
			    const struct store *store, struct state_findings *findings)
{
	uint64_t subscribers = 0;

	*subscriptions = (struct subscriptions){ .cells = cells };
	for (uint32_t i = 0; i < DS_PATTERN_CELLS; i++)
		pattern_open(&cells[i], findings);
	for (uint32_t i = 0; i < DS_PATTERN_CELLS; i++) {
		if (!in_use(subscriptions, i))
			continue;
		findings->kept += twin_of(subscriptions, i) > i;
		if (cells[i].cell.sequence > subscriptions->sequence)
			subscriptions->sequence = cells[i].cell.sequence;
		if (mark_matching(subscriptions, store, i))
			subscribers |= 1ull << cells[i].subscriber;
	}
	for (uint32_t i = 0; i < DS_PATTERN_CELLS; i++)
		if (in_use(subscriptions, i))
			twin_make(subscriptions, i);
	return subscribers;
}

enum status subscription_add(struct subscriptions *subscriptions, const struct store *store,
			     uint32_t subscriber, const char pattern[DS_NAME_BYTES])
{
	if (subscriber >= SERVICE_MAX || !pattern_is_valid(pattern))
		return E_ARGUMENT;
	uint32_t index = cell_for(subscriptions, subscriber, pattern);
	if (index == DS_PATTERN_CELLS)
		return E_FULL;
	if (!in_use(subscriptions, index))
		pattern_write(subscriptions, index, subscriber, pattern);
	twin_make(subscriptions, index);
	mark_matching(subscriptions, store, index);
	return OK;
}

uint64_t subscriptions_mark(struct subscriptions *subscriptions, const struct store *store,
			    uint32_t id)
{
	const struct entry_cell *entry = store_by_id(store, id);
	uint64_t subscribers = 0;

	for (uint32_t i = 0; i < DS_PATTERN_CELLS; i++) {
		const struct pattern_cell *pattern = &subscriptions->cells[i];
		bool matches = entry != NULL && in_use(subscriptions, i) &&
			       pattern_matches(pattern->pattern, entry->name);

		mark_set(&subscriptions->told[i], id, matches);
		if (matches)
			subscribers |= 1ull << pattern->subscriber;
	}
	return subscribers;
}

static bool wants(const struct subscriptions *subscriptions, uint32_t index, uint32_t subscriber)
{
	return in_use(subscriptions, index) && subscriptions->cells[index].subscriber == subscriber;
}

static void marks_collect(const struct subscriptions *subscriptions, uint32_t subscriber,
			  struct subscription *all)
{
	*all = (struct subscription){ 0 };
	for (uint32_t i = 0; i < DS_PATTERN_CELLS; i++)
		for (uint32_t word = 0; wants(subscriptions, i, subscriber) && word < MARK_WORDS;
		     word++)
			all->marks[word] |= subscriptions->told[i].marks[word];
}

const struct entry_cell *subscription_next(const struct subscriptions *subscriptions,
					   const struct store *store, uint32_t subscriber)
{
	const struct entry_cell *next = NULL;
	struct subscription all;

	marks_collect(subscriptions, subscriber, &all);
	for (uint32_t id = 0; id < DS_ENTRIES_MAX; id++) {
		const struct entry_cell *entry = store_by_id(store, id);

		if (entry != NULL && mark_get(&all, id) &&
		    (next == NULL || entry->cell.sequence < next->cell.sequence))
			next = entry;
	}
	return next;
}

void subscription_told(struct subscriptions *subscriptions, uint32_t subscriber, uint32_t id)
{
	for (uint32_t i = 0; i < DS_PATTERN_CELLS; i++)
		if (wants(subscriptions, i, subscriber))
			mark_set(&subscriptions->told[i], id, false);
}

bool subscriptions_want(const struct subscriptions *subscriptions, uint32_t id)
{
	for (uint32_t i = 0; i < DS_PATTERN_CELLS; i++)
		if (in_use(subscriptions, i) && mark_get(&subscriptions->told[i], id))
			return true;
	return false;
}
