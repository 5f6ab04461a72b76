/*
 * One person at one terminal: the line being edited, the command being carried
 * out, the log records that appear above the line. The serial port and the
 * screen have a session each, and nothing in common.
 *
 * Everything is done in steps that are short and print little, one after the
 * other as the terminal drains (terminal.h). A log record never appears inside
 * a command's output, nor while someone is typing: it waits for the end of the
 * command, or for SESSION_TYPING_US without a key.
 */
#ifndef CONSOLE_SESSION_H
#define CONSOLE_SESSION_H

#include "services/console/command.h"
#include "services/console/feed.h"
#include "services/console/line.h"
#include "services/console/terminal.h"

#define SESSION_TYPING_US 2000000u

enum session_state {
	SESSION_BOOTING, /* the system is not up: log records, no prompt */
	SESSION_EDITING,
	SESSION_RUNNING, /* a command */
};

enum session_progress {
	SESSION_IDLE,    /* nothing to do until a key, or a log record */
	SESSION_BLOCKED, /* the terminal has to drain first */
	SESSION_BUSY,    /* call again */
};

struct session {
	struct terminal terminal;
	enum session_state state;
	bool prompt_shown;
	uint64_t typed_us; /* when the last key came */
	struct line line;
	struct feed feed;
	struct job job;
	_Alignas(64) uint8_t snapshot[SNAPSHOT_BYTES];
};

/* Before it, the session's feed and terminal are set; `restarted`: on a half-written line. */
void session_init(struct session *session, bool restarted);
/* The system is up: greets, and gives a prompt. */
void session_open(struct session *session);
enum session_progress session_step(struct session *session, uint64_t now_us);

#endif
