/* /session, /setup and /password. */
#include "appliance/webd/api.h"
#include "appliance/webd/login.h"

#include <cJSON.h>
#include <mbedtls/platform_util.h>
#include <string.h>

#ifdef BULKHEAD_TEST_IMAGE
#define TEST_IMAGE true
#else
#define TEST_IMAGE false
#endif

enum app_outcome api_session_get(struct exchange *exchange)
{
	struct json *json = response_json(exchange->response, 200);
	const struct session *session = exchange->session;

	json_object(json, NULL);
	json_boolean(json, "first_visit", login_account_state() == LOGIN_FIRST_VISIT);
	json_string(json, "user", session != NULL ? LOGIN_USER : NULL);
	json_string(json, "csrf", session != NULL ? session->csrf : NULL);
	api_identity_write(json);
	json_boolean(json, "test_image", TEST_IMAGE);
	json_object_end(json);
	return api_done(exchange);
}

/* A member of the body that has to be a string; NULL: it is not. */
static const char *member(const cJSON *body, const char *name)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(body, name);

	return cJSON_IsString(item) ? item->valuestring : NULL;
}

/* Nobody needs to wait for others' passwords but those who send one. */
static bool may_begin(struct exchange *exchange, enum login_account wanted, const char *otherwise)
{
	uint32_t delay_s = session_delay_s(world.sessions, exchange->peer, world.now_us);

	if (login_account_state() == LOGIN_UNKNOWN) {
		(void)api_problem(exchange, 503, "the store is still being read");
		return false;
	}
	if (login_account_state() != wanted) {
		(void)api_problem(exchange, 409, otherwise);
		return false;
	}
	if (delay_s == 0 && !login_is_busy())
		return true;
	(void)api_problem(exchange, 429,
			  delay_s != 0 ? "too many wrong passwords; wait a moment"
				       : "another login is being checked");
	response_header(exchange->response, "Retry-After: %u", delay_s != 0 ? delay_s : 1);
	return false;
}

static enum app_outcome begin_with(struct exchange *exchange, const cJSON *body)
{
	const char *user = member(body, "user"), *password = member(body, "password");

	if (user == NULL || password == NULL || strlen(password) > PASSWORD_LENGTH_MAX)
		return api_problem(exchange, 400, "user and password have to be strings");
	return login_begin(exchange, strcmp(user, LOGIN_USER) == 0, password);
}

static enum app_outcome setup_with(struct exchange *exchange, const cJSON *body)
{
	const char *password = member(body, "password");

	if (password == NULL)
		return api_problem(exchange, 400, "password has to be a string");
	if (!password_is_acceptable(password))
		return api_problem(exchange, 422, "a password has 12 to 128 characters");
	return login_setup_begin(exchange, password);
}

static enum app_outcome change_with(struct exchange *exchange, const cJSON *body)
{
	const char *old_password = member(body, "old"), *new_password = member(body, "new");

	if (old_password == NULL || new_password == NULL ||
	    strlen(old_password) > PASSWORD_LENGTH_MAX)
		return api_problem(exchange, 400, "old and new have to be strings");
	if (!password_is_acceptable(new_password)) {
		response_problem(exchange->response, 422, "/new",
				 "a password has 12 to 128 characters");
		return APP_ANSWERED;
	}
	return login_change_begin(exchange, old_password, new_password);
}

static void strings_wipe(cJSON *item)
{
	if (item->valuestring != NULL)
		mbedtls_platform_zeroize(item->valuestring, strlen(item->valuestring));
	for (cJSON *child = item->child; child != NULL; child = child->next)
		strings_wipe(child);
}

/* The body is wiped, and what cJSON has copied of it: it holds a password. */
static enum app_outcome with_body(struct exchange *exchange,
				  enum app_outcome (*next)(struct exchange *, const cJSON *))
{
	struct request *request = exchange->request;
	cJSON *body = cJSON_ParseWithLength(request->body, request->body_bytes);
	enum app_outcome outcome;

	mbedtls_platform_zeroize(request->body, request->body_bytes);
	if (!cJSON_IsObject(body))
		outcome = api_problem(exchange, 400, "the body is no JSON object");
	else
		outcome = next(exchange, body);
	if (body != NULL)
		strings_wipe(body);
	cJSON_Delete(body);
	return outcome;
}

enum app_outcome api_session_begin(struct exchange *exchange)
{
	if (!may_begin(exchange, LOGIN_SET, "no password has been set yet"))
		return APP_ANSWERED;
	return with_body(exchange, begin_with);
}

enum app_outcome api_setup(struct exchange *exchange)
{
	if (!may_begin(exchange, LOGIN_FIRST_VISIT, "a password has been set already"))
		return APP_ANSWERED;
	return with_body(exchange, setup_with);
}

enum app_outcome api_password_change(struct exchange *exchange)
{
	if (!may_begin(exchange, LOGIN_SET, "no password has been set yet"))
		return APP_ANSWERED;
	return with_body(exchange, change_with);
}

enum app_outcome api_session_end(struct exchange *exchange)
{
	session_end(exchange->session);
	act_sessions_save();
	response_status(exchange->response, 204);
	response_header(exchange->response,
			"Set-Cookie: " APP_COOKIE
			"=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0");
	return APP_ANSWERED;
}
