/*
 * alertd: a mail to try the settings, and what became of it.
 *
 * Who may call: console and webd, for the administrator. alertd answers at once; with
 * E_AGAIN to any op while it computes for a TLS handshake: ask again.
 * TEST begins a mail of its own, past queue and interval; STATUS says when it is
 * over; DIALOGUE gives what was said to the server and what it answered, line by
 * line ("C: " and "S: "), without passwords. Safe to repeat, but that a repeated
 * TEST sends another mail.
 */
#ifndef PROTO_ALERT_H
#define PROTO_ALERT_H

#include "kernel/abi/message.h"

#define ALERT_DIALOGUE_BYTES 4096u

enum alert_op {
	ALERT_TEST = 0x500,     /* E_STATE: mail is not configured; E_AGAIN: one is under way */
	ALERT_STATUS = 0x501,   /* -> struct alert_status */
	ALERT_DIALOGUE = 0x502, /* struct alert_request -> its length; of the last mail, also if not
				   a test */
};

struct alert_request {
	uint32_t grant; /* GRANT_WRITE, of length_bytes */
	uint32_t length_bytes;
};

#define ALERT_OUTCOME_TABLE(X)                                                                     \
	X(NONE, 0, "no mail was tried yet")                                                        \
	X(BUSY, 1, "under way")                                                                    \
	X(SENT, 2, "the server has taken it")                                                      \
	X(LATER, 3, "it did not work, and is tried again") /* a test is not */                     \
	X(REFUSED, 4, "the server refuses it: the settings have to be changed")

enum alert_outcome {
#define X(name, number, text) ALERT_##name = (number),
	ALERT_OUTCOME_TABLE(X)
#undef X
};

struct alert_status {
	uint32_t outcome;      /* enum alert_outcome, of the last mail */
	uint32_t test;         /* 1: that was a test */
	uint32_t queued;       /* alerts that wait */
	uint32_t dropped;      /* alerts lost because too many waited */
	uint32_t mails_sent;   /* since the state began */
	uint32_t mails_failed; /* attempts */
	uint64_t next_us;      /* time_us() of the next attempt; 0: none is due */
};

_Static_assert(sizeof(struct alert_request) <= MESSAGE_PAYLOAD_BYTES, "payload");
_Static_assert(sizeof(struct alert_status) <= MESSAGE_PAYLOAD_BYTES, "payload");

#endif
