/*
 * Looks for disks, and on each for a partition of the store's type: channel by
 * channel, reset, IDENTIFY DEVICE, the partition table or else its second copy.
 * Leaves what it found in the table of disks, and its own notes.
 *
 * The first store's partition ever found is the one, also in later lives: should
 * it be gone and another one turn up, that one is not taken in its place.
 *
 * A disk that failed can be looked at again, alone: its entry changes only if it works.
 */
#ifndef ATA_SCAN_H
#define ATA_SCAN_H

#include "drivers/block/ata/gpt.h"
#include "drivers/block/ata/transfer.h"

enum scan_stage {
	SCAN_RESET,
	SCAN_IDENTIFY,
	SCAN_HEADER,
	SCAN_ENTRIES,
	SCAN_DONE,
};

struct scan {
	enum scan_stage stage;
	unsigned disk;
	bool alone;            /* no other disk is looked at */
	enum disk_state found; /* alone: what the disk's entry is to become */
	bool has_store;        /* alone: the store's partition is still there */
	bool second;           /* the table's second copy */
	unsigned unread;       /* copies that the disk refused to give */
	struct gpt_header header;
	struct disk_table *table;
	struct identity *identities; /* BLOCK_DISKS_MAX; what the table does not say */
	_Alignas(8) uint8_t buffer[GPT_ENTRIES_BYTES];
};

/* The table says "not ready" until the scan is done. It is the driver's own, kept over its death.
 */
void scan_begin(struct scan *scan, struct disk_table *table,
		struct identity identities[BLOCK_DISKS_MAX], struct transfer *transfer,
		uint64_t now_us);
/* The same for one disk, which has failed; the table stays ready. */
void scan_again(struct scan *scan, struct transfer *transfer, unsigned disk, uint64_t now_us);
/* The transfer that it began has ended: begins the next. True: done, the table is ready. */
bool scan_go_on(struct scan *scan, struct transfer *transfer, uint64_t now_us);

#endif
