/*
 * The application: requests to answers, by one table of routes (app.c). Pure but
 * for what world.h asks of others.
 */
#ifndef WEBD_APP_H
#define WEBD_APP_H

#include "appliance/webd/request.h"
#include "appliance/webd/response.h"
#include "appliance/webd/session.h"

#define APP_WORDS_MAX  2
#define APP_WORD_BYTES 64
#define APP_COOKIE     "__Host-session"

enum app_outcome {
	APP_ANSWERED,
	APP_LATER,  /* login_work() has something to do; then login_finish() answers */
	APP_EVENTS, /* the head is to be sent, and then events as they come */
};

struct exchange {
	struct request *request;
	uint32_t peer;                             /* host byte order */
	struct session *session;                   /* NULL: not logged in */
	char words[APP_WORDS_MAX][APP_WORD_BYTES]; /* of the path, where the route has '*' */
	struct response *response;
};

/* Answers a request whose head has arrived if it can be judged by that: false, it is refused. */
bool app_admit(struct exchange *exchange);
/* Answers a complete request. */
enum app_outcome app_respond(struct exchange *exchange);
/* Of the cookie that came with it; NULL: none that goes on. */
struct session *app_session_find(const struct request *request);

#endif
