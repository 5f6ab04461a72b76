/*
 * The machine's battery clock: region "rtc.drv", written by the driver `rtc`
 * only, read by the service `time`, which publishes what comes of it (clockpage.h).
 * While the page changes `sequence` is odd.
 *
 * The driver needs no request: it reads the region "clock" by itself, and sets
 * the chip when a time server disagrees with it.
 */
#ifndef PROTO_RTC_H
#define PROTO_RTC_H

#include <stdint.h>

#define RTC_PAGE_VERSION 1u

enum rtc_state {
	RTC_UNREAD = 0, /* not yet */
	RTC_VALID = 1,
	RTC_ABSENT = 2,      /* all ones: there is no chip */
	RTC_IMPLAUSIBLE = 3, /* no date, or one of before 2025: battery empty, never set */
	RTC_STUCK = 4,       /* never ends its update */
};

struct rtc_page {
	uint32_t sequence; /* even; odd while the rest changes */
	uint32_t crc32;    /* zlib's, of all that follows */
	uint32_t version;  /* RTC_PAGE_VERSION; 0: never written */
	uint32_t state;    /* enum rtc_state */
	int64_t unix_s;    /* RTC_VALID: that second had begun at most error_us before, */
	uint64_t time_us;  /* at this time_us() */
	uint32_t writes;   /* since boot: how often the chip was set */
	uint32_t error_us; /* a second at first; less once a new second was seen to begin */
};

#define RTC_PAGE_BYTES 4096u
_Static_assert(sizeof(struct rtc_page) == 40, "layout");

#endif
