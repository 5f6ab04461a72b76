/*
 * The store service in a world made up: callers, a disk driver that carries
 * requests out on a disk with a volatile cache (store_disk.h), deaths of the
 * store after any kernel call or turn, power cuts.
 */
#ifndef UNIT_STORE_WORLD_H
#define UNIT_STORE_WORLD_H

#include "services/store/store.h"
#include "tests/unit/store_disk.h"
#include "tests/unit/unit.h"

#define SLOT_ONE     3u /* "one" and "two" are services that call the store */
#define SLOT_TWO     4u
#define SLOT_DISK    5u
#define SLOT_INSTALL 6u
#define VOLUME       77u

struct store_world {
	struct store_disk disk;
	bool has_disk;
	uint32_t volume;     /* of its partition; 0: there is none */
	bool driver_dead;    /* answers nothing */
	uint32_t fail_times; /* so many writes and flushes are E_DEVICE */
	bool disk_failed;    /* all are, and the table says so */
	bool refuses_writes; /* all are, and the disk is ready all the same */
	bool refuses_reads;  /* likewise */
	uint32_t answered;   /* requests, in all */
	uint64_t now_us;
	unsigned notified[SERVICE_MAX];
	unsigned events[32]; /* by kind */
	char status[128];    /* disk.status */
	unsigned errors_logged;
	const uint8_t *lent; /* what the caller lends */
	uint8_t *lent_back;
	struct life_region region;
	struct store_table table;
	struct block_request request;
	struct block_completion done;
	struct disk_table disks;
};

extern struct store_world world;
extern struct store store; /* this life of the service */

/* An empty disk, or none; the machine has just booted. The store's first life has begun. */
void world_boot(bool has_disk);
/* The same with the disk as it is. */
void world_reboot(void);
/* The store dies where it is; its next life begins. */
void world_store_dies(void);
/* A turn of the store and one of the driver. False: nothing happened. */
bool world_turn(void);
void world_run(void);
/* Before a test: a store on an empty disk, or in memory. */
int world_with_disk(void **state);
int world_without_disk(void **state);

#define WORLD_VALUE_BYTES 2000u
/* STORE_VALUE_BYTES that are all `version`. */
const void *world_value(uint8_t version);
/* A record of WORLD_VALUE_BYTES of them, put and carried out. */
void world_put_done(uint32_t slot, const char *name, uint8_t version);

/* Requests of `slot`. */
enum status world_put(uint32_t slot, const char *name, const void *value, uint32_t bytes);
enum status world_delete(uint32_t slot, const char *name);
enum status world_result(uint32_t slot);
/* The first byte of a record that is all the same byte; 0: there is none. A mixture fails. */
uint8_t world_version(uint32_t slot, const char *name);
enum status world_ask(uint32_t slot, uint32_t op, const struct store_request *request,
		      struct store_reply *reply);

#endif
