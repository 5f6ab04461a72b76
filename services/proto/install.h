/*
 * The installer: writes the system that runs, whatever it was booted from, to a
 * disk of this machine, so that the machine boots from that.
 *
 * Who may call: the administrator's services (console, webd). Everything is
 * answered at once; what comes of it stands in the region "install.table".
 *
 * The sequence. The installer looks at each disk when it starts, and again after
 * each installation: what is on it, and a code that follows from that and from
 * the disk's model and serial number. INSTALL_BEGIN has to give the code of the
 * disk, so nobody overwrites a disk without having been told what it holds. The
 * disk is looked at once more before anything is written: if it is not as it was,
 * nothing is.
 *
 * INSTALL_BEGIN is safe to repeat: while that very installation is under way it is
 * OK again, and the end of one gives every disk a new code. An installation outlives the
 * deaths of the installer and of the disk's driver; after a power cut the disk
 * has no partition table, and is installed again.
 */
#ifndef PROTO_INSTALL_H
#define PROTO_INSTALL_H

#include "kernel/abi/message.h"
#include "services/proto/block.h"

#include <assert.h>

enum install_op {
	/*
	 * struct install_request. OK: accepted. E_STATE: another is under way, or the disks
	 * are still being looked at; E_AGAIN: the disk driver writes its table, ask again in
	 * a moment; E_ABSENT: no such disk; E_STALE: that is not the disk's
	 * code; E_TOO_LARGE: the disk is too small; E_DEVICE: it cannot be read;
	 * E_DAMAGED: the system that was booted is not one that can be installed
	 */
	INSTALL_BEGIN = 0x600,
};

struct install_request {
	uint32_t disk; /* as in the disk table */
	uint32_t code;
	uint32_t keep; /* 1: the store's records go along: configuration, password, leases ... */
};
static_assert(sizeof(struct install_request) <= MESSAGE_PAYLOAD_BYTES, "payload");

#define INSTALL_FINDING_TABLE(X)                                                                   \
	X(NOT_LOOKED, 0, "not looked at yet")                                                      \
	X(NO_DISK, 1, "no disk")                                                                   \
	X(EMPTY, 2, "no partition table; seems empty")                                             \
	X(BULKHEAD, 3, "an installation of Bulkhead, with its records")                            \
	X(PARTITIONS, 4, "partitions of another system")                                           \
	X(DATA, 5, "data, without a partition table")                                              \
	X(TOO_SMALL, 6, "too small")                                                               \
	X(UNREADABLE, 7, "cannot be read")

enum install_finding {
#define X(name, number, text) INSTALL_##name = (number),
	INSTALL_FINDING_TABLE(X)
#undef X
};

#define INSTALL_PHASE_TABLE(X)                                                                     \
	X(LOOKING, 0, "looking at the disks")                                                      \
	X(IDLE, 1, "idle")                                                                         \
	X(AGAIN, 2, "looking at the disk again")                                                   \
	X(SUMMING, 3, "adding up the system")                                                      \
	X(CLEARING, 4, "taking the old partition table away")                                      \
	X(WRITING, 5, "writing")                                                                   \
	X(CHECKING, 6, "reading back")                                                             \
	X(CARRYING, 7, "carrying the records over")                                                \
	X(TABLING, 8, "writing the partition table")                                               \
	X(SCANNING, 9, "looking for the new partitions")

enum install_phase {
#define X(name, number, text) INSTALL_##name = (number),
	INSTALL_PHASE_TABLE(X)
#undef X
};

#define INSTALL_RESULT_TABLE(X)                                                                    \
	X(NEVER, 0, "nothing was installed since the boot")                                        \
	X(DONE, 1, "installed and read back; boot from that disk")                                 \
	X(CHANGED, 2, "the disk was no longer as it had been shown; nothing was written")          \
	X(READ_FAILED, 3, "the disk could not be read; what it held may be lost")                  \
	X(WRITE_FAILED, 4, "the disk could not be written; what it held may be lost")              \
	X(DIFFERS, 5, "the disk does not keep what is written to it; what it held is lost")        \
	X(NO_FIT, 6, "the system does not fit; nothing was written")                               \
	X(NO_RECORDS, 7,                                                                           \
	  "the store did not give its records; what the disk held is lost: install again, or "     \
	  "blank")

enum install_result {
#define X(name, number, text) INSTALL_##name = (number),
	INSTALL_RESULT_TABLE(X)
#undef X
};

struct install_disk {
	uint32_t finding; /* enum install_finding */
	uint32_t code;    /* 0: it cannot be installed to */
};

/* The region "install.table", which outlives the installer. */
struct install_table {
	uint32_t phase;       /* enum install_phase */
	uint32_t result;      /* enum install_result, of the last installation */
	uint32_t disk;        /* of the installation under way, or the last one */
	uint32_t bundled;     /* 1: the system that was booted can be installed */
	uint64_t done, total; /* sectors written and read back */
	struct install_disk disks[BLOCK_DISKS_MAX];
};

#define INSTALL_TABLE_BYTES 4096u

#endif
