/*
 * Delivers one mail: finds the server, connects, and lets smtp.c talk over
 * transport.c. It keeps the dialogue of the last mail, for the administrator.
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

void mailer_init(void);
/* `names`: the address of a name server. All of it is borrowed until the end. */
void mailer_begin(const struct smtp_mail *mail, uint32_t names, uint64_t now_us);
/* ALERT_BUSY until it is over; then what came of it, once, and ALERT_NONE. */
enum alert_outcome mailer_work(uint64_t now_us);
bool mailer_is_busy(void);
/* What to watch (fd -1: nothing), and when mailer_work is due at the latest. */
uint64_t mailer_poll(struct pollfd *poll);
/* Of the last mail, as it was said so far. */
const char *mailer_dialogue(size_t *bytes);

#endif
