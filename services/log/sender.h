/*
 * Remote syslog: records of the ring to a collector, by UDP (RFC 5426) or TCP
 * (RFC 6587, octet counting). The ring is the queue: what is overwritten before
 * it could be sent is dropped and counted. A collector that is away, slow or
 * hangs costs nothing but that.
 *
 *	UDP:	CLOSED -> OPEN
 *	TCP:	CLOSED -> CONNECTING -> OPEN
 *		  ^------- WAITING <-----/   refused, ended, or stuck: 1 s, doubled to 60 s
 *
 * A record counts as sent once the network has taken its last byte; whether the
 * collector has it nobody says. After our death the next life begins with the
 * record that was under way.
 */
#ifndef LOG_SENDER_H
#define LOG_SENDER_H

#include "services/proto/logring.h"
#include "services/proto/netconf.h"

#include <stdbool.h>
#include <stdint.h>

#define SENDER_CONNECT_US    10000000u
#define SENDER_STUCK_US      30000000u /* it has taken no byte for so long */
#define SENDER_WAIT_FIRST_US 1000000u
#define SENDER_WAIT_LAST_US  60000000u

struct sender_world {
	const char *host;                                         /* our name */
	int64_t (*unix_us)(const struct log_ring_record *record); /* 0: not known */
};

/* Once a life. */
void sender_init(struct log_ring *ring);
/* A collector, or server 0: none. Begins with the oldest record if there was none before. */
void sender_configure(const struct netconf_syslog *conf);
/*
 * Sends what it can, a bounded batch. Returns when it is to be called again at
 * the latest; *fd and *events are to be watched meanwhile (-1: nothing).
 */
uint64_t sender_work(uint64_t now_us, const struct sender_world *world, int *fd, short *events);

#endif
