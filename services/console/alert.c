/* alert test, alert show: asks alertd (services/proto/alert.h). Not pure: it calls alertd. */
#include "services/proto/alert.h"

#include "services/console/command.h"
#include "services/runtime/kernel.h"
#include "services/runtime/service.h"

#include <string.h>

/* Under the heartbeat's period, so that an alertd that hangs does not take us with it. */
#define ALERT_TIMEOUT_US 20000u
#define TRIES_MAX        50u /* a mail's cryptography answers in between, with E_AGAIN */

static enum status ask(enum alert_op op, const void *request, size_t bytes, struct message *message)
{
	endpoint_t alertd = { .slot = service_slot("alertd"), .generation = ANY_GENERATION };

	*message = (struct message){ .op = op };
	if (bytes != 0)
		memcpy(message->payload.bytes, request, bytes);
	return service_call(&alertd, message, ALERT_TIMEOUT_US);
}

bool alert_test(struct job *job, struct text *out)
{
	struct message message;
	enum status status = ask(ALERT_TEST, NULL, 0, &message);

	if (status == E_STATE)
		return job_fail(job, out, "mail is not configured");
	if (status == E_AGAIN && job->step < TRIES_MAX)
		return true;
	if (status == E_AGAIN)
		return job_fail(job, out, "a test or another mail is under way: see alert show");
	if (status != OK)
		return job_fail(job, out, "alertd: %s", status_text(status));
	text_string(out, "requested; alert show tells what became of it\r\n");
	return false;
}

static const char *outcome_text(uint32_t outcome)
{
	switch (outcome) {
#define X(name, number, text)                                                                      \
	case number: return text;
		ALERT_OUTCOME_TABLE(X)
#undef X
	}
	return "unknown";
}

/* Puts it into the snapshot; returns its length. */
static size_t dialogue_get(struct job *job)
{
	struct alert_request request = { .length_bytes = ALERT_DIALOGUE_BYTES };
	struct message message;
	uint32_t bytes = 0;

	if (grant_create(service_slot("alertd"), job->snapshot, ALERT_DIALOGUE_BYTES, GRANT_WRITE,
			 &request.grant) != OK)
		return 0;
	if (ask(ALERT_DIALOGUE, &request, sizeof(request), &message) == OK)
		memcpy(&bytes, message.payload.bytes, sizeof(bytes));
	grant_revoke(request.grant);
	return bytes <= ALERT_DIALOGUE_BYTES ? bytes : 0;
}

static bool alert_show_status(struct job *job, struct text *out)
{
	struct alert_status status;
	struct message message;
	enum status answer = ask(ALERT_STATUS, NULL, 0, &message);

	if (answer == E_AGAIN && job->step < TRIES_MAX)
		return true;
	if (answer != OK)
		return job_fail(job, out, "alertd: %s", status_text(answer));
	memcpy(&status, message.payload.bytes, sizeof(status));
	text_printf(out, "last mail%s: %s\r\n", status.test ? " (a test)" : "",
		    outcome_text(status.outcome));
	text_printf(out, "%u alerts wait, %u were lost; %u mails sent, %u attempts failed\r\n",
		    (unsigned)status.queued, (unsigned)status.dropped, (unsigned)status.mails_sent,
		    (unsigned)status.mails_failed);
	job->position = dialogue_get(job);
	return job->position != 0;
}

/* A line of the dialogue a step; `position` is what is left of it. */
bool alert_show(struct job *job, struct text *out)
{
	if (job->position == 0)
		return alert_show_status(job, out);
	char *dialogue = job->snapshot;
	size_t left = job->position;
	char *end = memchr(dialogue, '\n', left);
	size_t line = end != NULL ? (size_t)(end - dialogue) : left;

	text_string(out, "  ");
	text_foreign(out, dialogue, line);
	text_string(out, "\r\n");
	left -= line < left ? line + 1 : line;
	memmove(dialogue, dialogue + line + 1, left);
	job->position = left;
	return left != 0;
}
