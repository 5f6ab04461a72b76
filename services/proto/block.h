/*
 * Disks: between the driver (the service `disk`) and its two clients. Nobody
 * calls anybody; everything goes through regions, each written by one side only:
 *
 *	disk.table	the driver writes	struct disk_table: what disks there are
 *	store.req	store writes		struct block_request
 *	store.done	the driver writes	struct block_completion, for store
 *	install.req, install.done		the same for install
 *
 * The sequence. A client fills in its request and the data, then writes
 * `sequence`, one more than before, last of all, and notifies `disk`. The
 * driver copies the request's head once and checks it, carries it out, writes
 * status and data, then `sequence` of the completion, and notifies the client.
 * A client changes nothing in its region, the data included, until the
 * completion's sequence is that of its request; this holds over the deaths of
 * both. A new life of the client goes on from the sequence that it finds.
 *
 * Safe to repeat, and repeated: a driver that finds a request and no completion
 * of that sequence when it starts carries it out from the beginning. So a
 * client has to wait for nobody but the completion. The driver takes at most
 * BLOCK_WAIT_MAX_MS for one request, given that it runs.
 *
 * Who reaches what, enforced by the driver:
 * - `store` only the partition whose GPT type is BLOCK_STORE_TYPE_GUID. Its
 *   requests count sectors from the beginning of that partition, `disk` is 0,
 *   and `volume` has to be the partition's: should another one be found in its
 *   place, as after disks were exchanged, it is E_STALE.
 * - `install` every sector of every disk; `volume` is 0.
 */
#ifndef PROTO_BLOCK_H
#define PROTO_BLOCK_H

#include <stdint.h>

#define BLOCK_SECTOR_BYTES 512u /* disks of other sector sizes are not used */
#define BLOCK_SECTORS_MAX  64u  /* of one request */
#define BLOCK_DISKS_MAX    4u
#define BLOCK_WAIT_MAX_MS  180000u /* of a disk that fails again and again, resets included */

/*
 * bf95d737-4b16-45f9-89db-27df695aed64, as it lies on the disk (UEFI 2.10,
 * appendix A: the first three fields are little-endian).
 */
#define BLOCK_STORE_TYPE_GUID                                                                      \
	{                                                                                          \
		0x37, 0xd7, 0x95, 0xbf, 0x16, 0x4b, 0xf9, 0x45, 0x89, 0xdb, 0x27, 0xdf, 0x69,      \
			0x5a, 0xed, 0x64                                                           \
	}
#define BLOCK_GUID_BYTES 16u

enum block_op {
	BLOCK_NONE = 0,
	BLOCK_READ = 1,  /* count sectors -> data. E_DEVICE */
	BLOCK_WRITE = 2, /* count sectors of data; on the medium only after a FLUSH. E_DEVICE */
	BLOCK_FLUSH = 3, /* everything written so far lies on the medium. E_DEVICE */
	/* install only: looks for disks and partitions again, as after it wrote a new table. */
	BLOCK_SCAN = 4,
};
/*
 * Of all: E_ARGUMENT (op, count), E_ABSENT (no such disk or partition), E_DENIED
 * (sectors outside of it), E_STALE (volume).
 */

struct block_request {
	_Alignas(64) uint32_t sequence; /* written last; 0: none yet */
	uint32_t op;                    /* enum block_op */
	uint32_t disk;                  /* index in the table */
	uint32_t volume;
	uint64_t sector;
	uint32_t count; /* of sectors, 1 to BLOCK_SECTORS_MAX */
	_Alignas(64) uint8_t data[BLOCK_SECTORS_MAX * BLOCK_SECTOR_BYTES]; /* to write */
};

struct block_completion {
	_Alignas(64) uint32_t sequence; /* of the request that it answers; written last */
	int32_t status;                 /* enum status */
	_Alignas(64) uint8_t data[BLOCK_SECTORS_MAX * BLOCK_SECTOR_BYTES]; /* read */
};

#define DISK_STATE_TABLE(X)                                                                        \
	X(ABSENT, 0, "absent")                                                                     \
	X(READY, 1, "ready")                                                                       \
	X(FAILED, 2, "failed")     /* it was there and does not answer any more */                 \
	X(UNUSABLE, 3, "unusable") /* there, but not ours to use: no LBA, odd sectors */

enum disk_state {
#define X(name, number, text) DISK_##name = (number),
	DISK_STATE_TABLE(X)
#undef X
};

#define DISK_STATISTICS(X)                                                                         \
	X(reads, "sectors read")                                                                   \
	X(writes, "sectors written")                                                               \
	X(flushes, "flushes")                                                                      \
	X(errors, "commands that the disk refused or failed")                                      \
	X(timeouts, "commands that it did not end in time")                                        \
	X(nonsense, "answers that break the protocol")                                             \
	X(resets, "resets")

struct disk_statistics {
#define X(name, text) uint64_t name;
	DISK_STATISTICS(X)
#undef X
};

struct disk_entry {
	uint32_t state;       /* enum disk_state */
	uint32_t flush_works; /* 0: the disk knows no flush; written is then as good as it gets */
	uint64_t sectors;
	char model[41], serial[21]; /* printable, end in a zero */
	uint8_t reserved[2];
	struct disk_statistics statistics; /* since boot */
};

/* The store's partition; count 0: there is none. */
struct disk_store {
	uint32_t disk;
	uint32_t volume;          /* CRC-32 of the partition's own GUID, never 0 */
	uint32_t volume_inverted; /* ~volume: the driver checks what a former life left */
	uint32_t reserved;
	uint64_t first, count; /* sectors */
};

/* A seqlock, as the driver may rewrite it: odd while it changes. */
struct disk_table {
	uint32_t sequence;
	uint32_t ready; /* 1: all disks were looked for; 0 before, and during a SCAN */
	struct disk_entry disks[BLOCK_DISKS_MAX]; /* primary 0 and 1, secondary 0 and 1 */
	struct disk_store store;
};

#define BLOCK_REQUEST_BYTES    36864u
#define BLOCK_COMPLETION_BYTES 36864u
#define DISK_TABLE_BYTES       4096u

_Static_assert(sizeof(struct block_request) <= BLOCK_REQUEST_BYTES, "region size");
_Static_assert(sizeof(struct block_completion) <= BLOCK_COMPLETION_BYTES, "region size");
_Static_assert(sizeof(struct disk_table) <= DISK_TABLE_BYTES, "region size");

#endif
