/*
 * One command, or a reset, on a channel, a piece at a time: it never waits for
 * the device, but says when it wants to look again. Interrupts stay off; looks
 * come at growing distances, so that a wait is seen to end at most a quarter
 * late, and there is no interrupt to be lost.
 *
 *	IDLE -> SELECTING -> MOVING -> ENDING -> IDLE         engine_begin
 *	IDLE -> PULSING -> SETTLING -> RESETTING -> IDLE      engine_reset
 *
 * SELECTING: the device was chosen and has to be ready. MOVING: a sector at a
 * time, each when the device asks for it. ENDING: it has to be neither busy nor
 * to want more. Every state can end in IDLE with an outcome other than DONE.
 */
#ifndef ATA_ENGINE_H
#define ATA_ENGINE_H

#include "drivers/block/ata/taskfile.h"

struct ata_channel {
	uint16_t command_port, control_port;
};

#define ATA_OUTCOME_TABLE(X)                                                                       \
	X(DONE, "done")                                                                            \
	X(REFUSED, "refused") /* the device says that it failed */                                 \
	X(LATE, "not in time")                                                                     \
	X(NONSENSE, "an answer that breaks the protocol") /* too short, too long, out of turn */   \
	X(NOBODY, "nobody there")                         /* no such device on the channel */      \
	X(GONE, "gone")                                   /* the bus floats */

enum ata_outcome {
#define X(name, text) ATA_##name,
	ATA_OUTCOME_TABLE(X)
#undef X
};

enum engine_phase {
	ENGINE_IDLE,
	ENGINE_SELECTING,
	ENGINE_MOVING,
	ENGINE_ENDING,
	ENGINE_PULSING,
	ENGINE_SETTLING,
	ENGINE_RESETTING,
};

struct engine {
	enum engine_phase phase;
	enum ata_outcome outcome; /* of what ended last */
	uint8_t status, error;    /* registers as they were then */
	const struct ata_channel *channel;
	unsigned device;
	enum ata_op op;
	struct taskfile taskfile;
	uint8_t *in;        /* borrowed until it is idle */
	const uint8_t *out; /* likewise */
	uint32_t sectors, moved;
	uint64_t since_us, deadline_us;
};

const char *ata_outcome_text(enum ata_outcome outcome);

/* Both only when idle. `in` or `out` has room for `count` sectors if the op moves data. */
void engine_begin(struct engine *engine, const struct ata_channel *channel, unsigned device,
		  enum ata_op op, const struct identity *identity, uint64_t sector, uint32_t count,
		  void *in, const void *out, uint64_t now_us);
/* Ends whatever the channel's devices were at. */
void engine_reset(struct engine *engine, const struct ata_channel *channel, uint64_t now_us);

/* Goes on; returns when to call again, now_us if at once. Idle: it has ended, see `outcome`. */
uint64_t engine_step(struct engine *engine, uint64_t now_us);

#endif
