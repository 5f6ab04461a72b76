/* webd's parts: the JSON writer, requests in pieces, sessions, the password's hash, kept state. */
#include "appliance/webd/password.h"
#include "appliance/webd/state.h"
#include "tests/unit/unit.h"
#include "tests/unit/webd_world.h"

#include <mbedtls/pkcs5.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void json_escapes_what_is_foreign(void **state)
{
	char text[200];
	struct json json;

	(void)state;
	json_init(&json, text, sizeof(text));
	json_object(&json, NULL);
	json_string(&json, "a\"b", "\\ \" \n \x01 \xff \xc0\xaf \xed\xa0\x80 \xc3\xa4");
	json_text(&json, "cut", "abcdef", 3);
	json_array(&json, "list");
	json_number(&json, NULL, UINT64_MAX);
	json_integer(&json, NULL, -5);
	json_thousandths(&json, NULL, 1005);
	json_boolean(&json, NULL, true);
	json_string(&json, NULL, NULL);
	json_array_end(&json);
	json_ipv4(&json, "ip", 0xc0a80101);
	json_object_end(&json);
	assert_true(json_done(&json));
	assert_string_equal(
		text, "{\"a\\\"b\":\"\\\\ \\\" \\n \\u0001 \xef\xbf\xbd \xef\xbf\xbd\xef\xbf\xbd "
		      "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd \xc3\xa4\",\"cut\":\"abc\","
		      "\"list\":[18446744073709551615,-5,1.005,true,null],"
		      "\"ip\":\"192.168.1.1\"}");
}

static void json_says_when_there_is_no_room(void **state)
{
	struct json json;

	(void)state;
	for (size_t room = 0; room < 16; room++) {
		char *text = malloc(room + 1); /* the sanitizer sees what is beyond */
		json_init(&json, text, room);
		json_array(&json, NULL);
		json_string(&json, NULL, "0123456789");
		json_array_end(&json);
		assert_int_equal(json_done(&json), room >= 15);
		free(text);
	}
}

/* --- Requests -------------------------------------------------------------------------- */

static struct request request;

static enum request_state feed_all(const char *text, size_t count, size_t piece)
{
	request_init(&request);
	for (size_t at = 0; at < count && request.state < REQUEST_COMPLETE;) {
		size_t bytes = count - at < piece ? count - at : piece;
		at += request_feed(&request, text + at, bytes);
		if (request.state == REQUEST_HEAD)
			(void)request_body_allow(&request);
	}
	return request.state;
}

static void a_request_may_come_in_any_pieces(void **state)
{
	static const char text[] =
		"PUT /a%20b/c?x=1&name=a%2fb HTTP/1.1\r\nHost: here\r\ncookie: z=1; "
		"__Host-session=abc; y=2\r\nX-Csrf-Token: t\r\nContent-Length: 5\r\n\r\nhello";
	char value[16];

	(void)state;
	for (size_t piece = 1; piece < sizeof(text); piece++) {
		assert_int_equal(feed_all(text, sizeof(text) - 1, piece), REQUEST_COMPLETE);
		assert_string_equal(request.target, "/a b/c");
		assert_int_equal(request_query_get(&request, "name", value, sizeof(value)),
				 REQUEST_VALUE);
		assert_string_equal(value, "a/b");
		assert_true(request_cookie_get(&request, "__Host-session", value, sizeof(value)));
		assert_string_equal(value, "abc");
		assert_false(request_cookie_get(&request, "session", value, sizeof(value)));
		assert_string_equal(request.csrf, "t");
		assert_int_equal(request.body_bytes, 5);
		assert_memory_equal(request.body, "hello", 5);
		request_fini(&request);
	}
}

static unsigned refused(const char *text)
{
	assert_int_equal(feed_all(text, strlen(text), 1000), REQUEST_REFUSED);
	request_fini(&request);
	return request.refused_status;
}

static void each_limit_has_its_status(void **state)
{
	static char text[20000];

	(void)state;
	memset(text, 'a', sizeof(text) - 1);
	memcpy(text, "GET /", 5);
	assert_int_equal(refused(text), 414);
	snprintf(text, sizeof(text), "GET / HTTP/1.1\r\nX: %08999d\r\n\r\n", 1);
	assert_int_equal(refused(text), 431);
	snprintf(text, sizeof(text), "GET / HTTP/1.1\r\nX-CSRF-Token: %0200d\r\n\r\n", 1);
	assert_int_equal(refused(text), 431);
	assert_int_equal(refused("PUT / HTTP/1.1\r\nContent-Length: 65537\r\n\r\n"), 413);
	assert_int_equal(refused("PUT / HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n"),
			 400);
	assert_int_equal(refused("PUT / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
			 501);
	assert_int_equal(refused("CONNECT evil.example:80 HTTP/1.1\r\n\r\n"), 400);
	assert_int_equal(refused("GET / HTTP/1.1\r\n\r\n"), 400);
	assert_int_equal(refused("GET / HTTP/1.1\r\nHost:\r\n\r\n"), 400);
	assert_int_equal(refused("GET / HTTP/1.1\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"),
			 501);
	assert_int_equal(refused("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"), 400);
	assert_int_equal(refused("\x16\x03\x01\x02\r\n\r\n"), 400);
}

/* --- Sessions ----------------------------------------------------------------------------- */

static struct sessions sessions;

static struct session *begin(uint8_t seed, uint64_t now_us, char id[SESSION_ID_DIGITS + 1])
{
	uint8_t random[SESSION_RANDOM_BYTES];

	memset(random, seed, sizeof(random));
	return session_begin(&sessions, random, now_us, id);
}

static void one_session_more_ends_the_most_idle(void **state)
{
	char ids[SESSIONS_MAX + 1][SESSION_ID_DIGITS + 1];

	(void)state;
	memset(&sessions, 0, sizeof(sessions));
	for (uint8_t i = 0; i < SESSIONS_MAX; i++)
		begin((uint8_t)(i + 1), 1000u + i, ids[i]);
	session_find(&sessions, ids[0], 2000)->used_us = 2000;
	begin(99, 3000, ids[SESSIONS_MAX]);
	assert_non_null(session_find(&sessions, ids[0], 3000));
	assert_null(session_find(&sessions, ids[1], 3000));
	assert_non_null(session_find(&sessions, ids[SESSIONS_MAX], 3000));
	assert_null(session_find(&sessions, "", 3000));
}

static void a_session_has_an_end_whatever_it_does(void **state)
{
	char id[SESSION_ID_DIGITS + 1];
	uint64_t now_us = 1;

	(void)state;
	memset(&sessions, 0, sizeof(sessions));
	begin(7, now_us, id);
	for (; now_us < SESSION_LIFE_MAX_S * 1000000ull; now_us += 60000000) {
		struct session *session = session_find(&sessions, id, now_us);
		assert_non_null(session);
		session->used_us = now_us;
	}
	assert_null(session_find(&sessions, id, SESSION_LIFE_MAX_S * 1000000ull + 2));
}

static void each_address_waits_for_itself(void **state)
{
	uint64_t now_us = 1000000;
	uint32_t last_s = 0;

	(void)state;
	memset(&sessions, 0, sizeof(sessions));
	for (unsigned i = 0; i < 20; i++) {
		session_failed(&sessions, 1, now_us);
		uint32_t delay_s = session_delay_s(&sessions, 1, now_us);
		assert_true(delay_s >= last_s && delay_s <= SESSION_DELAY_MAX_S);
		last_s = delay_s;
	}
	assert_int_equal(last_s, SESSION_DELAY_MAX_S);
	assert_int_equal(session_delay_s(&sessions, 2, now_us), 0);
	session_succeeded(&sessions, 1);
	assert_int_equal(session_delay_s(&sessions, 1, now_us), 0);
	for (uint32_t address = 10; address < 10 + 2 * SESSION_PEERS_MAX; address++)
		session_failed(&sessions, address, now_us++);
	assert_int_equal(session_failed(&sessions, 10 + 2 * SESSION_PEERS_MAX - 1, now_us), 2);
	assert_int_equal(session_failed(&sessions, 10, now_us), 1); /* long forgotten */
}

/* --- The password, what is kept ----------------------------------------------------------------
 */

static void the_hash_is_pbkdf2(void **state)
{
	static const char *const passwords[] = { "correct horse battery", "x" };
	uint8_t salt[PASSWORD_SALT_BYTES] = "0123456789abcde", expected[PASSWORD_HASH_BYTES];
	char longest[PASSWORD_LENGTH_MAX + 1];
	struct password_job job;

	(void)state;
	memset(longest, 'p', sizeof(longest) - 1);
	longest[PASSWORD_LENGTH_MAX] = '\0';
	for (int i = 0; i < 3; i++) {
		const char *password = i < 2 ? passwords[i] : longest;
		assert_int_equal(mbedtls_pkcs5_pbkdf2_hmac_ext(MBEDTLS_MD_SHA512,
							       (const uint8_t *)password,
							       strlen(password), salt, sizeof(salt),
							       777, sizeof(expected), expected),
				 0);
		password_begin(&job, password, salt, 777);
		unsigned slices = 1;
		while (!password_work(&job))
			slices++;
		assert_int_equal(slices, 8);
		assert_memory_equal(job.sum, expected, sizeof(expected));
	}
}

static void kept_state_is_the_later_sound_copy(void **state)
{
	static struct state_region region;
	static struct state now, found;

	(void)state;
	assert_false(state_load(&region, &found));
	for (uint32_t i = 1; i <= 3; i++) {
		now.sessions.idle_s = i;
		state_save(&region, &now);
		assert_true(state_load(&region, &found));
		assert_int_equal(found.sessions.idle_s, i);
	}
	/* Death in the middle of the fourth: the third is still there. */
	memset(&region.copies[(now.sequence + 1) % 2], 0x55, sizeof(struct state) / 2);
	assert_true(state_load(&region, &found));
	assert_int_equal(found.sessions.idle_s, 3);
	memset(&region, 0x55, sizeof(region));
	assert_false(state_load(&region, &found));
	assert_int_equal(found.has_account, 0);
}

static void forgotten_state_does_not_come_back(void **state)
{
	static struct state_region region;
	static struct state now, anew, found;

	(void)state;
	memset(&region, 0, sizeof(region));
	memset(&now, 0, sizeof(now));
	memset(&anew, 0, sizeof(anew));
	for (uint32_t i = 1; i <= 7; i++) {
		now.sessions.idle_s = i;
		state_save(&region, &now);
	}
	state_forget(&region);
	assert_false(state_load(&region, &found));
	anew.sessions.idle_s = 100;
	state_save(&region, &anew);
	assert_true(state_load(&region, &found));
	assert_int_equal(found.sessions.idle_s, 100);
}

/* Every 11th: the checksum is over all. */
static void a_flipped_bit_in_kept_state_brings_the_copy_before_back(void **state)
{
	static struct state_region region, whole;
	static struct state now, found;

	(void)state;
	memset(&region, 0, sizeof(region));
	memset(&now, 0, sizeof(now));
	for (uint32_t i = 1; i <= 2; i++) {
		now.sessions.idle_s = i;
		state_save(&region, &now);
	}
	whole = region;
	for (size_t bit = 0; bit < 8 * sizeof(struct state); bit += 11) {
		region = whole;
		((uint8_t *)&region.copies[now.sequence % 2])[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_true(state_load(&region, &found));
		assert_int_equal(found.sessions.idle_s, 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(json_escapes_what_is_foreign),
		cmocka_unit_test(json_says_when_there_is_no_room),
		cmocka_unit_test(a_request_may_come_in_any_pieces),
		cmocka_unit_test(each_limit_has_its_status),
		cmocka_unit_test(one_session_more_ends_the_most_idle),
		cmocka_unit_test(a_session_has_an_end_whatever_it_does),
		cmocka_unit_test(each_address_waits_for_itself),
		cmocka_unit_test(the_hash_is_pbkdf2),
		cmocka_unit_test(kept_state_is_the_later_sound_copy),
		cmocka_unit_test(forgotten_state_does_not_come_back),
		cmocka_unit_test(a_flipped_bit_in_kept_state_brings_the_copy_before_back),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
