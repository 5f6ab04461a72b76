/*
 * What a disk says and has, and what a client asks for, as any bytes: IDENTIFY,
 * partition table, request. Whatever is found lies within the disk.
 */
#include "drivers/block/ata/gpt.h"
#include "drivers/block/ata/order.h"
#include "drivers/block/ata/registers.h"
#include "services/runtime/crc32.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void identity_try(const uint8_t *sector)
{
	struct identity identity;
	const char *why;

	if (identity_parse(sector, &identity, &why) == DISK_READY)
		assert(identity.sectors != 0 && identity.sectors <= LBA48_SECTORS);
	assert(identity.model[sizeof(identity.model) - 1] == 0);
	assert(identity.serial[sizeof(identity.serial) - 1] == 0);
}

static void table_try(const uint8_t *header_sector, const uint8_t *entries, uint64_t disk_sectors)
{
	static const uint8_t type[BLOCK_GUID_BYTES] = BLOCK_STORE_TYPE_GUID;
	struct gpt_header header;
	struct gpt_partition partition;

	if (!gpt_header_parse(header_sector, GPT_HEADER_SECTOR, disk_sectors, &header))
		return;
	assert(gpt_entries_sectors(&header) <= GPT_ENTRIES_SECTORS);
	assert(header.entries_sector + gpt_entries_sectors(&header) <= disk_sectors);
	(void)gpt_entries_hold(&header, entries);
	if (!gpt_find(&header, entries, type, &partition))
		return;
	assert(partition.count != 0 && partition.first < disk_sectors);
	assert(partition.count <= disk_sectors - partition.first);
}

/* Makes the sums right, so that tables that lie get past them. */
static void table_mend(uint8_t *header, const uint8_t *entries)
{
	uint32_t header_bytes = 92, count, bytes, sum = 0;

	memcpy(header, "EFI PART", 8);
	memcpy(header + 12, &header_bytes, 4);
	memcpy(&count, header + 80, 4);
	memcpy(&bytes, header + 84, 4);
	if ((uint64_t)count * bytes <= GPT_ENTRIES_BYTES)
		sum = crc32_of(entries, (size_t)count * bytes);
	memcpy(header + 88, &sum, 4);
	memset(header + 16, 0, 4);
	sum = crc32_of(header, header_bytes);
	memcpy(header + 16, &sum, 4);
}

static void request_try(const uint8_t *bytes, enum client client)
{
	static struct block_request request;
	struct disk_table table = { .disks = { [1] = { .state = DISK_READY, .sectors = 5000 } },
				    .store = { .disk = 1, .volume = 1, .first = 40, .count = 60 } };
	struct order order;

	memcpy(&request, bytes, offsetof(struct block_request, data));
	if (order_take(&request, client, &table, &order) != OK || order.op == BLOCK_SCAN ||
	    order.op == BLOCK_FLUSH)
		return;
	assert(order.disk == 1 && order.count != 0 && order.count <= BLOCK_SECTORS_MAX);
	assert(order.sector + order.count <= 5000);
	if (client == CLIENT_STORE)
		assert(order.sector >= 40 && order.sector + order.count <= 100);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t bytes[BLOCK_SECTOR_BYTES + GPT_ENTRIES_BYTES];

	memset(bytes, 0, sizeof(bytes));
	memcpy(bytes, data, size < sizeof(bytes) ? size : sizeof(bytes));
	identity_try(bytes);
	table_try(bytes, bytes + BLOCK_SECTOR_BYTES, 4096);
	table_mend(bytes, bytes + BLOCK_SECTOR_BYTES);
	table_try(bytes, bytes + BLOCK_SECTOR_BYTES, 4096);
	request_try(bytes, CLIENT_STORE);
	request_try(bytes, CLIENT_INSTALL);
	return 0;
}
