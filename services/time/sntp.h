/*
 * SNTP, the client's side: one request, and what its answer says (RFC 4330;
 * RFC 5905 in client mode). Pure. Nothing of the answer is believed before it
 * has shown that it is the answer to our request: its origin time stamp has to
 * be the random number that we sent in place of our time.
 */
#ifndef TIME_SNTP_H
#define TIME_SNTP_H

#include "services/proto/clockpage.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SNTP_PORT         123
#define SNTP_PACKET_BYTES 48u

/* What RFC 5905's "distance" may be, 7.3 and 11.2.2 (MAXDIST), and so our error. */
#define SNTP_ERROR_MAX_US 1500000u

struct sntp_request {
	uint64_t cookie;  /* sent as the transmit time stamp; random, not 0 */
	uint64_t sent_us; /* time_us() */
};

struct sntp_answer {
	int64_t offset_us; /* unix time - time_us(), at the middle of the exchange */
	uint64_t time_us;  /* then */
	uint32_t delay_us; /* of the network, there and back */
	uint32_t error_us; /* bound: half of the delay, and what the server says of itself */
	uint32_t stratum;
};

/* A kiss of death (RFC 5905, 7.4): the answer is none, and more. */
enum sntp_kiss {
	SNTP_NO_KISS,
	SNTP_KISS_RATE,  /* ask less often */
	SNTP_KISS_LEAVE, /* do not ask any more: DENY, RSTR */
};

void sntp_request_build(const struct sntp_request *request, uint8_t out[SNTP_PACKET_BYTES]);

/*
 * What arrived at `now_us` from the server asked. CLOCK_DROP_NONE: *answer is
 * good; CLOCK_DROP_KISS: *kiss says which; else it is none of ours or no good.
 */
enum clock_drop sntp_answer_parse(const uint8_t *bytes, size_t length,
				  const struct sntp_request *request, uint64_t now_us,
				  struct sntp_answer *answer, enum sntp_kiss *kiss);

#endif
