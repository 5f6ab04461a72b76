/* See login.h. */
#include "appliance/webd/login.h"

#include "appliance/webd/api.h"
#include "appliance/webd/world.h"

#include <mbedtls/platform_util.h>
#include <stdio.h>
#include <string.h>

/*
 *	NOTHING --> LOG_IN --> NOTHING
 *	NOTHING --> SET_UP --> NOTHING
 *	NOTHING --> CHECK_OLD --right--> HASH_NEW --> NOTHING
 *	            CHECK_OLD --wrong--> NOTHING
 */
enum purpose { NOTHING, LOG_IN, SET_UP, CHECK_OLD, HASH_NEW };

static enum login_account account;
static struct password_record record;
static struct {
	enum purpose purpose;
	bool user_is_right;
	uint8_t salt[PASSWORD_SALT_BYTES];
	struct password_job job;
	char next[PASSWORD_LENGTH_MAX + 1]; /* CHECK_OLD: what it is to become */
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

/* One slice. */
static uint64_t work(uint64_t now_us)
{
	if (current.purpose == NOTHING)
		return LATER_OVER;
	if (!password_work(&current.job))
		return now_us;
	if (current.purpose != CHECK_OLD || !is_right())
		return LATER_OVER;
	change_go_on();
	return now_us;
}

static void cancel(void)
{
	password_end(&current.job);
	mbedtls_platform_zeroize(&current, sizeof(current));
}

static void session_answer(struct exchange *exchange)
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
}

static void setup_finish(struct exchange *exchange)
{
	if (account != LOGIN_FIRST_VISIT) {
		(void)api_problem(exchange, 409, "a password has been set already");
		return;
	}
	record_take();
	session_answer(exchange);
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
		session_answer(exchange);
		return;
	}
	failure_count(exchange);
	(void)api_problem(exchange, 401, "wrong name or password");
}

/* Whoever knew the old one is out, the asker has a new session: its id may be known, too. */
static void change_finish(struct exchange *exchange)
{
	/* The session may have ended while we worked; then nobody asks any more. */
	if (app_session_find(exchange->request) == NULL) {
		(void)api_problem(exchange, 401, "log in first");
	} else if (current.purpose == CHECK_OLD) {
		failure_count(exchange);
		response_problem(exchange->response, 422, "/old", "this is not the password");
	} else {
		record_take();
		session_end_all(world.sessions);
		act_password_changed(exchange->peer);
		session_answer(exchange);
	}
}

static void finish(struct exchange *exchange)
{
	switch (current.purpose) {
	case NOTHING: break;
	case LOG_IN: log_in_finish(exchange); break;
	case SET_UP: setup_finish(exchange); break;
	case CHECK_OLD:
	case HASH_NEW: change_finish(exchange); break;
	}
	cancel();
}

/* --- Beginnings --------------------------------------------------------------------- */

static enum app_outcome begin(struct exchange *exchange, enum purpose purpose, const char *password,
			      uint32_t rounds)
{
	static const struct later later = { .work = work, .finish = finish, .cancel = cancel };

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
