/*
 * alertd: mails the owner what breaks. Events of services (DS), RS's alerts, the
 * WAN and the last boot go into a queue (queue.c, in a preserved region), and from
 * there, gathered and with pauses, to a mail server (mailer.c).
 *
 * What is queued and what was seen outlives us; a mail that was under way when we
 * died is sent again. What is queued is in the store as well (shelf.c), for after
 * a reboot: before that has been read nothing is added to the queue. What became of
 * each alert, and what was said to the server, is in "alert.table" for others.
 */
#include "appliance/alertd/mailer.h"
#include "appliance/alertd/message.h"
#include "appliance/alertd/shelf.h"
#include "appliance/alertd/sources.h"
#include "services/proto/alert.h"
#include "services/runtime/alertconf_copy.h"
#include "services/runtime/kernel.h"
#include "services/runtime/random.h"
#include "services/runtime/service.h"
#include "services/runtime/tls_port.h"
#include "services/runtime/wish.h"
#include "services/runtime/writeback.h"

#include <stdio.h>
#include <string.h>

#define LOOK_US       1000000u /* at what is about to be told */
#define US_A_SECOND   1000000u
#define MAIL_LIMIT_US 1800000000u
#define TEST_LIMIT_US 60000000u /* somebody waits for it */

static struct alert_state *state;
static struct alert_queue *queue; /* in there */
static const struct alertconf_region *alertconf_shared;
static struct alertconf alerts;
static uint64_t look_us;

static struct alert_table *table;
static struct history history;
static uint64_t test_wanted; /* its ticket; 0: none */

/* The mail under way. */
static struct alert_mail *mail;    /* what is told of it; NULL: none was yet */
static struct alertconf mail_conf; /* as it began */
static char hostname[NETCONF_HOST_BYTES];
static char text[MESSAGE_BYTES];

/* --- Mails ------------------------------------------------------------------------- */

static bool is_test(const struct alert_mail *of)
{
	return of == &table->mails[ALERT_MAIL_TEST];
}

static void mail_begin(uint32_t count, uint64_t now_us)
{
	const struct netconf *conf = sources_netconf();
	struct message_facts facts = { .conf = &mail_conf,
				       .hostname = hostname,
				       .unix_us = sources_unix_us(now_us),
				       .utc_offset_minutes = conf->time.utc_offset_minutes };

	mail_conf = alerts;
	snprintf(hostname, sizeof(hostname), "%s",
		 conf->hostname[0] != 0 ? conf->hostname : "bulkhead");
	for (size_t i = 0; i < sizeof(facts.id) / sizeof(facts.id[0]); i++)
		facts.id[i] = random_u32();
	struct smtp_mail wanted = { .conf = &mail_conf, .hostname = hostname, .text = text };
	wanted.text_bytes = message_compose(&facts, queue, count, text);
	mail = &table->mails[count == 0 ? ALERT_MAIL_TEST : ALERT_MAIL_QUEUE];
	mail->outcome = ALERT_BUSY;
	mailer_begin(&wanted, mail, conf->lan.address, now_us,
		     now_us + (count == 0 ? TEST_LIMIT_US : MAIL_LIMIT_US));
}

static void outcome_set(struct alert_mail *of, enum alert_outcome outcome)
{
	__atomic_store_n(&of->outcome, outcome, __ATOMIC_RELEASE);
}

/* Said once, until it works again: our own lines are no alerts. */
static void outcome_tell(enum alert_outcome outcome)
{
	static bool told;

	if (outcome == ALERT_SENT && !is_test(mail))
		log_info("%u alert%s mailed", (unsigned)queue->sending,
			 queue->sending == 1 ? "" : "s");
	if (mail->why[0] != 0 && !told)
		log_warning("mail to %s: %s", mail_conf.server, mail->why);
	told = mail->why[0] != 0;
}

static void mail_end(enum alert_outcome outcome, uint64_t now_us)
{
	outcome_tell(outcome);
	outcome_set(mail, outcome);
	if (is_test(mail)) {
		if (outcome == ALERT_SENT && queue->failures != 0)
			alert_queue_retry(queue);
		return;
	}
	history_mail_end(&history, outcome == ALERT_SENT);
	if (outcome == ALERT_SENT)
		alert_queue_sent(queue, now_us, (uint64_t)mail_conf.interval_s * US_A_SECOND);
	else
		alert_queue_failed(queue, now_us, outcome == ALERT_REFUSED);
}

/* For what is not to wait for a server that hangs. A mail that may have left goes on. */
static void mail_give_way(const char *why, uint64_t now_us)
{
	if (!mailer_is_busy() || !mailer_give_way(why))
		return;
	if (is_test(mail)) {
		test_wanted = mail->ticket; /* it is begun again */
		return;
	}
	outcome_set(mail, ALERT_LATER);
	history_mail_end(&history, false);
	alert_queue_failed(queue, now_us, false);
	alert_queue_retry(queue);
}

/* Returns when to look again at the latest. */
static uint64_t mail_work(uint64_t now_us)
{
	enum alert_outcome outcome = mailer_work(now_us);
	struct pollfd poll;
	uint64_t next_us;

	if (outcome != ALERT_NONE && outcome != ALERT_BUSY)
		mail_end(outcome, now_us);
	if (test_wanted != 0)
		mail_give_way("a test mail goes first", now_us);
	if (!mailer_is_busy() && test_wanted != 0) {
		test_wanted = 0;
		mail_begin(0, now_us);
	} else if (!mailer_is_busy() && alerts.enabled &&
		   alert_queue_due(queue, now_us, &next_us)) {
		alert_queue_begin(queue);
		history_mail_begin(&history);
		mail_begin(queue->count, now_us);
	}
	next_us = mailer_poll(&poll);
	if (poll.fd >= 0 && next_us > now_us && socket_watch(&poll, 1) != 0)
		return now_us;
	return next_us;
}

/* --- The loop ---------------------------------------------------------------------- */

static void configuration_follow(uint64_t now_us)
{
	bool first = alerts.version == 0;

	if (!alertconf_copy_update(alertconf_shared, &alerts) || first)
		return;
	mail_give_way("the settings were changed meanwhile", now_us);
	alert_queue_retry(queue);
}

static void table_fill(void)
{
	table->queued = queue->count;
	table->dropped = queue->dropped;
	table->mails_sent = queue->mails_sent;
	table->mails_failed = queue->mails_failed;
}

static uint64_t work(uint64_t now_us)
{
	uint64_t due_us;

	if (!shelf_load(now_us))
		return now_us + WRITEBACK_LOOK_US;
	if (sources_rs_has_news() || now_us >= look_us) {
		configuration_follow(now_us);
		look_us = sources_look(&alerts, now_us)
				  ? now_us + LOOK_US
				  : service_rest_until_us(now_us, SERVICE_LONG_REST_US);
	}
	uint64_t next_us = mail_work(now_us);
	table_fill();
	uint64_t save_us = shelf_save(now_us);
	next_us = save_us < next_us ? save_us : next_us;
	if (alerts.enabled && !mailer_is_busy()) {
		(void)alert_queue_due(queue, now_us, &due_us);
		next_us = due_us < next_us ? due_us : next_us;
	}
	return next_us < look_us ? next_us : look_us;
}

/* Whoever waits for it looks for the ticket, and then for an outcome other than BUSY. */
static enum status test_take(const struct alert_test *test)
{
	struct alert_mail *last = &table->mails[ALERT_MAIL_TEST];

	if (test->ticket == 0)
		return E_ARGUMENT;
	if (test->ticket == last->ticket)
		return OK;
	if (!alerts.enabled)
		return E_STATE;
	if (last->outcome == ALERT_BUSY)
		return E_EXISTS;
	test_wanted = test->ticket;
	last->lives = 1;
	last->dialogue_bytes = 0;
	outcome_set(last, ALERT_BUSY);
	__atomic_store_n(&last->ticket, test->ticket, __ATOMIC_RELEASE);
	return OK;
}

static void message(const struct message *request)
{
	struct alert_test test;
	endpoint_t from = request->from;

	memcpy(&test, request->payload.bytes, sizeof(test));
	(void)service_reply_status(from, request->op == ALERT_TEST ? test_take(&test) : E_CALL);
}

/* DS has an event for us, config settings; INET bytes, or news of the WAN. */
static void notified(uint64_t sources)
{
	(void)sources;
	look_us = 0;
}

static void regions_find(void)
{
	state = region("alert.state", sizeof(*state));
	queue = &state->queue;
	alert_queue_spare(&state->sealed);
	table = region("alert.table", sizeof(*table));
	alertconf_shared = region("alertconf", sizeof(*alertconf_shared));
}

/* A test is begun again by the next life, but not by the one after it. */
static bool test_adopt(struct alert_mail *left)
{
	if (!is_test(left) || left->lives != 1 || left->ticket == 0)
		return false;
	left->lives++;
	test_wanted = left->ticket;
	return true;
}

/* What a former life was at has ended with it. */
static void mails_adopt(void)
{
	for (unsigned i = 0; i < ALERT_MAILS; i++) {
		struct alert_mail *left = &table->mails[i];

		if (left->dialogue_bytes > sizeof(left->dialogue))
			left->dialogue_bytes = 0;
		left->why[sizeof(left->why) - 1] = 0;
		if (left->outcome != ALERT_BUSY || test_adopt(left))
			continue;
		snprintf(left->why, sizeof(left->why), "%s",
			 "the service that sends mail was restarted meanwhile");
		outcome_set(left, ALERT_LATER);
	}
}

static enum status start(void)
{
	bool again = service_info()->restarted != 0;

	regions_find();
	random_init();
	tls_port_init(NULL, 0, region("clock", sizeof(struct clock_page)));
	mailer_init();
	bool clean = wish_clean_start("alert.state");
	if (clean) {
		memset(state, 0, sizeof(*state));
		memset(table, 0, sizeof(*table));
	}
	shelf_init(queue);
	history_init(&history, table->history, again);
	sources_init(queue, &history, again);
	mails_adopt();
	if (!alert_queue_init(queue, again, time_us()) && again && !clean)
		log_warning("what waited to be mailed was damaged, and is lost");
	if (clean) {
		queue->loaded = 1; /* the store's is from before, too: it is overwritten */
		alert_queue_seal(queue);
	}
	return OK;
}

int main(void)
{
	static const struct service alertd = {
		.start = start, .message = message, .notified = notified, .work = work
	};

	return service_run(&alertd);
}
