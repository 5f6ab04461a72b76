/* All that the store works on, and who works on what. */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include "services/proto/ds.h"
#include "services/runtime/service.h"
#include "services/store/opening.h"

struct store {
	struct life life;
	struct life_region *region;
	struct store_table *table;
	struct volume volume;
	struct opening opening;
	bool asking;      /* the volume, for the vault */
	uint64_t waiting; /* slots that asked while the disk was being read back */
	uint64_t show_us;       /* when to look at the disks next, */
	uint32_t show_mark;     /* or as soon as this is another */
	uint32_t show_sequence; /* of the disks' table at the last look, and */
	bool show_told;         /* what it showed then has been said */
	bool shown_known;       /* what a former life published has been looked up: */
	char shown[DS_VALUE_BYTES];
};

/* carry.c: the next piece of work on changes and records; returns when to be called again. */
uint64_t carry_on(struct store *store, uint64_t now_us);
void store_save(struct store *store);

/* outage.c: STORE_FAILED begins, and why; a disk that is there all the same is tried again. */
void outage_begin(struct store *store, bool refused, const char *why, uint64_t now_us);
/* Looks whether it is over; returns when to be called again. */
uint64_t outage_look(struct store *store, uint64_t now_us);
/* The disk has taken a write. */
void outage_written(struct store *store);

/* serve.c: answers a request. */
void serve(struct store *store, const struct message *request);

/* show.c: what the administrator sees. */
void show_table(struct store *store);
void show_status(const struct store *store, struct store_status *status);
/* Publishes how the disks do if that has changed; returns when to be called again. */
uint64_t show_disks(struct store *store, uint64_t now_us);

#endif
