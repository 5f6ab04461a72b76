/*
 * The configuration service: the document that is in force, a candidate for each
 * client, commit, confirmed commit, rollback, history.
 * services/runtime/config.h has it as C functions.
 *
 * Who may call: every service whose manifest lists config. Config answers at once
 * and waits for no disk. From boot until the store has been read every op but
 * STATUS is E_AGAIN (at most CONFIG_OPEN_MAX_MS).
 *
 * A client sets up a candidate (WRITE a whole one, or SET and DELETE in a copy of
 * the running one) and COMMITs it: it is checked as a whole, put in force as a
 * whole, and is the newest of the history. With confirm_s it has to be CONFIRMed
 * in that time; otherwise, and after a reboot, the last confirmed one is in force
 * again. A commit without confirm_s confirms.
 *
 * Secrets (schema: writeOnly) are read as CONFIG_SECRET; that text written back
 * leaves them as they are in the candidate, else in the running document.
 *
 * Every op is safe to repeat after E_DEAD or a time-out, with the same token: what was
 * done is not done twice, and what config worked out meanwhile is not worked out again.
 */
#ifndef PROTO_CONFIG_H
#define PROTO_CONFIG_H

#include "kernel/abi/message.h"

#define CONFIG_DOCUMENT_BYTES 65536u
#define CONFIG_TEXT_BYTES     131072u /* the longest text that READ gives */
#define CONFIG_HISTORY_MAX    24u
#define CONFIG_CANDIDATES_MAX 2u /* clients that have one at the same time */
#define CONFIG_AUTHOR_BYTES   32u
#define CONFIG_COMMENT_BYTES  80u
#define CONFIG_CONFIRM_MAX_S  3600u
#define CONFIG_OPEN_MAX_MS    6000u
#define CONFIG_SECRET         "********"

/* Names in DS. */
#define CONFIG_STATUS_NAME                                                                         \
	"config.status"                    /* how the configuration in force came to be, as text   \
					    */
#define CONFIG_SERIAL_NAME "config.serial" /* of the one in force, as text */

enum config_op {
	/* -> struct config_status */
	CONFIG_STATUS = 0x500,
	/*
	 * what, serial (HISTORY), offset -> length, total, serial; the text through the grant.
	 * E_ABSENT: no such candidate or entry; E_FULL: no memory
	 */
	CONFIG_READ = 0x501,
	/*
	 * offset, length, total; bytes through the grant. The chunks come in order; offset 0
	 * begins anew; the last one makes it the candidate. E_ARGUMENT: not JSON (struct
	 * config_note says where); E_STATE: a chunk is missing; E_TOO_LARGE; E_FULL
	 */
	CONFIG_WRITE = 0x502,
	/*
	 * Through the grant: the JSON pointer (RFC 6901, `length` bytes), then the value as JSON up
	 * to total; "-" is the place behind the last of a list. E_ARGUMENT: the note says why
	 */
	CONFIG_SET = 0x503,
	CONFIG_DELETE = 0x504,  /* the pointer likewise. E_ABSENT, E_ARGUMENT */
	CONFIG_DISCARD = 0x505, /* E_ABSENT */
	/* Is the candidate good? E_ARGUMENT: the note says why not; E_ABSENT */
	CONFIG_CHECK = 0x506,
	/*
	 * confirm_s, token; author and comment in the note -> serial. E_ARGUMENT: refused, the
	 * note says why; E_ABSENT: no candidate; E_STATE: another one is running than when
	 * the candidate was begun; E_FULL
	 */
	CONFIG_COMMIT = 0x507,
	CONFIG_CONFIRM = 0x508, /* E_STATE: nothing waits for it */
	/* serial (0: the factory default), otherwise as COMMIT: it is committed again */
	CONFIG_ROLLBACK = 0x509,
};

enum config_what {
	CONFIG_RUNNING = 0,
	CONFIG_CANDIDATE = 1, /* the caller's */
	CONFIG_HISTORY = 2,   /* the document `serial`; 0: the factory default */
	CONFIG_SCHEMA = 3,
	CONFIG_DIFFERENCES = 4, /* running to candidate: [{"path","before","after"}] */
	CONFIG_LOG = 5,         /* [{"serial","time","author","comment","confirmed","running"}] */
};

struct config_request {
	uint32_t what; /* enum config_what */
	uint32_t serial;
	uint32_t offset_bytes, length_bytes, total_bytes;
	uint32_t confirm_s;  /* 0: at once for good */
	uint64_t token;      /* of the caller: the same again is the same request; 0: none */
	uint32_t grant;      /* of what the op says */
	uint32_t note_grant; /* struct config_note to read and write; 0: none */
};

struct config_reply {
	uint32_t length_bytes, total_bytes;
	uint32_t serial;
};

struct config_status {
	uint32_t serial;         /* in force */
	uint32_t confirmed;      /* what a reboot gives; other than serial: to be confirmed */
	uint32_t confirm_left_s; /* then `confirmed` comes back by itself */
	uint32_t newest, oldest; /* of the history */
	uint32_t count;          /* of its entries */
	uint32_t persisted;      /* 1: it outlives a power cut */
	uint32_t opening;        /* 1: the store is still being read */
	uint32_t candidate;      /* 1: the caller has one */
	uint32_t base;           /* that one was begun from this serial */
};

/* Lent for reading and writing: who and why goes in, what is wrong comes out. */
struct config_note {
	char author[CONFIG_AUTHOR_BYTES];
	char comment[CONFIG_COMMENT_BYTES];
	char path[64];    /* JSON pointer, or "line 3, column 7" */
	char reason[144]; /* "": none */
};

_Static_assert(sizeof(struct config_request) <= MESSAGE_PAYLOAD_BYTES, "payload");
_Static_assert(sizeof(struct config_reply) <= MESSAGE_PAYLOAD_BYTES, "payload");
_Static_assert(sizeof(struct config_status) <= MESSAGE_PAYLOAD_BYTES, "payload");

#endif
