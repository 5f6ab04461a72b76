/*
 * SMTP, the client's side of one mail (RFC 5321), as a state machine between
 * bytes that come and bytes that go. Pure: no socket, no clock.
 *
 *	greeting -> EHLO [-> STARTTLS -> TLS -> EHLO] [-> AUTH] -> MAIL -> RCPT ... -> DATA -> QUIT
 *
 * The password leaves only through TLS. With STARTTLS asked for, a server that
 * does not offer it gets nothing. What came in the clear is forgotten when TLS
 * begins (RFC 3207, 6), and bytes that stand behind the server's word to begin
 * are an attack and end it.
 */
#ifndef ALERTD_SMTP_H
#define ALERTD_SMTP_H

#include "services/proto/alertconf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SMTP_LINE_BYTES  1024u /* of a reply; RFC 5321, 4.5.3.1.5, asks for 512 */
#define SMTP_REPLY_LINES 64u
#define SMTP_OUT_BYTES   1024u

enum smtp_step {
	SMTP_WAIT,      /* for smtp_input */
	SMTP_SEND,      /* there is output: smtp_output */
	SMTP_START_TLS, /* everything from here on is TLS: smtp_tls_ready when it stands */
	SMTP_SENT,      /* the server has taken the mail */
	SMTP_LATER,     /* it may work another time */
	SMTP_REFUSED,   /* it will not work without a change */
};

struct smtp_mail {
	const struct alertconf *conf;
	const char *hostname; /* our name in EHLO */
	const char *text;     /* header and body, lines end in CRLF */
	size_t text_bytes;
};

struct smtp {
	struct smtp_mail mail;
	enum smtp_step step;
	uint8_t state;
	bool secure; /* TLS stands */
	uint32_t recipient, accepted;
	uint32_t later; /* recipients refused for now */
	/* What the server can: */
	bool offers_tls, offers_plain, offers_login;
	unsigned code, lines; /* of the reply that comes in */
	size_t line_bytes, out_bytes, out_sent, text_sent;
	bool line_begins; /* of text: dots are doubled there */
	char line[SMTP_LINE_BYTES];
	char out[SMTP_OUT_BYTES];
	/* Is told each line that goes ("C: ") and comes ("S: "), without secrets; may be NULL. */
	void (*tell)(char who, const char *line, size_t bytes);
	const char *why; /* SMTP_LATER, SMTP_REFUSED */
};

/* `secure`: TLS stands already (implicit TLS). */
void smtp_begin(struct smtp *smtp, const struct smtp_mail *mail, bool secure,
		void (*tell)(char who, const char *line, size_t bytes));
enum smtp_step smtp_input(struct smtp *smtp, const char *bytes, size_t count);
void smtp_tls_ready(struct smtp *smtp);
/* What is to be sent now; smtp_sent says how much of it has left. */
const char *smtp_output(const struct smtp *smtp, size_t *count);
enum smtp_step smtp_sent(struct smtp *smtp, size_t count);
/* The connection has ended. SMTP_SENT, if that does not matter any more. */
enum smtp_step smtp_ended(struct smtp *smtp);
/* Has the server taken the mail? Then it is sent, whatever comes behind it (RFC 5321, 6.1). */
bool smtp_is_taken(const struct smtp *smtp);
/* Or may it have, as its end is on the way? To send it again would be to send it twice. */
bool smtp_may_be_taken(const struct smtp *smtp);

#endif
