/*
 * store write, read, result: a record of the console's own, to try the disk. It
 * is the text over and over, so that a mixture of two would be seen. Not pure:
 * it calls the store.
 */
#include "services/console/command.h"
#include "services/runtime/store.h"

#include <string.h>

#define TRIAL_BYTES 3000u /* several sectors */

static uint8_t
	value[STORE_VALUE_BYTES]; /* lent to the store; static so that it outlives a late reply */

static bool store_fail(struct job *job, struct text *out, enum status status)
{
	if (status == E_TIMEOUT)
		return job_fail(job, out, "the store does not answer");
	return job_fail(job, out, "store: %s", status_text(status));
}

bool store_write(struct job *job, struct text *out)
{
	const char *text = job->arguments[1];
	size_t length = strlen(text);
	enum status status;

	for (size_t i = 0; i < TRIAL_BYTES; i++)
		value[i] = (uint8_t)text[i % length];
	status = store_put(job->arguments[0], value, TRIAL_BYTES);
	if (status != OK)
		return store_fail(job, out, status);
	text_string(out, "accepted\r\n");
	return false;
}

/* The length of the text that it consists of; 0: of none of up to 80 bytes. */
static size_t period_of(const uint8_t *bytes, size_t count)
{
	for (size_t period = 1; period <= 80 && period <= count; period++) {
		size_t i = period;

		while (i < count && bytes[i] == bytes[i - period])
			i++;
		if (i == count)
			return period;
	}
	return 0;
}

bool store_read(struct job *job, struct text *out)
{
	enum status status;
	size_t length = 0, period;

	status = store_get(job->arguments[0], value, sizeof(value), &length);
	if (status != OK)
		return store_fail(job, out, status);
	period = period_of(value, length);
	if (!job->as_json) {
		text_printf(out, "%zu bytes, over and over: ", length);
		text_foreign(out, (const char *)value, period);
		text_string(out, "\r\n");
		return false;
	}
	json_object(&job->json, out, NULL);
	json_number(&job->json, out, "length_bytes", length);
	json_string(&job->json, out, "text", (const char *)value, period);
	json_object_end(&job->json, out);
	text_string(out, "\r\n");
	return false;
}

bool store_outcome(struct job *job, struct text *out)
{
	enum status status = store_result();
	const char *word = status == OK         ? "done"
			   : status == E_AGAIN  ? "under way"
			   : status == E_ABSENT ? "none"
						: status_text(status);

	if (status == E_TIMEOUT)
		return store_fail(job, out, status);
	if (!job->as_json) {
		text_printf(out, "%s\r\n", word);
		return false;
	}
	json_object(&job->json, out, NULL);
	json_word(&job->json, out, "result", word);
	json_object_end(&job->json, out);
	text_string(out, "\r\n");
	return false;
}
