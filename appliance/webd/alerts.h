/*
 * What the owner should know: RS's alerts and the events of all services, as DS
 * tells of them, in the order in which they came here. Pure: act_alert_next() asks DS.
 */
#ifndef WEBD_ALERTS_H
#define WEBD_ALERTS_H

#include "services/runtime/ds.h"

#include <stdbool.h>
#include <stdint.h>

#define ALERTS_MAX        48u
#define ALERTS_TEXT_BYTES 96u

struct alert {
	uint64_t number; /* from 1 in this life of webd; 0: none */
	uint64_t time_us;
	uint32_t slot;
	uint16_t kind, severity; /* enum event_kind, enum event_severity */
	char text[ALERTS_TEXT_BYTES + 1];
};

/* Takes what DS has that is new, a few at a time. */
void alerts_follow(void);
/* Takes one entry of DS; what is no alert is left out. */
void alerts_take(const struct ds_entry *entry);
/* Those that are still there are [first, next). */
void alerts_range(uint64_t *first, uint64_t *next);
const struct alert *alerts_get(uint64_t number);

#endif
