/*
 * Which time server is asked next, and when. Pure; times are time_us().
 *
 * At first, and when an answer is to be confirmed, a burst: SCHEDULE_BURST
 * requests 2 s apart (RFC 5905, 13.1: BTIME). Then from 64 s, doubled with each
 * answer that changed little, to 1,024 s (MINPOLL and MAXPOLL of RFC 5905, 7.2).
 * Without an answer the next server is asked, and after a round of all of them
 * the pause doubles, from 16 s (RFC 4330, 10) to 1,024 s.
 *
 * A server that asks to be left alone is, for a day; one that wants to be asked less
 * often, for 1,024 s.
 */
#ifndef TIME_SCHEDULE_H
#define TIME_SCHEDULE_H

#include <stdbool.h>
#include <stdint.h>

#define SCHEDULE_SERVERS_MAX 4u
#define SCHEDULE_BURST       4u
#define SCHEDULE_NONE        SCHEDULE_SERVERS_MAX
#define SCHEDULE_BURST_US    2000000u
#define SCHEDULE_RETRY_US    16000000u
#define SCHEDULE_FIRST_US    64000000u
#define SCHEDULE_LAST_US     1024000000u
#define SCHEDULE_LEAVE_US    86400000000u

struct schedule {
	unsigned count;    /* of servers; 0: nobody is asked */
	unsigned server;   /* the next to be asked */
	unsigned burst;    /* requests left of it */
	unsigned failed;   /* in a row */
	unsigned doubts;   /* answers in a row that were not believed */
	uint64_t pause_us; /* after the next answer */
	uint64_t next_us;
	uint64_t not_before_us[SCHEDULE_SERVERS_MAX];
};

/* Other servers, or another network: begins with a burst. */
void schedule_begin(struct schedule *schedule, unsigned count, uint64_t now_us);
/* The server to be asked now; SCHEDULE_NONE: not before *next_us (UINT64_MAX: never). */
unsigned schedule_due(struct schedule *schedule, uint64_t now_us, uint64_t *next_us);

/* What became of the request: */
void schedule_answered(struct schedule *schedule, uint64_t now_us, bool calm);
void schedule_doubted(struct schedule *schedule, uint64_t now_us);
void schedule_failed(struct schedule *schedule, uint64_t now_us);
void schedule_kissed(struct schedule *schedule, uint64_t now_us, bool leave);

#endif
