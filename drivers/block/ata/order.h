/* A client's request, checked: what it may reach, and where that is. Pure. */
#ifndef ATA_ORDER_H
#define ATA_ORDER_H

#include "drivers/block/ata/taskfile.h"
#include "kernel/abi/status.h"

enum client {
	CLIENT_STORE,
	CLIENT_INSTALL,
};
#define CLIENTS 2u

struct order {
	uint32_t sequence;
	enum block_op op;
	uint32_t disk;
	uint64_t sector; /* of the disk */
	uint32_t count;  /* 0: nothing to move */
};

/*
 * `request` is in the client's hands: each field is read once. OK, or what block.h says; the
 * order's sequence is that of the request in any case.
 */
must_use enum status order_take(const struct block_request *request, enum client client,
				const struct disk_table *table, struct order *order);

#endif
