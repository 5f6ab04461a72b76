/*
 * The commands: one table, from which come the parser, the help, the
 * completion and the prototypes. Pure; the functions themselves are in
 * show_*.c and act_*.c.
 *
 * A command is a function that is called again and again until it says that it
 * has no more to print, so that the console never waits for a slow terminal:
 * each call finds room for COMMAND_STEP_BYTES and should print far less, say
 * one row of its table.
 */
#ifndef CONSOLE_COMMAND_H
#define CONSOLE_COMMAND_H

#include "services/console/json.h"
#include "services/console/text.h"
#include "services/console/words.h"

#include <stdbool.h>
#include <stdint.h>

#define COMMAND_STEP_BYTES    4096u
#define COMMAND_ARGUMENTS_MAX 2

/*
 * Words, arguments, may "json" follow, function, help.
 * Arguments: a kind in capitals (NAME, HOW, N, WORD, POINTER), or the possible words with
 * a bar between; in brackets if it may be left out; with ... behind it, it is the
 * rest of the line, blanks and all.
 */
#define COMMAND_TABLE(X)                                                                           \
	X("help", "[WORD]", false, help, "this list; or what begins with WORD")                    \
	X("service list", "", true, service_list, "all services, their state and history")         \
	X("service show", "NAME", true, service_show, "all about one service")                     \
	X("service restart", "NAME", false, service_restart, "end it and start it afresh")         \
	X("service stop", "NAME", false, service_stop, "end it and leave it so")                   \
	X("service start", "NAME", false, service_start_again, "start one stopped or given up")    \
	X("service policy", "NAME [STEPS|default]", true, service_policy,                          \
	  "what RS does at its deaths; or set that")                                               \
	X("service update", "NAME", false, service_update, "run the update bundle's version")      \
	X("service revert", "NAME", false, service_revert, "run the booted version again")         \
	X("service crash", "NAME HOW", false, service_crash_make, "make it fail (test images)")    \
	X("show ports", "", true, show_ports, "network ports, links and counters")                 \
	X("show connections", "", true, show_connections, "connections through the firewall")      \
	X("show counters", "", true, show_counters, "packets passed, and dropped by reason")       \
	X("show neighbours", "", true, show_neighbours, "stations known by ARP")                   \
	X("show wan", "", true, show_wan, "the WAN's address by DHCP")                             \
	X("show log", "[N]", true, show_log, "the last N log records (default 20)")                \
	X("show clock", "", true, show_clock, "what time it is, and by whom")                      \
	X("show quarantine", "", true, show_quarantine, "packets that killed the firewall")        \
	X("show crashes", "[N]", true, show_crashes, "the last N crash records (default 3)")       \
	X("show memory", "", true, show_memory, "memory, and who has it")                          \
	X("show disks", "", true, show_disks, "disks, and how they do")                            \
	X("show store", "", true, show_store, "records that outlive a power cut")                  \
	X("show names", "", true, show_names, "what is published in the data store")               \
	X("show config", "", true, show_config, "the network's configuration in force")            \
	X("show version", "", true, show_version, "version, machine and uptime")                   \
	X("config show", "[running|candidate|N] [POINTER]", true, config_show,                     \
	  "a document, or a place of it")                                                          \
	X("config help", "[POINTER]", false, config_help, "what can be set there, and to what")    \
	X("config set", "POINTER VALUE...", true, config_set_value, "change the candidate")        \
	X("config delete", "POINTER", true, config_delete_value, "take out of the candidate")      \
	X("config compare", "", true, config_compare, "what the candidate would change")           \
	X("config check", "", true, config_check_candidate, "is the candidate good?")              \
	X("config commit", "[OPTIONS...]", true, config_commit_candidate,                          \
	  "confirm SECONDS, comment TEXT")                                                         \
	X("config confirm", "", true, config_confirm_running,                                      \
	  "keep what was committed with confirm")                                                  \
	X("config rollback", "SERIAL", true, config_roll_back,                                     \
	  "commit an earlier one; 0: factory")                                                     \
	X("config history", "", true, config_history, "all there are, by whom and why")            \
	X("config discard", "", true, config_discard_candidate, "forget the candidate")            \
	X("config status", "", true, config_status_show, "serial, what waits, is it saved")        \
	X("store write", "NAME WORD", false, store_write, "try the disk: a record of WORDs")       \
	X("store read", "NAME", true, store_read, "read it back")                                  \
	X("store result", "", true, store_outcome, "what became of the last write")                \
	X("alert test", "", false, alert_test, "send a mail to try the settings")                  \
	X("alert show", "", false, alert_show, "what became of the last mail, word by word")       \
	X("install list", "", true, install_list,                                                  \
	  "disks to install to; how far an installation is")                                       \
	X("install disk", "N [CODE]", false, install_disk,                                         \
	  "install what runs there; says first what is lost")                                      \
	X("install blank", "N [CODE]", false, install_blank,                                       \
	  "the same, without the configuration")                                                   \
	X("log", "follow|normal|quiet", false, log_mode_set,                                       \
	  "log records to show here as they come")                                                 \
	X("reboot", "", false, machine_reboot, "restart the machine")                              \
	X("poweroff", "", false, machine_poweroff, "switch the machine off")

enum log_mode {
	LOG_MODE_NORMAL = 0, /* notices, warnings and errors */
	LOG_MODE_FOLLOW = 1, /* everything */
	LOG_MODE_QUIET = 2,  /* nothing */
	LOG_MODE_COUNT
};

struct command;

/* A command being carried out for one session. */
struct job {
	const struct command *command;
	struct words words;
	const char *arguments[COMMAND_ARGUMENTS_MAX];
	unsigned argument_count;
	bool as_json;
	uint32_t step;     /* how often the function was called before */
	uint64_t position; /* for the function */
	struct json json;
	void *snapshot;         /* SNAPSHOT_BYTES for the function; of the session */
	enum log_mode log_mode; /* of the session; the function may change it */
};

#define SNAPSHOT_BYTES 65536u

/* True: there is more to print, call again. */
typedef bool command_function(struct job *job, struct text *out);

struct command {
	const char *words, *arguments;
	bool json;
	command_function *function;
	const char *help;
};

#define X(words, arguments, json, function, help) command_function function;
COMMAND_TABLE(X)
#undef X

extern const struct command commands[];
extern const unsigned command_count;

/*
 * Finds the command and its arguments in `line` and prepares the job. False:
 * `out` says what is wrong; an empty line has no command and no text.
 */
bool command_parse(struct job *job, const char *line, struct text *out);

/* "error: ..." on a line, or with json {"error":"..."}; returns false, for `return`. */
bool job_fail(struct job *job, struct text *out, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif
