/*
 * RS, the reincarnation server: starts, watches and restarts every service.
 *
 * RS calls nobody. A service answers RS's heartbeat notification by notifying
 * RS; its first such answer after a start says that it is ready. RS publishes
 * its own state in the region "rs.table", which it alone writes.
 *
 * Who may call: console (and later webd), for the administrator. RS answers at
 * once; the outcome is seen in the tables. Ops are safe to repeat, except that
 * a repeated RESTART restarts twice.
 */
#ifndef PROTO_RS_H
#define PROTO_RS_H

#include "kernel/abi/manifest.h"
#include "kernel/abi/message.h"
#include "services/proto/crash.h"

enum rs_op {
	RS_RESTART = 0x200, /* E_ABSENT, E_STATE (no device, given up) */
	RS_STOP = 0x201, /* and do not restart. E_ABSENT, E_DENIED (RS, DS) */
	RS_START = 0x202, /* one stopped or given up */
	RS_CRASH = 0x203, /* argument: enum crash_how. E_DENIED: not a test image */
	RS_MACHINE_STOP = 0x204, /* argument: enum machine_stop */
	/*
	 * struct rs_policy_request: the steps in place of the manifest's; count 0: the manifest's
	 * again. E_ARGUMENT: no such step. Kept until the machine reboots.
	 */
	RS_POLICY = 0x205,
	/*
	 * Runs the program of the update bundle, on trial first. E_ABSENT: there is none for it;
	 * E_STATE: it runs already; E_DENIED: RS itself, or no trial would be possible.
	 */
	RS_UPDATE = 0x206,
	RS_REVERT = 0x207, /* the booted program again. E_STATE: that is what runs */
};

struct rs_request {
	uint32_t slot;
	uint32_t argument;
};

struct rs_policy_request {
	uint32_t slot;
	uint32_t count; /* of steps, at most RECOVERY_STEPS_MAX */
	struct manifest_recovery steps[RECOVERY_STEPS_MAX];
};
_Static_assert(sizeof(struct rs_policy_request) <= MESSAGE_PAYLOAD_BYTES, "payload");

/* No state is another with one bit flipped. */
#define RS_STATE_TABLE(X)                                                      \
	X(WAITING, 0, "waiting") /* for what it starts after */                \
	X(ABSENT, 3, "absent") /* its device is not there */                   \
	X(STARTING, 5, "starting") /* started, not ready */                    \
	X(RUNNING, 6, "running")                                               \
	X(BACKOFF, 9, "back-off") /* dead, restarted when the time comes */    \
	X(STOPPED, 10, "stopped") /* by the administrator */                   \
	X(FAILED, 12, "failed") /* given up */

enum rs_state {
#define X(name, number, text) RS_##name = (number),
	RS_STATE_TABLE(X)
#undef X
};

/* The program of a service: the booted one, or that of the update bundle. */
#define RS_TRIAL_US         10000000u /* how long an update is on trial */
#define RS_TRIAL_DEATHS_MAX 3u        /* so many deaths meanwhile, or one before it is ready, end it */

struct rs_program {
	uint32_t source;       /* enum image_source that is to run */
	uint32_t trial_deaths; /* of the update on trial */
	uint64_t trial_until_us; /* 0: not on trial */
};

/* What the administrator has put in place of the manifest's policy. */
struct rs_policy {
	uint32_t crc32; /* zlib's, of what follows; wrong: the manifest's is in force */
	uint32_t overridden; /* 1: these steps are in force */
	struct manifest_recovery steps[RECOVERY_STEPS_MAX];
};

#define RS_YES 3u /* where 0 is no: neither is the other with one bit flipped */

struct rs_entry {
	uint32_t state; /* enum rs_state */
	uint32_t generation;
	uint32_t restarts; /* since boot */
	uint32_t deaths_in_row; /* cleared after a quiet time */
	uint32_t last_cause; /* enum exit_cause */
	uint32_t stopped; /* RS_YES: by the administrator */
	uint64_t last_death_us, last_ready_us; /* since boot */
	uint64_t restart_at_us; /* in back-off */
	uint64_t heartbeat_sent_us, heartbeat_seen_us;
	uint32_t device_reset; /* RS_YES: its driver is to reset the device before it uses it */
	uint32_t deaths_check; /* of deaths_in_row: RS's own */
	uint32_t clean_start; /* RS_YES: it is to forget what its former lives left */
	uint32_t reserved;
	struct rs_program program;
	struct rs_policy policy;
};

/* For the administrator's eyes; DS publishes each as the name "alert.N". */
#define RS_ALERTS_MAX 8u /* the last so many: alert n is alerts[n % RS_ALERTS_MAX] */

struct rs_alert {
	uint64_t sequence; /* from 1; 0: none; written last */
	uint64_t time_us;  /* since boot */
	uint32_t slot;     /* who died */
	uint32_t cause;    /* enum exit_cause */
	char text[96];     /* ends in a zero */
};

#define RS_TABLE_VERSION 4u

struct rs_table {
	uint32_t version; /* RS_TABLE_VERSION */
	uint32_t rs_restarts;
	uint32_t last_configuration; /* counts the wishes that config return to its last good one */
	uint32_t looks; /* at all services, modulo 2^32: RS's pulse */
	uint64_t alert_sequence; /* of the latest alert */
	struct rs_alert alerts[RS_ALERTS_MAX];
	struct rs_entry services[SERVICE_MAX];
};

#define RS_TABLE_BYTES 16384u
_Static_assert(sizeof(struct rs_table) <= RS_TABLE_BYTES, "region size");

#endif
