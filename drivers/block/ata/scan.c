#include "drivers/block/ata/scan.h"

#include "drivers/block/ata/table.h"
#include "services/runtime/crc32.h"
#include "services/runtime/service.h"

#include <string.h>

#define MIB_SECTORS 2048u
#define GPT_COPIES  2u

static struct disk_entry *entry_of(struct scan *scan)
{
	return &scan->table->disks[scan->disk];
}

static void read(struct scan *scan, struct transfer *transfer, enum ata_op op, uint64_t sector,
		 uint32_t count, uint64_t now_us)
{
	transfer_begin(transfer, scan->disk, op, &scan->identities[scan->disk], sector, count,
		       scan->buffer, NULL, &entry_of(scan)->statistics, now_us);
}

static void entry_set(struct scan *scan, enum disk_state state, const struct identity *identity)
{
	struct disk_entry *entry = entry_of(scan);

	table_change_begin(scan->table);
	entry->state = state;
	if (identity != NULL) {
		entry->sectors = identity->sectors;
		entry->flush_works = identity->flush || identity->flush_ext;
		memcpy(entry->model, identity->model, sizeof(entry->model));
		memcpy(entry->serial, identity->serial, sizeof(entry->serial));
	}
	table_change_end(scan->table);
}

/* There is a disk, and it is of no use. */
static void entry_failed(struct scan *scan, const char *why)
{
	scan->found = DISK_FAILED;
	if (entry_of(scan)->state != DISK_FAILED)
		log_error("disk %u has failed: %s", scan->disk, why);
	entry_set(scan, DISK_FAILED, NULL);
}

/* One that was there does not become "absent" by silence. */
static void entry_silent(struct scan *scan)
{
	if (entry_of(scan)->state != DISK_ABSENT)
		entry_failed(scan, "it does not answer any more");
}

static void reset_begin(struct scan *scan, struct transfer *transfer, uint64_t now_us)
{
	scan->stage = SCAN_RESET;
	transfer_reset(transfer, scan->disk, &entry_of(scan)->statistics, now_us);
}

static void identify_begin(struct scan *scan, struct transfer *transfer, uint64_t now_us)
{
	scan->stage = SCAN_IDENTIFY;
	read(scan, transfer, ATA_IDENTIFY, 0, 1, now_us);
}

void scan_begin(struct scan *scan, struct disk_table *table,
		struct identity identities[BLOCK_DISKS_MAX], struct transfer *transfer,
		uint64_t now_us)
{
	scan->table = table;
	scan->identities = identities;
	scan->disk = 0;
	scan->alone = false;
	table_change_begin(table);
	table->ready = 0;
	table->store.count = 0;
	if (table->store.volume != ~table->store.volume_inverted)
		table->store.volume = 0;
	table_change_end(table);
	reset_begin(scan, transfer, now_us);
}

void scan_again(struct scan *scan, struct transfer *transfer, unsigned disk, uint64_t now_us)
{
	scan->disk = disk;
	scan->alone = true;
	scan->found = DISK_FAILED;
	scan->has_store = false;
	reset_begin(scan, transfer, now_us);
}

/* All at once: who reads the table meets no disk of which only half is known. */
static bool alone_ended(struct scan *scan)
{
	struct disk_store *store = &scan->table->store;

	scan->stage = SCAN_DONE;
	if (scan->found == DISK_FAILED)
		return true;
	table_change_begin(scan->table);
	entry_of(scan)->state = scan->found;
	if (store->disk == scan->disk && !scan->has_store)
		store->count = 0;
	table_change_end(scan->table);
	log_notice("disk %u answers again", scan->disk);
	return true;
}

/* True: that was the last one. */
static bool next_disk(struct scan *scan, struct transfer *transfer, uint64_t now_us)
{
	if (scan->alone)
		return alone_ended(scan);
	scan->disk++;
	if (scan->disk == BLOCK_DISKS_MAX) {
		table_change_begin(scan->table);
		scan->table->ready = 1;
		table_change_end(scan->table);
		scan->stage = SCAN_DONE;
		return true;
	}
	if (scan->disk % 2 == 0)
		reset_begin(scan, transfer, now_us);
	else
		identify_begin(scan, transfer, now_us);
	return false;
}

/* Nothing answers on the channel: neither of its disks is there. */
static bool channel_leave(struct scan *scan, struct transfer *transfer, uint64_t now_us)
{
	entry_silent(scan);
	if (!scan->alone) {
		scan->disk++;
		entry_silent(scan);
	}
	return next_disk(scan, transfer, now_us);
}

static void header_begin(struct scan *scan, struct transfer *transfer, bool second, uint64_t now_us)
{
	scan->stage = SCAN_HEADER;
	scan->second = second;
	if (!second)
		scan->unread = 0;
	read(scan, transfer, ATA_READ,
	     second ? scan->identities[scan->disk].sectors - 1 : GPT_HEADER_SECTOR, 1, now_us);
}

static void disk_log(const struct scan *scan, enum disk_state state,
		     const struct identity *identity, const char *why)
{
	if (state == DISK_READY)
		log_notice("disk %u: %s, %llu MiB", scan->disk, identity->model,
			   (unsigned long long)(identity->sectors / MIB_SECTORS));
	else
		log_warning("disk %u: %s, is not used: %s", scan->disk, identity->model, why);
}

static bool identified(struct scan *scan, struct transfer *transfer, uint64_t now_us)
{
	struct identity *identity = &scan->identities[scan->disk];
	enum disk_state state = DISK_ABSENT;
	const char *why;

	if (transfer->status == OK)
		state = identity_parse(scan->buffer, identity, &why);
	if (state == DISK_ABSENT) {
		if (transfer->lost && transfer->outcome == ATA_LATE)
			entry_failed(scan, "it does not say what it is");
		else
			entry_silent(scan);
		return next_disk(scan, transfer, now_us);
	}
	scan->found = state;
	entry_set(scan, scan->alone ? DISK_FAILED : state, identity);
	if (!scan->alone)
		disk_log(scan, state, identity, why);
	if (state != DISK_READY || identity->sectors <= GPT_HEADER_SECTOR)
		return next_disk(scan, transfer, now_us);
	header_begin(scan, transfer, false, now_us);
	return false;
}

/*
 * This copy of the table is no good, or there is none. A disk of which neither copy can be read is
 * no disk without partitions.
 */
static bool copy_leave(struct scan *scan, struct transfer *transfer, uint64_t now_us)
{
	if (transfer->lost) {
		entry_silent(scan);
		return next_disk(scan, transfer, now_us);
	}
	scan->unread += transfer->status != OK;
	if (scan->second) {
		if (scan->unread == GPT_COPIES)
			entry_failed(scan, "it cannot be read");
		return next_disk(scan, transfer, now_us);
	}
	header_begin(scan, transfer, true, now_us);
	return false;
}

static bool header_read(struct scan *scan, struct transfer *transfer, uint64_t now_us)
{
	uint64_t at = scan->second ? scan->identities[scan->disk].sectors - 1 : GPT_HEADER_SECTOR;

	if (transfer->status != OK ||
	    !gpt_header_parse(scan->buffer, at, scan->identities[scan->disk].sectors,
			      &scan->header))
		return copy_leave(scan, transfer, now_us);
	scan->stage = SCAN_ENTRIES;
	read(scan, transfer, ATA_READ, scan->header.entries_sector,
	     gpt_entries_sectors(&scan->header), now_us);
	return false;
}

static uint32_t volume_of(const struct gpt_partition *partition)
{
	uint32_t sum = crc32_of(partition->guid, sizeof(partition->guid));

	return sum != 0 ? sum : 1;
}

static void store_found(struct scan *scan, const struct gpt_partition *partition)
{
	struct disk_store *store = &scan->table->store;
	uint32_t volume = volume_of(partition);

	bool is_elsewhere = store->count != 0 && !(scan->alone && store->disk == scan->disk);

	if (is_elsewhere || (store->volume != 0 && store->volume != volume)) {
		log_warning("disk %u: another store's partition, is not used", scan->disk);
		return;
	}
	table_change_begin(scan->table);
	*store = (struct disk_store){ .disk = scan->disk,
				      .volume = volume,
				      .volume_inverted = ~volume,
				      .first = partition->first,
				      .count = partition->count };
	table_change_end(scan->table);
	scan->has_store = true;
	log_notice("disk %u: the store is at sector %llu, %llu sectors", scan->disk,
		   (unsigned long long)store->first, (unsigned long long)store->count);
}

static bool entries_read(struct scan *scan, struct transfer *transfer, uint64_t now_us)
{
	static const uint8_t type[BLOCK_GUID_BYTES] = BLOCK_STORE_TYPE_GUID;
	struct gpt_partition partition;

	if (transfer->status != OK || !gpt_entries_hold(&scan->header, scan->buffer))
		return copy_leave(scan, transfer, now_us);
	if (scan->second)
		log_warning("disk %u: the first copy of the partition table is damaged",
			    scan->disk);
	if (gpt_find(&scan->header, scan->buffer, type, &partition))
		store_found(scan, &partition);
	return next_disk(scan, transfer, now_us);
}

bool scan_go_on(struct scan *scan, struct transfer *transfer, uint64_t now_us)
{
	switch (scan->stage) {
	case SCAN_RESET:
		if (transfer->status != OK)
			return channel_leave(scan, transfer, now_us);
		identify_begin(scan, transfer, now_us);
		return false;
	case SCAN_IDENTIFY: return identified(scan, transfer, now_us);
	case SCAN_HEADER: return header_read(scan, transfer, now_us);
	case SCAN_ENTRIES: return entries_read(scan, transfer, now_us);
	case SCAN_DONE: break;
	}
	return true;
}
