/*
 * webd's records in the store: "seed", "account", "certificate". Loaded once after
 * a boot; saved whenever they change, one at a time, as the store wants it. What the
 * disk refused is tried again later: it may have been replaced. A
 * system without a store has none: then nothing outlives a reboot.
 */
#ifndef WEBD_KEEP_H
#define WEBD_KEEP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum keep_record {
	KEEP_SEED,
	KEEP_ACCOUNT,
	KEEP_CERTIFICATE,
	KEEP_RECORDS,
};

enum keep_state {
	KEEP_SAVED, /* the store has it as it is, or it was never to be saved */
	KEEP_WAITS,
	KEEP_FAILED, /* the store refused it, and is asked again now and then */
};

/* What is saved, and loaded if it is `wanted`, lies in the caller's `bytes`, for ever. */
void keep_init(enum keep_record record, void *bytes, size_t count, bool wanted);
/* Is there a store that we may call? */
bool keep_has_store(void);
/* Goes on with loading; true when all has been asked for, keep_found() then holds. */
bool keep_load(void);
/* Had the store a record of exactly that length? */
bool keep_found(enum keep_record record);
/* Its bytes have changed. */
void keep_save(enum keep_record record);
/* What has become of that. */
enum keep_state keep_state(enum keep_record record);
/* Goes on with saving; returns when to be called again. */
uint64_t keep_work(uint64_t now_us);

#endif
