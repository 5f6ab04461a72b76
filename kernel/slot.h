/*
 * A slot: one line of the manifest, whichever life of its service runs in it.
 *
 *	            slot_start                     IPC waits
 *	  EMPTY ----------------> ALIVE  runnable <---------> RECEIVE, SEND, REPLY
 *	            slot_start      |
 *	  DEAD  ----------------> ALIVE
 *	    ^                       |
 *	    +------ slot_die -------+	waiters released, grants and interrupts dropped
 *
 * All memory of a slot was taken at boot; starting it only fills that in.
 */
#ifndef KERNEL_SLOT_H
#define KERNEL_SLOT_H

#include "kernel/abi/manifest.h"
#include "kernel/abi/message.h"
#include "kernel/abi/status.h"
#include "kernel/abi/table.h"
#include "kernel/frame.h"
#include "kernel/memory.h"

#include <stdbool.h>

enum wait {
	WAIT_NONE,    /* runnable */
	WAIT_RECEIVE, /* for a message or notification */
	WAIT_SEND,    /* until `partner` receives our message */
	WAIT_REPLY,   /* for the reply of `partner` */
	WAIT_STOPPED, /* not alive */
};

struct grant {
	uint32_t id; /* index | sequence << 8; 0: free */
	uint16_t grantee;
	uint8_t access; /* enum grant_access */
	bool delegated; /* of `granter_id`, lent to us by `granter` */
	uint32_t granter, granter_id;
	uint64_t address, bytes;
};

/* One mapped stretch of user addresses, contiguous in physical memory. */
struct stretch {
	uint64_t address, bytes;
	physical_t physical;
	unsigned access; /* enum map_access */
};

/* Eight ports, at 8 * at; a bit that is set is closed. */
struct port_window {
	uint16_t at;
	uint8_t closed;
};

#define SLOT_WINDOWS_MAX   48
#define SLOT_STRETCHES_MAX (IMAGE_SEGMENTS_MAX + 3 + SERVICE_MAPS_MAX)
#define FPU_STATE_BYTES    512
#define IMAGE_SOURCES      2

struct slot {
	struct frame frame; /* first: entry.S finds it there */
	uint8_t fpu[FPU_STATE_BYTES] __attribute__((aligned(16)));

	uint32_t index;
	uint32_t generation;
	uint32_t kernel_calls;
	uint32_t trace[CRASH_TRACE_CALLS]; /* numbers of its last kernel calls, */
	uint32_t calls;                    /* the last at (calls - 1) % CRASH_TRACE_CALLS */
	bool fpu_allowed;
	bool extra; /* it has more than registers and memory: floating point, or ports of its own */
	const struct manifest_service *service;
	const struct manifest_image *image;   /* of the manifest: what the one that runs may do */
	const struct manifest_image *program; /* that one, or its update: what runs */
	enum image_source source;             /* of its next lives */
	struct service_entry *entry;
	struct ipc_buffer *buffer;
	struct start_info *info;

	/* IPC */
	enum wait wait;
	uint32_t partner; /* slot, while we wait to send or for a reply */
	uint64_t deadline_us;
	uint64_t senders;         /* slots in WAIT_SEND to us */
	uint64_t sources, events; /* notifications not yet taken */
	uint32_t last_sender;
	bool notified_last; /* the last receive brought a notification */

	/* Scheduling */
	struct slot *next; /* in its ready queue */
	unsigned level;    /* of the queue it is in or ran from */
	bool queued, exhausted, slice_over;
	int64_t budget_left;                         /* in ticks of the TSC */
	uint64_t period_end_tsc, cpu_tsc, shown_tsc; /* the last: cpu_tsc as the table has it */

	/* Memory */
	physical_t image_memory, heap, stack;
	physical_t roots[IMAGE_SOURCES][SERVICE_IMAGES_MAX]; /* of page tables, one an image */
	physical_t root;                                     /* the one in use */
	struct stretch stretches[SLOT_STRETCHES_MAX];
	unsigned stretch_count, fixed_stretches; /* the fixed ones come first */

	struct port_window windows[SLOT_WINDOWS_MAX]; /* of ports that it reaches without a call */
	unsigned window_count;

	struct grant grants[SERVICE_GRANTS_MAX];
	uint32_t grant_sequence;
};
static_assert(FRAME_BYTES % 16 == 0 && offsetof(struct slot, frame) == 0,
	      "as the processor pushes");

extern struct slot *slots; /* manifest->service_count of them */
extern unsigned slot_count;
extern struct slot *current; /* NULL while idle */

/* Takes the memory of all slots and maps it. */
void slots_init(void);

/* Starts a new life. E_STATE: it is alive, or its device is missing. */
must_use enum status slot_start(struct slot *slot);

/* Ends this life; `cause` is kept in the kernel table. */
void slot_die(struct slot *slot, enum exit_cause cause, uint64_t detail, uint64_t address);

/* The nth image of a slot, from that source; NULL: there is none. */
const struct manifest_image *slot_program(const struct slot *slot, enum image_source source,
					  unsigned nth);

/* Lets it run service_crash(how) next, whatever it does (images for tests). */
must_use enum status slot_crash(struct slot *slot, uint64_t how);

/* Something it was refused: counted, and RS told. */
void slot_refuse(struct slot *slot, uint32_t *counter, uint64_t value);

static inline bool slot_alive(const struct slot *slot)
{
	return slot->wait != WAIT_STOPPED;
}

static inline uint64_t slot_bit(const struct slot *slot)
{
	return 1ull << slot->index;
}

/* The generation that a caller of now may expect: of the next life, if it is dead. */
static inline uint32_t slot_generation(const struct slot *slot)
{
	return slot_alive(slot) ? slot->generation : slot->generation + 1;
}

#endif
