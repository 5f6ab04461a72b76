/*
 * The data store (services/proto/ds.h) as C functions. Each waits for DS's
 * answer, at most DS_WAIT_MS in all, and repeats the request if DS died over
 * it: every op may be repeated. E_TIMEOUT: DS was not there in time; try again
 * from `work`. Needs grant_create and grant_revoke in the manifest.
 */
#ifndef RUNTIME_DS_H
#define RUNTIME_DS_H

#include "kernel/abi/status.h"
#include "services/proto/ds.h"

#include <stddef.h>
#include <stdint.h>

#define DS_WAIT_MS 30u /* less than a heartbeat, so that DS's hang is not ours */

struct ds_entry {
	char name[DS_NAME_BYTES];
	uint8_t value[DS_VALUE_BYTES];
	uint32_t length_bytes;
	uint32_t owner;   /* slot of the publisher */
	uint32_t removed; /* ds_check: 1 if it was withdrawn */
};

must_use enum status ds_publish(const char *name, const void *value, size_t bytes);
must_use enum status ds_withdraw(const char *name);
/* By name; E_ABSENT. */
must_use enum status ds_retrieve(const char *name, struct ds_entry *entry);
/* To be notified of a name, or of all that begin as a pattern before its '*'. */
must_use enum status ds_subscribe(const char *pattern);
/* The next change, after DS's notification; E_AGAIN: no more. */
must_use enum status ds_check(struct ds_entry *entry);
/* The nth entry; E_ABSENT: no more. */
must_use enum status ds_entry(uint32_t nth, struct ds_entry *entry);
/* Our own state over our own death, at most DS_BACKUP_BYTES. */
must_use enum status ds_backup_store(const void *state, size_t bytes);
/* Sets *bytes to its length, at most `room_bytes`. E_ABSENT, E_TOO_LARGE. */
must_use enum status ds_backup_load(void *state, size_t room_bytes, size_t *bytes);

#endif
