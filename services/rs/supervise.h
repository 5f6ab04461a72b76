/*
 * The supervisor: which service is to be started, asked, ended or left alone.
 * Pure: what it knows are the manifest, the kernel table, its own preserved
 * table and the clock it is given; what it does goes through `actions`.
 *
 *	WAITING --what it starts after is ready--> STARTING --answers--> RUNNING
 *	   |                                          |  ^                 |
 *	   |no device                            death|  |time             |death
 *	   v                                          v  |                 |
 *	ABSENT --device assigned--> STARTING        BACKOFF <--------------+
 *	                                              |
 *	    any --asked to stop--> STOPPED            +--policy--> FAILED
 *	    STOPPED, FAILED --asked to start--> BACKOFF, due at once
 *
 * It is level-triggered: supervise_look compares what is with what should be
 * and may be called at any time, any number of times. Deaths, a boot, and RS's
 * own restart are therefore the same to it. Its invariants: a live slot is
 * never started; a dead one is scheduled, stopped or given up; nobody waits for
 * ever. Only rs.table, which it checks, outlives it.
 */
#ifndef RS_SUPERVISE_H
#define RS_SUPERVISE_H

#include "kernel/abi/manifest.h"
#include "kernel/abi/status.h"
#include "kernel/abi/table.h"
#include "services/proto/recovery.h"
#include "services/proto/rs.h"
#include "services/rs/heartbeat.h"
#include "services/rs/misdeeds.h"

#define SUPERVISE_WAIT_US        3000000u  /* for one that does not become ready */
#define SUPERVISE_BOOT_WAIT_US   30000000u /* for all of them together */
#define SUPERVISE_QUIET_US       500000u   /* after so long a life deaths count from 1 again */
#define SUPERVISE_USEFUL_US      50000u    /* who was ready so long is worth a restart at once */
#define SUPERVISE_OWN_DEATHS_MAX 3u        /* RS's own in a row: then rs.table is the culprit */
#define SUPERVISE_LOG_US         10000u    /* until those who read the log are told of our lines */
#define SUPERVISE_NO_DEADLINE    UINT64_MAX

struct supervise_actions {
	enum status (*start)(uint32_t slot, uint32_t *generation);
	enum status (*kill)(uint32_t slot, enum exit_cause cause);
	enum status (*crash)(uint32_t slot, enum crash_how how);
	enum status (*source)(uint32_t slot, enum image_source source);
	void (*ask)(uint32_t slot); /* for its heartbeat */
	void (*log)(enum log_level level, const char *text);
	void (*stop_machine)(enum machine_stop how);
};

/* What need not outlive RS. */
struct supervise_watch {
	struct heartbeat heartbeat;
	struct misdeeds misdeeds;
	uint64_t wait_since_us; /* WAITING: nothing it starts after waits itself; 0: not yet */
	bool disbelieve;        /* its first answer may be its former life's */
};

/*
 * The region "rs.checkpoint": rs.table as it was the last two times that RS had lived for
 * SUPERVISE_QUIET_US with a change of it. Written in turn.
 */
struct rs_checkpoint {
	uint32_t crc32; /* of what follows */
	uint32_t reserved;
	uint64_t sequence; /* from 1; the greater one is the latest */
	struct rs_table table;
};

struct rs_checkpoints {
	struct rs_checkpoint copies[2];
};
#define RS_CHECKPOINTS_BYTES (36u * 1024u)
_Static_assert(sizeof(struct rs_checkpoints) <= RS_CHECKPOINTS_BYTES, "region size");

struct supervisor {
	const struct manifest *manifest;
	const struct kernel_table *kernel;
	const struct supervise_actions *actions;
	struct rs_table *table;
	struct rs_checkpoints *checkpoints;
	uint32_t latest;     /* of the checkpoints, as last written */
	uint64_t changed_us; /* since when the table is not as in that; 0: it is */
	uint64_t touched;    /* a bit a slot: its entry may be another than in that */
	uint64_t begun_us;
	const struct kernel_log *log; /* NULL: nobody is told that it grows */
	uint64_t log_seen;
	uint64_t log_readers, life_readers, stirred; /* a bit a slot */
	uint32_t self;                               /* RS's slot */
	uint32_t count;
	enum exit_cause own_end;  /* how RS itself is to end once it has answered; or */
	enum crash_how own_crash; /* 0: not at all */
	struct supervise_watch watches[SERVICE_MAX];
};

/* Takes up the table as it is found: checks it against the kernel's, drops what is damaged. */
void supervise_init(struct supervisor *supervisor, const struct manifest *manifest,
		    const struct kernel_table *kernel, struct rs_table *table,
		    struct rs_checkpoints *checkpoints, const struct supervise_actions *actions,
		    uint64_t now_us);
/* Does all that is due; returns when to be called next at the latest. */
uint64_t supervise_look(struct supervisor *supervisor, uint64_t now_us);
/*
 * The slots in `sources` have notified RS: answered their heartbeat, or have
 * news. True if a look may now find more to do.
 */
bool supervise_answered(struct supervisor *supervisor, uint64_t sources, uint64_t now_us);
/*
 * Whoever the manifest gives the kernel's log has a turn soon after it has grown, and whoever it
 * gives a table of lives, soon after a death. So nobody has to look at them again and again: to be
 * asked for a heartbeat is to be woken. Drivers are left alone.
 */
void supervise_log_watch(struct supervisor *supervisor, const struct kernel_log *log);
/* The administrator's request (enum rs_op, but not RS_MACHINE_STOP). */
enum status supervise_request(struct supervisor *supervisor, uint32_t op,
			      const struct rs_request *request, uint64_t now_us);
/* The administrator's policy for a service: RS_POLICY. */
enum status supervise_policy_set(struct supervisor *supervisor,
				 const struct rs_policy_request *request);
/* Carries out, after the answer, what a request asks of RS itself; may not return. */
void supervise_end_self(struct supervisor *supervisor);

/* --- shared by the supervisor's own files --- */

/* So that a flipped bit in a count of deaths gives nobody up. */
static inline uint32_t supervise_deaths_check(uint32_t deaths)
{
	return deaths * 0x9e3779b1u;
}

static inline void supervise_deaths_set(struct rs_entry *entry, uint32_t deaths)
{
	entry->deaths_in_row = deaths;
	entry->deaths_check = supervise_deaths_check(deaths);
}

/* The latest checkpoint that is whole (0), or the one before (1). NULL: there is none. */
const struct rs_table *supervise_checkpoint(const struct supervisor *supervisor, unsigned nth);
/*
 * Writes the next one if the table has changed and RS has lived with that for long enough; when to
 * be called next at the latest.
 */
uint64_t supervise_checkpoint_look(struct supervisor *supervisor, uint64_t now_us);
const char *supervise_name(const struct supervisor *supervisor, uint32_t slot);
void supervise_log(const struct supervisor *supervisor, enum log_level level, uint32_t slot,
		   const char *format, ...) __attribute__((format(printf, 4, 5)));
void supervise_watch_begin(struct supervisor *supervisor, uint32_t slot, uint64_t now_us);
/* Ends the slot's life; its death is then found by the next look. */
void supervise_kill(const struct supervisor *supervisor, uint32_t slot, enum exit_cause cause);
/* Does the entry tell of the life that the slot has now? */
bool supervise_is_same_life(const struct rs_entry *entry, const struct service_entry *life);
/* A bit for each slot that there may be something to do about. */
uint64_t supervise_slots_astir(const struct supervisor *supervisor);
/* These are asked at the next look even if they rest. */
void supervise_stir(struct supervisor *supervisor, uint64_t slots);
/* Who was stirred since this was last called. */
uint64_t supervise_stirred_take(struct supervisor *supervisor);
bool supervise_log_has_grown(const struct supervisor *supervisor);
/* Stirs those who read the kernel's log, if it has grown. */
void supervise_log_look(struct supervisor *supervisor);
/* Counts and logs the death of a slot's life, and decides what becomes of it. */
void supervise_bury(struct supervisor *supervisor, uint32_t slot, uint64_t now_us);
/* The slot's life has answered for the first time. */
void supervise_ready(struct supervisor *supervisor, uint32_t slot, uint64_t now_us);
/* The policy of a slot that is in force: RECOVERY_STEPS_MAX steps. */
const struct manifest_recovery *supervise_policy(const struct supervisor *supervisor,
						 uint32_t slot);
bool supervise_policy_is_sound(const struct rs_policy *policy);
/* Notes an alert about the slot's death; DS publishes it. */
void supervise_alert(struct supervisor *supervisor, uint32_t slot, const char *cause,
		     uint64_t now_us);
/* Asks config, through rs.table, for the last good configuration. */
void supervise_last_configuration(struct supervisor *supervisor, uint32_t slot);
/* RS_UPDATE and RS_REVERT. */
enum status supervise_update(struct supervisor *supervisor, uint32_t slot, uint64_t now_us);
enum status supervise_revert(struct supervisor *supervisor, uint32_t slot, uint64_t now_us);
bool supervise_program_is_sound(const struct rs_program *program, uint64_t now_us);
/* RS begins a life: what it finds of the slot's program against what runs. */
void supervise_program_adopt(struct supervisor *supervisor, uint32_t slot);
/* Does the slot run another program than it is to? */
bool supervise_program_is_other(const struct supervisor *supervisor, uint32_t slot);
/* Tells the kernel which program the slot's next life runs. */
void supervise_program_choose(const struct supervisor *supervisor, uint32_t slot);
/* An unwanted death, or a start refused. True: of an update whose trial that ends. */
bool supervise_trial_fails(struct supervisor *supervisor, uint32_t slot, bool was_ready);
/* Ends a trial that was passed; when to be called next at the latest. */
uint64_t supervise_trial_look(struct supervisor *supervisor, uint32_t slot, uint64_t now_us);
/* Starts all that has nothing to wait for, until nothing changes any more. */
void supervise_start_due(struct supervisor *supervisor, uint64_t now_us);
/* Until when a slot in WAITING waits at the longest. */
uint64_t supervise_wait_until_us(const struct supervisor *supervisor, uint32_t slot);

#endif
