/*
 * The configuration service (services/proto/config.h) as C functions. Each waits
 * for its answer, at most CONFIG_WAIT_MS in all, and repeats the request if config
 * died over it. E_TIMEOUT: it is busy; try again from `work` with the same token and
 * arguments, and what was done meanwhile is not done twice. E_AGAIN: it has just booted.
 *
 * `token` names what the caller wants: another one for each wish, never 0. The time
 * is as good as any: it grows, also over our own death.
 *
 * `note` goes in with author and comment and comes out with path and reason of a
 * refusal; it may be NULL where nothing can be wrong with the document.
 *
 * Link with services/runtime/config.c. Needs in the manifest: call config;
 * grant_create, grant_revoke; after config.
 */
#ifndef RUNTIME_CONFIG_H
#define RUNTIME_CONFIG_H

#include "kernel/abi/status.h"
#include "services/proto/config.h"

#include <stddef.h>

#define CONFIG_EDIT_BYTES 1024u /* pointer and value together */
#define CONFIG_WAIT_MS    35u   /* less than a heartbeat */

must_use enum status config_status(struct config_status *status);
/*
 * Bytes from `offset` on of that text (no zero behind): *length of them, at most `room`,
 * of *total. Chunks are of one text as long as *serial stays the same.
 */
must_use enum status config_read(enum config_what what, uint32_t serial, size_t offset, void *bytes,
				 size_t room, struct config_reply *reply);
/* A chunk of a candidate of `total` bytes. */
must_use enum status config_write(uint64_t token, size_t offset, const void *bytes, size_t length,
				  size_t total, struct config_note *note);
/* Both texts end in a zero; together at most CONFIG_EDIT_BYTES, else E_TOO_LARGE. */
must_use enum status config_set(uint64_t token, const char *pointer, const char *value,
				struct config_note *note);
must_use enum status config_delete(uint64_t token, const char *pointer, struct config_note *note);
must_use enum status config_discard(void);
must_use enum status config_check(uint64_t token, struct config_note *note);
/* `confirm_s` 0: for good. Sets *serial. */
must_use enum status config_commit(uint64_t token, uint32_t confirm_s, struct config_note *note,
				   uint32_t *serial);
must_use enum status config_confirm(uint64_t token);
must_use enum status config_rollback(uint64_t token, uint32_t to_serial, uint32_t confirm_s,
				     struct config_note *note, uint32_t *serial);

#endif
