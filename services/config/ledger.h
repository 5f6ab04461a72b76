/*
 * The history of documents, which of them is in force, and which is confirmed.
 * Lies in a preserved region and, as records, in the store. Pure: time comes in.
 *
 * A document is packed (pack.h) and cut into parts, a part is a cell of the region
 * and a record "part.N". One head names everything: serials, and of each entry its
 * parts. A change fills free cells first and then switches the head, of which there
 * are two copies; a cell is free if no head that still counts names it, neither the
 * one in force nor one that the store has or may have (persist.h). So whatever dies,
 * and whenever: the old head with its documents is there, or the new one. If the
 * store takes nothing for longer than there are free cells, only what would run after
 * a reboot is safe from that: the older documents that it has are given up.
 *
 * A document of more than one part is packed against another entry, its base, if
 * that makes it smaller; a base has none itself. A base that is too old to be shown
 * stays, hidden, as long as an entry needs it.
 *
 * A file that comes with the boot is committed when it is first seen, and its mark is in the same
 * head: so it does not undo what is committed later.
 *
 *	SETTLED  running == confirmed
 *	PENDING  running != confirmed: the timer, or a reboot, makes `confirmed` run
 *
 *	SETTLED --commit--> SETTLED    SETTLED --commit with time--> PENDING
 *	PENDING --commit, confirm--> SETTLED    PENDING --timer--> SETTLED
 */
#ifndef CONFIG_LEDGER_H
#define CONFIG_LEDGER_H

#include "kernel/abi/status.h"
#include "services/config/pack.h"
#include "services/proto/config.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LEDGER_MAGIC        0x4745434cu
#define LEDGER_VERSION      3u
#define LEDGER_PART_BYTES   8000u
#define LEDGER_PARTS        38u /* and the head: within what the store gives one service */
#define LEDGER_ENTRY_PARTS  ((PACK_BYTES_MAX + LEDGER_PART_BYTES - 1) / LEDGER_PART_BYTES)
#define LEDGER_ENTRIES_MAX  (CONFIG_HISTORY_MAX + 3) /* and hidden ones */
#define LEDGER_TIME_UNKNOWN 0u

struct ledger_entry {
	uint32_t serial; /* 0: none */
	uint32_t crc32;  /* of the document */
	uint32_t length_bytes;
	uint32_t packed_crc32, packed_bytes; /* of what lies in the parts */
	uint32_t base;                       /* the serial of its base; 0: none */
	uint32_t hidden;                     /* 1: only a base, no part of the history */
	uint32_t confirmed;                  /* 1: it was, at some time */
	uint64_t time_s;                     /* Unix time; 0: the clock was not set */
	uint64_t token;                      /* of who committed it */
	char author[CONFIG_AUTHOR_BYTES];
	char comment[CONFIG_COMMENT_BYTES];
	uint8_t parts[LEDGER_ENTRY_PARTS + 3]; /* cells, in order */
};

/* What a file that came with the boot is known by, byte for byte; bytes 0: none. */
struct ledger_mark {
	uint32_t crc32, bytes;
};

struct ledger_head {
	uint32_t crc32; /* zlib's, of what follows */
	uint32_t magic, version;
	uint32_t sequence;                   /* the higher one counts */
	uint32_t running, confirmed, newest; /* serials; 0: none */
	uint32_t count;
	uint64_t revert_at_us;                           /* since boot, when PENDING */
	struct ledger_entry entries[LEDGER_ENTRIES_MAX]; /* the oldest first */
	struct ledger_mark boot;                         /* the last one that was taken */
};

/* The region. */
struct ledger {
	struct ledger_head heads[2];
	uint64_t durable_parts;  /* named by the head that the store has */
	uint64_t inflight_parts; /* named by the head on its way there */
	uint64_t durable_vital;  /* of these, what runs after a reboot */
	uint64_t inflight_vital;
	uint32_t stored_crc[LEDGER_PARTS]; /* of what the store has as "part.N"; 0: unknown */
	uint32_t stored_head;              /* sequence of the head that it has; 0: none */
	uint8_t parts[LEDGER_PARTS][LEDGER_PART_BYTES];
};

_Static_assert(LEDGER_PARTS <= 64, "a bit each");
_Static_assert(sizeof(struct ledger_head) <= 16000, "a record of the store");

/* What a commit is to be remembered by. */
struct ledger_note {
	uint64_t time_s, token;
	char author[CONFIG_AUTHOR_BYTES], comment[CONFIG_COMMENT_BYTES];
	struct ledger_mark boot; /* if it came with the boot */
};

/* Empty. */
void ledger_clear(struct ledger *ledger);
/* Is what lies in the region a ledger? To be asked once, after a restart. */
bool ledger_is_sound(const struct ledger *ledger);
/* A head of `bytes` bytes as the store gave it, also one of version 2. False: it is none. */
must_use bool ledger_head_take(struct ledger_head *head, size_t bytes);
/* Takes `head`, whose parts are in their cells, as all there is: after a reboot. False: unsound. */
bool ledger_adopt(struct ledger *ledger, const struct ledger_head *head);
/* The head that counts; NULL: none. */
const struct ledger_head *ledger_head(const struct ledger *ledger);

/* NULL: none of that serial in the history, or its bytes are damaged. */
const struct ledger_entry *ledger_find(const struct ledger *ledger, uint32_t serial);
/* Its document; `text` has room for CONFIG_DOCUMENT_BYTES. False: its bytes are damaged. */
must_use bool ledger_text(const struct ledger *ledger, const struct ledger_entry *entry,
			  char *text);
/* How many entries the history has, and the serial of the oldest; 0: none. */
uint32_t ledger_history_count(const struct ledger_head *head, uint32_t *oldest);
/* The entry before `serial`, confirmed, sound; NULL: none. */
const struct ledger_entry *ledger_before(const struct ledger *ledger, uint32_t serial);

/* Is it the file that was taken last? */
bool ledger_boot_is_known(const struct ledger *ledger, const struct ledger_mark *mark);
/* It is from now on; there has to be a head. */
void ledger_boot_know(struct ledger *ledger, const struct ledger_mark *mark);

/* The newest entry if it was made with that token. */
const struct ledger_entry *ledger_repeated(const struct ledger *ledger, uint64_t token);
/*
 * Makes `text` the newest entry and the running one. revert_at_us 0: and confirmed. The oldest
 * entries make room. E_AGAIN: soon, when the store has let them go; E_FULL; E_TOO_LARGE.
 */
must_use enum status ledger_commit(struct ledger *ledger, const char *text, size_t length,
				   const struct ledger_note *note, uint64_t revert_at_us);
/*
 * Frees the cells that only the store's head still names, but for what runs after a reboot: for a
 * store that refuses everything, and has nothing on its way.
 */
void ledger_release(struct ledger *ledger);
/* E_STATE: nothing waits for it. */
must_use enum status ledger_confirm(struct ledger *ledger);
bool ledger_is_pending(const struct ledger *ledger);
/* True: the time was up and the confirmed one is running again. */
bool ledger_expire(struct ledger *ledger, uint64_t now_us);
/* The confirmed one runs again, as after a reboot. False: it did. */
bool ledger_revert(struct ledger *ledger);

uint64_t ledger_parts_of(const struct ledger_head *head);
/* Of the confirmed document, and its base. */
uint64_t ledger_vital_parts_of(const struct ledger_head *head);
uint32_t ledger_part_crc(const struct ledger *ledger, unsigned part);
/* How many bytes of cell `part` are used by `head`. */
size_t ledger_part_bytes(const struct ledger_head *head, unsigned part);

#endif
