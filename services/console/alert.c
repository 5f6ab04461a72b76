/* alert test, alert show (services/proto/alert.h). Not pure: the first calls alertd. */
#include "services/proto/alert.h"

#include "services/console/command.h"
#include "services/runtime/service.h"
#include "services/runtime/word.h"

#include <string.h>

/* Under the heartbeat's period, so that an alertd that hangs does not take us with it. */
#define ALERT_TIMEOUT_US 20000u
#define TRIES_MAX        50u /* with one ticket; a mail's cryptography answers in between, with E_AGAIN \
			      */

static const char *const outcomes[] = { ALERT_OUTCOME_TABLE(WORD_ROW) };

bool alert_test(struct job *job, struct text *out)
{
	endpoint_t alertd = { .slot = service_slot("alertd"), .generation = ANY_GENERATION };
	struct message message = { .op = ALERT_TEST };

	if (job->position == 0)
		job->position = time_us();
	const struct alert_test test = { .ticket = job->position };
	memcpy(message.payload.bytes, &test, sizeof(test));
	enum status status = service_call(&alertd, &message, ALERT_TIMEOUT_US);
	bool later = status == E_AGAIN || status == E_TIMEOUT || status == E_DEAD;
	if (later && job->step < TRIES_MAX)
		return true;
	if (status == E_STATE)
		return job_fail(job, out, "mail is not configured");
	if (status == E_EXISTS)
		return job_fail(job, out, "a test is under way: see alert show");
	if (status != OK)
		return job_fail(job, out, "alertd: %s", status_text(status));
	text_string(out, "requested; alert show tells what became of it\r\n");
	return false;
}

static const struct alert_table *table_find(void)
{
	return region("alert.table", sizeof(struct alert_table));
}

static bool mail_show(const char *what, const struct alert_mail *mail, struct text *out)
{
	char why[ALERT_WHY_BYTES];

	memcpy(why, mail->why, sizeof(why));
	why[sizeof(why) - 1] = 0;
	text_printf(out, "%s: %s%s", what, WORD_OF(outcomes, mail->outcome),
		    why[0] != 0 ? ": " : "");
	text_foreign(out, why, strlen(why));
	text_string(out, "\r\n");
	return mail->outcome != ALERT_NONE;
}

/* The dialogue of the test if there was one, else that of the last mail. */
static size_t dialogue_copy(struct job *job, const struct alert_mail *mail)
{
	uint32_t bytes = __atomic_load_n(&mail->dialogue_bytes, __ATOMIC_ACQUIRE);

	if (bytes > sizeof(mail->dialogue))
		return 0;
	memcpy(job->snapshot, mail->dialogue, bytes);
	return bytes;
}

static bool alert_show_status(struct job *job, struct text *out)
{
	const struct alert_table *table = table_find();
	const struct alert_mail *mail = &table->mails[ALERT_MAIL_QUEUE],
				*test = &table->mails[ALERT_MAIL_TEST];

	(void)mail_show("last mail", mail, out);
	bool tested = mail_show("last test", test, out);
	text_printf(out, "%u alerts wait, %u were lost; %u mails sent, %u attempts failed\r\n",
		    (unsigned)table->queued, (unsigned)table->dropped, (unsigned)table->mails_sent,
		    (unsigned)table->mails_failed);
	job->position = dialogue_copy(job, tested ? test : mail);
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
