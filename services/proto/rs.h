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
};

struct rs_request {
	uint32_t slot;
	uint32_t argument;
};

#define RS_STATE_TABLE(X)                                                      \
	X(WAITING, 0, "waiting") /* for what it starts after */                \
	X(ABSENT, 1, "absent") /* its device is not there */                   \
	X(STARTING, 2, "starting") /* started, not ready */                    \
	X(RUNNING, 3, "running")                                               \
	X(BACKOFF, 4, "back-off") /* dead, restarted when the time comes */    \
	X(STOPPED, 5, "stopped") /* by the administrator */                    \
	X(FAILED, 6, "failed") /* given up */

enum rs_state {
#define X(name, number, text) RS_##name = (number),
	RS_STATE_TABLE(X)
#undef X
};

struct rs_entry {
	uint32_t state; /* enum rs_state */
	uint32_t generation;
	uint32_t restarts; /* since boot */
	uint32_t deaths_in_row; /* cleared after a quiet time */
	uint32_t last_cause; /* enum exit_cause */
	uint32_t stopped; /* 1: by the administrator */
	uint64_t last_death_us, last_ready_us; /* since boot */
	uint64_t restart_at_us; /* in back-off */
	uint64_t heartbeat_sent_us, heartbeat_seen_us;
};

#define RS_TABLE_VERSION 1u

struct rs_table {
	uint32_t version; /* RS_TABLE_VERSION */
	uint32_t rs_restarts;
	struct rs_entry services[SERVICE_MAX];
};

#define RS_TABLE_BYTES 8192u
_Static_assert(sizeof(struct rs_table) <= RS_TABLE_BYTES, "region size");

#endif
