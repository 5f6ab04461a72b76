/*
 * Delivers one mail: finds the server, connects, and lets smtp.c talk over
 * transport.c. What was said goes to the mail's record as it is said.
 *
 *	IDLE -> RESOLVING -> CONNECTING [-> HANDSHAKE] -> TALKING [-> HANDSHAKE -> TALKING] -> IDLE
 */
#ifndef ALERTD_MAILER_H
#define ALERTD_MAILER_H

#include "appliance/alertd/smtp.h"
#include "services/proto/alert.h"
#include "services/runtime/socket.h"

#include <stdbool.h>
#include <stdint.h>

#define MAILER_CONNECT_US 30000000u
#define MAILER_REPLY_US   300000000u /* RFC 5321, 4.5.3.2: five minutes for most replies */
#define MAILER_TEXT_US    600000000u /* RFC 5321, 4.5.3.2.6: ten for the one behind the mail */
#define MAILER_QUIT_US    5000000u   /* the mail is the server's already; others wait for us */

void mailer_init(void);
/*
 * `names`: the address of a name server. It is over by `limit_us`. All of it is
 * borrowed until the end; of `record`, dialogue and reason are written.
 */
void mailer_begin(const struct smtp_mail *mail, struct alert_mail *record, uint32_t names,
		  uint64_t now_us, uint64_t limit_us);
/* ALERT_BUSY until it is over; then what came of it, once, and ALERT_NONE. */
enum alert_outcome mailer_work(uint64_t now_us);
bool mailer_is_busy(void);
/* Breaks it off; false: the server may have taken the mail already, so that this goes on. */
bool mailer_give_way(const char *why);
/* What to watch (fd -1: nothing), and when mailer_work is due at the latest. */
uint64_t mailer_poll(struct pollfd *poll);

#endif
