/*
 * What time it is: region "clock", written by the service `time` only, read by
 * whoever wants wall time (services/runtime/wallclock.h does it right).
 *
 * Unix time in microseconds (UTC, without leap seconds) is what time_us() says
 * plus an offset that moves slowly: see wallclock_at() for the formula. While
 * the page changes `sequence` is odd; a reader copies it, looks again, and then
 * checks version, CRC-32 and source. The page outlives `time`: a clock that
 * nobody corrects goes on, and its error bound grows.
 */
#ifndef PROTO_CLOCKPAGE_H
#define PROTO_CLOCKPAGE_H

#include <stdint.h>

#define CLOCK_PAGE_VERSION 1u

/* In the order of trust. */
#define CLOCK_SOURCE_TABLE(X)                                                                      \
	X(NONE, 0, "none") /* nobody knows what time it is */                                      \
	X(CMOS, 1, "cmos") /* the machine's battery clock */                                       \
	X(SNTP, 2, "sntp") /* a time server */

enum clock_source {
#define X(name, number, text) CLOCK_##name = (number),
	CLOCK_SOURCE_TABLE(X)
#undef X
};

/* A correction is spread so thin: 500 us a second (what adjtime() of BSD uses, too). */
#define CLOCK_SLEW_PPM 500
/* A PC's crystal with nobody to correct it (RFC 5905, 7.1: PHI, 15 ppm, is for a disciplined one).
 */
#define CLOCK_DRIFT_PPM    100
#define CLOCK_SERVER_BYTES 64

struct clock_page {
	uint32_t sequence; /* even; odd while the rest changes */
	uint32_t crc32;    /* zlib's, of all that follows */
	uint32_t version;  /* CLOCK_PAGE_VERSION; 0: never written */
	uint32_t source;   /* enum clock_source, of the last correction */
	uint64_t base_us;  /* time_us() at which this held: */
	int64_t offset_us; /* unix time - time_us() */
	int64_t slew_us;   /* to be added from base_us on, CLOCK_SLEW_PPM at a time */
	int32_t rate_ppb;  /* also to be added: parts in 10^9 of what passes from base_us on */
	uint32_t error_us; /* bound at base_us; grows by CLOCK_DRIFT_PPM */
	uint64_t synchronised_us; /* time_us() of the last good answer of a time server; 0: never */
	uint32_t steps;           /* since boot: how often the clock jumped */
	uint32_t stratum;         /* of the server; 0: none */
	uint32_t polls, answers;  /* since boot: sent, and accepted */
	uint32_t drops;           /* since boot: datagrams that were not accepted */
	uint32_t server_address;  /* host byte order; 0: none */
	char server[CLOCK_SERVER_BYTES]; /* as configured; ends in a zero */
};

#define CLOCK_PAGE_BYTES 4096u
_Static_assert(sizeof(struct clock_page) == 144, "layout");

#endif
