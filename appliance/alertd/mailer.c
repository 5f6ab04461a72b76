#include "appliance/alertd/mailer.h"

#include "appliance/alertd/transport.h"
#include "services/runtime/resolver.h"
#include "services/runtime/service.h"

#include <stdio.h>
#include <string.h>

#define STEPS_PER_TURN 8
#define CHUNK_BYTES    512u

enum phase { IDLE, RESOLVING, CONNECTING, HANDSHAKE, TALKING };

static enum phase phase;
static struct resolver resolver;
static struct smtp smtp;
static struct smtp_mail mail;
static int fd = -1;
static uint64_t until_us;
static unsigned address_next;
static bool writing; /* the socket has no room */
static bool at_once; /* there is more to do */

static struct alert_mail *record;
static uint64_t limit_us; /* of all of it */

/* --- The dialogue -------------------------------------------------------------- */

/* What does not fit is left out: the beginning says more than the end. */
static void note(char who, const char *line, size_t bytes)
{
	size_t used = record->dialogue_bytes;
	char *out = record->dialogue;

	if (used > sizeof(record->dialogue) || bytes + 4 > sizeof(record->dialogue) - used)
		return;
	out[used++] = who;
	if (who != '*')
		out[used++] = ':';
	out[used++] = ' ';
	for (size_t i = 0; i < bytes; i++)
		out[used++] = line[i] >= ' ' && line[i] < 0x7f ? line[i] : '?';
	out[used++] = '\n';
	__atomic_store_n(&record->dialogue_bytes, (uint32_t)used, __ATOMIC_RELEASE);
}

static void remark(const char *text)
{
	note('*', text, strlen(text));
}

/* --- The end -------------------------------------------------------------------- */

static void connection_drop(void)
{
	transport_end();
	socket_abandon(fd);
	fd = -1;
}

static enum alert_outcome over(enum alert_outcome outcome, const char *why)
{
	connection_drop();
	resolver_end(&resolver);
	phase = IDLE;
	if (why != NULL) {
		remark(why);
		snprintf(record->why, sizeof(record->why), "%s", why);
	}
	return outcome;
}

/* --- Phases --------------------------------------------------------------------- */

void mailer_init(void)
{
	resolver_init(&resolver);
	transport_init();
	phase = IDLE;
	fd = -1;
}

void mailer_begin(const struct smtp_mail *wanted, struct alert_mail *noted, uint32_t names,
		  uint64_t now_us, uint64_t until_at_most_us)
{
	mail = *wanted;
	record = noted;
	record->dialogue_bytes = 0;
	record->why[0] = 0;
	limit_us = until_at_most_us;
	address_next = 0;
	at_once = true;
	resolver_begin(&resolver, names, mail.conf->server, now_us);
	phase = RESOLVING;
}

static enum alert_outcome resolve(uint64_t now_us)
{
	switch (resolver_work(&resolver, now_us)) {
	case RESOLVER_BUSY: return ALERT_BUSY;
	case RESOLVER_FOUND:
		phase = CONNECTING;
		at_once = true;
		until_us = now_us + MAILER_CONNECT_US;
		return ALERT_BUSY;
	case RESOLVER_NO_NAME: return over(ALERT_REFUSED, "there is no such mail server");
	case RESOLVER_IDLE:
	case RESOLVER_FAILED: break;
	}
	return over(ALERT_LATER, "the mail server's name could not be looked up");
}

static enum alert_outcome handshake_begin(uint64_t now_us)
{
	phase = HANDSHAKE;
	at_once = true;
	until_us = now_us + MAILER_CONNECT_US;
	if (transport_tls_begin(mail.conf->server))
		return ALERT_BUSY;
	return over(ALERT_LATER, transport_tls_why());
}

static enum alert_outcome connected(uint64_t now_us)
{
	bool tls = mail.conf->security == SMTP_TLS;

	remark("connected");
	transport_begin(fd);
	smtp_begin(&smtp, &mail, tls, note);
	if (tls)
		return handshake_begin(now_us);
	phase = TALKING;
	until_us = now_us + MAILER_REPLY_US;
	return ALERT_BUSY;
}

/* Each address of the name in turn (RFC 5321, 5.1). */
static enum alert_outcome connect_step(uint64_t now_us)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
				  .sin_port = htons(mail.conf->port),
				  .sin_addr.s_addr = htonl(resolver.addresses[address_next]) };

	if (fd < 0)
		fd = socket(AF_INET, SOCK_STREAM, 0);
	if (fd < 0 && errno == EAGAIN && now_us < until_us) {
		at_once = true; /* INET restarts, or is slow: the call has waited for it */
		return ALERT_BUSY;
	}
	if (fd >= 0 && connect(fd, (struct sockaddr *)&to, sizeof(to)) == 0)
		return connected(now_us);
	if (fd >= 0 && errno == EINPROGRESS && now_us < until_us) {
		writing = true;
		return ALERT_BUSY;
	}
	connection_drop();
	if (++address_next >= resolver.count)
		return over(ALERT_LATER, "the mail server cannot be reached");
	until_us = now_us + MAILER_CONNECT_US;
	at_once = true;
	return ALERT_BUSY;
}

static enum alert_outcome handshake_step(uint64_t now_us)
{
	int step = transport_tls_step();

	if (step == TRANSPORT_ENDED)
		return over(ALERT_LATER, transport_tls_why());
	writing = step == TRANSPORT_FULL;
	if (step == 0)
		at_once = true;
	if (step != 1)
		return now_us < until_us ? ALERT_BUSY
					 : over(ALERT_LATER, "TLS did not begin in time");
	remark("TLS, and the certificate is the server's");
	phase = TALKING;
	at_once = true;
	until_us = now_us + MAILER_REPLY_US;
	if (smtp.step == SMTP_START_TLS)
		smtp_tls_ready(&smtp);
	return ALERT_BUSY;
}

static uint64_t reply_wait_us(void)
{
	if (smtp_is_taken(&smtp))
		return MAILER_QUIT_US;
	return smtp_may_be_taken(&smtp) ? MAILER_TEXT_US : MAILER_REPLY_US;
}

/* True if something went or came. */
static bool bytes_move(uint64_t now_us)
{
	char bytes[CHUNK_BYTES];
	size_t count;
	ssize_t moved;

	if (smtp.step == SMTP_SEND) {
		const char *out = smtp_output(&smtp, &count);
		moved = transport_write(out, count);
		writing = moved == TRANSPORT_AGAIN;
		if (moved > 0)
			(void)smtp_sent(&smtp, (size_t)moved);
	} else {
		moved = transport_read(bytes, sizeof(bytes));
		if (moved > 0)
			(void)smtp_input(&smtp, bytes, (size_t)moved);
	}
	if (moved == 0 || moved == TRANSPORT_ENDED)
		(void)smtp_ended(&smtp);
	if (moved > 0)
		until_us = now_us + reply_wait_us();
	return moved > 0;
}

static enum alert_outcome sent(void)
{
	if (smtp.accepted == mail.conf->to_count)
		return over(ALERT_SENT, NULL);
	return over(ALERT_SENT, "the mail server does not take mail for all of the recipients");
}

/* A mail that has been taken is not to be sent again for want of a farewell. */
static enum alert_outcome late(const char *why)
{
	if (phase == TALKING && smtp_is_taken(&smtp))
		return sent();
	return over(ALERT_LATER, why);
}

static enum alert_outcome talk(uint64_t now_us)
{
	for (int i = 0; i < STEPS_PER_TURN; i++) {
		bool moved = bytes_move(now_us);
		if (smtp.step == SMTP_START_TLS)
			return handshake_begin(now_us);
		if (smtp.step == SMTP_SENT)
			return sent();
		if (smtp.step == SMTP_REFUSED)
			return over(ALERT_REFUSED, smtp.why);
		if (smtp.step == SMTP_LATER)
			return over(ALERT_LATER, smtp.why);
		if (!moved)
			return now_us < until_us ? ALERT_BUSY
						 : late("the mail server does not answer");
	}
	at_once = true;
	return ALERT_BUSY;
}

enum alert_outcome mailer_work(uint64_t now_us)
{
	at_once = writing = false;
	if (phase != IDLE && now_us >= limit_us)
		return late("the mail server takes too long");
	switch (phase) {
	case IDLE: return ALERT_NONE;
	case RESOLVING: return resolve(now_us);
	case CONNECTING: return connect_step(now_us);
	case HANDSHAKE: return handshake_step(now_us);
	case TALKING: return talk(now_us);
	}
	return ALERT_NONE;
}

bool mailer_is_busy(void)
{
	return phase != IDLE;
}

bool mailer_give_way(const char *why)
{
	if (phase == TALKING && smtp_may_be_taken(&smtp))
		return false;
	(void)over(ALERT_LATER, why);
	return true;
}

uint64_t mailer_poll(struct pollfd *poll)
{
	bool resolving = phase == RESOLVING;

	*poll = (struct pollfd){ .fd = resolving ? resolver.fd : fd,
				 .events = (short)(POLLIN | (writing ? POLLOUT : 0)) };
	if (phase == IDLE)
		return SERVICE_NO_DEADLINE;
	if (at_once)
		return 0;
	uint64_t next_us = resolving ? resolver.deadline_us : until_us;
	return next_us < limit_us ? next_us : limit_us;
}
