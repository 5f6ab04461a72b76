/* See session.h. */
#include "appliance/webd/session.h"

#include <mbedtls/sha256.h>
#include <string.h>

#define SECOND_US 1000000ull

bool session_bytes_equal(const void *a, const void *b, size_t bytes)
{
	const volatile uint8_t *left = a, *right = b;
	unsigned different = 0;

	for (size_t i = 0; i < bytes; i++)
		different |= (unsigned)(left[i] ^ right[i]);
	return different == 0;
}

static void digits_write(const uint8_t *bytes, size_t count, char *digits)
{
	static const char hex[] = "0123456789abcdef";

	for (size_t i = 0; i < count; i++) {
		*digits++ = hex[bytes[i] >> 4];
		*digits++ = hex[bytes[i] & 15];
	}
	*digits = '\0';
}

/* What is kept is no key: who reads it cannot log in with it. */
static void id_hash(const char *id, uint8_t hash[32])
{
	(void)mbedtls_sha256((const uint8_t *)id, SESSION_ID_DIGITS, hash, 0);
}

static bool is_free(const struct session *session)
{
	static const struct session none;

	return memcmp(session->id_hash, none.id_hash, sizeof(none.id_hash)) == 0;
}

bool session_is_over(const struct sessions *sessions, const struct session *session,
		     uint64_t now_us)
{
	uint64_t idle_s = sessions->idle_s == 0 ? SESSION_IDLE_DEFAULT_S : sessions->idle_s;

	return is_free(session) || now_us - session->used_us > idle_s * SECOND_US ||
	       now_us - session->begun_us > SESSION_LIFE_MAX_S * SECOND_US;
}

static struct session *place_find(struct sessions *sessions, uint64_t now_us)
{
	struct session *oldest = &sessions->list[0];

	for (size_t i = 0; i < SESSIONS_MAX; i++) {
		struct session *session = &sessions->list[i];
		if (session_is_over(sessions, session, now_us))
			return session;
		if (session->used_us < oldest->used_us)
			oldest = session;
	}
	return oldest;
}

struct session *session_begin(struct sessions *sessions, const uint8_t random[SESSION_RANDOM_BYTES],
			      uint64_t now_us, char id[SESSION_ID_DIGITS + 1])
{
	struct session *session = place_find(sessions, now_us);

	memset(session, 0, sizeof(*session));
	digits_write(random, SESSION_ID_BYTES, id);
	digits_write(random + SESSION_ID_BYTES, SESSION_CSRF_BYTES, session->csrf);
	id_hash(id, session->id_hash);
	session->begun_us = session->used_us = now_us;
	return session;
}

struct session *session_find(struct sessions *sessions, const char *id, uint64_t now_us)
{
	uint8_t hash[32];

	if (strlen(id) != SESSION_ID_DIGITS)
		return NULL;
	id_hash(id, hash);
	for (size_t i = 0; i < SESSIONS_MAX; i++) {
		struct session *session = &sessions->list[i];
		if (!session_is_over(sessions, session, now_us) &&
		    session_bytes_equal(hash, session->id_hash, sizeof(hash)))
			return session;
	}
	return NULL;
}

bool session_csrf_matches(const struct session *session, const char *token)
{
	return strlen(token) == SESSION_CSRF_DIGITS &&
	       session_bytes_equal(token, session->csrf, SESSION_CSRF_DIGITS);
}

void session_end(struct session *session)
{
	memset(session, 0, sizeof(*session));
}

void session_end_all(struct sessions *sessions)
{
	memset(sessions->list, 0, sizeof(sessions->list));
}

/* --- Wrong passwords --------------------------------------------------------------- */

static const struct session_peer *peer_find(const struct sessions *sessions, uint32_t address)
{
	for (size_t i = 0; i < SESSION_PEERS_MAX; i++)
		if (sessions->peers[i].address == address && sessions->peers[i].failures != 0)
			return &sessions->peers[i];
	return NULL;
}

uint32_t session_delay_s(const struct sessions *sessions, uint32_t address, uint64_t now_us)
{
	const struct session_peer *peer = peer_find(sessions, address);

	if (peer == NULL || peer->failures < SESSION_FAILURES_FREE)
		return 0;
	unsigned doublings = peer->failures - SESSION_FAILURES_FREE;
	uint64_t delay_s = doublings > 8 ? SESSION_DELAY_MAX_S : 2ull << doublings;
	if (delay_s > SESSION_DELAY_MAX_S)
		delay_s = SESSION_DELAY_MAX_S;
	uint64_t until_us = peer->failed_us + delay_s * SECOND_US;
	return now_us >= until_us ? 0 : (uint32_t)((until_us - now_us + SECOND_US - 1) / SECOND_US);
}

static struct session_peer *peer_place(struct sessions *sessions, uint32_t address)
{
	struct session_peer *place = &sessions->peers[0];

	for (size_t i = 0; i < SESSION_PEERS_MAX; i++) {
		struct session_peer *peer = &sessions->peers[i];
		if (peer->failures != 0 && peer->address == address)
			return peer;
		if (peer->failures == 0
			    ? place->failures != 0
			    : place->failures != 0 && peer->failed_us < place->failed_us)
			place = peer;
	}
	*place = (struct session_peer){ .address = address };
	return place;
}

uint32_t session_failed(struct sessions *sessions, uint32_t address, uint64_t now_us)
{
	struct session_peer *peer = peer_place(sessions, address);

	peer->failures++;
	peer->failed_us = now_us;
	return peer->failures;
}

void session_succeeded(struct sessions *sessions, uint32_t address)
{
	for (size_t i = 0; i < SESSION_PEERS_MAX; i++)
		if (sessions->peers[i].address == address)
			sessions->peers[i] = (struct session_peer){ 0 };
}
