/* One mail to servers that are good, old, strict, rude, broken and hostile. */
#include "appliance/alertd/base64.h"
#include "appliance/alertd/smtp.h"
#include "tests/unit/unit.h"

#include <stdio.h>
#include <string.h>

static struct alertconf conf;
static struct smtp smtp;
static char dialogue[16384];
static size_t dialogue_bytes;
static char sent[65536];
static size_t sent_bytes;

static void tell(char who, const char *line, size_t bytes)
{
	dialogue_bytes +=
		(size_t)snprintf(dialogue + dialogue_bytes, sizeof(dialogue) - dialogue_bytes,
				 "%c: %.*s\n", who, (int)bytes, line);
}

static int world_setup(void **state)
{
	(void)state;
	conf = (struct alertconf){ .security = SMTP_PLAIN,
				   .from = "router@example.net",
				   .to_count = 1,
				   .to = { "owner@example.net", "other@example.net" } };
	dialogue_bytes = sent_bytes = 0;
	return 0;
}

static void begin(const char *text, bool secure)
{
	const struct smtp_mail mail = {
		.conf = &conf, .hostname = "gate", .text = text, .text_bytes = strlen(text)
	};

	smtp_begin(&smtp, &mail, secure, tell);
}

/* Takes what is to be sent, in pieces; returns it. */
static const char *drain(void)
{
	size_t from = sent_bytes, count;
	const char *bytes;

	for (unsigned i = 1; smtp.step == SMTP_SEND; i++) {
		bytes = smtp_output(&smtp, &count);
		assert_int_not_equal(count, 0);
		if (count > i % 7 + 1)
			count = i % 7 + 1;
		assert_true(sent_bytes + count < sizeof(sent));
		memcpy(sent + sent_bytes, bytes, count);
		sent_bytes += count;
		(void)smtp_sent(&smtp, count);
	}
	sent[sent_bytes] = 0;
	return sent + from;
}

/* The server says that, byte by byte, and we answer this. */
static void talk(const char *said, const char *answered)
{
	for (; *said != 0; said++)
		(void)smtp_input(&smtp, said, 1);
	assert_string_equal(drain(), answered);
}

static void ends(enum smtp_step step, const char *why)
{
	assert_int_equal(smtp.step, step);
	if (why != NULL)
		assert_string_equal(smtp.why, why);
}

static void deliver(void)
{
	talk("250 ok\r\n", "RCPT TO:<owner@example.net>\r\n");
	talk("250 ok\r\n", "DATA\r\n");
}

static void a_mail_is_delivered(void **state)
{
	(void)state;
	begin("Subject: x\r\n\r\nhello\r\n", false);
	talk("220 mx ready\r\n", "EHLO gate\r\n");
	talk("250-mx\r\n250-PIPELINING\r\n250 SIZE\r\n", "MAIL FROM:<router@example.net>\r\n");
	deliver();
	talk("354 go on\r\n", "Subject: x\r\n\r\nhello\r\n.\r\n");
	talk("250 queued\r\n", "QUIT\r\n");
	assert_true(smtp_is_taken(&smtp));
	talk("221 bye\r\n", "");
	ends(SMTP_SENT, NULL);
	assert_string_equal(dialogue,
			    "S: 220 mx ready\nC: EHLO gate\nS: 250-mx\nS: 250-PIPELINING\n"
			    "S: 250 SIZE\nC: MAIL FROM:<router@example.net>\nS: 250 ok\n"
			    "C: RCPT TO:<owner@example.net>\nS: 250 ok\nC: DATA\n"
			    "S: 354 go on\nC: (the mail)\nS: 250 queued\nC: QUIT\nS: 221 bye\n");
}

static void dots_are_doubled_where_lines_begin(void **state)
{
	(void)state;
	begin(".a\r\n..\r\nb.c\r\n.\r\n", false);
	talk("220 \r\n", "EHLO gate\r\n");
	talk("250 x\r\n", "MAIL FROM:<router@example.net>\r\n");
	deliver();
	talk("354 x\r\n", "..a\r\n...\r\nb.c\r\n..\r\n.\r\n");
}

static void long_mails_go_in_pieces(void **state)
{
	static char text[9001], wanted[20000];
	size_t used = 0;

	(void)state;
	for (size_t i = 0; i < 9000; i += 3) {
		memcpy(text + i, i % 2 ? ".\r\n" : "x\r\n", 3);
		used += (size_t)sprintf(wanted + used, i % 2 ? "..\r\n" : "x\r\n");
	}
	strcpy(wanted + used, ".\r\n");
	begin(text, false);
	talk("220 \r\n", "EHLO gate\r\n");
	talk("250 x\r\n", "MAIL FROM:<router@example.net>\r\n");
	deliver();
	talk("354 x\r\n", wanted);
	talk("250 x\r\n", "QUIT\r\n");
	assert_int_equal(smtp_ended(&smtp), SMTP_SENT); /* it does not wait for our good-bye */
}

static void a_text_of_any_length_ends_in_one_dot(void **state)
{
	static char text[2100];

	(void)state;
	for (size_t length = 1000; length < 2090; length++) {
		memset(text, 'x', length);
		memcpy(text + length - 2, "\r\n", 3);
		sent_bytes = dialogue_bytes = 0;
		begin(text, false);
		talk("220 \r\n", "EHLO gate\r\n");
		talk("250 x\r\n", "MAIL FROM:<router@example.net>\r\n");
		deliver();
		(void)smtp_input(&smtp, "354 x\r\n", 7);
		const char *got = drain();
		assert_memory_equal(got, text, length);
		assert_string_equal(got + length, ".\r\n");
		ends(SMTP_WAIT, NULL);
	}
}

static void starttls_comes_before_anything_that_matters(void **state)
{
	(void)state;
	conf.security = SMTP_STARTTLS;
	strcpy(conf.user, "me");
	strcpy(conf.password, "secret");
	begin("x\r\n", false);
	talk("220 \r\n", "EHLO gate\r\n");
	talk("250-x\r\n250-AUTH LOGIN\r\n250 starttls\r\n", "STARTTLS\r\n");
	(void)smtp_input(&smtp, "220 go\r\n", 8);
	ends(SMTP_START_TLS, NULL);
	smtp_tls_ready(&smtp);
	assert_string_equal(drain(), "EHLO gate\r\n");
	/* What was offered in the clear does not count any more. */
	talk("250-x\r\n250 AUTH CRAM-MD5 PLAIN\r\n", "AUTH PLAIN AG1lAHNlY3JldA==\r\n");
	talk("235 fine\r\n", "MAIL FROM:<router@example.net>\r\n");
	assert_null(strstr(dialogue, "AG1l"));
	assert_non_null(strstr(dialogue, "C: AUTH PLAIN ***\n"));
}

static void a_server_without_starttls_gets_nothing(void **state)
{
	(void)state;
	conf.security = SMTP_STARTTLS;
	begin("x\r\n", false);
	talk("220 \r\n", "EHLO gate\r\n");
	talk("250-x\r\n250 XSTARTTLS\r\n", "");
	ends(SMTP_REFUSED, "the server does not offer STARTTLS");
	begin("x\r\n", false);
	talk("220 \r\n", "EHLO gate\r\n");
	talk("502 what\r\n", "");
	ends(SMTP_REFUSED, NULL);
}

static void words_smuggled_in_before_tls_end_it(void **state)
{
	(void)state;
	conf.security = SMTP_STARTTLS;
	begin("x\r\n", false);
	talk("220 \r\n", "EHLO gate\r\n");
	talk("250 STARTTLS\r\n", ""); /* the first line is the server's name */
	ends(SMTP_REFUSED, NULL);
	begin("x\r\n", false);
	talk("220 \r\n", "EHLO gate\r\n");
	talk("250-x\r\n250 STARTTLS\r\n", "STARTTLS\r\n");
	(void)smtp_input(&smtp, "220 go\r\n250 x\r\n", 15);
	ends(SMTP_LATER, "the server speaks out of turn");
}

static void passwords_do_not_leave_in_the_clear(void **state)
{
	(void)state;
	strcpy(conf.user, "me");
	strcpy(conf.password, "secret");
	begin("x\r\n", false);
	talk("220 \r\n", "EHLO gate\r\n");
	talk("250-x\r\n250 AUTH PLAIN LOGIN\r\n", "");
	ends(SMTP_REFUSED, "a password is sent by TLS only");
}

static void auth_login_is_known_too(void **state)
{
	(void)state;
	conf.security = SMTP_TLS;
	strcpy(conf.user, "me@example.net");
	strcpy(conf.password, "p");
	begin("x\r\n", true);
	talk("220 \r\n", "EHLO gate\r\n");
	talk("250-x\r\n250 AUTH=LOGIN\r\n", "AUTH LOGIN\r\n");
	talk("334 VXNlcm5hbWU6\r\n", "bWVAZXhhbXBsZS5uZXQ=\r\n");
	talk("334 UGFzc3dvcmQ6\r\n", "cA==\r\n");
	talk("535 5.7.8 no\r\n", "");
	ends(SMTP_REFUSED, "the server does not accept user and password");
	assert_null(strstr(dialogue, "cA=="));
	assert_null(strstr(dialogue, "bWVA"));
}

static void an_old_server_is_greeted_with_helo(void **state)
{
	(void)state;
	begin("x\r\n", false);
	talk("220 \r\n", "EHLO gate\r\n");
	talk("500 what\r\n", "HELO gate\r\n");
	talk("250 x\r\n", "MAIL FROM:<router@example.net>\r\n");
}

static void one_recipient_of_two_is_enough(void **state)
{
	(void)state;
	conf.to_count = 2;
	begin("x\r\n", false);
	talk("220 \r\n", "EHLO gate\r\n");
	talk("250 x\r\n", "MAIL FROM:<router@example.net>\r\n");
	talk("250 ok\r\n", "RCPT TO:<owner@example.net>\r\n");
	talk("550 nobody\r\n", "RCPT TO:<other@example.net>\r\n");
	talk("250 ok\r\n", "DATA\r\n");
	begin("x\r\n", false);
	talk("220 \r\n", "EHLO gate\r\n");
	talk("250 x\r\n", "MAIL FROM:<router@example.net>\r\n");
	talk("250 ok\r\n", "RCPT TO:<owner@example.net>\r\n");
	talk("550 nobody\r\n", "RCPT TO:<other@example.net>\r\n");
	talk("550 nobody\r\n", "");
	ends(SMTP_REFUSED, "the server takes mail for none of the recipients");
}

static void what_may_work_later_is_told_from_what_will_not(void **state)
{
	(void)state;
	begin("x\r\n", false);
	talk("421 busy\r\n", "");
	ends(SMTP_LATER, NULL);
	begin("x\r\n", false);
	talk("554 go away\r\n", "");
	ends(SMTP_REFUSED, NULL);
	begin("x\r\n", false);
	talk("220 \r\n", "EHLO gate\r\n");
	talk("250 x\r\n", "MAIL FROM:<router@example.net>\r\n");
	talk("250 x\r\n", "RCPT TO:<owner@example.net>\r\n");
	talk("451 greylisted\r\n", "");
	ends(SMTP_LATER, NULL);
	begin("x\r\n", false);
	talk("220 \r\n", "EHLO gate\r\n");
	assert_int_equal(smtp_ended(&smtp), SMTP_LATER);
}

static void what_is_no_mail_server_is_noticed(void **state)
{
	static char longer[SMTP_LINE_BYTES + 10];

	(void)state;
	begin("x\r\n", false);
	talk("SSH-2.0-OpenSSH\r\n", "");
	ends(SMTP_LATER, "what answers is no mail server");
	begin("x\r\n", false);
	talk("22\r\n", "");
	ends(SMTP_LATER, "what answers is no mail server");
	begin("x\r\n", false);
	talk("220-a\r\n250 b\r\n", "");
	ends(SMTP_LATER, "the server's reply makes no sense");
	begin("x\r\n", false);
	for (unsigned i = 0; i < SMTP_REPLY_LINES; i++)
		talk("220-more\r\n", "");
	talk("220-more\r\n", "");
	ends(SMTP_LATER, "the server's reply makes no sense");
	memset(longer, '2', sizeof(longer) - 1);
	begin("x\r\n", false);
	talk(longer, "");
	ends(SMTP_LATER, "the server's line is too long");
}

static void settings_of_any_length_stay_in_their_bounds(void **state)
{
	(void)state;
	conf.security = SMTP_TLS;
	memset(conf.user, 'u', sizeof(conf.user) - 1);
	memset(conf.password, 'p', sizeof(conf.password) - 1);
	begin("x\r\n", true);
	talk("220 \r\n", "EHLO gate\r\n");
	(void)smtp_input(&smtp, "250-x\r\n250 AUTH PLAIN\r\n", 23);
	assert_int_equal(strlen(drain()), strlen("AUTH PLAIN \r\n") + (96 + 128 + 2) / 3 * 4);
}

static void base64_is_that_of_rfc_4648(void **state)
{
	static const char *const pairs[][2] = {
		{ "", "" },        { "f", "Zg==" },        { "fo", "Zm8=" },
		{ "foo", "Zm9v" }, { "foob", "Zm9vYg==" }, { "foobar", "Zm9vYmFy" }
	};
	char out[16];

	(void)state;
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		base64_encode(pairs[i][0], strlen(pairs[i][0]), out, sizeof(out));
		assert_string_equal(out, pairs[i][1]);
	}
	base64_encode("foobar", 6, out, 8);
	assert_string_equal(out, "Zm9v");
}

#define TEST(function) cmocka_unit_test_setup(function, world_setup)

/* Should the configuration ever let it through: it is no command of its own. */
static void a_setting_ends_no_line(void **state)
{
	(void)state;
	snprintf(conf.from, sizeof(conf.from), "a@b>\r\nRCPT TO:<me@c");
	begin("x\r\n", false);
	talk("220 x\r\n", "EHLO gate\r\n");
	talk("250 x\r\n", "");
	ends(SMTP_REFUSED, "a setting has characters that no mail address has");
	assert_null(strstr(sent, "RCPT"));
}

static void who_is_refused_for_now_only_is_tried_again(void **state)
{
	(void)state;
	conf.to_count = 2;
	begin("x\r\n", false);
	talk("220 x\r\n", "EHLO gate\r\n");
	talk("250 x\r\n", "MAIL FROM:<router@example.net>\r\n");
	talk("250 ok\r\n", "RCPT TO:<owner@example.net>\r\n");
	talk("451 greylisted\r\n", "RCPT TO:<other@example.net>\r\n");
	talk("550 unknown\r\n", "");
	ends(SMTP_LATER, "the server does not take mail for the recipients now");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(a_mail_is_delivered),
		TEST(dots_are_doubled_where_lines_begin),
		TEST(long_mails_go_in_pieces),
		TEST(a_text_of_any_length_ends_in_one_dot),
		TEST(starttls_comes_before_anything_that_matters),
		TEST(a_server_without_starttls_gets_nothing),
		TEST(words_smuggled_in_before_tls_end_it),
		TEST(passwords_do_not_leave_in_the_clear),
		TEST(auth_login_is_known_too),
		TEST(an_old_server_is_greeted_with_helo),
		TEST(one_recipient_of_two_is_enough),
		TEST(what_may_work_later_is_told_from_what_will_not),
		TEST(what_is_no_mail_server_is_noticed),
		TEST(settings_of_any_length_stay_in_their_bounds),
		TEST(base64_is_that_of_rfc_4648),
		TEST(a_setting_ends_no_line),
		TEST(who_is_refused_for_now_only_is_tried_again),
	};

	return cmocka_run_group_tests_name("alertd_smtp", tests, NULL, NULL);
}
