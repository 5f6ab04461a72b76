/*
 * The clock: what is believed, and how it is corrected. Pure; `page` is what
 * will be published, and what the next life goes on with.
 *
 *	none --battery clock--> cmos --time server, twice--> sntp
 *	  \-------------------time server, once---------------^
 *
 * A difference of less than CLOCK_STEP_US is spread (slew), and what of it
 * cannot be the measurement's error tells how fast the crystal is. A larger one
 * makes the clock jump, but only if the next answer, of another server if there
 * is one, says the same: one liar alone cannot move a clock that runs.
 */
#ifndef TIME_DISCIPLINE_H
#define TIME_DISCIPLINE_H

#include "services/proto/clockpage.h"
#include "services/proto/rtc.h"
#include "services/time/sntp.h"

#include <stdbool.h>
#include <stdint.h>

#define CLOCK_STEP_US      128000 /* RFC 5905, 11.3: STEPT */
#define CLOCK_RATE_MAX_PPB 500000 /* RFC 5905, 11.3: MAXFREQ */

enum clock_change {
	CLOCK_KEPT,
	CLOCK_SLEWED,
	CLOCK_STEPPED, /* or set for the first time */
	CLOCK_DOUBTED, /* ask the next server soon */
};

struct discipline {
	struct clock_page page;
	bool doubted;     /* a jump has been asked for, and is to be confirmed: */
	int64_t claim_us; /* unix time - time_us() by that answer */
	uint32_t claim_error_us;
	int64_t moved_us; /* of the last CLOCK_STEPPED; 0 if there was no clock before */
};

/* Goes on with a sound page of a former life, or begins with none. */
void discipline_init(struct discipline *discipline, const struct clock_page *found);

/* The battery clock; not listened to once a time server has been. */
enum clock_change discipline_rtc(struct discipline *discipline, const struct rtc_page *rtc);

enum clock_change discipline_answer(struct discipline *discipline,
				    const struct sntp_answer *answer);

#endif
