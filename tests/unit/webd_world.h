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
/* Sends a whole request; `outcome` may be NULL. A password is worked out to the end. */
const struct response *webd_send(const char *text);
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
