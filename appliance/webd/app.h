/*
 * The application: requests to answers, by one table of routes (app.c). Pure but
 * for what world.h asks of others.
 */
#ifndef WEBD_APP_H
#define WEBD_APP_H

#include "appliance/webd/request.h"
#include "appliance/webd/response.h"
#include "appliance/webd/session.h"

struct exchange;

#define APP_WORDS_MAX  2
#define APP_WORD_BYTES 64
#define APP_COOKIE     "__Host-session"

enum app_outcome {
	APP_ANSWERED,
	APP_LATER,  /* exchange->later has something to do, and then answers */
	APP_EVENTS, /* the head is to be sent, and then events as they come */
};

/* An answer that takes its time. */
#define LATER_OVER 0u
struct later {
	/*
	 * A piece of it: when it is to be called next, or LATER_OVER: exchange->response is the
	 * answer. The exchange is another one each time, of the same request and attempt.
	 */
	uint64_t (*work)(struct exchange *exchange);
	/* Whoever asked is gone. */
	void (*cancel)(void);
};

/* What a request needs to know of the times it was tried before. */
struct attempt {
	uint64_t begun_us;  /* when it was tried first, which names it to others, too; 0: not yet */
	size_t taken_bytes; /* of its body, by whom it is for */
};

struct exchange {
	struct request *request;
	struct attempt *attempt;
	uint32_t peer;                             /* host byte order */
	struct session *session;                   /* NULL: not logged in */
	char words[APP_WORDS_MAX][APP_WORD_BYTES]; /* of the path, where the route has '*' */
	struct response *response;
	const struct later *later; /* set with APP_LATER */
};

/* Answers a request whose head has arrived if it can be judged by that: false, it is refused. */
bool app_admit(struct exchange *exchange);
/* May it be answered without TLS? All others are not to be given to app_respond then. */
bool app_is_public(const struct request *request);
/* Answers a complete request. */
enum app_outcome app_respond(struct exchange *exchange);
/* Of the cookie that came with it; NULL: none that goes on. */
struct session *app_session_find(const struct request *request);

#endif
