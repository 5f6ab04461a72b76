/* See session.h. */
#include "services/console/session.h"

#include "services/console/candidate.h"
#include "services/console/complete.h"
#include "services/console/show_log.h"

#include <string.h>

#define KEY_CANCEL       0x03u
#define RECORD_BYTES_MAX 1024u /* a record as text, every byte of it escaped */
#define LINE_BYTES_MAX   512u  /* what one key makes the line editor print, and more */
#define AHEAD_BYTES      64u   /* typed ahead that are searched for control-C */

static_assert(TERMINAL_BYTES >= COMMAND_STEP_BYTES + LINE_BYTES_MAX + RECORD_BYTES_MAX, "a step");

void session_init(struct session *session, bool restarted)
{
	line_init(&session->line);
	session->job = (struct job){ .snapshot = session->snapshot };
	session->state = restarted ? SESSION_EDITING : SESSION_BOOTING;
	session->prompt_shown = false;
	text_string(&session->terminal.text, restarted ? "\r\n" : "");
}

void session_open(struct session *session)
{
	if (session->state != SESSION_BOOTING)
		return;
	session->state = SESSION_EDITING;
	text_string(&session->terminal.text, "\r\nBulkhead ");
	text_foreign(&session->terminal.text, view.manifest->build_id,
		     sizeof(view.manifest->build_id));
	text_string(&session->terminal.text,
		    ". 'help' lists the commands, Tab completes them.\r\n");
}

static void session_prompt(struct session *session, struct text *out)
{
	line_show(&session->line, out);
	session->prompt_shown = true;
}

static void session_run(struct session *session, struct text *out)
{
	char line[LINE_BYTES];

	memcpy(line, session->line.bytes, sizeof(line));
	line_clear(&session->line);
	session->prompt_shown = false;
	if (command_parse(&session->job, line, out))
		session->state = SESSION_RUNNING;
}

/* Inserts what is certain; shows what is possible if there is a choice. */
static void session_complete(struct session *session, struct text *out)
{
	struct line *line = &session->line;
	struct completion completion;
	char bytes[COMMAND_STEP_BYTES];
	struct text words;

	text_init(&words, bytes, sizeof(bytes));
	complete(&completion, line->bytes, line->cursor, candidate_word, &words);
	line_insert(line, completion.extension, strlen(completion.extension), out);
	if (completion.count == 1 && !completion.goes_on)
		line_insert(line, " ", 1, out);
	if (completion.count < 2 || completion.extension[0] != '\0')
		return;
	line_hide(line, out);
	text_add(out, words.bytes, words.length);
	text_string(out, "\r\n");
	line_show(line, out);
}

/* One key. False: nobody typed. */
static bool session_input(struct session *session, uint64_t now_us)
{
	struct text *out = &session->terminal.text;
	uint8_t byte;

	if (tty_take(&session->terminal.end, &byte, 1) == 0)
		return false;
	session->typed_us = now_us;
	switch (line_input(&session->line, byte, out)) {
	case LINE_EDITING: break;
	case LINE_ENTERED: session_run(session, out); break;
	case LINE_COMPLETE: session_complete(session, out); break;
	case LINE_CANCELLED: session_prompt(session, out); break;
	}
	return true;
}

/* Log records that came meanwhile, above the prompt; the prompt if it is not there. */
static bool session_feed(struct session *session)
{
	struct text *out = &session->terminal.text;
	bool booting = session->state == SESSION_BOOTING;
	enum log_mode mode = session->job.log_mode;
	struct log_record record;
	bool any = false;

	while (text_room(out) > RECORD_BYTES_MAX + LINE_BYTES_MAX &&
	       feed_next(&session->feed, mode, &record)) {
		if (session->prompt_shown)
			line_hide(&session->line, out);
		session->prompt_shown = false;
		log_record_text(&record, NULL, out);
		any = true;
	}
	if (booting || session->prompt_shown)
		return any;
	session_prompt(session, out);
	return true;
}

static bool session_edit(struct session *session, uint64_t now_us)
{
	if (session->prompt_shown && session_input(session, now_us))
		return true;
	if (session->prompt_shown && session->line.length != 0 &&
	    now_us - session->typed_us < SESSION_TYPING_US)
		return false;
	return session_feed(session);
}

/* True if control-C waits in the input; what was typed before it is forgotten. */
static bool session_cancelled(struct session *session)
{
	struct tty_end *end = &session->terminal.end;
	uint8_t ahead[AHEAD_BYTES];
	size_t count = tty_peek(end, ahead, sizeof(ahead));
	const uint8_t *key = memchr(ahead, KEY_CANCEL, count);

	if (key == NULL)
		return false;
	tty_consume(end, (size_t)(key - ahead) + 1);
	return true;
}

/* A step of the command; behind its last one the prompt comes. */
static void session_work(struct session *session)
{
	struct job *job = &session->job;
	struct text *out = &session->terminal.text;
	bool cancelled = session_cancelled(session);

	if (cancelled)
		text_string(out, "^C\r\n");
	if (cancelled || !job->command->function(job, out))
		session->state = SESSION_EDITING;
	job->step++;
}

enum session_progress session_step(struct session *session, uint64_t now_us)
{
	bool busy = true;

	if (!terminal_flush(&session->terminal, now_us))
		return SESSION_BLOCKED;
	switch (session->state) {
	case SESSION_BOOTING: busy = session_feed(session); break;
	case SESSION_EDITING: busy = session_edit(session, now_us); break;
	case SESSION_RUNNING: session_work(session); break;
	}
	return busy ? SESSION_BUSY : SESSION_IDLE;
}
