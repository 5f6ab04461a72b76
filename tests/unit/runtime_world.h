/*
 * A kernel for the runtime's unit tests: the two pages that a service shares
 * with it, at their addresses, and kernel calls that are recorded and answered
 * as the test says.
 */
#ifndef UNIT_RUNTIME_WORLD_H
#define UNIT_RUNTIME_WORLD_H

#include "kernel/abi/syscall.h"
#include "services/runtime/syscall.h"
#include "tests/unit/unit.h"

#define WORLD_CALLS_MAX 80

struct world_call {
	enum syscall number;
	struct kernel_arguments arguments;
};

extern struct world {
	struct world_call calls[WORLD_CALLS_MAX]; /* in order */
	unsigned call_count;
	struct kernel_result answer; /* to every call but exit and panic */
	void (*during)(void);        /* what the kernel does to the IPC buffer; may be NULL */
	jmp_buf death;               /* where panic and exit go */
} world;

/* Two services, "rs" and "self", which is us; no regions. A cmocka set-up. */
int world_setup(void **state);

struct start_info *world_info(void);
void world_map_add(const char *alias, uint64_t address, uint64_t size_bytes);

/* Times that `number` was called. */
unsigned world_calls_of(enum syscall number);

/* Runs `statement`, which has to panic. */
#define assert_panics(statement)                                                                   \
	do {                                                                                       \
		if (setjmp(world.death) == 0) {                                                    \
			statement;                                                                 \
			fail_msg("no panic: %s", #statement);                                      \
		}                                                                                  \
	} while (0)

#endif
