/*
 * Connections: one record a flow, found by the addresses of either direction.
 *
 * Records lie in the preserved region "flows"; each carries a checksum over what
 * identifies it and is complete before the first packet of its flow leaves. The
 * index is a hash: heads of chains, which are linked through the records. It is
 * built anew at every start from the records that check out, some at a time
 * (conn_adopt). A node of it is a record and a direction, and is named by how many
 * bytes behind the first record its key lies, so that a look-up computes nothing
 * but the hash. Record 0 is never used, so node 0 means none.
 *
 * Direction 0 is the initiator's, 1 the answers'. key[d] is what a packet of
 * direction d looks like where it comes in. So what it has to look like where
 * it goes out is key[!d] reversed; without translation both are the same.
 *
 * An ICMP query has its id as the port of the side that asked, and 0 as the other.
 */
#ifndef FIREWALL_CONN_H
#define FIREWALL_CONN_H

#include "services/proto/fwtable.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CONN_RECENT FW_TABLE_CONNECTIONS
#define CONN_NONE   0u
#define CONN_MAX    (1u << 25) /* as their nodes are 32 bits */

union conn_key {
	struct {
		uint32_t source, destination;
		uint16_t source_port, destination_port;
		uint8_t protocol;
		uint8_t zone; /* enum netconf_zone the packet comes from */
		uint16_t zero;
	};
	uint64_t words[2];
};

/* Laid out as the keys are: as far from one to the other. */
struct conn_link {
	uint32_t next; /* node behind this one in its chain; free: record behind this one, of [0] */
	uint32_t unused[3];
};
_Static_assert(sizeof(struct conn_link) == sizeof(union conn_key), "conn_link_of_node");

/* The first 64 bytes are all that a packet of an open flow touches. */
struct conn {
	union conn_key key[2];
	uint32_t tcp_end[2];  /* highest sequence number + length sent in each direction */
	uint16_t ip_delta[2]; /* what translation adds to the IP header's sum, folded */
	uint16_t l4_delta[2]; /* likewise to the TCP or UDP sum (ICMP: of the id alone) */
	uint16_t hop[2];      /* neighbour last used: a hint, checked at each use */
	uint32_t last_seen_s;
	union {
		struct {
			uint8_t state, state_inverse; /* enum fw_conn_state, and its complement */
		};
		uint16_t state_word; /* both, so that no death comes between them */
	};
	uint8_t window_log2[2]; /* 2^n exceeds every window the sender of d has advertised */
	uint8_t window_scale[2];
	uint8_t epoch;    /* of the rules that last allowed it */
	uint8_t unsynced; /* a bit a direction: tcp_end is not known */

	uint64_t check;  /* over key, deltas and the rest below */
	uint32_t serial; /* tells the flows of one record apart */
	uint32_t created_s;
	uint8_t translated; /* 1: key[0] and key[1] differ by more than their order */
	uint8_t bound;      /* 1: holds a reference to a NAT binding */
	uint8_t fin_seen;   /* a bit a direction: it has sent FIN; not in the checksum */
	uint8_t syn_scale;  /* of the SYN below */
	uint32_t syn_end;   /* behind direction 0's SYN in a synchronised state; neither in the
			       checksum */
	struct conn_link link[2]; /* not in the checksum: made anew by every life */
	uint8_t unused[8];
};
_Static_assert(offsetof(struct conn, key) == 0, "nodes");
_Static_assert(offsetof(struct conn, check) == 64, "the hot part is one cache line");
_Static_assert(offsetof(struct conn, state_word) % 2 == 0, "written by one store");
_Static_assert(sizeof(struct conn) == 128, "layout of the preserved region");

/* Where a table lies: memory of its maker's, see flow_room.h. */
struct conn_room {
	struct conn *records;
	uint32_t *heads;      /* 2^bucket_bits */
	uint32_t capacity;    /* records, with the unused first; CONN_MAX at most */
	uint32_t bucket_bits; /* 1 to 32; best as many buckets as nodes */
};

struct conn_table {
	struct conn *records;
	uint32_t *heads;
	uint32_t hash_shift;
	uint32_t capacity; /* records, with the unused first */
	uint32_t used;
	uint32_t fresh;      /* records from here on have not been used in this life, */
	uint32_t free_head;  /* and those below that are free are in this list */
	uint32_t adopt_next; /* the next record that conn_adopt deals with; 0: done */
	bool restores;       /* conn_adopt keeps what checks out */
	uint32_t serial;
	uint32_t restored, discarded; /* by conn_adopt */
	uint64_t opened;
	uint64_t secret[2];
	uint32_t recent_next;
	uint32_t recent[CONN_RECENT];        /* ring of the records last opened, */
	uint32_t recent_serial[CONN_RECENT]; /* and which flows they were then */
	uint32_t by_state[FW_CONN_STATE_COUNT];
};

static inline struct conn *conn_of_node(const struct conn_table *table, uint32_t node)
{
	return (struct conn *)((uint8_t *)table->records +
			       node / sizeof(struct conn) * sizeof(struct conn));
}

static inline unsigned conn_node_direction(uint32_t node)
{
	return node / sizeof(union conn_key) % 2;
}

static inline const union conn_key *conn_key_of_node(const struct conn_table *table, uint32_t node)
{
	return (const union conn_key *)((uint8_t *)table->records + node);
}

static inline struct conn_link *conn_link_of_node(const struct conn_table *table, uint32_t node)
{
	return (struct conn_link *)((uint8_t *)table->records + offsetof(struct conn, link) + node);
}

static inline bool conn_key_same(const union conn_key *a, const union conn_key *b)
{
	return a->words[0] == b->words[0] && a->words[1] == b->words[1];
}

/* `key` seen from the other side, coming from `zone`. */
union conn_key conn_key_reverse(const union conn_key *key, uint8_t zone);

/*
 * Takes `room`, whose records conn_adopt then deals with before anything else is asked of the
 * table. `secret` seeds the hash, so that nobody outside can choose keys that collide.
 */
void conn_table_init(struct conn_table *table, const struct conn_room *room, bool restore,
		     const uint64_t secret[2]);

static inline bool conn_table_is_ready(const struct conn_table *table)
{
	return table->adopt_next == 0;
}

/*
 * Deals with the next record that a former life left: restored and returned if the table restores
 * and it checks out, else freed, and NULL. Free ones above all others need nothing, and go by up to
 * CONN_FRESH_RUN in a call. Only as long as the table is not ready.
 */
#define CONN_FRESH_RUN 16u
struct conn *conn_adopt(struct conn_table *table);

/* The node of a packet's key, or CONN_NONE. */
uint32_t conn_lookup(const struct conn_table *table, const union conn_key *key);

/* A cleared record not yet in the index, or NULL: the table is full. */
struct conn *conn_allocate(struct conn_table *table);

/*
 * Puts the record, whose keys, deltas and state are set, in force: stamped,
 * checksummed, indexed. Returns its direction 0 node.
 */
uint32_t conn_open(struct conn_table *table, struct conn *conn, uint32_t now_s);

/* Gives back a record from conn_allocate that was not opened. */
void conn_abandon(struct conn_table *table, struct conn *conn);

/* Ends an open flow. */
void conn_close(struct conn_table *table, struct conn *conn);

void conn_state_set(struct conn_table *table, struct conn *conn, enum fw_conn_state state);

bool conn_expired(const struct conn *conn, uint32_t now_s);

/* Counts the times of a whole record from a new boot's begin; touches no other. */
void conn_rebase(struct conn *conn);

/* True if a used record is whole and makes sense; what a restart asks of each. */
bool conn_checks_out(const struct conn *conn);

#endif
