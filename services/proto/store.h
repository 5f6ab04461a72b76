/*
 * The store: named records that outlive a power cut, on the disk's store
 * partition if there is one, else in memory until the next reboot.
 * services/runtime/store.h has it as C functions.
 *
 * Who may call: every service whose manifest lists store. The store answers at
 * once; it waits for no disk while somebody waits for it.
 *
 * Each service has its own records: what it calls NAME lies on the disk as
 * SERVICE/NAME, the first part put there by the store from the caller's slot.
 * Nobody reads or lists what is another's.
 *
 * The sequence. PUT or DELETE answers OK: accepted. The store notifies the
 * caller when it is decided, and RESULT says what became of it: OK (it outlives
 * a power cut), E_DEVICE (the disk failed over it: the old record counts). Each
 * service has at most one change under way. What was accepted outlives the
 * deaths of the store, its client and the disk's driver; not a power cut.
 *
 * GET gives what is decided, never what is under way. From boot until the disk
 * was read back (tens of milliseconds; at most STORE_OPEN_MAX_MS with a disk that
 * does not answer) every op but STATUS and RESULT is E_AGAIN, and the store
 * notifies those who asked as soon as that is over. Where the disk did not
 * answer at all, records are E_ABSENT and changes E_DEVICE until it does.
 *
 * Every op is safe to repeat after E_DEAD. A PUT that is under way and comes
 * again with the same name, length and checksum is the same one: OK.
 */
#ifndef PROTO_STORE_H
#define PROTO_STORE_H

#include "kernel/abi/layout.h"
#include "kernel/abi/message.h"

#define STORE_NAME_BYTES   32u /* the caller's part: 1 to 31 printable characters, no blanks */
#define STORE_VALUE_BYTES  16000u
#define STORE_CELLS        64u /* records of all services, and one for the change under way */
#define STORE_SHARE        40u /* the most that one service may have */
#define STORE_OPEN_MAX_MS  5000u
#define STORE_RECORD_BYTES 48u /* "SERVICE/NAME" and its zero */
#define STORE_CELL_BYTES                                                                           \
	16896u /* of the partition: cell n lies n times as far behind its beginning */

enum store_op {
	/*
	 * name, length, CRC-32, and the value through the grant. E_AGAIN: one of the
	 * caller's is still under way (RESULT says when), or too many of others are (try
	 * again soon); E_ARGUMENT: the name; E_TOO_LARGE; E_FULL; E_DAMAGED: what the
	 * grant gave has another checksum; E_DEVICE: the disk has failed
	 */
	STORE_PUT = 0x400,
	/* name. E_AGAIN, E_ARGUMENT, E_ABSENT */
	STORE_DELETE = 0x401,
	/* -> status is that of the caller's last change: OK, E_DEVICE, E_FULL, E_AGAIN (under
	 * way). E_ABSENT: none is known, also if the store has lost its memory: put it again */
	STORE_RESULT = 0x402,
	/* name -> length, and the value copied through the grant. E_ABSENT, E_TOO_LARGE */
	STORE_GET = 0x403,
	/* The caller's nth record -> name, length. E_ABSENT: no more */
	STORE_LIST = 0x404,
	/* -> struct store_status */
	STORE_STATUS = 0x405,
	/*
	 * For the service install only: index -> struct store_cell, and a record of whomever
	 * through the grant, as it lies on the disk in the cell `index`; no bytes if there is
	 * none. E_DENIED; E_AGAIN: a change is under way; E_ABSENT: that was the last cell
	 */
	STORE_CELL = 0x406,
};

struct store_request {
	char name[STORE_NAME_BYTES];
	uint32_t grant;        /* GRANT_READ to put, GRANT_WRITE to get */
	uint32_t length_bytes; /* of what the grant covers */
	uint32_t crc32;        /* zlib's, of the value to put */
	uint32_t index;        /* LIST */
};

struct store_reply {
	char name[STORE_NAME_BYTES];
	uint32_t length_bytes;
};

/* Cells read while `commits` stays the same are what a power cut would leave. */
struct store_cell {
	uint64_t commits;
	uint32_t length_bytes; /* the rest of the cell is zeros */
};

#define STORE_MODE_TABLE(X)                                                                        \
	X(OPENING, 0, "opening") /* the disk is being read back */                                 \
	X(DISK, 1, "on disk")                                                                      \
	X(MEMORY, 2, "in memory only") /* no disk with a store partition: gone after a reboot */   \
	X(FAILED, 3, "failed") /* the disk stopped working: reads go on, changes are E_DEVICE */

enum store_mode {
#define X(name, number, text) STORE_##name = (number),
	STORE_MODE_TABLE(X)
#undef X
};

struct store_status {
	uint32_t mode; /* enum store_mode */
	uint32_t cells, used;
	uint32_t own; /* records of the caller */
	/* Found when the disk was read back: */
	uint32_t torn, noise, unreadable; /* cells */
	uint32_t failures;                /* changes that ended in E_DEVICE, since boot */
	uint64_t commits;                 /* changes that ended in OK, since boot */
};

_Static_assert(sizeof(struct store_request) <= MESSAGE_PAYLOAD_BYTES, "payload");
_Static_assert(sizeof(struct store_reply) <= MESSAGE_PAYLOAD_BYTES, "payload");
_Static_assert(sizeof(struct store_status) <= MESSAGE_PAYLOAD_BYTES, "payload");
_Static_assert(sizeof(struct store_cell) <= MESSAGE_PAYLOAD_BYTES, "payload");
_Static_assert(NAME_BYTES + STORE_NAME_BYTES <= STORE_RECORD_BYTES, "SERVICE/NAME and its zero");

/* The region "store.table": what the administrator may see, which is not the values. */
struct store_table_record {
	char name[STORE_RECORD_BYTES]; /* "SERVICE/NAME" */
	uint32_t length_bytes;
	uint32_t reserved;
	uint64_t sequence; /* counts the changes of all */
};

struct store_table {
	uint32_t sequence; /* odd while it changes */
	uint32_t record_count;
	struct store_status status; /* own: 0 */
	struct store_table_record records[STORE_CELLS];
};

#define STORE_TABLE_BYTES 8192u
_Static_assert(sizeof(struct store_table) <= STORE_TABLE_BYTES, "region size");

#endif
