/* See webd_world.h. */
#include "tests/unit/webd_world.h"

#include "appliance/webd/login.h"
#include "services/runtime/event.h"

#include <mbedtls/platform_time.h>
#include <mbedtls/platform_util.h>
#include <psa/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct webd_asked webd_asked;
int64_t webd_unix_s;

static struct manifest manifest;
static struct kernel_table kernel;
static struct crash_log crashes;
static struct rs_table rs;
static struct netconf_region netconf;
static struct fw_table firewall;
static struct quarantine quarantine;
static struct netq_driver port;
static struct sessions sessions;
struct alert_table webd_alerts;
static struct response response;
static char body[RESPONSE_BODY_BYTES + 1], head[RESPONSE_HEAD_BYTES];
static char cookie[200], token[SESSION_CSRF_DIGITS + 1];
static uint8_t drawn;

enum status act_service(enum rs_op op, uint32_t slot, uint32_t argument)
{
	(void)argument;
	webd_asked.services++;
	webd_asked.op = op;
	webd_asked.slot = slot;
	return webd_asked.service_answer;
}

void act_random(void *bytes, size_t count)
{
	for (size_t i = 0; i < count; i++)
		((uint8_t *)bytes)[i] = (uint8_t)(drawn++ * 37 + 11);
}

int webd_random(void *context, unsigned char *bytes, size_t count)
{
	(void)context;
	act_random(bytes, count);
	return 0;
}

enum status act_ds_lease(uint32_t number, struct ds_entry *entry)
{
	(void)number, (void)entry;
	return E_ABSENT;
}

/* alertd, which has a mail done after it was looked for some times. */
enum status act_alert_test(uint64_t ticket)
{
	struct alert_mail *mail = &webd_alerts.mails[ALERT_MAIL_TEST];

	webd_asked.alert_tests++;
	if (webd_asked.alert_answer == OK) {
		mail->ticket = ticket;
		mail->outcome = webd_asked.alert_outcome;
	}
	return webd_asked.alert_answer;
}

enum status act_store_status(struct store_status *status)
{
	(void)status;
	return E_ABSENT;
}

void act_account_save(const struct password_record *record)
{
	webd_asked.account_saved = true;
	webd_asked.account = *record;
}

enum kept act_account_kept(void)
{
	if (webd_asked.account_kept_looks == 0)
		return webd_asked.account_kept;
	webd_asked.account_kept_looks--;
	return KEPT_NOT_YET;
}

void act_sessions_save(void)
{
	webd_asked.saves++;
}

void act_login_failed(uint32_t address, uint32_t failures)
{
	(void)address;
	webd_asked.login_failures = failures;
}

void act_password_changed(uint32_t address)
{
	(void)address;
	webd_asked.password_changes++;
}

void act_config_message(char text[DS_VALUE_BYTES + 1])
{
	strcpy(text, "as committed");
}

const char *event_kind_text(uint32_t kind)
{
	(void)kind;
	return "login-failed";
}

/* Only for the library: nothing here is secret. */
psa_status_t mbedtls_psa_external_get_random(mbedtls_psa_external_random_context_t *context,
					     uint8_t *output, size_t size, size_t *length)
{
	(void)context;
	act_random(output, size);
	*length = size;
	return 0;
}

mbedtls_ms_time_t mbedtls_ms_time(void)
{
	return 0;
}

int64_t tls_port_unix_time(int64_t *time)
{
	if (time != NULL)
		*time = webd_unix_s;
	return webd_unix_s;
}

void mbedtls_platform_zeroize(void *bytes, size_t count)
{
	memset(bytes, 0, count);
}

void webd_world_new(void)
{
	memset(&manifest, 0, sizeof(manifest));
	memset(&sessions, 0, sizeof(sessions));
	webd_asked = (struct webd_asked){ .account_kept = KEPT_ON_DISK };
	memset(&webd_alerts, 0, sizeof(webd_alerts));
	webd_unix_s = 0;
	webd_forget(true, true);
	manifest.service_count = 2;
	strcpy(manifest.services[0].name, "rs");
	strcpy(manifest.services[1].name, "port0");
	strcpy(manifest.build_id, "unit-test");
	crashes.magic = CRASH_LOG_MAGIC;
	crashes.next_sequence = 1;
	world = (struct world){ .manifest = &manifest,
				.kernel = &kernel,
				.crashes = &crashes,
				.rs = &rs,
				.netconf_region = &netconf,
				.firewall = &firewall,
				.quarantine = &quarantine,
				.ports = { &port },
				.alerts = &webd_alerts,
				.now_us = 1000000000,
				.sessions = &sessions };
	strcpy(world.webconf.metrics_token, "a-metrics-token");
	strcpy(world.netconf.hostname, "router");
	webd_config_new();
	login_account_set(NULL);
}

/* Of that request, as a connection makes it anew for each try. */
static struct exchange exchange_of(struct request *request, struct attempt *attempt)
{
	response_init(&response);
	return (struct exchange){
		.request = request, .attempt = attempt, .peer = WEBD_PEER, .response = &response
	};
}

static void respond(struct request *request)
{
	struct attempt attempt = { 0 };
	struct exchange exchange = exchange_of(request, &attempt);

	if (request->state == REQUEST_REFUSED) {
		response_problem(&response, request->refused_status, NULL, "refused");
		return;
	}
	if (app_respond(&exchange) != APP_LATER)
		return;
	const struct later *later = exchange.later;
	exchange = exchange_of(request, &attempt);
	for (uint64_t due_us; (due_us = later->work(&exchange)) != LATER_OVER;) {
		world.now_us = due_us;
		exchange = exchange_of(request, &attempt);
	}
}

/* As a connection does: the body is let in when the head has been judged. */
static void feed(struct request *request, const char *text, size_t count)
{
	struct attempt attempt = { 0 };
	size_t at = 0;

	while (at < count || request->state == REQUEST_HEAD) {
		struct exchange exchange = exchange_of(request, &attempt);
		size_t used = request_feed(request, text + at, count - at);
		at += used;
		if (request->state == REQUEST_HEAD) {
			if (request_body_expected(request) != 0 && !app_admit(&exchange))
				return;
			(void)request_body_allow(request);
		} else if (used == 0 || request->state == REQUEST_COMPLETE) {
			break;
		}
	}
	respond(request);
}

const struct response *webd_send(const char *text)
{
	static struct request request;

	request_init(&request);
	feed(&request, text, strlen(text));
	request_fini(&request);
	memcpy(body, response.body == NULL ? "" : response.body, response.body_bytes);
	body[response.body_bytes] = '\0';
	size_t bytes = response_head_write(&response, true, head);
	head[bytes < sizeof(head) ? bytes : 0] = '\0';
	return &response;
}

const struct response *webd_ask(const char *method, const char *path, const char *sent)
{
	static char text[RESPONSE_BODY_BYTES];

	snprintf(text, sizeof(text),
		 "%s %s HTTP/1.1\r\nHost: 192.168.1.1\r\n%s%s%s%s%s%s%sContent-Length: "
		 "%zu\r\n\r\n%s",
		 method, path, cookie[0] ? "Cookie: " : "", cookie, cookie[0] ? "\r\n" : "",
		 token[0] ? "X-CSRF-Token: " : "", token, token[0] ? "\r\n" : "",
		 sent != NULL ? "Content-Type: application/json\r\n" : "",
		 sent != NULL ? strlen(sent) : 0, sent != NULL ? sent : "");
	return webd_send(text);
}

void webd_kept_begin(struct webd_kept *kept, const char *path)
{
	char text[REQUEST_HEAD_BYTES];
	int bytes = snprintf(text, sizeof(text),
			     "GET %s HTTP/1.1\r\nHost: 192.168.1.1\r\nCookie: %s\r\n\r\n", path,
			     cookie);
	struct request *request = &kept->request;

	memset(kept, 0, sizeof(*kept));
	request_init(request);
	size_t used = request_feed(request, text, (size_t)bytes);
	(void)request_body_allow(request);
	(void)request_feed(request, text + used, (size_t)bytes - used);
}

enum app_outcome webd_kept_try(struct webd_kept *kept)
{
	struct exchange exchange = exchange_of(&kept->request, &kept->attempt);
	enum app_outcome outcome = app_respond(&exchange);

	if (outcome != APP_LATER)
		request_fini(&kept->request);
	return outcome;
}

/* What stands between `before` and `end` in the last answer. */
static void cut(const char *from, const char *before, char end, char *out, size_t room)
{
	const char *at = strstr(from, before);

	out[0] = '\0';
	if (at == NULL)
		return;
	at += strlen(before);
	size_t length = strcspn(at, (char[]){ end, '\0' });
	snprintf(out, room, "%.*s", (int)length, at);
}

void webd_session_keep(void)
{
	cut(head, "Set-Cookie: ", ';', cookie, sizeof(cookie));
	cut(body, "\"csrf\":\"", '"', token, sizeof(token));
}

unsigned webd_sessions_count(void)
{
	unsigned count = 0;

	for (unsigned i = 0; i < SESSIONS_MAX; i++)
		count += !session_is_over(&sessions, &sessions.list[i], world.now_us);
	return count;
}

void webd_log_in(void)
{
	if (login_account_state() == LOGIN_FIRST_VISIT)
		webd_ask("POST", "/api/v1/setup", "{\"password\":\"" WEBD_PASSWORD "\"}");
	else
		webd_ask("POST", "/api/v1/session",
			 "{\"user\":\"admin\",\"password\":\"" WEBD_PASSWORD "\"}");
	webd_session_keep();
}

void webd_forget(bool the_cookie, bool the_token)
{
	if (the_cookie)
		cookie[0] = '\0';
	if (the_token)
		token[0] = '\0';
}

const char *webd_body(void)
{
	return body;
}

const char *webd_head(void)
{
	return head;
}
