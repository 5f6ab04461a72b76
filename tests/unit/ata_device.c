#include "tests/unit/ata_device.h"

#include "drivers/block/ata/registers.h"
#include "services/runtime/kernel.h"
#include "tests/unit/unit.h"

#include <string.h>

struct fake_channel fake_channels[2];
uint64_t fake_now_us;

void fake_init(void)
{
	memset(fake_channels, 0, sizeof(fake_channels));
	fake_now_us = 1000000;
}

struct fake_disk *fake_disk_add(unsigned number, uint64_t sectors)
{
	struct fake_disk *disk = &fake_channels[number / 2].disks[number % 2];

	memset(disk, 0, sizeof(*disk));
	disk->present = true;
	disk->lba48 = true;
	disk->sectors = sectors;
	return disk;
}

/* --- The disk -------------------------------------------------------------------- */

static struct fake_disk *selected(struct fake_channel *channel)
{
	return &channel->disks[(channel->device & DEVICE_1) != 0];
}

static void word_set(uint8_t *sector, unsigned index, uint64_t value)
{
	sector[2 * index] = (uint8_t)value;
	sector[2 * index + 1] = (uint8_t)(value >> 8);
}

static void identity_make(const struct fake_disk *disk, uint8_t *sector)
{
	static const char model[] = "AFEKD SI K"; /* "FAKE DISK " with the characters swapped */
	uint64_t low = disk->sectors < LBA28_SECTORS ? disk->sectors : LBA28_SECTORS - 1;

	memset(sector, 0, BLOCK_SECTOR_BYTES);
	memset(sector + 54, ' ', 40);
	memcpy(sector + 54, model, sizeof(model) - 1);
	memcpy(sector + 20, "2143", 4); /* 1234 */
	word_set(sector, 49, disk->no_lba ? 0 : 0x200);
	word_set(sector, 60, low);
	word_set(sector, 61, low >> 16);
	word_set(sector, 83,
		 0x4000u | (disk->lba48 ? 0x0400u : 0) |
			 (disk->no_flush ? 0
			  : disk->lba48  ? 0x3000u
					 : 0x1000u));
	if (disk->lba48)
		for (unsigned i = 0; i < 4; i++)
			word_set(sector, 100 + i, disk->sectors >> 16 * i);
}

static void end(struct fake_channel *channel, bool well)
{
	channel->status = STATUS_DRDY | (well ? 0 : STATUS_ERR);
	channel->error = well ? 0 : 0x04;
	channel->sectors_left = 0;
}

static void sector_fill(struct fake_channel *channel)
{
	memcpy(channel->buffer, selected(channel)->data[channel->sector % FAKE_SECTORS],
	       BLOCK_SECTOR_BYTES);
}

static bool spent(uint32_t *times)
{
	if (*times == 0)
		return false;
	--*times;
	return true;
}

static void transfer_begin(struct fake_channel *channel, bool writing, bool is_long)
{
	struct fake_disk *disk = selected(channel);
	uint32_t count = channel->count[0];

	channel->sector =
		channel->low[0] | (uint64_t)channel->mid[0] << 8 | (uint64_t)channel->high[0] << 16;
	if (is_long) {
		count |= (uint32_t)channel->count[1] << 8;
		channel->sector |= (uint64_t)channel->low[1] << 24 |
				   (uint64_t)channel->mid[1] << 32 |
				   (uint64_t)channel->high[1] << 40;
	} else {
		channel->sector |= (uint64_t)(channel->device & 0xfu) << 24;
	}
	assert_true((channel->device & DEVICE_LBA) != 0 && count != 0);
	if (channel->sector + count > disk->sectors || (is_long && !disk->lba48)) {
		end(channel, false);
		return;
	}
	if (spent(&disk->short_times))
		count--;
	if (spent(&disk->long_times))
		count++;
	channel->writing = writing;
	channel->sectors_left = count;
	channel->offset = 0;
	channel->status = STATUS_DRDY | (count != 0 ? STATUS_DRQ : 0);
	sector_fill(channel);
}

static void command(struct fake_channel *channel, uint8_t code)
{
	struct fake_disk *disk = selected(channel);

	if (!disk->present || channel->hung)
		return;
	assert_true((channel->status & (STATUS_BSY | STATUS_DRQ)) == 0);
	if (disk->mute || (code != COMMAND_IDENTIFY_DEVICE && spent(&disk->hang_times))) {
		channel->hung = true;
		channel->status = STATUS_BSY;
		return;
	}
	if ((code != COMMAND_IDENTIFY_DEVICE && spent(&disk->refuse_times)) || disk->packet) {
		end(channel, false);
		return;
	}
	switch (code) {
	case COMMAND_IDENTIFY_DEVICE:
		channel->writing = false;
		channel->sectors_left = 1;
		channel->offset = 0;
		identity_make(disk, channel->buffer);
		channel->status = STATUS_DRDY | STATUS_DRQ;
		return;
	case COMMAND_READ_SECTORS:
	case COMMAND_READ_SECTORS_EXT:
		disk->reads++;
		transfer_begin(channel, false, code == COMMAND_READ_SECTORS_EXT);
		return;
	case COMMAND_WRITE_SECTORS:
	case COMMAND_WRITE_SECTORS_EXT:
		disk->writes++;
		transfer_begin(channel, true, code == COMMAND_WRITE_SECTORS_EXT);
		return;
	case COMMAND_FLUSH_CACHE:
	case COMMAND_FLUSH_CACHE_EXT:
		disk->flushes++;
		end(channel, !disk->no_flush);
		return;
	default: end(channel, false);
	}
}

static void sector_moved(struct fake_channel *channel)
{
	if (channel->writing)
		memcpy(selected(channel)->data[channel->sector % FAKE_SECTORS], channel->buffer,
		       BLOCK_SECTOR_BYTES);
	channel->sector++;
	channel->offset = 0;
	if (--channel->sectors_left == 0)
		end(channel, true);
	else if (!channel->writing)
		sector_fill(channel);
}

static uint16_t data_word(struct fake_channel *channel, bool write, uint16_t value)
{
	if ((channel->status & STATUS_DRQ) == 0)
		return UINT16_MAX;
	if (write)
		memcpy(channel->buffer + channel->offset, &value, 2);
	else
		memcpy(&value, channel->buffer + channel->offset, 2);
	channel->offset += 2;
	if (channel->offset == BLOCK_SECTOR_BYTES)
		sector_moved(channel);
	return value;
}

/* --- Ports ------------------------------------------------------------------------ */

static void deep_write(uint8_t deep[2], uint32_t value)
{
	deep[1] = deep[0];
	deep[0] = (uint8_t)value;
}

static void control_write(struct fake_channel *channel, uint8_t value)
{
	if ((channel->control & CONTROL_SRST) != 0 && (value & CONTROL_SRST) == 0) {
		channel->resets++;
		channel->hung = false;
		channel->device = 0;
		end(channel, true);
	}
	channel->control = value;
}

static void register_write(struct fake_channel *channel, unsigned offset, uint32_t value)
{
	switch (offset) {
	case ATA_COUNT: deep_write(channel->count, value); return;
	case ATA_LBA_LOW: deep_write(channel->low, value); return;
	case ATA_LBA_MID: deep_write(channel->mid, value); return;
	case ATA_LBA_HIGH: deep_write(channel->high, value); return;
	case ATA_DEVICE: channel->device = (uint8_t)value; return;
	case ATA_COMMAND: command(channel, (uint8_t)value); return;
	case ATA_DATA: (void)data_word(channel, true, (uint16_t)value); return;
	default: return;
	}
}

static uint8_t status_of(struct fake_channel *channel)
{
	return selected(channel)->present ? channel->status : STATUS_NOBODY;
}

static uint32_t register_read(struct fake_channel *channel, unsigned offset)
{
	switch (offset) {
	case ATA_DATA: return data_word(channel, false, 0);
	case ATA_FEATURES: return channel->error;
	case ATA_STATUS: return status_of(channel);
	default: return 0;
	}
}

static struct fake_channel *channel_at(uint16_t port, unsigned *offset)
{
	*offset = port & 7u;
	if (port == PRIMARY_CONTROL || port == SECONDARY_CONTROL) {
		*offset = 8;
		return &fake_channels[port == SECONDARY_CONTROL];
	}
	assert_true((port & ~7u) == PRIMARY_COMMAND || (port & ~7u) == SECONDARY_COMMAND);
	return &fake_channels[(port & ~7u) == SECONDARY_COMMAND];
}

static void access_do(struct port_access *access)
{
	unsigned offset;
	struct fake_channel *channel = channel_at(access->port, &offset);

	assert_int_equal(access->width_bytes, offset == ATA_DATA ? 2 : 1);
	fake_now_us++;
	if (access->write == 0)
		access->value = channel->floating ? (offset == ATA_DATA ? 0xffff : 0xff)
				: offset == 8     ? status_of(channel)
						  : register_read(channel, offset);
	else if (!channel->floating && offset == 8)
		control_write(channel, (uint8_t)access->value);
	else if (!channel->floating)
		register_write(channel, offset, access->value);
}

enum status port_write(uint16_t port, unsigned width_bytes, uint32_t value)
{
	struct port_access access = {
		.port = port, .width_bytes = (uint8_t)width_bytes, .write = 1, .value = value
	};

	access_do(&access);
	return OK;
}

enum status port_vector(struct port_access *accesses, unsigned count)
{
	assert_true(count <= PORT_VECTOR_MAX);
	for (unsigned i = 0; i < count; i++)
		access_do(&accesses[i]);
	return OK;
}

enum status port_stream_in(uint16_t port, unsigned width_bytes, void *to, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct port_access access = { .port = port, .width_bytes = (uint8_t)width_bytes };

		access_do(&access);
		memcpy((uint8_t *)to + i * width_bytes, &access.value, width_bytes);
	}
	return OK;
}

enum status port_stream_out(uint16_t port, unsigned width_bytes, const void *from, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct port_access access = { .port = port,
					      .width_bytes = (uint8_t)width_bytes,
					      .write = 1 };

		memcpy(&access.value, (const uint8_t *)from + i * width_bytes, width_bytes);
		access_do(&access);
	}
	return OK;
}
