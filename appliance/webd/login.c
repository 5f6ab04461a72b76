/* See login.h. */
#include "appliance/webd/login.h"

#include "appliance/webd/api.h"
#include "appliance/webd/world.h"

#include <string.h>

enum purpose { NOTHING, LOG_IN, SET_UP };

static enum login_account account;
static struct password_record record;
static struct {
	enum purpose purpose;
	bool user_is_right;
	uint8_t salt[PASSWORD_SALT_BYTES];
	struct password_job job;
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

static void begin(enum purpose purpose, const char *password, uint32_t rounds)
{
	current.purpose = purpose;
	password_begin(&current.job, password, current.salt, rounds);
}

/* A wrong name takes as long as a wrong password. */
void login_begin(const struct exchange *exchange, bool user_is_right, const char *password)
{
	(void)exchange;
	current.user_is_right = user_is_right;
	memcpy(current.salt, record.salt, sizeof(current.salt));
	begin(LOG_IN, password, record.rounds);
}

void login_setup_begin(const struct exchange *exchange, const char *password)
{
	(void)exchange;
	act_random(current.salt, sizeof(current.salt));
	begin(SET_UP, password, PASSWORD_ROUNDS);
}

bool login_work(void)
{
	return current.purpose == NOTHING || password_work(&current.job);
}

void login_cancel(void)
{
	password_end(&current.job);
	memset(&current, 0, sizeof(current));
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

static void setup_finish(struct exchange *exchange)
{
	if (account != LOGIN_FIRST_VISIT) {
		(void)api_problem(exchange, 409, "a password has been set already");
		return;
	}
	record = (struct password_record){ .version = PASSWORD_VERSION, .rounds = PASSWORD_ROUNDS };
	memcpy(record.salt, current.salt, sizeof(record.salt));
	memcpy(record.hash, current.job.sum, sizeof(record.hash));
	account = LOGIN_SET;
	act_account_save(&record);
	session_answer(exchange);
}

static void log_in_finish(struct exchange *exchange)
{
	if (current.user_is_right &&
	    session_bytes_equal(current.job.sum, record.hash, sizeof(record.hash))) {
		session_answer(exchange);
		return;
	}
	uint32_t failures = session_failed(world.sessions, exchange->peer, world.now_us);
	act_sessions_save();
	act_login_failed(exchange->peer, failures);
	(void)api_problem(exchange, 401, "wrong name or password");
}

void login_finish(struct exchange *exchange)
{
	if (current.purpose == SET_UP)
		setup_finish(exchange);
	else
		log_in_finish(exchange);
	login_cancel();
}
