/*
 * What the owner was told, or would have been: the history in region "alert.table"
 * (services/proto/alert.h), which outlives us. Pure.
 *
 * A mail has all that waits when it begins. So its end is the end of all records
 * that waited then: those below `mail_bound`.
 */
#ifndef ALERTD_HISTORY_H
#define ALERTD_HISTORY_H

#include "appliance/alertd/queue.h"
#include "services/proto/alert.h"

/* What repeats within this time, and has not been mailed meanwhile, is counted. */
#define HISTORY_REPEAT_US 600000000u

struct history {
	struct alert_record *records; /* ALERT_HISTORY of them */
	uint64_t next_number, next_change;
	uint64_t mail_bound; /* 0: no mail is under way */
};

/* Takes over what is sound of the records; in a new boot it begins empty. */
void history_init(struct history *history, struct alert_record records[ALERT_HISTORY],
		  bool same_boot);
void history_add(struct history *history, const struct alert *alert, enum alert_sent sent);
/* The queue had no room for this one any more. */
void history_lost(struct history *history, const struct alert *alert);
void history_mail_begin(struct history *history);
void history_mail_end(struct history *history, bool sent);
/* Is this record one of ours, and whole? */
bool history_record_is_sound(const struct alert_record *record, unsigned at);

#endif
