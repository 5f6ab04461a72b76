#include "appliance/alertd/smtp.h"

#include "appliance/alertd/base64.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum state {
	GREETING,
	EHLO,
	HELO,
	STARTTLS,
	TLS,
	AUTH_PLAIN,
	AUTH_LOGIN,
	AUTH_LOGIN_USER,
	AUTH_LOGIN_PASSWORD,
	MAIL,
	RECIPIENT,
	DATA,
	TEXT,
	QUIT,
	OVER,
};

/* What is told in place of a secret. */
#define HIDDEN "***"

static void fail(struct smtp *smtp, enum smtp_step step, const char *why)
{
	smtp->state = OVER;
	smtp->step = step;
	smtp->why = why;
}

/* RFC 5321, 4.2.1: 4yz is transient, 5yz permanent; anything else is no SMTP server. */
static void refused(struct smtp *smtp, const char *why)
{
	fail(smtp, smtp->code / 100 == 5 ? SMTP_REFUSED : SMTP_LATER, why);
}

/* --- Commands ------------------------------------------------------------------ */

/* RFC 5321, 4.1.2: printable ASCII; a line's end in a setting would be a command of its own. */
static bool is_plain(const char *text)
{
	while (*text >= ' ' && *text < 0x7f)
		text++;
	return *text == 0;
}

static void command_told(struct smtp *smtp, enum state state, const char *told, const char *format,
			 va_list arguments)
{
	int wanted = vsnprintf(smtp->out, sizeof(smtp->out) - 2, format, arguments);

	if (wanted < 0 || (size_t)wanted >= sizeof(smtp->out) - 2) {
		fail(smtp, SMTP_REFUSED, "a setting is too long");
		return;
	}
	if (!is_plain(smtp->out)) {
		fail(smtp, SMTP_REFUSED, "a setting has characters that no mail address has");
		return;
	}
	if (smtp->tell != NULL)
		smtp->tell('C', told != NULL ? told : smtp->out,
			   told != NULL ? strlen(told) : (size_t)wanted);
	memcpy(smtp->out + wanted, "\r\n", 2);
	smtp->out_bytes = (size_t)wanted + 2;
	smtp->out_sent = 0;
	smtp->state = (uint8_t)state;
	smtp->step = SMTP_SEND;
}

__attribute__((format(printf, 3, 4))) static void command(struct smtp *smtp, enum state state,
							  const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	command_told(smtp, state, NULL, format, arguments);
	va_end(arguments);
}

__attribute__((format(printf, 4, 5))) static void
command_secret(struct smtp *smtp, enum state state, const char *told, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	command_told(smtp, state, told, format, arguments);
	va_end(arguments);
}

static void mail_begin(struct smtp *smtp)
{
	command(smtp, MAIL, "MAIL FROM:<%s>", smtp->mail.conf->from);
}

static void recipient_next(struct smtp *smtp)
{
	if (smtp->recipient < smtp->mail.conf->to_count)
		command(smtp, RECIPIENT, "RCPT TO:<%s>", smtp->mail.conf->to[smtp->recipient]);
	else if (smtp->accepted != 0)
		command(smtp, DATA, "DATA");
	else if (smtp->later != 0)
		fail(smtp, SMTP_LATER, "the server does not take mail for the recipients now");
	else
		fail(smtp, SMTP_REFUSED, "the server takes mail for none of the recipients");
}

/* --- AUTH (RFC 4954; PLAIN is RFC 4616) ------------------------------------------- */

static void auth_plain(struct smtp *smtp)
{
	const struct alertconf *conf = smtp->mail.conf;
	char plain[sizeof(conf->user) + sizeof(conf->password) + 2], coded[2 * sizeof(plain)];
	int bytes = snprintf(plain, sizeof(plain), "%c%s%c%s", 0, conf->user, 0, conf->password);

	base64_encode(plain, (size_t)bytes, coded, sizeof(coded));
	command_secret(smtp, AUTH_PLAIN, "AUTH PLAIN " HIDDEN, "AUTH PLAIN %s", coded);
	memset(plain, 0, sizeof(plain));
}

static void auth_word(struct smtp *smtp, enum state state, const char *word)
{
	char coded[2 * sizeof(smtp->mail.conf->password)];

	base64_encode(word, strlen(word), coded, sizeof(coded));
	command_secret(smtp, state, HIDDEN, "%s", coded);
}

static void auth_begin(struct smtp *smtp)
{
	if (smtp->mail.conf->user[0] == 0)
		mail_begin(smtp);
	else if (!smtp->secure)
		fail(smtp, SMTP_REFUSED, "a password is sent by TLS only");
	else if (smtp->offers_plain)
		auth_plain(smtp);
	else if (smtp->offers_login)
		command(smtp, AUTH_LOGIN, "AUTH LOGIN");
	else
		fail(smtp, SMTP_REFUSED, "the server knows neither AUTH PLAIN nor AUTH LOGIN");
}

/* --- Replies --------------------------------------------------------------------- */

static bool word_is(const char *at, size_t bytes, const char *word)
{
	for (size_t i = 0; i < bytes; i++) {
		char upper = at[i] >= 'a' && at[i] <= 'z' ? (char)(at[i] - 'a' + 'A') : at[i];
		if (word[i] == 0 || upper != word[i])
			return false;
	}
	return word[bytes] == 0;
}

/* A line of EHLO's reply: a keyword, and for AUTH its ways ("AUTH=" as old servers say it). */
static void capability_take(struct smtp *smtp, const char *line)
{
	size_t bytes = strcspn(line, " =");

	if (word_is(line, bytes, "STARTTLS"))
		smtp->offers_tls = true;
	if (!word_is(line, bytes, "AUTH"))
		return;
	while (line[bytes] != 0) {
		line += bytes + 1;
		bytes = strcspn(line, " ");
		smtp->offers_plain |= word_is(line, bytes, "PLAIN");
		smtp->offers_login |= word_is(line, bytes, "LOGIN");
	}
}

static void hello(struct smtp *smtp)
{
	smtp->offers_tls = smtp->offers_plain = smtp->offers_login = false;
	command(smtp, EHLO, "EHLO %s", smtp->mail.hostname);
}

static void capabilities_known(struct smtp *smtp)
{
	if (smtp->mail.conf->security != SMTP_STARTTLS || smtp->secure)
		auth_begin(smtp);
	else if (smtp->offers_tls)
		command(smtp, STARTTLS, "STARTTLS");
	else
		fail(smtp, SMTP_REFUSED, "the server does not offer STARTTLS");
}

static void recipient_answered(struct smtp *smtp)
{
	smtp->accepted += smtp->code / 100 == 2;
	smtp->later += smtp->code / 100 == 4;
	smtp->recipient++;
	recipient_next(smtp);
}

static void text_begin(struct smtp *smtp)
{
	smtp->state = TEXT;
	smtp->step = SMTP_SEND;
	smtp->text_sent = 0;
	smtp->line_begins = true;
	smtp->out_bytes = smtp->out_sent = 0;
	(void)smtp_sent(smtp, 0);
}

/* To be answered by 2yz (354 and 334 where they are the answer), or else it is over. */
static bool expected(struct smtp *smtp, unsigned code, const char *otherwise)
{
	if (smtp->code == code || (code == 250 && smtp->code / 100 == 2))
		return true;
	refused(smtp, otherwise);
	return false;
}

static void authenticated(struct smtp *smtp)
{
	if (expected(smtp, 235, "the server does not accept user and password"))
		mail_begin(smtp);
}

static void reply_act_login(struct smtp *smtp)
{
	if (!expected(smtp, 334, "the server does not want user and password"))
		return;
	if (smtp->state == AUTH_LOGIN)
		auth_word(smtp, AUTH_LOGIN_USER, smtp->mail.conf->user);
	else
		auth_word(smtp, AUTH_LOGIN_PASSWORD, smtp->mail.conf->password);
}

/* EHLO unknown: HELO, if nothing is wanted that only EHLO can offer. */
static void reply_act_hello(struct smtp *smtp)
{
	bool plain = smtp->mail.conf->security != SMTP_STARTTLS && smtp->mail.conf->user[0] == 0;

	if (smtp->state == EHLO && smtp->code / 100 == 5 && plain)
		command(smtp, HELO, "HELO %s", smtp->mail.hostname);
	else if (expected(smtp, 250, "the server does not want to talk to us"))
		capabilities_known(smtp);
}

static void reply_act_session(struct smtp *smtp)
{
	switch ((enum state)smtp->state) {
	case GREETING:
		if (expected(smtp, 220, "the server does not want to talk to us"))
			hello(smtp);
		return;
	case EHLO:
	case HELO: reply_act_hello(smtp); return;
	case STARTTLS:
		if (!expected(smtp, 220, "the server does not begin TLS"))
			return;
		smtp->state = TLS;
		smtp->step = SMTP_START_TLS;
		return;
	case AUTH_PLAIN:
	case AUTH_LOGIN_PASSWORD: authenticated(smtp); return;
	case AUTH_LOGIN:
	case AUTH_LOGIN_USER: reply_act_login(smtp); return;
	case TLS:
	case MAIL:
	case RECIPIENT:
	case DATA:
	case TEXT:
	case QUIT:
	case OVER: return;
	}
}

static void reply_act(struct smtp *smtp)
{
	switch ((enum state)smtp->state) {
	case MAIL:
		if (expected(smtp, 250, "the server does not accept the sender"))
			recipient_next(smtp);
		return;
	case RECIPIENT: recipient_answered(smtp); return;
	case DATA:
		if (expected(smtp, 354, "the server does not want the mail"))
			text_begin(smtp);
		return;
	case TEXT:
		if (expected(smtp, 250, "the server has not taken the mail"))
			command(smtp, QUIT, "QUIT");
		return;
	case QUIT:
		smtp->state = OVER;
		smtp->step = SMTP_SENT;
		return;
	case GREETING:
	case EHLO:
	case HELO:
	case STARTTLS:
	case TLS:
	case AUTH_PLAIN:
	case AUTH_LOGIN:
	case AUTH_LOGIN_USER:
	case AUTH_LOGIN_PASSWORD:
	case OVER: reply_act_session(smtp); return;
	}
}

/* "250-text" or "250 text"; true if it is the last of its reply (RFC 5321, 4.2). */
static bool line_take(struct smtp *smtp, char *line, size_t bytes)
{
	unsigned code = 0;

	if (smtp->tell != NULL)
		smtp->tell('S', line, bytes);
	for (size_t i = 0; i < 3; i++) {
		if (i >= bytes || line[i] < '0' || line[i] > '9') {
			fail(smtp, SMTP_LATER, "what answers is no mail server");
			return false;
		}
		code = code * 10 + (unsigned)(line[i] - '0');
	}
	if (smtp->lines++ >= SMTP_REPLY_LINES || (smtp->lines > 1 && code != smtp->code)) {
		fail(smtp, SMTP_LATER, "the server's reply makes no sense");
		return false;
	}
	smtp->code = code;
	if (smtp->state == EHLO && smtp->lines > 1 && bytes > 4)
		capability_take(smtp, line + 4);
	return bytes < 4 || line[3] != '-';
}

/* --- Bytes ------------------------------------------------------------------------- */

void smtp_begin(struct smtp *smtp, const struct smtp_mail *mail, bool secure,
		void (*tell)(char who, const char *line, size_t bytes))
{
	*smtp = (struct smtp){ .mail = *mail, .step = SMTP_WAIT, .secure = secure, .tell = tell };
}

static void line_end(struct smtp *smtp)
{
	size_t bytes = smtp->line_bytes;

	if (bytes > 0 && smtp->line[bytes - 1] == '\r')
		bytes--;
	smtp->line[bytes] = 0;
	smtp->line_bytes = 0;
	if (!line_take(smtp, smtp->line, bytes))
		return;
	smtp->lines = 0;
	reply_act(smtp);
}

enum smtp_step smtp_input(struct smtp *smtp, const char *bytes, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (smtp->step != SMTP_WAIT) { /* nobody has asked for it */
			if (smtp->state != OVER)
				fail(smtp, SMTP_LATER, "the server speaks out of turn");
			break;
		}
		if (bytes[i] == '\n') {
			line_end(smtp);
		} else if (smtp->line_bytes + 1 < sizeof(smtp->line)) {
			smtp->line[smtp->line_bytes++] = bytes[i];
		} else {
			fail(smtp, SMTP_LATER, "the server's line is too long");
		}
	}
	return smtp->step;
}

void smtp_tls_ready(struct smtp *smtp)
{
	smtp->secure = true;
	hello(smtp);
}

const char *smtp_output(const struct smtp *smtp, size_t *count)
{
	*count = smtp->step == SMTP_SEND ? smtp->out_bytes - smtp->out_sent : 0;
	return smtp->out + smtp->out_sent;
}

/* The next part of the text, dots doubled where a line begins (RFC 5321, 4.5.2). */
static void text_fill(struct smtp *smtp)
{
	static const char end[] = ".\r\n";

	smtp->out_bytes = smtp->out_sent = 0;
	while (smtp->text_sent < smtp->mail.text_bytes && smtp->out_bytes + 2 < SMTP_OUT_BYTES) {
		char byte = smtp->mail.text[smtp->text_sent++];
		if (smtp->line_begins && byte == '.')
			smtp->out[smtp->out_bytes++] = '.';
		smtp->out[smtp->out_bytes++] = byte;
		smtp->line_begins = byte == '\n';
	}
	if (smtp->text_sent < smtp->mail.text_bytes || smtp->out_bytes + 3 > SMTP_OUT_BYTES)
		return;
	memcpy(smtp->out + smtp->out_bytes, end, 3);
	smtp->out_bytes += 3;
	smtp->text_sent++; /* the end is in */
	if (smtp->tell != NULL)
		smtp->tell('C', "(the mail)", 10);
}

enum smtp_step smtp_sent(struct smtp *smtp, size_t count)
{
	if (smtp->step != SMTP_SEND)
		return smtp->step;
	smtp->out_sent += count;
	if (smtp->out_sent < smtp->out_bytes)
		return smtp->step;
	if (smtp->state == TEXT && smtp->text_sent <= smtp->mail.text_bytes)
		text_fill(smtp);
	else
		smtp->step = SMTP_WAIT;
	return smtp->step;
}

bool smtp_is_taken(const struct smtp *smtp)
{
	return smtp->state == QUIT;
}

bool smtp_may_be_taken(const struct smtp *smtp)
{
	return smtp->state == TEXT || smtp->state == QUIT;
}

enum smtp_step smtp_ended(struct smtp *smtp)
{
	if (smtp->state == QUIT) {
		smtp->state = OVER;
		smtp->step = SMTP_SENT;
	} else if (smtp->state != OVER) {
		fail(smtp, SMTP_LATER, "the server has ended the connection");
	}
	return smtp->step;
}
