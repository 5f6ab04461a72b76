/*
 * The log with wall time: region "log.ring", written by the service `log` only,
 * read by console and webd (services/runtime/logring.h copies a record right).
 *
 * The service copies each record of the kernel's log here; the region outlives
 * it, and a warm reboot of the same bundle as well: `boot` tells the records of
 * this boot from those before it. After a power cut it begins with the warnings
 * and errors of earlier boots that the store has. Record s is records[s % LOG_RING_RECORDS],
 * and those that can still be there are [first, next): see logring.h.
 *
 * Texts are what services wrote, which may be what an attacker made them write.
 */
#ifndef PROTO_LOGRING_H
#define PROTO_LOGRING_H

#include "kernel/abi/message.h"
#include "kernel/abi/syscall.h"
#include "kernel/abi/table.h"

#include <stdint.h>

#define LOG_RING_MAGIC   0x31474f4cu /* "LOG1" */
#define LOG_RING_RECORDS 511u

struct log_ring_record {
	uint64_t sequence; /* from 1; written last, 0 while the record changes */
	uint64_t time_us;  /* since that boot */
	int64_t unix_us;   /* 0: nobody knew then what time it was */
	uint32_t boot;     /* as in the head */
	uint32_t generation;
	uint16_t slot;  /* or LOG_FROM_KERNEL */
	uint16_t level; /* enum log_level */
	uint16_t length_bytes;
	uint16_t check; /* the low half of zlib's CRC-32 of the record, with sequence and check zero
			 */
	char service[NAME_BYTES];  /* "kernel" for the kernel; ends in a zero */
	char text[LOG_TEXT_BYTES]; /* no newline at the end */
};
_Static_assert(sizeof(struct log_ring_record) == 256, "layout");

/* What the sender of remote syslog says of itself. */
struct log_remote {
	uint32_t server;    /* host byte order; 0: not configured */
	uint32_t connected; /* TCP: 1 if there is a connection */
	uint64_t next;      /* sequence of the record to be sent next: the ring is the queue */
	uint64_t sent;      /* since boot: records given to the network */
	uint64_t dropped;   /* since boot: records overwritten before they could be sent */
};

struct log_ring {
	uint32_t magic; /* LOG_RING_MAGIC; anything else: nothing yet */
	uint32_t boot;  /* counts from 1 while the region survives */
	uint64_t next_sequence;
	uint64_t kernel_next; /* of the kernel's log: what is copied next */
	uint64_t missed; /* since boot: records of the kernel's log overwritten before they were
			    copied */
	struct log_remote remote;
	uint64_t stored;       /* since boot: records that were given to the store */
	uint64_t journal_next; /* the first that the store has not been given for good */
	uint64_t restored;     /* those before this one are of earlier boots, out of the store */
	uint64_t reserved[21];
	struct log_ring_record records[LOG_RING_RECORDS];
};

#define LOG_RING_BYTES 131072u
_Static_assert(sizeof(struct log_ring) == LOG_RING_BYTES, "region size");

#endif
