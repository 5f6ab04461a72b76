#include "drivers/block/ata/engine.h"

#include "drivers/block/ata/registers.h"
#include "services/runtime/kernel.h"

#define LOOK_MIN_US    20u
#define LOOK_MAX_US    10000u
#define SECTORS_A_TURN 8u /* then other events are served; about 1 ms of the slowest disk */
#define WORD_BYTES     2u
#define ACCESSES_MAX   (TASKFILE_WRITES_MAX + SETTLE_READS)

const char *ata_outcome_text(enum ata_outcome outcome)
{
	static const char *const texts[] = {
#define X(name, text) [ATA_##name] = (text),
		ATA_OUTCOME_TABLE(X)
#undef X
	};

	return texts[outcome];
}

static uint64_t end(struct engine *engine, enum ata_outcome outcome, uint64_t now_us)
{
	engine->phase = ENGINE_IDLE;
	engine->outcome = outcome;
	return now_us;
}

static void enter(struct engine *engine, enum engine_phase phase, uint64_t now_us)
{
	engine->phase = phase;
	engine->since_us = now_us;
}

/* --- Registers --------------------------------------------------------------- */

/* Writes, then reads the alternate status until what the device says holds. */
static bool registers_write(const struct engine *engine, const struct taskfile *writes)
{
	struct port_access list[ACCESSES_MAX];
	unsigned count = 0;

	for (unsigned i = 0; i < writes->count; i++)
		list[count++] = (struct port_access){
			.port = (uint16_t)(engine->channel->command_port +
					   writes->writes[i].offset),
			.width_bytes = 1,
			.write = 1,
			.value = writes->writes[i].value,
		};
	for (unsigned i = 0; i < SETTLE_READS; i++)
		list[count++] = (struct port_access){ .port = engine->channel->control_port,
						      .width_bytes = 1 };
	return port_vector(list, count) == OK;
}

static bool control_write(const struct engine *engine, uint8_t value)
{
	return port_write(engine->channel->control_port, 1, value) == OK;
}

/* The alternate status first, whose value may be too early, but which takes the time. */
static uint8_t status_read(struct engine *engine)
{
	struct port_access list[] = {
		{ .port = engine->channel->control_port, .width_bytes = 1 },
		{ .port = (uint16_t)(engine->channel->command_port + ATA_STATUS),
		  .width_bytes = 1 },
		{ .port = (uint16_t)(engine->channel->command_port + ATA_FEATURES),
		  .width_bytes = 1 },
	};

	if (port_vector(list, 3) != OK)
		return STATUS_FLOATING;
	engine->status = (uint8_t)list[1].value;
	engine->error = (uint8_t)list[2].value;
	return engine->status;
}

/* --- A command ----------------------------------------------------------------- */

static uint64_t wait_us(enum ata_op op)
{
	switch (op) {
	case ATA_IDENTIFY: return IDENTIFY_WAIT_US;
	case ATA_FLUSH: return FLUSH_WAIT_US;
	case ATA_READ:
	case ATA_WRITE: break;
	}
	return TRANSFER_WAIT_US;
}

static uint64_t look_again(struct engine *engine, uint64_t now_us)
{
	uint64_t distance_us = (now_us - engine->since_us) / 4;

	if (now_us >= engine->deadline_us)
		return end(engine, ATA_LATE, now_us);
	if (distance_us < LOOK_MIN_US)
		distance_us = LOOK_MIN_US;
	if (distance_us > LOOK_MAX_US)
		distance_us = LOOK_MAX_US;
	return now_us + distance_us;
}

void engine_begin(struct engine *engine, const struct ata_channel *channel, unsigned device,
		  enum ata_op op, const struct identity *identity, uint64_t sector, uint32_t count,
		  void *in, const void *out, uint64_t now_us)
{
	struct taskfile choice = { .count = 1,
				   .writes = { { ATA_DEVICE, taskfile_device(device) } } };

	*engine = (struct engine){ .channel = channel,
				   .device = device,
				   .op = op,
				   .in = in,
				   .out = out,
				   .sectors = op == ATA_FLUSH ? 0 : count,
				   .deadline_us = now_us + wait_us(op) };
	taskfile_make(&engine->taskfile, op, device, identity, sector, count);
	enter(engine, ENGINE_SELECTING, now_us);
	if (!control_write(engine, CONTROL_NIEN) || !registers_write(engine, &choice))
		(void)end(engine, ATA_GONE, now_us);
}

/* A device that is asked who it is may be nobody, and need not be ready for anything else. */
static uint64_t select_step(struct engine *engine, uint64_t now_us)
{
	uint8_t status = status_read(engine);

	if (engine->op == ATA_IDENTIFY &&
	    (status == STATUS_NOBODY || status == STATUS_FLOATING_DOWN))
		return end(engine, ATA_NOBODY, now_us);
	if (status == STATUS_FLOATING || status == STATUS_NOBODY)
		return end(engine, ATA_GONE, now_us);
	if ((status & STATUS_BSY) != 0)
		return look_again(engine, now_us);
	if ((status & STATUS_DRQ) != 0)
		return end(engine, ATA_NONSENSE, now_us);
	if ((status & STATUS_DRDY) == 0 && engine->op != ATA_IDENTIFY)
		return look_again(engine, now_us);
	if (!registers_write(engine, &engine->taskfile))
		return end(engine, ATA_GONE, now_us);
	enter(engine, engine->sectors != 0 ? ENGINE_MOVING : ENGINE_ENDING, now_us);
	return now_us;
}

static bool sector_move(struct engine *engine)
{
	size_t offset = (size_t)engine->moved * BLOCK_SECTOR_BYTES;
	uint16_t port = (uint16_t)(engine->channel->command_port + ATA_DATA);

	if (engine->op == ATA_WRITE)
		return port_stream_out(port, WORD_BYTES, engine->out + offset, ATA_WORDS) == OK;
	return port_stream_in(port, WORD_BYTES, engine->in + offset, ATA_WORDS) == OK;
}

/* The next sector, once the device asks for it. True: one was moved. */
static bool move_one(struct engine *engine, uint64_t now_us, uint64_t *next_us)
{
	uint8_t status = status_read(engine);

	*next_us = now_us;
	if (status == STATUS_FLOATING)
		*next_us = end(engine, ATA_GONE, now_us);
	else if ((status & STATUS_BSY) != 0)
		*next_us = look_again(engine, now_us);
	else if ((status & (STATUS_ERR | STATUS_DF)) != 0)
		*next_us = end(engine, ATA_REFUSED, now_us);
	else if (status == STATUS_NOBODY && engine->op == ATA_IDENTIFY)
		*next_us = end(engine, ATA_NOBODY, now_us);
	else if ((status & STATUS_DRQ) == 0)
		*next_us = end(engine, ATA_NONSENSE, now_us);
	else if (!sector_move(engine))
		*next_us = end(engine, ATA_GONE, now_us);
	else
		return true;
	return false;
}

static uint64_t move_step(struct engine *engine, uint64_t now_us)
{
	uint64_t next_us = now_us;

	for (unsigned turn = 0; turn < SECTORS_A_TURN; turn++) {
		if (!move_one(engine, now_us, &next_us))
			return next_us;
		engine->moved++;
		enter(engine, engine->moved < engine->sectors ? ENGINE_MOVING : ENGINE_ENDING,
		      now_us);
		if (engine->phase == ENGINE_ENDING)
			return now_us;
	}
	return now_us;
}

static uint64_t end_step(struct engine *engine, uint64_t now_us)
{
	uint8_t status = status_read(engine);

	if (status == STATUS_FLOATING)
		return end(engine, ATA_GONE, now_us);
	if ((status & STATUS_BSY) != 0)
		return look_again(engine, now_us);
	if ((status & (STATUS_ERR | STATUS_DF)) != 0)
		return end(engine, ATA_REFUSED, now_us);
	return end(engine, (status & STATUS_DRQ) != 0 ? ATA_NONSENSE : ATA_DONE, now_us);
}

/* --- A reset -------------------------------------------------------------------- */

void engine_reset(struct engine *engine, const struct ata_channel *channel, uint64_t now_us)
{
	*engine = (struct engine){ .channel = channel, .deadline_us = now_us + RESET_WAIT_US };
	enter(engine, ENGINE_PULSING, now_us);
	if (!control_write(engine, CONTROL_SRST | CONTROL_NIEN))
		(void)end(engine, ATA_GONE, now_us);
}

static uint64_t pulse_step(struct engine *engine, uint64_t now_us)
{
	if (now_us - engine->since_us < RESET_PULSE_US)
		return engine->since_us + RESET_PULSE_US;
	if (!control_write(engine, CONTROL_NIEN))
		return end(engine, ATA_GONE, now_us);
	enter(engine, ENGINE_SETTLING, now_us);
	return now_us + RESET_SETTLE_US;
}

static uint64_t settle_step(struct engine *engine, uint64_t now_us)
{
	if (now_us - engine->since_us < RESET_SETTLE_US)
		return engine->since_us + RESET_SETTLE_US;
	enter(engine, ENGINE_RESETTING, now_us);
	return now_us;
}

static uint64_t reset_step(struct engine *engine, uint64_t now_us)
{
	uint8_t status = status_read(engine);

	if (status == STATUS_FLOATING || status == STATUS_FLOATING_DOWN)
		return end(engine, ATA_GONE, now_us);
	if ((status & STATUS_BSY) != 0)
		return look_again(engine, now_us);
	return end(engine, ATA_DONE, now_us);
}

uint64_t engine_step(struct engine *engine, uint64_t now_us)
{
	switch (engine->phase) {
	case ENGINE_IDLE: break;
	case ENGINE_SELECTING: return select_step(engine, now_us);
	case ENGINE_MOVING: return move_step(engine, now_us);
	case ENGINE_ENDING: return end_step(engine, now_us);
	case ENGINE_PULSING: return pulse_step(engine, now_us);
	case ENGINE_SETTLING: return settle_step(engine, now_us);
	case ENGINE_RESETTING: return reset_step(engine, now_us);
	}
	return now_us;
}
