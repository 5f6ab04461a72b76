/*
 * POST /alerts/test: asks alertd for a mail and answers when that is over. alertd
 * may be busy, or die over it: it is asked again, with the same ticket, and
 * waited for until a limit.
 */
#include "appliance/webd/api.h"

#include <stdio.h>
#include <string.h>

#define ASK_LIMIT_US  10000000u /* alertd may be at work on another mail's keys */
#define TEST_LIMIT_US 75000000u /* more than alertd takes */
#define LOOK_US       100000u

static struct {
	uint64_t ticket; /* 0: none is under way */
	uint64_t begun_us;
	bool taken; /* by alertd */
	enum status status;
} test;

static const struct alert_mail *mail_of(void)
{
	return &world.alerts->mails[ALERT_MAIL_TEST];
}

static bool is_over(void)
{
	return __atomic_load_n(&mail_of()->ticket, __ATOMIC_ACQUIRE) == test.ticket &&
	       __atomic_load_n(&mail_of()->outcome, __ATOMIC_ACQUIRE) != ALERT_BUSY;
}

/* alertd may do better another time. */
static bool is_passing(enum status status)
{
	return status == E_AGAIN || status == E_TIMEOUT || status == E_DEAD;
}

/* Is there nothing more to wait for? */
static bool is_decided(void)
{
	uint64_t limit_us = test.taken ? TEST_LIMIT_US : ASK_LIMIT_US;

	if (!test.taken) {
		test.status = act_alert_test(test.ticket);
		test.taken = test.status == OK;
		if (!test.taken && !is_passing(test.status))
			return true;
	}
	return (test.taken && is_over()) || world.now_us - test.begun_us >= limit_us;
}

/* A line an element, as far as it has come. */
static void dialogue_write(struct json *json, const struct alert_mail *mail)
{
	static char text[ALERT_DIALOGUE_BYTES];
	uint32_t bytes = __atomic_load_n(&mail->dialogue_bytes, __ATOMIC_ACQUIRE);

	if (bytes > sizeof(text))
		bytes = 0;
	memcpy(text, mail->dialogue, bytes);
	json_array(json, "dialogue");
	for (const char *line = text, *end; line < text + bytes; line = end + 1) {
		size_t left = (size_t)(text + bytes - line);
		end = memchr(line, '\n', left);
		if (end == NULL)
			end = line + left;
		json_text(json, NULL, line, (size_t)(end - line));
	}
	json_array_end(json);
}

static void outcome_answer(struct exchange *exchange)
{
	struct json *json = response_json(exchange->response, 200);
	const struct alert_mail *mail = mail_of();
	bool sent = mail->outcome == ALERT_SENT;
	char why[ALERT_WHY_BYTES + 1] = "";

	memcpy(why, mail->why, sizeof(mail->why));
	json_object(json, NULL);
	json_boolean(json, "ok", sent);
	json_string(json, "reason", sent ? NULL : why);
	dialogue_write(json, mail);
	json_object_end(json);
	(void)api_done(exchange);
}

static uint64_t work(struct exchange *exchange)
{
	if (!is_decided())
		return world.now_us + LOOK_US;
	if (test.taken && is_over())
		outcome_answer(exchange);
	else if (test.taken)
		(void)api_problem(exchange, 503, "the test mail has not come to an end in time");
	else if (test.status == E_STATE)
		(void)api_problem(exchange, 409,
				  "mail is off: switch it on, commit, and test again");
	else if (test.status == E_EXISTS)
		(void)api_problem(exchange, 409, "another test mail is under way");
	else
		(void)api_problem(exchange, 503, "the service that sends mail does not answer");
	test.ticket = 0;
	return LATER_OVER;
}

static void cancel(void)
{
	test.ticket = 0;
}

enum app_outcome api_alerts_test(struct exchange *exchange)
{
	static const struct later later = { .work = work, .cancel = cancel };

	if (test.ticket != 0)
		return api_problem(exchange, 409, "another test mail is under way");
	test.ticket = world.now_us;
	test.begun_us = world.now_us;
	test.taken = false;
	exchange->later = &later;
	return APP_LATER;
}
