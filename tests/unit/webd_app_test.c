/* Requests to answers: who may do what, and what becomes of malformed ones. appliance/webd/. */
#include "appliance/webd/alerts.h"
#include "appliance/webd/certificate.h"
#include "appliance/webd/login.h"
#include "services/proto/config.h"
#include "services/proto/event.h"
#include "tests/unit/unit.h"
#include "tests/unit/webd_world.h"

#include <cJSON.h>
#include <stdio.h>
#include <string.h>

#define GET_HEAD " HTTP/1.1\r\nHost: 192.168.1.1\r\n"

static int world_new(void **state)
{
	(void)state;
	webd_world_new();
	return 0;
}

static unsigned ask(const char *method, const char *path, const char *body)
{
	return webd_ask(method, path, body)->status;
}

static void first_visit_sets_the_password_once(void **state)
{
	(void)state;
	assert_int_equal(ask("GET", "/api/v1/session", NULL), 200);
	assert_non_null(strstr(webd_body(), "\"first_visit\":true"));
	assert_int_equal(ask("POST", "/api/v1/session", "{\"user\":\"admin\",\"password\":\"x\"}"),
			 409);
	assert_int_equal(ask("POST", "/api/v1/setup", "{\"password\":\"too short\"}"), 422);
	assert_int_equal(ask("POST", "/api/v1/setup", "{\"password\":\"" WEBD_PASSWORD "\"}"), 200);
	assert_true(webd_asked.account_saved);
	assert_null(strstr((const char *)&webd_asked.account, WEBD_PASSWORD));
	assert_non_null(strstr(webd_head(), "Secure; HttpOnly; SameSite=Strict"));
	assert_int_equal(ask("POST", "/api/v1/setup", "{\"password\":\"another password\"}"), 409);
}

static void nothing_is_told_without_a_session(void **state)
{
	static const char *const paths[] = {
		"/api/v1/overview",      "/api/v1/ports",          "/api/v1/services",
		"/api/v1/crashes",       "/api/v1/crashes/1",      "/api/v1/leases",
		"/api/v1/connections",   "/api/v1/firewall",       "/api/v1/config",
		"/api/v1/config/status", "/api/v1/config/history", "/api/v1/alerts",
		"/api/v1/logs",          "/api/v1/events",         "/metrics"
	};

	(void)state;
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		assert_int_equal(ask("GET", paths[i], NULL), 401);
}

static void a_session_shows_the_system(void **state)
{
	(void)state;
	webd_log_in();
	assert_int_equal(ask("GET", "/api/v1/services", NULL), 200);
	cJSON *services = cJSON_Parse(webd_body());
	assert_int_equal(cJSON_GetArraySize(services), 2);
	cJSON_Delete(services);
	assert_int_equal(ask("GET", "/api/v1/overview", NULL), 200);
	cJSON *overview = cJSON_Parse(webd_body());
	assert_non_null(cJSON_GetObjectItem(overview, "cpu_idle"));
	cJSON_Delete(overview);
	assert_int_equal(ask("GET", "/api/v1/firewall", NULL), 200);
	assert_int_equal(ask("GET", "/metrics", NULL), 200);
	assert_non_null(strstr(webd_body(), "\nbulkhead_service_up{service=\"port0\"} "));
}

static void a_change_needs_the_token(void **state)
{
	(void)state;
	webd_log_in();
	webd_forget(false, true);
	assert_int_equal(ask("POST", "/api/v1/services/port0/restart", NULL), 403);
	assert_int_equal(webd_asked.services, 0);
	webd_log_in();
	assert_int_equal(ask("POST", "/api/v1/services/port0/restart", NULL), 202);
	assert_int_equal(webd_asked.slot, 1);
	assert_int_equal(webd_asked.op, RS_RESTART);
	assert_int_equal(ask("POST", "/api/v1/services/nobody/restart", NULL), 404);
	webd_asked.service_answer = E_DENIED;
	assert_int_equal(ask("POST", "/api/v1/services/port0/crash", NULL), 403);
	webd_asked.service_answer = E_STATE;
	assert_int_equal(ask("POST", "/api/v1/services/port0/start", NULL), 409);
}

static void another_site_changes_nothing(void **state)
{
	(void)state;
	assert_int_equal(webd_send("POST /api/v1/setup" GET_HEAD "Origin: https://evil.example\r\n"
				   "Content-Type: application/json\r\nContent-Length: 35\r\n\r\n"
				   "{\"password\":\"correct horse battery\"}")
				 ->status,
			 403);
	assert_int_equal(login_account_state(), LOGIN_FIRST_VISIT);
}

/* Some connections of somebody on the LAN would have all our memory otherwise. */
static void only_who_is_logged_in_may_send_much(void **state)
{
	static const char head[] = "POST %s" GET_HEAD "Content-Type: application/json\r\n"
				   "Content-Length: 60000\r\n\r\n";
	static const char *const paths[] = { "/api/v1/session", "/api/v1/setup" };
	char text[256];

	(void)state;
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		snprintf(text, sizeof(text), head, paths[i]);
		assert_int_equal(webd_send(text)->status, 413);
	}
	webd_log_in();
	assert_int_equal(ask("POST", "/api/v1/session",
			     "{\"user\":\"admin\",\"password\":\"" WEBD_PASSWORD "\"}"),
			 200);
}

static void an_ended_session_cannot_be_used_again(void **state)
{
	(void)state;
	webd_log_in();
	assert_int_equal(ask("DELETE", "/api/v1/session", NULL), 204);
	assert_int_equal(ask("GET", "/api/v1/overview", NULL), 401);
}

static void a_session_ends_when_nobody_uses_it(void **state)
{
	(void)state;
	webd_log_in();
	world.now_us += SESSION_IDLE_DEFAULT_S * 1000000ull;
	assert_int_equal(ask("GET", "/api/v1/overview", NULL), 200);
	world.now_us += SESSION_IDLE_DEFAULT_S * 1000000ull + 1;
	assert_int_equal(ask("GET", "/api/v1/overview", NULL), 401);
}

static void wrong_passwords_cost_time(void **state)
{
	static const char wrong[] = "{\"user\":\"admin\",\"password\":\"wrong wrong wrong\"}";

	(void)state;
	webd_log_in();
	webd_forget(true, true);
	for (unsigned i = 0; i < SESSION_FAILURES_FREE; i++)
		assert_int_equal(ask("POST", "/api/v1/session", wrong), 401);
	assert_int_equal(webd_asked.login_failures, SESSION_FAILURES_FREE);
	assert_int_equal(ask("POST", "/api/v1/session", wrong), 429);
	assert_non_null(strstr(webd_head(), "Retry-After: 2\r\n"));
	world.now_us += 2000000;
	assert_int_equal(ask("POST", "/api/v1/session", wrong), 401);
	world.now_us += 2000000;
	assert_int_equal(ask("POST", "/api/v1/session", wrong), 429);
	world.now_us += 2000000;
	webd_log_in();
	assert_int_equal(ask("GET", "/api/v1/overview", NULL), 200);
}

#define CHANGE(old, new)                                                                           \
	ask("POST", "/api/v1/password", "{\"old\":\"" old "\",\"new\":\"" new "\"}")
#define NEW_PASSWORD "staple of another colour"

static void a_new_password_ends_the_other_sessions(void **state)
{
	static const char log_in[] = "{\"user\":\"admin\",\"password\":\"" NEW_PASSWORD "\"}";

	(void)state;
	webd_log_in();
	webd_log_in();
	assert_int_equal(webd_sessions_count(), 2);
	assert_int_equal(CHANGE(WEBD_PASSWORD, NEW_PASSWORD), 200);
	assert_int_equal(webd_asked.password_changes, 1);
	assert_int_equal(webd_sessions_count(), 1);
	assert_int_equal(ask("GET", "/api/v1/overview", NULL), 401); /* the id from before */
	assert_int_equal(CHANGE(WEBD_PASSWORD, NEW_PASSWORD), 401);
	assert_int_equal(ask("POST", "/api/v1/session", log_in), 200);
	webd_session_keep();
	assert_int_equal(CHANGE(NEW_PASSWORD, WEBD_PASSWORD), 200);
	webd_session_keep();
	assert_int_equal(ask("GET", "/api/v1/overview", NULL), 200);
	assert_int_equal(ask("POST", "/api/v1/session", log_in), 401);
}

static void a_new_password_needs_the_old_one(void **state)
{
	(void)state;
	webd_log_in();
	const struct password_record before = webd_asked.account;
	assert_int_equal(CHANGE("not the password", NEW_PASSWORD), 422);
	assert_non_null(strstr(webd_body(), "\"path\":\"/old\""));
	assert_int_equal(CHANGE(WEBD_PASSWORD, "too short"), 422);
	assert_non_null(strstr(webd_body(), "\"path\":\"/new\""));
	assert_int_equal(ask("POST", "/api/v1/password", "{\"new\":\"" NEW_PASSWORD "\"}"), 400);
	assert_int_equal(ask("POST", "/api/v1/password", "{\"old\":1,\"new\":2}"), 400);
	assert_int_equal(ask("GET", "/api/v1/password", NULL), 405);
	/* a stolen session is no way to guess */
	for (unsigned i = 1; i < SESSION_FAILURES_FREE; i++)
		assert_int_equal(CHANGE("not the password", NEW_PASSWORD), 422);
	assert_int_equal(CHANGE(WEBD_PASSWORD, NEW_PASSWORD), 429);
	assert_non_null(strstr(webd_head(), "Retry-After: 2\r\n"));
	webd_forget(false, true);
	assert_int_equal(CHANGE(WEBD_PASSWORD, NEW_PASSWORD), 403);
	webd_forget(true, false);
	assert_int_equal(CHANGE(WEBD_PASSWORD, NEW_PASSWORD), 401);
	assert_int_equal(webd_asked.password_changes, 0);
	assert_memory_equal(&webd_asked.account, &before, sizeof(before));
}

static void wrong_types_are_refused(void **state)
{
	static const char *const bodies[] = { "",
					      "[]",
					      "null",
					      "{",
					      "{\"user\":1,\"password\":2}",
					      "{\"user\":\"admin\"}",
					      "{\"password\":[\"a\"]}",
					      "\"admin\"" };

	(void)state;
	webd_log_in();
	webd_forget(true, true);
	for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++)
		assert_int_equal(ask("POST", "/api/v1/session", bodies[i]), 400);
	assert_int_equal(webd_send("POST /api/v1/session" GET_HEAD "Content-Type: text/plain\r\n"
				   "Content-Length: 2\r\n\r\n{}")
				 ->status,
			 415);
	webd_log_in();
	assert_int_equal(ask("GET", "/api/v1/connections?limit=many", NULL), 400);
	assert_int_equal(ask("GET", "/api/v1/crashes/one", NULL), 404);
	assert_int_equal(ask("PUT", "/api/v1/overview", "{}"), 405);
	assert_int_equal(ask("GET", "/api/v1/nothing", NULL), 404);
}

static void there_is_no_way_up(void **state)
{
	static const char *const targets[] = {
		"/../etc/passwd", "/a/../../b.js", "/%2e%2e/b.js", "//evil.example/x.js",
		"/a\\b.js",       "/%00.js",       "/%",           "/%zz"
	};
	char text[200];

	(void)state;
	for (size_t i = 0; i < sizeof(targets) / sizeof(targets[0]); i++) {
		snprintf(text, sizeof(text), "GET %s" GET_HEAD "\r\n", targets[i]);
		unsigned status = webd_send(text)->status;
		if (status != 400 && status != 404)
			fail_msg("%s: %u", targets[i], status);
	}
	assert_int_equal(webd_send("GET /missing.js" GET_HEAD "\r\n")->status, 404);
}

/* A page whose length would depend on what is in it could tell of that (BREACH). */
static void the_page_is_sent_as_it_is_and_once(void **state)
{
	char text[300], etag[64];

	(void)state;
	const struct response *page = webd_send("GET /" GET_HEAD "\r\n");
	assert_int_equal(page->status, 200);
	assert_memory_equal(page->body, "<!doctype html>", 15);
	assert_null(strstr(webd_head(), "Content-Encoding"));
	assert_null(strstr(webd_head(), "Vary"));
	assert_non_null(strstr(webd_head(), "frame-ancestors 'none'"));
	const char *at = strstr(webd_head(), "ETag: ") + 6;
	snprintf(etag, sizeof(etag), "%.*s", (int)strcspn(at, "\r"), at);
	snprintf(text, sizeof(text), "GET /network" GET_HEAD "If-None-Match: %s\r\n\r\n", etag);
	assert_int_equal(webd_send(text)->status, 304);
}

static void what_the_page_is_made_of_is_sent_compressed(void **state)
{
	(void)state;
	const struct response *script = webd_send("GET /console.js" GET_HEAD "\r\n");
	assert_int_equal(script->status, 200);
	assert_memory_equal(script->body, "\x1f\x8b", 2);
	assert_non_null(strstr(webd_head(), "Content-Encoding: gzip"));
	assert_non_null(strstr(webd_head(), "Vary: Accept-Encoding"));
}

static void the_authority_is_shown_to_everybody(void **state)
{
	static struct certificate_record record = { .crl_bytes = 3, .crl = "abc" };

	(void)state;
	assert_int_equal(ask("GET", "/authority.crt", NULL), 503);
	assert_int_equal(ask("GET", "/authority.crl", NULL), 503);
	webd_log_in();
	assert_int_equal(ask("GET", "/api/v1/overview", NULL), 200);
	assert_non_null(strstr(webd_body(), "\"authority\":null"));
	webd_forget(true, true);
	record.authority.number = 0xbeef;
	record.authority.certificate_bytes = 2;
	memcpy(record.authority.certificate, "xy", 2);
	world.certificate = &record;
	assert_int_equal(ask("GET", "/authority.crt", NULL), 200);
	assert_string_equal(webd_body(), "xy");
	assert_int_equal(ask("GET", "/authority.crl", NULL), 200);
	assert_string_equal(webd_body(), "abc");
	assert_int_equal(ask("POST", "/authority.crl", NULL), 405);
	webd_log_in();
	assert_int_equal(ask("GET", "/api/v1/overview", NULL), 200);
	/* of "xy" */
	assert_non_null(strstr(webd_body(),
			       "\"authority\":{\"name\":\"Bulkhead authority 0000BEEF\","
			       "\"sha256\":\"76:9A:4E:6D:00:03:"));
}

static void metrics_take_a_token(void **state)
{
	(void)state;
	assert_int_equal(
		webd_send("GET /metrics" GET_HEAD "Authorization: Bearer a-metrics-token\r\n\r\n")
			->status,
		200);
	assert_int_equal(
		webd_send("GET /metrics" GET_HEAD "Authorization: Bearer a-metrics-tokem\r\n\r\n")
			->status,
		401);
}

static void what_is_no_number_is_refused(void **state)
{
	static const char *const limits[] = {
		"", "+7", "-1", "0x10", "7a", "%20", "99999999999999999999999999999"
	};
	char path[128];

	(void)state;
	webd_log_in();
	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
		snprintf(path, sizeof(path), "/api/v1/connections?limit=%s", limits[i]);
		assert_int_equal(ask("GET", path, NULL), 400);
	}
	assert_int_equal(ask("GET", "/api/v1/connections?limit=7", NULL), 200);
	assert_int_equal(ask("GET", "/api/v1/config/history/7", NULL), 200);
	assert_int_equal(ask("GET", "/api/v1/config/history/+7", NULL), 404);
	assert_int_equal(ask("GET", "/api/v1/crashes/+1", NULL), 404);
}

/* Cut short it would say something else, if it were still text at all. */
static void a_comment_that_is_too_long_is_refused(void **state)
{
	char body[128];

	(void)state;
	webd_log_in();
	assert_int_equal(ask("PUT", "/api/v1/config/candidate", "{\"nat\":false}"), 200);
	snprintf(body, sizeof(body), "{\"comment\":\"%0*d\"}", CONFIG_COMMENT_BYTES, 1);
	assert_int_equal(ask("POST", "/api/v1/config/commit", body), 400);
	snprintf(body, sizeof(body), "{\"comment\":\"%0*d\"}", CONFIG_COMMENT_BYTES - 1, 1);
	assert_int_equal(ask("POST", "/api/v1/config/commit", body), 200);
}

static void a_configuration_is_tried_committed_and_confirmed(void **state)
{
	(void)state;
	webd_log_in();
	assert_int_equal(ask("GET", "/api/v1/config/candidate", NULL), 204);
	assert_int_equal(ask("POST", "/api/v1/config/commit", "{\"comment\":\"\"}"), 409);
	assert_int_equal(ask("PUT", "/api/v1/config/candidate", "{\"wrong\":1}"), 422);
	assert_non_null(strstr(webd_body(), "\"path\":\"/wrong\""));
	assert_int_equal(ask("PUT", "/api/v1/config/candidate", "{\"nat\":false}"), 200);
	assert_string_equal(webd_body(), "{\"differences\":[{\"path\":\"/nat\",\"before\":true,"
					 "\"after\":false}]}");
	assert_int_equal(ask("GET", "/api/v1/config/candidate/differences", NULL), 200);
	assert_memory_equal(webd_body(), "[{\"path\":\"/nat\"", 15);
	assert_int_equal(ask("POST", "/api/v1/config/commit", "{\"confirm_s\":\"soon\"}"), 400);
	assert_int_equal(ask("POST", "/api/v1/config/commit", "{\"confirm_s\":3601}"), 400);
	assert_int_equal(ask("POST", "/api/v1/config/commit", "{\"comment\":\"too late\"}"), 409);
	assert_int_equal(
		ask("POST", "/api/v1/config/commit", "{\"comment\":\"no NAT\",\"confirm_s\":60}"),
		200);
	assert_non_null(strstr(webd_body(), "\"serial\":8,\"confirm_until_uptime\":1060.020"));
	assert_int_equal(ask("GET", "/api/v1/config/status", NULL), 200);
	assert_non_null(strstr(webd_body(), "\"confirm_left_s\":60"));
	assert_int_equal(ask("POST", "/api/v1/config/confirm", NULL), 204);
	assert_int_equal(ask("POST", "/api/v1/config/confirm", NULL), 409);
	assert_int_equal(ask("GET", "/api/v1/config", NULL), 200);
	assert_string_equal(webd_body(), "{\"nat\":false}");
	assert_non_null(strstr(webd_head(), "ETag: \"8\""));
	assert_int_equal(ask("GET", "/api/v1/config/history/99", NULL), 404);
	assert_int_equal(ask("POST", "/api/v1/config/rollback", "{}"), 400);
	assert_int_equal(ask("POST", "/api/v1/config/rollback", "{\"serial\":7}"), 200);
}

static void alert_put(uint64_t number, uint64_t change, enum alert_sent sent, const char *text)
{
	struct alert_record *record = &webd_alerts.history[number % ALERT_HISTORY];

	*record = (struct alert_record){ .change = change,
					 .number = number,
					 .time_us = number * 1000000,
					 .count = 3,
					 .sent = sent,
					 .kind = EVENT_WAN_DOWN,
					 .severity = EVENT_WARNING,
					 .text_bytes = (uint16_t)strlen(text),
					 .service = "port0" };
	memcpy(record->text, text, strlen(text));
}

static void alerts_are_shown_latest_first_with_what_became_of_them(void **state)
{
	(void)state;
	webd_log_in();
	alert_put(41, 7, ALERT_IS_SENT, "first");
	alert_put(42, 9, ALERT_IS_QUEUED, "a\"b\xff");
	alert_put(43, 0, ALERT_IS_QUEUED, "changes just now");
	alert_put(44, 10, ALERT_IS_QUEUED, "longer than it can be");
	webd_alerts.history[44 % ALERT_HISTORY].text_bytes = EVENT_TEXT_BYTES + 1;
	assert_int_equal(ask("GET", "/api/v1/alerts", NULL), 200);
	cJSON *alerts = cJSON_Parse(webd_body());
	assert_int_equal(cJSON_GetArraySize(alerts), 2);
	const cJSON *first = cJSON_GetArrayItem(alerts, 0), *second = cJSON_GetArrayItem(alerts, 1);
	assert_string_equal(cJSON_GetObjectItem(first, "text")->valuestring, "a\"b\xef\xbf\xbd");
	assert_string_equal(cJSON_GetObjectItem(first, "sent")->valuestring, "queued");
	assert_string_equal(cJSON_GetObjectItem(second, "sent")->valuestring, "sent");
	assert_string_equal(cJSON_GetObjectItem(second, "service")->valuestring, "port0");
	assert_int_equal(cJSON_GetObjectItem(second, "count")->valueint, 3);
	cJSON_Delete(alerts);
}

static void a_test_mail_ends_with_its_dialogue_or_the_reason(void **state)
{
	struct alert_mail *mail = &webd_alerts.mails[ALERT_MAIL_TEST];
	static const char said[] = "S: 220 mail\nC: EHLO us\n";

	(void)state;
	webd_log_in();
	memcpy(mail->dialogue, said, sizeof(said) - 1);
	mail->dialogue_bytes = sizeof(said) - 1;
	webd_asked.alert_answer = OK;
	webd_asked.alert_outcome = ALERT_SENT;
	assert_int_equal(ask("POST", "/api/v1/alerts/test", "{}"), 200);
	assert_string_equal(webd_body(), "{\"ok\":true,\"reason\":null,\"dialogue\":"
					 "[\"S: 220 mail\",\"C: EHLO us\"]}");
	webd_asked.alert_outcome = ALERT_REFUSED;
	strcpy(mail->why, "no such user");
	mail->dialogue_bytes = ALERT_DIALOGUE_BYTES + 1; /* nonsense is left out */
	assert_int_equal(ask("POST", "/api/v1/alerts/test", "{}"), 200);
	assert_string_equal(webd_body(),
			    "{\"ok\":false,\"reason\":\"no such user\",\"dialogue\":[]}");
}

static void a_test_mail_that_cannot_be_or_does_not_end_is_a_problem(void **state)
{
	(void)state;
	webd_log_in();
	webd_asked.alert_answer = E_STATE;
	assert_int_equal(ask("POST", "/api/v1/alerts/test", "{}"), 409);
	webd_asked.alert_answer = E_EXISTS;
	assert_int_equal(ask("POST", "/api/v1/alerts/test", "{}"), 409);
	webd_asked.alert_answer = E_AGAIN; /* is asked again for a while */
	webd_asked.alert_tests = 0;
	assert_int_equal(ask("POST", "/api/v1/alerts/test", "{}"), 503);
	assert_true(webd_asked.alert_tests > 10);
	webd_asked.alert_answer = OK;
	webd_asked.alert_outcome = ALERT_BUSY; /* for ever */
	assert_int_equal(ask("POST", "/api/v1/alerts/test", "{}"), 503);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, world_new)
	const struct CMUnitTest tests[] = {
		TEST(first_visit_sets_the_password_once),
		TEST(nothing_is_told_without_a_session),
		TEST(a_session_shows_the_system),
		TEST(a_change_needs_the_token),
		TEST(another_site_changes_nothing),
		TEST(only_who_is_logged_in_may_send_much),
		TEST(an_ended_session_cannot_be_used_again),
		TEST(what_is_no_number_is_refused),
		TEST(a_comment_that_is_too_long_is_refused),
		TEST(a_session_ends_when_nobody_uses_it),
		TEST(wrong_passwords_cost_time),
		TEST(a_new_password_ends_the_other_sessions),
		TEST(a_new_password_needs_the_old_one),
		TEST(wrong_types_are_refused),
		TEST(there_is_no_way_up),
		TEST(the_page_is_sent_as_it_is_and_once),
		TEST(what_the_page_is_made_of_is_sent_compressed),
		TEST(the_authority_is_shown_to_everybody),
		TEST(metrics_take_a_token),
		TEST(alerts_are_shown_latest_first_with_what_became_of_them),
		TEST(a_test_mail_ends_with_its_dialogue_or_the_reason),
		TEST(a_test_mail_that_cannot_be_or_does_not_end_is_a_problem),
		TEST(a_configuration_is_tried_committed_and_confirmed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
