/*
 * The disk driver, whole, between its two clients and the disks of ata_device.h. The test has the
 * clock; a program has one such world.
 */
#ifndef UNIT_ATA_WORLD_H
#define UNIT_ATA_WORLD_H

#include "drivers/block/ata/order.h"
#include "services/runtime/block.h"
#include "services/runtime/service.h"
#include "tests/unit/ata_device.h"

#define STORE_FIRST   64u
#define STORE_SECTORS 100u
#define DISK_SECTORS  4096u
#define SLOT_STORE    7u
#define SLOT_INSTALL  8u

extern struct block_request requests[CLIENTS];
extern struct block_completion completions[CLIENTS];
extern struct block_end ends[CLIENTS];
extern struct disk_table disk_table;
extern const struct service *driver;
extern unsigned notified[SERVICE_MAX], errors_logged;
extern unsigned states_seen; /* of disk 0, a bit each */
extern uint64_t longest_turn_us;

/* No disks, and nobody has asked for anything. */
int world_setup(void **state);
/* A new life of the driver, before its first turn. */
void world_driver_begin(void);
/*
 * Turns until the driver has nothing to do but to look for disks that failed; time jumps to when it
 * wants to look again.
 */
void world_run(void);
/* The same, with all that falls due meanwhile. */
void world_pass_s(unsigned seconds);
/* Asks, lets it run, and returns the answer. */
enum status world_ask(enum client client, enum block_op op, uint32_t disk, uint64_t sector,
		      uint32_t count);

struct fake_disk *world_disk_with_store(unsigned number);
/* One partition of the store's type, `guid` its own. */
void world_table_write(struct fake_disk *disk, uint8_t guid);
void world_sector_put(struct fake_disk *disk, uint64_t sector, const void *bytes);

#endif
