/*
 * Who is logged in, and who has to wait after wrong passwords. All of it is plain
 * memory that the caller keeps: webd's preserved region, so that a session
 * outlives webd. Pure: random numbers and times are the caller's.
 */
#ifndef WEBD_SESSION_H
#define WEBD_SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SESSIONS_MAX           8u /* one more ends the one that was idle longest */
#define SESSION_ID_BYTES       32u
#define SESSION_ID_DIGITS      (2 * SESSION_ID_BYTES)
#define SESSION_CSRF_BYTES     16u
#define SESSION_CSRF_DIGITS    (2 * SESSION_CSRF_BYTES)
#define SESSION_RANDOM_BYTES   (SESSION_ID_BYTES + SESSION_CSRF_BYTES)
#define SESSION_IDLE_DEFAULT_S 3600u
#define SESSION_LIFE_MAX_S     43200u /* 12 h, whatever it does */
#define SESSION_PEERS_MAX      16u
#define SESSION_FAILURES_FREE  3u /* wrong passwords without a delay */
#define SESSION_DELAY_MAX_S    300u

struct session {
	uint8_t id_hash[32]; /* SHA-256 of the id; all zero: free */
	char csrf[SESSION_CSRF_DIGITS + 1];
	char reserved[7];
	uint64_t begun_us, used_us;
};

/* Who has given wrong passwords; the one longest ago is forgotten for a new one. */
struct session_peer {
	uint32_t address;  /* host byte order; 0: free */
	uint32_t failures; /* in a row */
	uint64_t failed_us;
};

struct sessions {
	struct session list[SESSIONS_MAX];
	struct session_peer peers[SESSION_PEERS_MAX];
	uint32_t idle_s;
	uint32_t reserved;
};

/* Begins one; `id` gets the digits for the cookie and a zero. */
struct session *session_begin(struct sessions *sessions, const uint8_t random[SESSION_RANDOM_BYTES],
			      uint64_t now_us, char id[SESSION_ID_DIGITS + 1]);
/* NULL: no such session, or its time is over. Does not count as use. */
struct session *session_find(struct sessions *sessions, const char *id, uint64_t now_us);
bool session_is_over(const struct sessions *sessions, const struct session *session,
		     uint64_t now_us);
/* In constant time. */
bool session_csrf_matches(const struct session *session, const char *token);
void session_end(struct session *session);
void session_end_all(struct sessions *sessions);

/* Seconds that `address` has to wait before it may try again; 0: none. */
uint32_t session_delay_s(const struct sessions *sessions, uint32_t address, uint64_t now_us);
/* Returns its failures in a row. */
uint32_t session_failed(struct sessions *sessions, uint32_t address, uint64_t now_us);
void session_succeeded(struct sessions *sessions, uint32_t address);

/* True if a == b; takes as long in any case. */
bool session_bytes_equal(const void *a, const void *b, size_t bytes);

#endif
