/* See login.h. */
#include "appliance/webd/login.h"

#include "appliance/webd/api.h"
#include "appliance/webd/world.h"

#include <mbedtls/platform_util.h>
#include <stdio.h>
#include <string.h>

/*
 *	NOTHING --> LOG_IN --> NOTHING
 *	NOTHING --> SET_UP --> KEEP --> NOTHING
 *	NOTHING --> CHECK_OLD --right--> HASH_NEW --> KEEP --> NOTHING
 *	            CHECK_OLD --wrong--> NOTHING
 *
 * KEEP waits for the store: whoever hears that his password is set finds it set after a
 * power cut, or hears that it will not be.
 */
enum purpose { NOTHING, LOG_IN, SET_UP, CHECK_OLD, HASH_NEW, KEEP };

#define KEEP_LOOK_US  20000u
#define KEEP_LIMIT_US 5000000u /* a disk that is there has written or failed by then */

static enum login_account account;
static struct password_record record;
static struct {
	enum purpose purpose;
	bool user_is_right;
	uint8_t salt[PASSWORD_SALT_BYTES];
	struct password_job job;
	char next[PASSWORD_LENGTH_MAX + 1]; /* CHECK_OLD: what it is to become */
	uint64_t since_us;                  /* KEEP */
} current;

void login_account_set(const struct password_record *kept)
{
	if (kept != NULL && password_record_is_sound(kept)) {
		record = *kept;
		account = LOGIN_SET;
	} else {
		account = LOGIN_FIRST_VISIT;
	}
}

enum login_account login_account_state(void)
{
	return account;
}

bool login_is_busy(void)
{
	return current.purpose != NOTHING;
}

static void job_begin(enum purpose purpose, const char *password, uint32_t rounds)
{
	current.purpose = purpose;
	password_begin(&current.job, password, current.salt, rounds);
}

static bool is_right(void)
{
	return session_bytes_equal(current.job.sum, record.hash, sizeof(record.hash));
}

/* The old one was right: a new salt for the new one. */
static void change_go_on(void)
{
	password_end(&current.job);
	act_random(current.salt, sizeof(current.salt));
	job_begin(HASH_NEW, current.next, PASSWORD_ROUNDS);
	mbedtls_platform_zeroize(current.next, sizeof(current.next));
}

static void cancel(void)
{
	password_end(&current.job);
	mbedtls_platform_zeroize(&current, sizeof(current));
}

/* `kept`: NULL where nothing was to be. */
static void session_answer(struct exchange *exchange, const char *kept)
{
	uint8_t random[SESSION_RANDOM_BYTES];
	char id[SESSION_ID_DIGITS + 1];

	act_random(random, sizeof(random));
	exchange->session = session_begin(world.sessions, random, world.now_us, id);
	session_succeeded(world.sessions, exchange->peer);
	act_sessions_save();
	struct json *json = response_json(exchange->response, 200);
	json_object(json, NULL);
	json_string(json, "user", LOGIN_USER);
	json_string(json, "csrf", exchange->session->csrf);
	if (kept != NULL)
		json_string(json, "store", kept);
	json_object_end(json);
	response_json_end(exchange->response);
	response_header(exchange->response,
			"Set-Cookie: " APP_COOKIE "=%s; Path=/; Secure; HttpOnly; SameSite=Strict",
			id);
}

/* The hash that has been worked out becomes the account's. */
static void record_take(void)
{
	record = (struct password_record){ .version = PASSWORD_VERSION, .rounds = PASSWORD_ROUNDS };
	memcpy(record.salt, current.salt, sizeof(record.salt));
	memcpy(record.hash, current.job.sum, sizeof(record.hash));
	account = LOGIN_SET;
	act_account_save(&record);
	current.purpose = KEEP;
	current.since_us = world.now_us;
}

static const char *kept_text(enum kept kept)
{
	switch (kept) {
	case KEPT_ON_DISK: return "disk";
	case KEPT_IN_MEMORY: return "memory";
	case KEPT_NOT_YET:
	case KEPT_NOWHERE: break;
	}
	return "failed";
}

/* False: the store has not decided yet. */
static bool keep_finish(struct exchange *exchange)
{
	enum kept kept = act_account_kept();

	if (kept == KEPT_NOT_YET && world.now_us - current.since_us < KEEP_LIMIT_US)
		return false;
	session_answer(exchange, kept_text(kept));
	return true;
}

static void failure_count(const struct exchange *exchange)
{
	uint32_t failures = session_failed(world.sessions, exchange->peer, world.now_us);

	act_sessions_save();
	act_login_failed(exchange->peer, failures);
}

static void log_in_finish(struct exchange *exchange)
{
	if (current.user_is_right && is_right()) {
		session_answer(exchange, NULL);
		return;
	}
	failure_count(exchange);
	(void)api_problem(exchange, 401, "wrong name or password");
}

/* The session may end while we work; then nobody asks any more. */
static bool asks_still(struct exchange *exchange)
{
	if (app_session_find(exchange->request) != NULL)
		return true;
	(void)api_problem(exchange, 401, "log in first");
	return false;
}

static bool old_finish(struct exchange *exchange)
{
	if (!asks_still(exchange))
		return true;
	if (is_right()) {
		change_go_on();
		return false;
	}
	failure_count(exchange);
	response_problem(exchange->response, 422, "/old", "this is not the password");
	return true;
}

/* Whoever knew the old one is out, the asker gets a new session: its id may be known, too. */
static bool change_finish(struct exchange *exchange)
{
	if (!asks_still(exchange))
		return true;
	record_take();
	session_end_all(world.sessions);
	act_password_changed(exchange->peer);
	return false;
}

/* What comes when a hash is there; false: it goes on. */
static bool finish(struct exchange *exchange)
{
	switch (current.purpose) {
	case NOTHING: return true;
	case LOG_IN: log_in_finish(exchange); return true;
	case SET_UP: record_take(); return false;
	case CHECK_OLD: return old_finish(exchange);
	case HASH_NEW: return change_finish(exchange);
	case KEEP: return keep_finish(exchange);
	}
	return true;
}

static uint64_t work(struct exchange *exchange)
{
	if (current.purpose == KEEP || password_work(&current.job)) {
		if (finish(exchange)) {
			cancel();
			return LATER_OVER;
		}
	}
	return world.now_us + (current.purpose == KEEP ? KEEP_LOOK_US : 0);
}

/* --- Beginnings --------------------------------------------------------------------- */

static enum app_outcome begin(struct exchange *exchange, enum purpose purpose, const char *password,
			      uint32_t rounds)
{
	static const struct later later = { .work = work, .cancel = cancel };

	job_begin(purpose, password, rounds);
	exchange->later = &later;
	return APP_LATER;
}

/* A wrong name takes as long as a wrong password. */
enum app_outcome login_begin(struct exchange *exchange, bool user_is_right, const char *password)
{
	current.user_is_right = user_is_right;
	memcpy(current.salt, record.salt, sizeof(current.salt));
	return begin(exchange, LOG_IN, password, record.rounds);
}

enum app_outcome login_setup_begin(struct exchange *exchange, const char *password)
{
	act_random(current.salt, sizeof(current.salt));
	return begin(exchange, SET_UP, password, PASSWORD_ROUNDS);
}

enum app_outcome login_change_begin(struct exchange *exchange, const char *old_password,
				    const char *new_password)
{
	(void)snprintf(current.next, sizeof(current.next), "%s", new_password);
	memcpy(current.salt, record.salt, sizeof(current.salt));
	return begin(exchange, CHECK_OLD, old_password, record.rounds);
}
