/*
 * What a disk says of itself: the answer to IDENTIFY DEVICE (ATA/ATAPI-6, the
 * command's description, table of words). Pure.
 */
#ifndef ATA_IDENTIFY_H
#define ATA_IDENTIFY_H

#include "services/proto/block.h"

#include <stdbool.h>
#include <stdint.h>

struct identity {
	uint64_t sectors;
	bool lba48;
	bool flush, flush_ext;
	char model[41], serial[21]; /* printable, without blanks at the ends */
};

/*
 * Any 512 bytes. DISK_READY: it can be used. DISK_UNUSABLE: a disk that cannot;
 * *why says so. DISK_ABSENT: not the answer of a disk.
 */
enum disk_state identity_parse(const uint8_t sector[BLOCK_SECTOR_BYTES], struct identity *identity,
			       const char **why);

#endif
