/*
 * Alerts that wait to be mailed: region "alert.state", which outlives us.
 * Pure; times are time_us().
 *
 *	add -> waits -> (ALERT_GATHER_US, or the interval since the last mail) -> sending
 *	                  ^-- it did not work: 30 s, doubled up to an hour --/  \-> sent: gone
 *
 * The same of the same service while it waits is counted, not kept twice, and has
 * mails for itself ever more rarely (pace.h). Too many: the least important of the
 * oldest is lost, and the next mail says so.
 */
#ifndef ALERTD_QUEUE_H
#define ALERTD_QUEUE_H

#include "appliance/alertd/pace.h"
#include "appliance/alertd/wan.h"
#include "kernel/abi/layout.h"
#include "services/proto/event.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ALERTS_MAX           32u
#define ALERT_QUEUE_MAGIC    0x33514c41u /* "ALQ3" */
#define ALERT_GATHER_US      3000000u    /* one failure is often the cause of the next */
#define ALERT_RETRY_FIRST_US 30000000u
#define ALERT_RETRY_LAST_US  3600000000u

struct alert {
	uint16_t kind, severity;    /* enum event_kind, event_severity */
	uint32_t count;             /* how often */
	uint64_t first_us, last_us; /* since the boot then */
	int64_t unix_us;            /* the last time; 0: not known */
	uint32_t text_bytes;
	uint32_t earlier;         /* 1: of a boot before this one */
	char service[NAME_BYTES]; /* ends in a zero */
	char text[EVENT_TEXT_BYTES];
};

enum { ALERT_CRASHED = 1, ALERT_GIVEN_UP = 2 };

struct alert_queue {
	uint32_t magic; /* ALERT_QUEUE_MAGIC */
	uint32_t crc32; /* zlib's, of what follows */
	uint32_t count;
	uint32_t sending;  /* so many of the first are in the mail under way */
	uint32_t failures; /* in a row */
	uint32_t dropped, dropped_told;
	uint32_t dropped_sending; /* `dropped`, as the mail under way says */
	uint32_t mails_sent, mails_failed;
	uint32_t loaded;               /* 1: what the store had of an earlier boot is in here */
	uint32_t stored_crc32;         /* of what the store has of it (archive.h) */
	uint64_t next_us;              /* no mail before */
	uint64_t rs_seen;              /* the last of RS's alerts that was taken */
	uint64_t seen[SERVICE_MAX];    /* the last of each service's events */
	uint8_t seen_too[SERVICE_MAX]; /* bit n: the one n before it */
	uint8_t failed[SERVICE_MAX];   /* what was told of it, until it has recovered: */
	struct wan wan;
	struct pace pace;
	struct alert alerts[ALERTS_MAX]; /* oldest first */
};

/* The region: who dies in the midst of a change goes back to what was sealed last. */
struct alert_state {
	struct alert_queue queue, sealed;
};

#define ALERT_STATE_BYTES 12288u
_Static_assert(sizeof(struct alert_state) <= ALERT_STATE_BYTES, "region size");

/* From now on each seal leaves a copy there; NULL: none. Before alert_queue_init. */
void alert_queue_spare(struct alert_queue *sealed);
/*
 * Takes over what it finds if it is sound, or else the copy, or begins empty; false: it did. In
 * a new boot times and what was seen begin anew.
 */
bool alert_queue_init(struct alert_queue *queue, bool same_boot, uint64_t now_us);
/* Whether these bytes can be an alert, wherever they come from. */
bool alert_is_sound(const struct alert *alert);
/* To be called after changes, when the state is to be found by the next life. */
void alert_queue_seal(struct alert_queue *queue);

/* Of a service's events, in whatever order they come: is this one new? Then it is seen. */
bool alert_queue_see(struct alert_queue *queue, uint32_t slot, uint64_t sequence);
/* So many were lost before anybody could look at them. */
void alert_queue_miss(struct alert_queue *queue, uint64_t count);
/* True if one had to be given up for it, which *lost then is: another, or itself. */
bool alert_queue_add(struct alert_queue *queue, const struct alert *alert, uint64_t now_us,
		     struct alert *lost);

/* Are there alerts to be mailed now? If not, *next_us is when to look again. */
bool alert_queue_due(const struct alert_queue *queue, uint64_t now_us, uint64_t *next_us);
/* All that wait are in the mail that begins now. */
void alert_queue_begin(struct alert_queue *queue);
void alert_queue_sent(struct alert_queue *queue, uint64_t now_us, uint64_t interval_us);
/* It did not work; `refused`: nor will it soon. */
void alert_queue_failed(struct alert_queue *queue, uint64_t now_us, bool refused);
/* What did not work may work now: it is tried at once. */
void alert_queue_retry(struct alert_queue *queue);

#endif
