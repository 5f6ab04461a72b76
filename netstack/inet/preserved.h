/*
 * The region inet.state: what INET needs to be the same host after its death.
 * An entry is a socket, a TCP connection, or both; with each go two rings of
 * bytes: sent and not yet acknowledged, received and not yet delivered.
 *
 * An entry has two slots. A commit fills the slot that is not in force and then
 * moves `committed`, so that a death in the midst of it leaves the former
 * record, and nothing that depended on the new one has left yet. A slot has a
 * checksum, a range of a ring the sum over its bytes and their places.
 *
 * Rings are addressed by TCP sequence number. What is added is beyond what the
 * record in force names, so that record stays true until the next commit.
 */
#ifndef INET_PRESERVED_H
#define INET_PRESERVED_H

#include "kernel/abi/message.h"
#include "kernel/abi/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PRESERVED_ENTRIES    192u
#define PRESERVED_RING_BYTES 16384u /* divides 2^32 */

/* Bytes [begin, end) of a ring, as sequence numbers. */
struct preserved_range {
	uint64_t sum;
	uint32_t begin, end;
};

enum preserved_flag {
	PRESERVED_ENDED = 1, /* the peer will send no more */
	PRESERVED_SHUT = 2,  /* the client will send no more */
	PRESERVED_FIN = 4,   /* and lwIP has taken note */
};

/* No padding: compared and checksummed as bytes. */
struct preserved_record {
	uint32_t socket_id;    /* 0: a connection that no client has */
	uint32_t socket_state; /* enum inet_socket_state */
	uint32_t type;         /* enum socket_type; 0: the entry is free */
	uint32_t error;        /* enum status */
	uint32_t owner_slot, owner_generation;
	uint32_t listener_id; /* while it waits to be accepted */
	uint32_t backlog;
	uint32_t local_address, local_port; /* host byte order */
	uint32_t peer_address, peer_port;
	uint32_t flags;     /* enum preserved_flag */
	uint32_t tcp_state; /* lwIP's; 0: no connection */
	uint32_t tcp_flags; /* lwIP's, those that last */
	uint32_t mss;
	uint32_t send_first, receive_first; /* numbers of the first byte of data */
	struct preserved_range send, receive;
	uint32_t acknowledged, send_next;
	uint32_t send_window, send_window_max, send_window_sequence, send_window_acknowledged;
	uint32_t receive_next, receive_window;
	uint32_t announced_window, announced_edge;
};
_Static_assert(sizeof(struct preserved_record) == 18 * 4 + 2 * 16 + 10 * 4, "no padding");

struct preserved_slot {
	struct preserved_record record;
	uint32_t sequence;
	uint32_t crc; /* of all above */
};

struct preserved_entry {
	uint32_t committed; /* how often; the record in force is slots[committed % 2] */
	uint32_t reserved;
	struct preserved_slot slots[2];
};

#define PRESERVED_MAGIC 0x494e5431u

struct preserved_region {
	uint32_t magic;
	uint32_t entry_bytes; /* another layout: begin anew */
	uint32_t loading;     /* the entry being rebuilt, and 1; 0: none */
	uint32_t reserved;
	struct preserved_entry entries[PRESERVED_ENTRIES];
	uint8_t sent[PRESERVED_ENTRIES][PRESERVED_RING_BYTES];
	uint8_t received[PRESERVED_ENTRIES][PRESERVED_RING_BYTES];
};

/* Makes a region of another kind empty; what is there stays. */
void preserved_init(struct preserved_region *region);
/* Empties it, whatever it is. */
void preserved_forget(struct preserved_region *region);
void preserved_commit(struct preserved_entry *entry, const struct preserved_record *record);
/* E_ABSENT: free. E_DAMAGED: the record, or a ring of it, does not check out. */
must_use enum status preserved_load(struct preserved_region *region, uint32_t index,
				    struct preserved_record *record);

static inline uint32_t preserved_bytes(const struct preserved_range *range)
{
	return range->end - range->begin;
}

/* At the end; there has to be room. */
void preserved_append(uint8_t *ring, struct preserved_range *range, const void *bytes,
		      uint32_t count);
/* Takes the first `count` bytes away. */
void preserved_consume(const uint8_t *ring, struct preserved_range *range, uint32_t count);
/* Takes the last `count` bytes away. */
void preserved_retract(const uint8_t *ring, struct preserved_range *range, uint32_t count);
/* The bytes from `from` on that lie in one piece, at most to `end`. */
uint32_t preserved_piece(uint32_t from, uint32_t end);
static inline const uint8_t *preserved_at(const uint8_t *ring, uint32_t sequence)
{
	return ring + sequence % PRESERVED_RING_BYTES;
}

#endif
