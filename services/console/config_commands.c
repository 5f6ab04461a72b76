/* `config ...`: the candidate, commit and rollback: see config_commands.h. */
#include "services/console/config_commands.h"

#include "services/console/view.h"
#include "services/runtime/ds.h"

#include <stdlib.h>
#include <string.h>

#define TRIES_MAX 50u /* of at most 40 ms each */

static struct config_note note_new(const char *comment)
{
	struct config_note note = { .author = "console" };

	strncpy(note.comment, comment, sizeof(note.comment) - 1);
	return note;
}

bool config_fail(struct job *job, struct text *out, enum status status,
		 const struct config_note *note)
{
	if (status == E_TIMEOUT && job->step < TRIES_MAX)
		return true;
	if (note != NULL && note->reason[0] != '\0')
		return job_fail(job, out, "%.63s%s%.143s", note->path,
				note->path[0] != '\0' ? ": " : "", note->reason);
	switch (status) {
	case E_ABSENT:
		return job_fail(job, out, "there is no such document; 'config history' lists them");
	case E_AGAIN: return job_fail(job, out, "config is still busy with the store; try again");
	case E_TIMEOUT: return job_fail(job, out, "config does not answer; try again");
	case E_STATE:
		return job_fail(job, out,
				"another configuration is running than when the candidate was "
				"begun; 'config discard', and again");
	default: return job_fail(job, out, "config: %s", status_text(status));
	}
}

static bool done(struct job *job, struct text *out, const char *what, uint32_t serial)
{
	if (job->as_json) {
		json_object(&job->json, out, NULL);
		json_word(&job->json, out, "done", what);
		json_number(&job->json, out, "serial", serial);
		json_object_end(&job->json, out);
	} else if (serial != 0) {
		text_printf(out, "%s: serial %u", what, (unsigned)serial);
	} else {
		text_string(out, what);
	}
	text_string(out, "\r\n");
	return false;
}

bool config_serial_read(const char *word, uint32_t *serial)
{
	size_t digits = strspn(word, "0123456789");

	*serial = (uint32_t)strtoul(word, NULL, 10);
	return digits > 0 && digits < 10 && word[digits] == '\0';
}

/* The same in every step of the job: what config did in one is not done again in the next. */
static uint64_t token_of(struct job *job)
{
	if (job->position == 0)
		job->position = view.now_us;
	return job->position;
}

/* --- Editing -------------------------------------------------------------- */

/* "lan" is a text, "true" and "[1]" are what they are: quotes may be left out. */
static enum status value_set(struct job *job, struct config_note *note)
{
	const char *pointer = job->arguments[0], *value = job->arguments[1];
	char quoted[LINE_BYTES + 3] = "\"";
	enum status status = config_set(token_of(job), pointer, value, note);

	if (status != E_ARGUMENT || strncmp(note->path, "line ", 5) != 0 ||
	    strpbrk(value, "\"\\{[") != NULL)
		return status;
	strncat(quoted, value, LINE_BYTES);
	strcat(quoted, "\"");
	note->path[0] = note->reason[0] = '\0';
	return config_set(token_of(job), pointer, quoted, note);
}

/* A candidate that is not good yet stays; what is still wrong is told at once. */
static bool edited(struct job *job, struct text *out, const char *what)
{
	struct config_note note = { 0 };

	if (config_check(token_of(job), &note) == E_ARGUMENT && !job->as_json)
		text_printf(out, "not to be committed yet: %.63s: %.143s\r\n", note.path,
			    note.reason);
	return done(job, out, what, 0);
}

bool config_set_value(struct job *job, struct text *out)
{
	struct config_note note = { 0 };
	enum status status = value_set(job, &note);

	if (status != OK)
		return config_fail(job, out, status, &note);
	return edited(job, out, "set in the candidate");
}

bool config_delete_value(struct job *job, struct text *out)
{
	struct config_note note = { 0 };
	enum status status = config_delete(token_of(job), job->arguments[0], &note);

	if (status != OK)
		return config_fail(job, out, status, &note);
	return edited(job, out, "deleted from the candidate");
}

bool config_check_candidate(struct job *job, struct text *out)
{
	struct config_note note = { 0 };
	enum status status = config_check(token_of(job), &note);

	if (status == E_ABSENT)
		return job_fail(job, out, "there is no candidate; 'config set' begins one");
	if (status != OK)
		return config_fail(job, out, status, &note);
	return done(job, out, "good", 0);
}

bool config_discard_candidate(struct job *job, struct text *out)
{
	enum status status = config_discard();

	if (status == E_ABSENT)
		return job_fail(job, out, "there is no candidate");
	if (status != OK)
		return config_fail(job, out, status, NULL);
	return done(job, out, "discarded", 0);
}

/* --- Commit --------------------------------------------------------------- */

/* "[confirm SECONDS] [comment TEXT]" */
static bool options_read(const char *text, uint32_t *confirm_s, const char **comment)
{
	*confirm_s = 0;
	*comment = "";
	if (strncmp(text, "confirm ", 8) == 0) {
		char *end;

		*confirm_s = (uint32_t)strtoul(text + 8, &end, 10);
		if (end == text + 8 || *confirm_s == 0 || *confirm_s > CONFIG_CONFIRM_MAX_S)
			return false;
		text = end + strspn(end, " ");
	}
	if (strncmp(text, "comment ", 8) == 0) {
		*comment = text + 8;
		return true;
	}
	return *text == '\0';
}

bool config_commit_candidate(struct job *job, struct text *out)
{
	const char *options = job->argument_count > 0 ? job->arguments[0] : "", *comment;
	uint32_t confirm_s, serial;
	struct config_note note;
	enum status status;

	if (!options_read(options, &confirm_s, &comment))
		return job_fail(
			job, out,
			"usage: config commit [confirm SECONDS] [comment TEXT]; at most %u s",
			CONFIG_CONFIRM_MAX_S);
	note = note_new(comment);
	status = config_commit(token_of(job), confirm_s, &note, &serial);
	if (status == E_ABSENT)
		return job_fail(job, out, "there is no candidate; 'config set' begins one");
	if (status != OK)
		return config_fail(job, out, status, &note);
	if (confirm_s != 0)
		text_printf(out, "'config confirm' within %u s, or the one before comes back\r\n",
			    (unsigned)confirm_s);
	return done(job, out, "in force", serial);
}

bool config_confirm_running(struct job *job, struct text *out)
{
	enum status status = config_confirm(token_of(job));

	if (status == E_STATE)
		return job_fail(job, out, "nothing waits to be confirmed");
	if (status != OK)
		return config_fail(job, out, status, NULL);
	return done(job, out, "confirmed", 0);
}

bool config_roll_back(struct job *job, struct text *out)
{
	struct config_note note = note_new("rolled back");
	uint32_t to, serial;
	enum status status;

	if (!config_serial_read(job->arguments[0], &to))
		return job_fail(job, out, "'%s' is no serial", job->arguments[0]);
	strncat(note.comment, " to ", 5);
	strncat(note.comment, job->arguments[0], 10);
	status = config_rollback(token_of(job), to, 0, &note, &serial);
	if (status != OK)
		return config_fail(job, out, status, &note);
	return done(job, out, "in force", serial);
}

static void status_json(struct job *job, struct text *out, const struct config_status *status)
{
	struct json *json = &job->json;

	json_object(json, out, NULL);
	json_number(json, out, "serial", status->serial);
	json_number(json, out, "confirmed", status->confirmed);
	json_number(json, out, "confirm_left_s", status->confirm_left_s);
	json_number(json, out, "oldest", status->oldest);
	json_number(json, out, "newest", status->newest);
	json_number(json, out, "persisted", status->persisted);
	json_number(json, out, "opening", status->opening);
	json_number(json, out, "candidate", status->candidate);
	json_object_end(json, out);
	text_string(out, "\r\n");
}

/* How what is in force came to be, in config's words. */
static void origin_text(struct text *out)
{
	struct ds_entry entry;

	if (ds_retrieve(CONFIG_STATUS_NAME, &entry) != OK || entry.length_bytes > DS_VALUE_BYTES)
		return;
	text_string(out, "in force   ");
	text_foreign(out, (const char *)entry.value, entry.length_bytes);
	text_string(out, "\r\n");
}

bool config_status_show(struct job *job, struct text *out)
{
	struct config_status status;
	enum status answer = config_status(&status);

	if (answer != OK)
		return config_fail(job, out, answer, NULL);
	if (job->as_json) {
		status_json(job, out, &status);
		return false;
	}
	text_printf(out, "serial     %u%s\r\n", (unsigned)status.serial,
		    status.opening != 0 ? " (the store is being read)" : "");
	origin_text(out);
	if (status.serial != status.confirmed)
		text_printf(out, "confirmed  %u, comes back in %u s\r\n",
			    (unsigned)status.confirmed, (unsigned)status.confirm_left_s);
	text_printf(out, "history    %u to %u\r\n", (unsigned)status.oldest,
		    (unsigned)status.newest);
	text_printf(out, "saved      %s\r\n",
		    status.persisted != 0 ? "on the disk" : "in memory only");
	text_printf(out, "candidate  %s\r\n", status.candidate != 0 ? "yes" : "none");
	return false;
}
