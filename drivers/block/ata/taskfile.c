#include "drivers/block/ata/taskfile.h"

#include "drivers/block/ata/registers.h"

uint8_t taskfile_device(unsigned device)
{
	return (uint8_t)(DEVICE_OBSOLETE | (device != 0 ? DEVICE_1 : 0));
}

static void add(struct taskfile *taskfile, unsigned offset, uint64_t value)
{
	taskfile->writes[taskfile->count].offset = (uint8_t)offset;
	taskfile->writes[taskfile->count].value = (uint8_t)value;
	taskfile->count++;
}

static void add_address(struct taskfile *taskfile, uint64_t sector, uint32_t count)
{
	add(taskfile, ATA_COUNT, count);
	add(taskfile, ATA_LBA_LOW, sector);
	add(taskfile, ATA_LBA_MID, sector >> 8);
	add(taskfile, ATA_LBA_HIGH, sector >> 16);
}

static void add_short(struct taskfile *taskfile, unsigned device, uint64_t sector, uint32_t count,
		      uint8_t command)
{
	add_address(taskfile, sector, count);
	add(taskfile, ATA_DEVICE, taskfile_device(device) | DEVICE_LBA | (sector >> 24 & 0xfu));
	add(taskfile, ATA_COMMAND, command);
}

/* 48-bit registers are two bytes deep: the upper halves go in first. */
static void add_long(struct taskfile *taskfile, unsigned device, uint64_t sector, uint32_t count,
		     uint8_t command)
{
	add(taskfile, ATA_COUNT, count >> 8);
	add(taskfile, ATA_LBA_LOW, sector >> 24);
	add(taskfile, ATA_LBA_MID, sector >> 32);
	add(taskfile, ATA_LBA_HIGH, sector >> 40);
	add_address(taskfile, sector, count);
	add(taskfile, ATA_DEVICE, taskfile_device(device) | DEVICE_LBA);
	add(taskfile, ATA_COMMAND, command);
}

void taskfile_make(struct taskfile *taskfile, enum ata_op op, unsigned device,
		   const struct identity *identity, uint64_t sector, uint32_t count)
{
	bool is_long = sector + count > LBA28_SECTORS;

	taskfile->count = 0;
	switch (op) {
	case ATA_IDENTIFY:
		add(taskfile, ATA_DEVICE, taskfile_device(device));
		add(taskfile, ATA_COMMAND, COMMAND_IDENTIFY_DEVICE);
		return;
	case ATA_FLUSH:
		add(taskfile, ATA_DEVICE, taskfile_device(device));
		add(taskfile, ATA_COMMAND,
		    identity->flush_ext ? COMMAND_FLUSH_CACHE_EXT : COMMAND_FLUSH_CACHE);
		return;
	case ATA_READ:
		if (is_long)
			add_long(taskfile, device, sector, count, COMMAND_READ_SECTORS_EXT);
		else
			add_short(taskfile, device, sector, count, COMMAND_READ_SECTORS);
		return;
	case ATA_WRITE:
		if (is_long)
			add_long(taskfile, device, sector, count, COMMAND_WRITE_SECTORS_EXT);
		else
			add_short(taskfile, device, sector, count, COMMAND_WRITE_SECTORS);
		return;
	}
}
