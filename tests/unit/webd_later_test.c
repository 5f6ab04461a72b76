/* Answers that somebody else is waited for: the store with a password, config when it is busy. */
#include "appliance/webd/login.h"
#include "tests/unit/unit.h"
#include "tests/unit/webd_world.h"

#include <stdio.h>
#include <string.h>

#define SETUP_BODY  "{\"password\":\"" WEBD_PASSWORD "\"}"
#define NEXT        "another password"
#define SECOND_US   1000000ull
#define PATIENCE_US (9 * SECOND_US)

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

static void says(const char *text)
{
	if (strstr(webd_body(), text) == NULL)
		fail_msg("%s is not in %s", text, webd_body());
}

/* --- The store ------------------------------------------------------------------------------ */

static void the_first_password_is_answered_when_the_store_has_it(void **state)
{
	(void)state;
	webd_asked.account_kept_looks = 30;
	assert_int_equal(ask("POST", "/api/v1/setup", SETUP_BODY), 200);
	assert_true(webd_asked.account_saved);
	assert_int_equal(webd_asked.account_kept_looks, 0);
	says("\"store\":\"disk\"");
}

static void it_is_said_where_the_password_does_not_outlive_a_restart(void **state)
{
	(void)state;
	webd_asked.account_kept = KEPT_IN_MEMORY;
	assert_int_equal(ask("POST", "/api/v1/setup", SETUP_BODY), 200);
	says("\"store\":\"memory\"");
	webd_session_keep();
	webd_asked.account_kept = KEPT_NOWHERE;
	assert_int_equal(ask("POST", "/api/v1/password",
			     "{\"old\":\"" WEBD_PASSWORD "\",\"new\":\"" NEXT "\"}"),
			 200);
	says("\"store\":\"failed\"");
}

static void a_store_that_never_decides_is_not_waited_for_for_ever(void **state)
{
	(void)state;
	webd_asked.account_kept = KEPT_NOT_YET;
	uint64_t begun_us = world.now_us;
	assert_int_equal(ask("POST", "/api/v1/setup", SETUP_BODY), 200);
	says("\"store\":\"failed\"");
	assert_in_range(world.now_us - begun_us, SECOND_US, PATIENCE_US);
}

static void a_new_password_waits_too_and_ends_sessions_at_once(void **state)
{
	(void)state;
	webd_log_in();
	webd_asked.account_saved = false;
	webd_asked.account_kept_looks = 30;
	assert_int_equal(ask("POST", "/api/v1/password",
			     "{\"old\":\"" WEBD_PASSWORD "\",\"new\":\"" NEXT "\"}"),
			 200);
	assert_true(webd_asked.account_saved);
	assert_int_equal(webd_asked.account_kept_looks, 0);
	assert_int_equal(webd_sessions_count(), 1);
	assert_false(login_is_busy());
}

static void logging_in_waits_for_no_store(void **state)
{
	(void)state;
	webd_log_in();
	webd_forget(true, true);
	webd_asked.account_kept = KEPT_NOT_YET;
	webd_asked.account_kept_looks = 3;
	webd_log_in();
	assert_int_equal(webd_asked.account_kept_looks, 3);
	assert_int_equal(ask("GET", "/api/v1/overview", NULL), 200);
}

/* --- Config --------------------------------------------------------------------------------- */

static void a_config_that_is_away_is_asked_again(void **state)
{
	(void)state;
	webd_log_in();
	webd_config_away = 40;
	assert_int_equal(ask("GET", "/api/v1/config", NULL), 200);
	assert_string_equal(webd_body(), "{\"nat\":true}");
}

static void a_config_that_stays_away_is_given_up(void **state)
{
	(void)state;
	webd_log_in();
	webd_config_away = 1000000;
	uint64_t begun_us = world.now_us;
	assert_int_equal(ask("GET", "/api/v1/config", NULL), 503);
	assert_in_range(world.now_us - begun_us, SECOND_US, PATIENCE_US);
	webd_config_away = 0;
	assert_int_equal(ask("GET", "/api/v1/config", NULL), 200);
}

static void a_commit_of_which_the_answer_came_too_late_is_made_once(void **state)
{
	(void)state;
	webd_log_in();
	assert_int_equal(ask("PUT", "/api/v1/config/candidate", "{\"nat\":false}"), 200);
	webd_config_late = 3;
	assert_int_equal(ask("POST", "/api/v1/config/commit", "{\"comment\":\"late\"}"), 200);
	says("\"serial\":8");
	assert_int_equal(webd_config_commits, 1);
}

/* The same words are another wish: what the first one did is not its answer. */
static void the_next_commit_is_another_one(void **state)
{
	(void)state;
	webd_log_in();
	for (unsigned i = 0; i < 2; i++) {
		world.now_us++;
		assert_int_equal(ask("PUT", "/api/v1/config/candidate", "{\"nat\":false}"), 200);
		assert_int_equal(ask("POST", "/api/v1/config/commit", "{\"comment\":\"\"}"), 200);
	}
	assert_int_equal(webd_config_commits, 2);
	says("\"serial\":9");
}

/* Of several chunks. */
static const char *long_document(void)
{
	static char text[40000];

	memset(text, ' ', sizeof(text) - 1);
	memcpy(text, "{\"nat\":", 7);
	memcpy(text + sizeof(text) - 7, "false}", 6);
	return text;
}

static void a_document_whose_beginning_config_lost_is_sent_again(void **state)
{
	(void)state;
	webd_log_in();
	webd_config_forgets = true;
	webd_config_late = 2;
	assert_int_equal(ask("PUT", "/api/v1/config/candidate", long_document()), 200);
	assert_int_equal(ask("GET", "/api/v1/config/candidate", NULL), 200);
	assert_string_equal(webd_body(), long_document());
}

static void who_waits_for_config_is_not_overtaken(void **state)
{
	struct webd_kept first, second;

	(void)state;
	webd_log_in();
	webd_config_away = 2;
	webd_kept_begin(&first, "/api/v1/config");
	webd_kept_begin(&second, "/api/v1/config/history");
	assert_int_equal(webd_kept_try(&first), APP_LATER);
	world.now_us += 100;
	assert_int_equal(webd_kept_try(&second), APP_LATER);
	assert_int_equal(webd_config_away, 1); /* it was not asked */
	assert_int_equal(webd_kept_try(&first), APP_LATER);
	assert_int_equal(webd_kept_try(&first), APP_ANSWERED);
	assert_int_equal(webd_kept_try(&second), APP_ANSWERED);
}

static void who_is_gone_is_waited_for_no_longer(void **state)
{
	struct webd_kept first, second;

	(void)state;
	webd_log_in();
	webd_config_away = 1;
	webd_kept_begin(&first, "/api/v1/config");
	webd_kept_begin(&second, "/api/v1/config/history");
	assert_int_equal(webd_kept_try(&first), APP_LATER);
	request_fini(&first.request);
	world.now_us += SECOND_US;
	assert_int_equal(webd_kept_try(&second), APP_ANSWERED);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, world_new)
	const struct CMUnitTest tests[] = {
		TEST(the_first_password_is_answered_when_the_store_has_it),
		TEST(it_is_said_where_the_password_does_not_outlive_a_restart),
		TEST(a_store_that_never_decides_is_not_waited_for_for_ever),
		TEST(a_new_password_waits_too_and_ends_sessions_at_once),
		TEST(logging_in_waits_for_no_store),
		TEST(a_config_that_is_away_is_asked_again),
		TEST(a_config_that_stays_away_is_given_up),
		TEST(a_commit_of_which_the_answer_came_too_late_is_made_once),
		TEST(the_next_commit_is_another_one),
		TEST(a_document_whose_beginning_config_lost_is_sent_again),
		TEST(who_waits_for_config_is_not_overtaken),
		TEST(who_is_gone_is_waited_for_no_longer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
