/*
 * Server-sent events (WHATWG HTML, 9.2) of one page that listens: what is due,
 * and what has changed since it was last told.
 */
#ifndef WEBD_EVENTS_H
#define WEBD_EVENTS_H

#include "appliance/webd/session.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define EVENTS_OVER SIZE_MAX

struct events {
	bool wanted;
	const struct session *session;
	uint8_t session_hash[32]; /* that it had when we began */
	uint64_t tick_us, overview_us;
	uint32_t services_crc32;
	uint64_t log_next;
	uint64_t alert_change; /* the latest that was told */
	uint32_t config_crc32;
	unsigned ticks;
};

void events_init(struct events *events, const struct session *session);
bool events_are_wanted(const struct events *events);
uint64_t events_due_us(const struct events *events);
/* What is due, as the stream wants it; 0: nothing; EVENTS_OVER: its session is. */
size_t events_write(struct events *events, char *text, size_t room_bytes);

#endif
