/*
 * A kernel for the supervisor under test: a manifest, a table, and actions that
 * do to the table what the kernel would. Time stands still until a test moves it.
 */
#ifndef UNIT_RS_WORLD_H
#define UNIT_RS_WORLD_H

#include "services/rs/supervise.h"

#include <stdbool.h>

/* Slots: rs; ds; pci after ds; a port with a device after pci; config after ds; firewall after
 * config. */
enum world_slot { RS, DS, PCI, PORT, CONFIG, FIREWALL, SLOTS };

struct rs_world {
	struct manifest manifest;
	struct kernel_table kernel;
	struct rs_table table;
	struct rs_checkpoints checkpoints;
	struct supervisor supervisor;
	uint64_t now_us;
	uint64_t step_us;        /* time passes in steps of this at most */
	bool calm;               /* who has answered waits, and does nothing else */
	struct kernel_log lines; /* only their number */
	unsigned starts[SLOTS], asks[SLOTS], answered[SLOTS];
	enum status start_refusal[SLOTS]; /* what the kernel answers instead of starting */
	enum crash_how crashed[SLOTS];
	enum image_source source[SLOTS]; /* of the next life */
	enum machine_stop stopped;
	unsigned actions;     /* that RS has taken */
	unsigned last_action; /* RS dies over this one, before it or behind it; 0: over none */
	bool action_done;     /* behind it */
	char log[16384];
};

extern struct rs_world world;

/* A machine that was just switched on; nothing started. */
void world_new(void);
/* RS begins a life, as at boot or after its death; and looks. */
void world_rs_begins(void);
/* RS dies; the kernel starts it again. */
void world_rs_dies(enum exit_cause cause);
uint64_t world_look(void);
/* As world_look, but RS dies over its nth action. False: it took fewer. */
bool world_look_dying(unsigned nth, bool done);
/* Time passes; RS looks whenever it asked to, and slots in `alive` answer when asked. */
void world_pass(uint64_t us, uint64_t answering);
void world_answer(enum world_slot slot);
/* All that can be are started and ready. */
void world_boot(void);
void world_dies(enum world_slot slot, enum exit_cause cause);
void world_recovery(enum world_slot slot, const struct manifest_recovery *steps, unsigned count);
enum status world_request(enum rs_op op, uint32_t slot, uint32_t argument);
const struct rs_entry *world_entry(enum world_slot slot);

#define WORLD_ALL (~0ull)

#endif
