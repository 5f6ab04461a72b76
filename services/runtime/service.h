/*
 * The life of a service: what every one links and how it starts, waits, is
 * watched and ends. A service fills in a struct service and calls
 *
 *	int main(void) { return service_run(&my_service); }
 *
 * One thread; nothing here blocks but service_run between events. Boot and
 * restart are the same: `start` finds preserved regions as its former life left
 * them (service_info()->restarted tells), checks them and carries on.
 */
#ifndef RUNTIME_SERVICE_H
#define RUNTIME_SERVICE_H

#include "kernel/abi/layout.h"
#include "kernel/abi/message.h"
#include "kernel/abi/status.h"
#include "kernel/abi/syscall.h"
#include "kernel/abi/table.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SERVICE_NO_DEADLINE UINT64_MAX

/* The call-backs, in the order in which they come; any but start may be NULL. */
struct service {
	/* Once. OK, or it panics with the status. Ready is who has answered RS since. */
	enum status (*start)(void);
	/*
	 * A request: `request` is in place in the IPC buffer, copy it before any
	 * other IPC. The caller waits: answer with service_reply, now or, keeping
	 * request->from, later.
	 */
	void (*message)(const struct message *request);
	/* Notified by the slots set in `sources` (RS's heartbeat is taken out). */
	void (*notified)(uint64_t sources);
	/* RS only: EVENT_EXIT, EVENT_ATTENTION. */
	void (*event)(uint64_t events);
	/* The manifest's interrupts `lines` (bit 0: the device's) arrived; acknowledge them. */
	void (*interrupt)(unsigned lines);
	/*
	 * Called before every wait. Does what is due at `now_us` and returns the
	 * time of the next call at the latest (SERVICE_NO_DEADLINE: none). To be
	 * called again at once, return now_us: other events are then served in
	 * between, so that bounded batches of work keep the service responsive.
	 */
	uint64_t (*work)(uint64_t now_us);
};

/* Serves until the service dies; never returns. */
int service_run(const struct service *service);

#define SERVICE_BREATHS_MAX 60u

/*
 * For a computation that cannot be cut into turns, from places that it passes
 * often: answers RS's heartbeat if it has come; other notifications wait for the
 * next turn. After SERVICE_BREATHS_MAX of them in one turn it does nothing any
 * more, so that one without end is found all the same. Whoever calls meanwhile gets
 * E_AGAIN; the protocol has to say so.
 */
void service_breathe(void);

/*
 * The same, from places that are passed too often for it: only if the turn's work, or its last
 * breath, began SERVICE_LONG_TURN_US ago. Work that takes no millisecond takes long on a machine
 * whose host has given its processor to others, and is no hang for that.
 */
#define SERVICE_LONG_TURN_US 2000u
void service_breathe_if_long(void);

/* What the kernel says of this life: device, generation, previous death. */
#ifdef BULKHEAD_UNIT_TEST
const struct start_info *service_info(void);
#else
static inline const struct start_info *service_info(void)
{
	return (const struct start_info *)USER_START_INFO;
}
#endif

/* Microseconds since boot; monotonic; needs no kernel call. */
uint64_t time_us(void);

/*
 * A service that has nothing to time waits for its notifications, and looks around all the same at
 * multiples of a period since boot, so that the processor wakes once for all of them: every
 * SERVICE_REST_US if there is something that nobody can tell it of, as a device that went silent;
 * every SERVICE_LONG_REST_US in case a notification was lost with a former life.
 */
#define SERVICE_REST_US      4000000u
#define SERVICE_LONG_REST_US (64u * SERVICE_REST_US)

static inline uint64_t service_rest_until_us(uint64_t now_us, uint64_t period_us)
{
	return (now_us / period_us + 1) * period_us;
}

/*
 * The region that the manifest maps under `alias`. Its size has to be at least
 * `size_bytes`: a manifest that disagrees is our own mistake and panics.
 */
void *region(const char *alias, size_t size_bytes);
/* As above, but NULL if the manifest maps none; sets *map if it is not NULL. */
const struct start_map *region_find(const char *alias);

/* The slot of that name, or SERVICE_MAX if the manifest has none. */
uint32_t service_slot(const char *name);
const char *service_name(uint32_t slot);

/*
 * Sends `request` and waits for the reply, which replaces it; request->status
 * then holds the callee's answer. The result is E_DENIED, E_TIMEOUT, E_DEAD
 * (endpoint->generation is then updated: repeat if the protocol says that the
 * op may be), else request->status.
 */
must_use enum status service_call(endpoint_t *to, struct message *request, uint64_t timeout_us);

/* Answers the caller `to`, with reply->status. False if it waits no longer. */
bool service_reply(endpoint_t to, const struct message *reply);
/* A reply of nothing but a status. */
bool service_reply_status(endpoint_t to, enum status status);
/* Answers a malformed request by faulting the caller. */
void service_reply_fault(endpoint_t to);

void service_notify(uint32_t slot);
void service_complain(uint32_t slot, enum complaint complaint);

/* Log lines, printf-like, at most LOG_TEXT_BYTES; kept by the kernel over our death. */
void log_at(enum log_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));
#define log_error(...)   log_at(LOG_ERROR, __VA_ARGS__)
#define log_warning(...) log_at(LOG_WARNING, __VA_ARGS__)
#define log_notice(...)  log_at(LOG_NOTICE, __VA_ARGS__)
#define log_info(...)    log_at(LOG_INFO, __VA_ARGS__)
#define log_debug(...)   log_at(LOG_DEBUG, __VA_ARGS__)

/* Dies with a reason; RS restarts us. assert() ends here. */
_Noreturn void service_panic(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
