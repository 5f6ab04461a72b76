/*
 * STORE_FAILED and its end. A disk that is lost is waited for: the driver looks for
 * it again from time to time. One that is there all the same (it refuses what
 * is written, cannot be read, or is too slow) is tried again after ever longer
 * pauses: by erasing what it refused, or by reading all of it back.
 */
#include "services/store/store.h"

#define LOOK_US        500000u
#define RETRY_FIRST_US 1000000u
#define DOUBLINGS_MAX  6u /* up to about a minute */

/* The disk with our partition, not another one. */
static bool is_here(struct store *store)
{
	return volume_find(&store->volume) == VOLUME_HERE && store->volume.id == store->life.volume;
}

static void pause_begin(struct life *life, uint64_t now_us)
{
	uint32_t doublings = life->retries < DOUBLINGS_MAX ? life->retries : DOUBLINGS_MAX;

	life->retry_us = now_us + ((uint64_t)RETRY_FIRST_US << doublings);
	life->retries++;
}

void outage_begin(struct store *store, bool refused, const char *why, uint64_t now_us)
{
	struct life *life = &store->life;

	life->mode = STORE_FAILED;
	life->refused = refused;
	life->retry_us = 0;
	if (refused || is_here(store))
		pause_begin(life, now_us);
	store_save(store);
	log_error("%s: the store is read-only", why);
	store->show_us = 0; /* the owner is told, however short it is */
	show_table(store);
}

void outage_written(struct store *store)
{
	if (store->life.refused == 0)
		return;
	log_notice("the disk takes writes again");
	store->life.refused = 0;
	store->life.mode = STORE_DISK; /* `retries` go on counting until a change is there */
	store_save(store);
	show_table(store);
}

static void read_back(struct store *store, uint64_t now_us)
{
	log_notice(store->life.retries != 0 ? "the disk is tried again" : "the disk is back");
	store->life.mode = STORE_OPENING;
	store->life.refused = 0;
	store_save(store);
	opening_begin(&store->opening, now_us);
}

static void retry(struct store *store, uint64_t now_us)
{
	if (store->life.refused == 0 || !is_here(store) || !vault_retry(&store->life.vault)) {
		read_back(store, now_us);
		return;
	}
	pause_begin(&store->life, now_us);
	store_save(store);
}

uint64_t outage_look(struct store *store, uint64_t now_us)
{
	enum volume_finding finding = volume_find(&store->volume);
	bool hopeful =
		finding == VOLUME_HERE || (finding == VOLUME_NONE && store->life.volume == 0);

	if (!hopeful || volume_is_busy(&store->volume) || now_us < store->life.retry_us)
		return now_us + LOOK_US;
	retry(store, now_us);
	return now_us;
}
