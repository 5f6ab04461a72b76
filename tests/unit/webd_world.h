/* A system around webd's pure part, and what it was asked to do. */
#ifndef UNIT_WEBD_WORLD_H
#define UNIT_WEBD_WORLD_H

#include "appliance/webd/app.h"
#include "appliance/webd/world.h"

#define WEBD_PEER     0xc0a80132u /* 192.168.1.50 */
#define WEBD_PASSWORD "correct horse battery"

struct webd_asked {
	unsigned services, saves, login_failures, password_changes;
	enum rs_op op;
	uint32_t slot;
	bool account_saved;
	struct password_record account;
	enum kept account_kept;      /* KEPT_ON_DISK to begin with */
	unsigned account_kept_looks; /* so often it is KEPT_NOT_YET before */
	enum status service_answer;
	unsigned alert_tests;
	enum status alert_answer;         /* of alertd, to a test */
	enum alert_outcome alert_outcome; /* that the test then has */
};
extern struct webd_asked webd_asked;
extern struct alert_table webd_alerts;

void webd_world_new(void);
/* The configuration service (webd_config.c) begins anew. */
void webd_config_new(void);
/* What it has of a document that is on its way is lost once, as with its life. */
extern bool webd_config_forgets;
/* What mbedTLS takes for the time; 0 after webd_world_new(). */
extern int64_t webd_unix_s;
/* As mbedTLS and certificates want random numbers. */
int webd_random(void *context, unsigned char *bytes, size_t count);
/* So often it does what it is asked, but the asker's time is up. */
extern unsigned webd_config_late;
/* So often it is not even asked: it is dead, or has no time. */
extern unsigned webd_config_away;
/* Commits that were made. */
extern unsigned webd_config_commits;
/* Sends a whole request. What takes its time is worked on to the end. */
const struct response *webd_send(const char *text);
/* The same in steps: a GET of `path` with the session that arrives, and is tried. */
struct webd_kept {
	struct request request;
	struct attempt attempt;
};
void webd_kept_begin(struct webd_kept *kept, const char *path);
enum app_outcome webd_kept_try(struct webd_kept *kept);
/* The same as METHOD PATH with the session's cookie and token, and a JSON body if it is not NULL.
 */
const struct response *webd_ask(const char *method, const char *path, const char *body);
/* First visit, or login; keeps cookie and token for webd_ask. */
void webd_log_in(void);
/* Those that the last answer gave: what comes with 200 from /session, /setup and /password. */
void webd_session_keep(void);
/* Sessions that go on. */
unsigned webd_sessions_count(void);
/* Forgets cookie, token, or both. */
void webd_forget(bool cookie, bool token);
/* The last answer's body, ending in a zero. */
const char *webd_body(void);
/* Its head, as it would be sent. */
const char *webd_head(void);

#endif
