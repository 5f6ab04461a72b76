/*
 * Events that an owner wants to hear of: what a service publishes in DS under
 * "event.SERVICE.N", N from 0 to EVENT_RING - 1: its last few. Published with
 * services/runtime/event.h; read by alertd, which mails, and webd, which shows.
 * Event s of a service is "event.SERVICE.(s % EVENT_RING)".
 *
 * Deaths and recoveries of services are RS's (names "alert.N", services/proto/rs.h).
 *
 * The text may quote what came from outside: it is foreign bytes to its reader.
 */
#ifndef PROTO_EVENT_H
#define PROTO_EVENT_H

#include <stdint.h>

#define EVENT_VERSION    1u
#define EVENT_RING       4u
#define EVENT_TEXT_BYTES 96u
#define EVENT_DS_PATTERN "event.*"

/*
 * Kind, number, word, and the kind whose trouble it ends (NONE: it ends none).
 * Numbers are for ever.
 */
#define EVENT_KIND_TABLE(X)                                                                        \
	X(NONE, 0, "none", NONE)                                                                   \
	X(SERVICE_CRASHED, 1, "service-crashed", NONE)                                             \
	X(SERVICE_FAILED, 2, "service-failed", NONE) /* given up */                                \
	X(SERVICE_RECOVERED, 3, "service-recovered", SERVICE_FAILED)                               \
	X(SYSTEM_STARTED, 4, "system-started", NONE)                                               \
	X(KERNEL_RESTARTED, 5, "kernel-restarted", NONE) /* not asked for */                       \
	X(WAN_DOWN, 6, "wan-down", NONE)                                                           \
	X(WAN_UP, 7, "wan-up", WAN_DOWN)                                                           \
	X(DISK_TROUBLE, 8, "disk-trouble", NONE)                                                   \
	X(DISK_RECOVERED, 9, "disk-recovered", DISK_TROUBLE)                                       \
	X(CLOCK_STEPPED, 10, "clock-stepped", NONE)                                                \
	X(CLOCK_LOST, 11, "clock-lost", NONE) /* no time server answers */                         \
	X(CLOCK_FOUND, 12, "clock-found", CLOCK_LOST)                                              \
	X(LOGIN_FAILED, 13, "login-failed", NONE)                                                  \
	X(CONFIG_CHANGED, 14, "config-changed", NONE)                                              \
	X(CONFIG_REVERTED, 15, "config-reverted", NONE) /* not confirmed in time */

enum event_kind {
#define X(name, number, word, ends) EVENT_##name = (number),
	EVENT_KIND_TABLE(X)
#undef X
};
#define EVENT_KINDS 16u

enum event_severity {
	EVENT_INFO = 0,     /* good to know */
	EVENT_WARNING = 1,  /* look at it some day */
	EVENT_CRITICAL = 2, /* look at it now */
};

struct event {
	uint32_t version;  /* EVENT_VERSION */
	uint16_t kind;     /* enum event_kind */
	uint16_t severity; /* enum event_severity */
	uint64_t sequence; /* of that service, from 1 since boot */
	uint64_t time_us;  /* since boot; clockpage.h makes wall time of it */
	uint32_t text_bytes;
	uint32_t reserved;
	char text[EVENT_TEXT_BYTES]; /* no newline, no zero at the end */
};

_Static_assert(sizeof(struct event) == 128, "it fits a value of DS");

#endif
