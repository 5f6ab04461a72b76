#include "drivers/block/ata/transfer.h"

#include "drivers/block/ata/registers.h"

static const struct ata_channel *channel_of(unsigned disk)
{
	static const struct ata_channel channels[] = {
		{ PRIMARY_COMMAND, PRIMARY_CONTROL },
		{ SECONDARY_COMMAND, SECONDARY_CONTROL },
	};

	return &channels[disk / 2 % 2];
}

static void try(struct transfer *transfer, uint64_t now_us)
{
	transfer->resetting = false;
	transfer->tries++;
	engine_begin(&transfer->engine, channel_of(transfer->disk), transfer->disk % 2,
		     transfer->op, transfer->identity, transfer->sector, transfer->count,
		     transfer->in, transfer->out, now_us);
}

static void reset(struct transfer *transfer, uint64_t now_us)
{
	transfer->resetting = true;
	transfer->statistics->resets++;
	engine_reset(&transfer->engine, channel_of(transfer->disk), now_us);
}

void transfer_begin(struct transfer *transfer, unsigned disk, enum ata_op op,
		    const struct identity *identity, uint64_t sector, uint32_t count, void *in,
		    const void *out, struct disk_statistics *statistics, uint64_t now_us)
{
	*transfer = (struct transfer){ .active = true,
				       .disk = disk,
				       .op = op,
				       .identity = identity,
				       .sector = sector,
				       .count = count,
				       .in = in,
				       .out = out,
				       .statistics = statistics };
	try(transfer, now_us);
}

void transfer_reset(struct transfer *transfer, unsigned disk, struct disk_statistics *statistics,
		    uint64_t now_us)
{
	*transfer = (struct transfer){
		.active = true, .reset_only = true, .disk = disk, .statistics = statistics
	};
	reset(transfer, now_us);
}

static void end(struct transfer *transfer, enum status status)
{
	transfer->active = false;
	transfer->status = status;
}

static void try_ended(struct transfer *transfer, uint64_t now_us)
{
	transfer->outcome = transfer->engine.outcome;
	transfer->status_register = transfer->engine.status;
	transfer->error_register = transfer->engine.error;
	switch (transfer->outcome) {
	case ATA_DONE: end(transfer, OK); return;
	case ATA_NOBODY: end(transfer, E_ABSENT); return;
	case ATA_REFUSED:
		transfer->statistics->errors++;
		if (transfer->tries < TRANSFER_TRIES)
			try(transfer, now_us);
		else
			end(transfer, E_DEVICE);
		return;
	case ATA_LATE: transfer->statistics->timeouts++; break;
	case ATA_NONSENSE:
	case ATA_GONE: transfer->statistics->nonsense++; break;
	}
	reset(transfer, now_us);
}

static void reset_ended(struct transfer *transfer, uint64_t now_us)
{
	enum ata_outcome outcome = transfer->engine.outcome;

	if (transfer->reset_only) {
		transfer->outcome = outcome;
		end(transfer, outcome == ATA_DONE ? OK : outcome == ATA_GONE ? E_ABSENT : E_DEVICE);
		return;
	}
	if (outcome == ATA_DONE && transfer->tries < TRANSFER_TRIES) {
		try(transfer, now_us);
		return;
	}
	transfer->lost = true;
	end(transfer, E_DEVICE);
}

uint64_t transfer_step(struct transfer *transfer, uint64_t now_us)
{
	if (transfer->engine.phase != ENGINE_IDLE) {
		uint64_t next_us = engine_step(&transfer->engine, now_us);

		if (transfer->engine.phase != ENGINE_IDLE)
			return next_us;
	}
	if (transfer->active && transfer->resetting)
		reset_ended(transfer, now_us);
	else if (transfer->active)
		try_ended(transfer, now_us);
	return now_us;
}
