/*
 * A mail of alerts (RFC 5322): plain ASCII, lines of at most 998 characters,
 * marked as written by a machine (RFC 3834). Pure.
 */
#ifndef ALERTD_MESSAGE_H
#define ALERTD_MESSAGE_H

#include "appliance/alertd/queue.h"
#include "services/proto/alertconf.h"

#include <stddef.h>
#include <stdint.h>

#define MESSAGE_BYTES 12288u

struct message_facts {
	const struct alertconf *conf;
	const char *hostname;
	int64_t unix_us; /* now; 0: not known, and there is no Date */
	int32_t utc_offset_minutes;
	uint32_t id[4]; /* random, for the Message-ID */
};

/* Of the first `count` alerts; 0: a mail to try the settings. Returns its length. */
size_t message_compose(const struct message_facts *facts, const struct alert_queue *queue,
		       uint32_t count, char out[MESSAGE_BYTES]);

#endif
