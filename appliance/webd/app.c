/* See app.h. Who may do what stands in one table, and nothing is done before it has been asked. */
#include "appliance/webd/app.h"

#include "appliance/webd/api.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum needs {
	OPEN = 0, /* for everybody on the LAN */
	NEEDS_SESSION = 1,
	NEEDS_CSRF = 3, /* and a session */
	HAS_BODY = 4,   /* JSON */
	OWN_CHECK = 8,  /* the handler looks for itself */
	IN_TURN = 16,   /* one at a time; it answers, or api_again() */
	PUBLIC = 32,    /* without TLS, too: it is signed, or to be compared by hand */
};

/* A name and a password, each byte of them escaped: whoever is not logged in gets no more memory.
 */
#define OPEN_BODY_BYTES   1024u
#define NUMBER_DIGITS_MAX 19u /* so that it fits 64 bits */
/* Longer than config reads its store after a boot, and than RS lets anybody rest after a death. */
#define AGAIN_LIMIT_US 8000000u
#define AGAIN_US       20000u  /* between two tries */
#define TURN_LAPSE_US  500000u /* of one that is not tried any more: its connection is gone */

struct route {
	enum http_method method;
	unsigned needs;
	const char *path; /* '*' stands for one word */
	app_handler handler;
};

#define V1 "/api/v1"
static const struct route routes[] = {
	{ HTTP_GET, OPEN, V1 "/session", api_session_get },
	{ HTTP_POST, HAS_BODY, V1 "/session", api_session_begin },
	{ HTTP_DELETE, NEEDS_CSRF, V1 "/session", api_session_end },
	{ HTTP_POST, HAS_BODY, V1 "/setup", api_setup },
	{ HTTP_POST, NEEDS_CSRF | HAS_BODY, V1 "/password", api_password_change },
	{ HTTP_GET, NEEDS_SESSION, V1 "/overview", api_overview },
	{ HTTP_GET, NEEDS_SESSION, V1 "/ports", api_ports },
	{ HTTP_GET, NEEDS_SESSION, V1 "/services", api_services },
	{ HTTP_POST, NEEDS_CSRF, V1 "/services/*/restart", api_service_restart },
	{ HTTP_POST, NEEDS_CSRF, V1 "/services/*/stop", api_service_stop },
	{ HTTP_POST, NEEDS_CSRF, V1 "/services/*/start", api_service_start },
	{ HTTP_POST, NEEDS_CSRF, V1 "/services/*/crash", api_service_crash },
	{ HTTP_GET, NEEDS_SESSION, V1 "/crashes", api_crashes },
	{ HTTP_GET, NEEDS_SESSION, V1 "/crashes/*", api_crash },
	{ HTTP_GET, NEEDS_SESSION, V1 "/leases", api_leases },
	{ HTTP_GET, NEEDS_SESSION, V1 "/connections", api_connections },
	{ HTTP_GET, NEEDS_SESSION, V1 "/firewall", api_firewall },
	{ HTTP_GET, NEEDS_SESSION | IN_TURN, V1 "/config", api_config_running },
	{ HTTP_GET, NEEDS_SESSION | IN_TURN, V1 "/config/schema", api_config_schema },
	{ HTTP_GET, NEEDS_SESSION, V1 "/config/status", api_config_status },
	{ HTTP_PUT, NEEDS_CSRF | HAS_BODY | IN_TURN, V1 "/config/candidate",
	  api_config_candidate_put },
	{ HTTP_GET, NEEDS_SESSION | IN_TURN, V1 "/config/candidate", api_config_candidate_get },
	{ HTTP_DELETE, NEEDS_CSRF | IN_TURN, V1 "/config/candidate", api_config_candidate_delete },
	{ HTTP_GET, NEEDS_SESSION | IN_TURN, V1 "/config/candidate/differences",
	  api_config_differences },
	{ HTTP_POST, NEEDS_CSRF | HAS_BODY | IN_TURN, V1 "/config/commit", api_config_commit },
	{ HTTP_POST, NEEDS_CSRF | IN_TURN, V1 "/config/confirm", api_config_confirm },
	{ HTTP_POST, NEEDS_CSRF | HAS_BODY | IN_TURN, V1 "/config/rollback", api_config_rollback },
	{ HTTP_GET, NEEDS_SESSION | IN_TURN, V1 "/config/history", api_config_history },
	{ HTTP_GET, NEEDS_SESSION | IN_TURN, V1 "/config/history/*", api_config_history_entry },
	{ HTTP_GET, NEEDS_SESSION, V1 "/alerts", api_alerts },
	{ HTTP_POST, NEEDS_CSRF, V1 "/alerts/test", api_alerts_test },
	{ HTTP_GET, NEEDS_SESSION, V1 "/logs", api_logs },
	{ HTTP_GET, NEEDS_SESSION, V1 "/events", api_events },
	{ HTTP_GET, OWN_CHECK, "/metrics", api_metrics },
	{ HTTP_GET, PUBLIC, "/authority.crt", api_authority_certificate },
	{ HTTP_GET, PUBLIC, "/authority.crl", api_authority_crl },
};

#define ROUTES (sizeof(routes) / sizeof(routes[0]))

/* --- Parts that handlers have in common --------------------------------------------- */

enum app_outcome api_problem(struct exchange *exchange, unsigned status, const char *detail)
{
	response_problem(exchange->response, status, NULL, "%s", detail);
	return APP_ANSWERED;
}

static uint64_t try_again(struct exchange *exchange)
{
	return app_respond(exchange) == APP_LATER ? world.now_us + AGAIN_US : LATER_OVER;
}

static void nothing_cancel(void)
{
}

enum app_outcome api_again(struct exchange *exchange, const char *detail)
{
	static const struct later again = { .work = try_again, .cancel = nothing_cancel };

	if (world.now_us - exchange->attempt->begun_us >= AGAIN_LIMIT_US)
		return api_problem(exchange, 503, detail);
	exchange->later = &again;
	return APP_LATER;
}

enum app_outcome api_done(struct exchange *exchange)
{
	response_json_end(exchange->response);
	return APP_ANSWERED;
}

bool api_number_read(const char *digits, uint64_t *number)
{
	size_t count = strspn(digits, "0123456789");

	if (count == 0 || count > NUMBER_DIGITS_MAX || digits[count] != '\0')
		return false;
	*number = strtoull(digits, NULL, 10);
	return true;
}

bool api_number_get(const struct exchange *exchange, const char *name, uint64_t fallback,
		    uint64_t *number)
{
	char digits[NUMBER_DIGITS_MAX + 1];

	*number = fallback;
	switch (request_query_get(exchange->request, name, digits, sizeof(digits))) {
	case REQUEST_NO_VALUE: return true;
	case REQUEST_VALUE: return api_number_read(digits, number);
	case REQUEST_BAD_VALUE: break;
	}
	return false;
}

void api_time_write(struct json *json, const char *key, uint64_t time_us)
{
	int64_t unix_s = time_us == 0 ? 0 : world_unix_s(time_us);

	if (unix_s == 0)
		json_null(json, key);
	else
		json_integer(json, key, unix_s);
}

/* --- Which route ------------------------------------------------------------------------ */

/* Does `path` fit? Words under '*' are copied; one that is too long fits nothing. */
static bool path_fits(const char *pattern, const char *path, char words[][APP_WORD_BYTES])
{
	unsigned word = 0;

	while (*pattern != '\0') {
		if (*pattern != '*') {
			if (*pattern++ != *path++)
				return false;
			continue;
		}
		size_t length = strcspn(path, "/");
		if (length == 0 || length >= APP_WORD_BYTES || word == APP_WORDS_MAX)
			return false;
		memcpy(words[word], path, length);
		words[word++][length] = '\0';
		path += length;
		pattern++;
	}
	return *path == '\0';
}

/* The route, or NULL, *path_known then saying whether another method would have one. */
static const struct route *route_find(struct exchange *exchange, bool *path_known)
{
	enum http_method method = (enum http_method)exchange->request->parser.method;

	*path_known = false;
	for (size_t i = 0; i < ROUTES; i++) {
		if (!path_fits(routes[i].path, exchange->request->target, exchange->words))
			continue;
		*path_known = true;
		if (routes[i].method == method)
			return &routes[i];
	}
	return NULL;
}

/* What is not is a file's. */
static bool is_routed(const char *path)
{
	char words[APP_WORDS_MAX][APP_WORD_BYTES];

	if (strncmp(path, "/api/", 5) == 0)
		return true;
	for (size_t i = 0; i < ROUTES; i++)
		if (path_fits(routes[i].path, path, words))
			return true;
	return false;
}

bool app_is_public(const struct request *request)
{
	for (size_t i = 0; i < ROUTES; i++)
		if (routes[i].needs & PUBLIC && routes[i].method == request->parser.method &&
		    strcmp(routes[i].path, request->target) == 0)
			return true;
	return false;
}

/* --- Who asks --------------------------------------------------------------------------- */

struct session *app_session_find(const struct request *request)
{
	char id[SESSION_ID_DIGITS + 1];

	if (!request_cookie_get(request, APP_COOKIE, id, sizeof(id)))
		return NULL;
	return session_find(world.sessions, id, world.now_us);
}

/* A page of another site may send us requests; a browser then says which site it is. */
static bool is_cross_site(const struct request *request)
{
	static const char scheme[] = "https://";

	if (request->origin[0] == '\0')
		return false;
	return strncmp(request->origin, scheme, sizeof(scheme) - 1) != 0 ||
	       strcasecmp(request->origin + sizeof(scheme) - 1, request->host) != 0;
}

static bool is_json(const struct request *request)
{
	static const char json[] = "application/json";

	return strncasecmp(request->content_type, json, sizeof(json) - 1) == 0;
}

/* The HTTP status with which the route refuses; 0: go on. */
static unsigned route_refuses(const struct route *route, const struct exchange *exchange)
{
	const struct request *request = exchange->request;
	bool changes = route->method != HTTP_GET;

	if (changes && is_cross_site(request))
		return 403;
	if (route->needs & NEEDS_SESSION && exchange->session == NULL)
		return 401;
	if ((route->needs & NEEDS_CSRF) == NEEDS_CSRF &&
	    !session_csrf_matches(exchange->session, request->csrf))
		return 403;
	if (route->needs & HAS_BODY && !is_json(request))
		return 415;
	if (!(route->needs & NEEDS_SESSION) && request_body_expected(request) > OPEN_BODY_BYTES)
		return 413;
	if (!(route->needs & HAS_BODY) && request_body_expected(request) != 0)
		return changes && is_json(request) ? 0 : 413;
	return 0;
}

static const char *refusal_text(const struct route *route, unsigned status)
{
	switch (status) {
	case 401: return "log in first";
	case 403: return "this request did not come from our own page";
	case 413:
		return route->needs & HAS_BODY ? "the body is too long"
					       : "no body is expected here";
	case 415: return "the body has to be application/json";
	default: return "refused";
	}
}

/* --- Answers ---------------------------------------------------------------------------- */

static const struct route *admit(struct exchange *exchange)
{
	bool path_known;
	const struct route *route = route_find(exchange, &path_known);

	if (route == NULL) {
		if (path_known)
			(void)api_problem(exchange, 405, "not with this method");
		else
			(void)api_problem(exchange, 404, "there is nothing here");
		return NULL;
	}
	exchange->session = app_session_find(exchange->request);
	unsigned refused = route_refuses(route, exchange);
	if (refused != 0) {
		(void)api_problem(exchange, refused, refusal_text(route, refused));
		return NULL;
	}
	return route;
}

static bool is_for_files(const struct exchange *exchange)
{
	const struct request *request = exchange->request;

	return !is_routed(request->target) &&
	       (request->parser.method == HTTP_GET || request->parser.method == HTTP_HEAD) &&
	       request_body_expected(request) == 0;
}

bool app_admit(struct exchange *exchange)
{
	return is_for_files(exchange) || admit(exchange) != NULL;
}

/*
 * Config makes one text at a time: two requests that are tried in turns would throw
 * away each other's before it is read, for ever if the machine is busy enough.
 */
static enum app_outcome respond_in_turn(struct exchange *exchange, app_handler handler)
{
	static struct {
		uint64_t begun_us, tried_us;
	} first; /* whose turn it is */
	uint64_t begun_us = exchange->attempt->begun_us;

	if (first.begun_us != 0 && first.begun_us != begun_us &&
	    world.now_us - first.tried_us < TURN_LAPSE_US)
		return api_again(exchange, "others wait for config already; try again");
	first.begun_us = begun_us;
	first.tried_us = world.now_us;
	enum app_outcome outcome = handler(exchange);
	if (outcome != APP_LATER)
		first.begun_us = 0;
	return outcome;
}

enum app_outcome app_respond(struct exchange *exchange)
{
	if (exchange->attempt->begun_us == 0)
		exchange->attempt->begun_us = world.now_us;
	if (is_for_files(exchange))
		return files_answer(exchange);
	const struct route *route = admit(exchange);
	if (route == NULL)
		return APP_ANSWERED;
	if (exchange->session != NULL) {
		exchange->session->used_us = world.now_us;
		act_sessions_save();
	}
	if (route->needs & IN_TURN)
		return respond_in_turn(exchange, route->handler);
	return route->handler(exchange);
}
