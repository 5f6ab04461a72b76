/*
 * alertd: a mail to try the settings, and the region "alert.table", which tells
 * what became of it and of every alert. alertd alone writes the region; console
 * and webd read it, also while alertd is dead.
 *
 * Who may call: console and webd, for the administrator. alertd answers at once; with
 * E_AGAIN while it computes for a TLS handshake: ask again.
 * TEST begins a mail of its own, past queue and interval. Safe to repeat with the
 * same ticket: that is one mail. It is over when mails[ALERT_MAIL_TEST] has that
 * ticket and an outcome other than BUSY.
 */
#ifndef PROTO_ALERT_H
#define PROTO_ALERT_H

#include "kernel/abi/layout.h"
#include "kernel/abi/message.h"
#include "services/proto/event.h"

enum alert_op {
	ALERT_TEST = 0x500, /* struct alert_test. E_STATE: mail is not configured; E_EXISTS: another
			       test is under way; E_AGAIN: busy, ask again in a moment;
			       E_ARGUMENT: ticket 0 */
};

struct alert_test {
	uint64_t ticket; /* the caller's choice: another one for each test, not 0 */
};
_Static_assert(sizeof(struct alert_test) <= MESSAGE_PAYLOAD_BYTES, "payload");

#define ALERT_OUTCOME_TABLE(X)                                                                     \
	X(NONE, 0, "no mail was tried yet")                                                        \
	X(BUSY, 1, "under way")                                                                    \
	X(SENT, 2, "the server has taken it")                                                      \
	X(LATER, 3, "it did not work, but may another time")                                       \
	X(REFUSED, 4, "it did not work: the settings have to be changed")

enum alert_outcome {
#define X(name, number, text) ALERT_##name = (number),
	ALERT_OUTCOME_TABLE(X)
#undef X
};

/*
 * What became of an alert. QUEUED: it waits for its mail, or for the interval to
 * end. FAILED: it was tried, and is tried again. LOST: too many waited. OFF: the
 * owner does not want mail of it.
 */
#define ALERT_SENT_TABLE(X)                                                                        \
	X(OFF, 0, "off")                                                                           \
	X(QUEUED, 1, "queued")                                                                     \
	X(SENT, 2, "sent")                                                                         \
	X(FAILED, 3, "failed")                                                                     \
	X(LOST, 4, "lost")

enum alert_sent {
#define X(name, number, word) ALERT_IS_##name = (number),
	ALERT_SENT_TABLE(X)
#undef X
};

/* An attempt at a mail. */
#define ALERT_DIALOGUE_BYTES 2560u
#define ALERT_WHY_BYTES      80u

struct alert_mail {
	uint64_t ticket;         /* of a test; written after the outcome BUSY */
	uint32_t outcome;        /* enum alert_outcome; otherwise written last */
	uint32_t dialogue_bytes; /* grows while it is under way */
	uint32_t lives;          /* of alertd in which the test was begun */
	uint32_t reserved;
	char why[ALERT_WHY_BYTES]; /* why it did not work, for the owner; ends in a zero */
	/* Lines "C: " said to the server, "S: " its answers, "* " remarks; no passwords. */
	char dialogue[ALERT_DIALOGUE_BYTES];
};

/* An alert and its repeats, the latest text of them. */
struct alert_record {
	uint64_t change;  /* when it was written, in numbers; written last, 0 while it changes */
	uint64_t number;  /* from 1; record n is history[n % ALERT_HISTORY] */
	uint64_t time_us; /* of the last, since boot */
	uint32_t count;
	uint32_t sent;           /* enum alert_sent */
	uint16_t kind, severity; /* enum event_kind, event_severity */
	uint16_t text_bytes;
	uint16_t check; /* the low half of zlib's CRC-32 of the record, with change and check zero
			 */
	char service[NAME_BYTES]; /* ends in a zero */
	char text[EVENT_TEXT_BYTES];
};
_Static_assert(sizeof(struct alert_record) == 152, "layout");

#define ALERT_HISTORY 40u

enum { ALERT_MAIL_QUEUE = 0, ALERT_MAIL_TEST = 1, ALERT_MAILS = 2 };

struct alert_table {
	uint32_t queued;                      /* alerts that wait */
	uint32_t dropped;                     /* alerts lost because too many waited */
	uint32_t mails_sent;                  /* since the state began */
	uint32_t mails_failed;                /* attempts */
	struct alert_mail mails[ALERT_MAILS]; /* the last of each kind */
	struct alert_record history[ALERT_HISTORY];
};

#define ALERT_TABLE_BYTES 12288u
_Static_assert(sizeof(struct alert_table) <= ALERT_TABLE_BYTES, "region size");

#endif
