/*
 * One service's heartbeat: when to ask, and when silence is death. Pure.
 *
 * Asked every half of heartbeat_ms, at multiples of it, so that RS wakes once
 * for all. A running service is dead after two beats without an answer. Whenever
 * it was asked it has three quarters of heartbeat_ms: 37.5 ms, more than its own
 * request to a service that hangs may take. It is found at most 1.75 x heartbeat_ms
 * after it went silent; of the 100 ms allowed that is 88, and 44 in the path of
 * packets. One that starts has HEARTBEAT_START_US.
 *
 * Who waits at the head of its loop has done all its work, and an answer could
 * say no more: it rests, and is not asked. While all do, RS rests as well, for up
 * to HEARTBEAT_REST_US, and the kernel wakes it 12.5 ms after somebody stirred,
 * so that a hang is noticed 88 ms after what led to it.
 *
 * A beat without an answer counts only if the service could have answered:
 *  - RS came in time itself (else the machine stood still, perhaps as a guest),
 *  - and the service used the processor, or nobody did. A service that others
 *    kept from running is not hung. Used means what its budget makes certain, so
 *    that a loop is found as soon while others want the processor, too; a small
 *    budget is too little for any work, and then it is HEARTBEAT_BUSY_PERCENT.
 * Forgiveness ends too, so that no mistake in these figures hides a hang.
 */
#ifndef RS_HEARTBEAT_H
#define RS_HEARTBEAT_H

#include <stdbool.h>
#include <stdint.h>

#define HEARTBEAT_MISSES_MAX   2u
#define HEARTBEAT_FORGIVEN_MAX 40u
#define HEARTBEAT_START_US     2000000u
#define HEARTBEAT_LATE_US      10000u /* RS is this late: the machine stood still */
#define HEARTBEAT_IDLE_US      1000u  /* idle this long: whoever wanted to run did */
#define HEARTBEAT_BUSY_PERCENT 40u    /* of the time from beat to beat: could have answered */
#define HEARTBEAT_SHARE_US     2000u  /* a budget that gives less from beat to beat is small */
#define HEARTBEAT_REST_US      8000000u

struct heartbeat {
	uint64_t next_us;          /* of the next beat; 0: not watched */
	uint64_t idle_us, cpu_us;  /* of machine and service at the last beat */
	uint32_t missed, forgiven; /* beats in a row */
	bool owed;                 /* asked, and not answered */
	bool stirred;              /* to be asked even if it rests */
	bool resting;              /* at the last beat */
};

enum heartbeat_verdict {
	HEARTBEAT_NOTHING, /* not due */
	HEARTBEAT_ASK,
	HEARTBEAT_DEAD,
};

/* What the kernel table says of machine and service at this moment. */
struct heartbeat_usage {
	uint64_t idle_us, cpu_us;
	bool rests;        /* it waits at the head of its loop */
	uint32_t share_us; /* of the processor, certain to the service from beat to beat */
};

/* What a budget in a period, both in microseconds, makes certain from beat to beat. */
uint32_t heartbeat_share_us(uint32_t heartbeat_ms, uint32_t budget_us, uint32_t budget_period_us);

/* Begins to watch a life; the caller asks. heartbeat_ms = 0: it is not watched. */
void heartbeat_begin(struct heartbeat *beat, uint32_t heartbeat_ms, struct heartbeat_usage usage,
		     uint64_t now_us);
/* Does what is due at `now_us`; `ready`: it has answered in this life. */
enum heartbeat_verdict heartbeat_beat(struct heartbeat *beat, uint32_t heartbeat_ms, bool ready,
				      struct heartbeat_usage usage, uint64_t now_us);
void heartbeat_answered(struct heartbeat *beat);

/* Asks at the next beat even if it rests: there is something that it has to hear of. */
void heartbeat_stir(struct heartbeat *beat);

#endif
