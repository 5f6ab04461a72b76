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

/*
 * Why a datagram of a time server was not accepted: not 48 bytes; no server's, or
 * of an unknown version; not the answer to what was asked; the server wants to be
 * asked less, or never; it has no time itself; it is too far from one that has; its
 * time stamps cannot be true; the network is too slow; it would have made the clock
 * jump, and the next answer did not agree.
 */
#define CLOCK_DROP_TABLE(X)                                                                        \
	X(NONE, 0, "none")                                                                         \
	X(LENGTH, 1, "short")                                                                      \
	X(MODE, 2, "mode")                                                                         \
	X(ORIGIN, 3, "origin")                                                                     \
	X(KISS, 4, "kiss-of-death")                                                                \
	X(LEAP, 5, "unsynchronised")                                                               \
	X(STRATUM, 6, "stratum")                                                                   \
	X(TIMES, 7, "times")                                                                       \
	X(DISTANCE, 8, "distance")                                                                 \
	X(UNCONFIRMED, 9, "unconfirmed")

enum clock_drop {
#define X(name, number, text) CLOCK_DROP_##name = (number),
	CLOCK_DROP_TABLE(X)
#undef X
};
#define CLOCK_DROPS 10u

/* A correction is spread so thin: 500 us a second (what adjtime() of BSD uses, too). */
#define CLOCK_SLEW_PPM 500
/* A PC's crystal that nobody corrects; RFC 5905, 7.1, has 15 ppm for one that is. */
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
	uint32_t server_address;  /* host byte order; 0: none */
	char server[CLOCK_SERVER_BYTES]; /* as configured; ends in a zero */
	uint32_t timeouts;               /* since boot: requests without an answer */
	uint32_t drops[CLOCK_DROPS];     /* since boot, by enum clock_drop */
};

/* Behind the page lies a second one, for the next life of `time` if this one dies over the first. */
#define CLOCK_PAGE_BYTES 4096u
_Static_assert(2 * sizeof(struct clock_page) <= CLOCK_PAGE_BYTES, "region size");
_Static_assert(sizeof(struct clock_page) == 184, "layout");

#endif
