/*
 * What the firewall shows: region "fw.table", written by firewall only, about
 * five times a second; read by the console.
 *
 * The sequence is odd while the firewall writes. A reader copies what it wants
 * between two loads of the same even sequence, a few tries at most (fw_table_
 * begin, fw_table_done). Should the firewall die while writing, the sequence
 * stays odd until its next life; show what there is and say so.
 *
 * The firewall takes its own counters from here after a restart.
 * IPv4 addresses and ports are in host byte order.
 */
#ifndef PROTO_FWTABLE_H
#define PROTO_FWTABLE_H

#include "services/proto/fwreason.h"
#include "services/proto/netconf.h"
#include "services/proto/netq.h"

#include <stdbool.h>
#include <stdint.h>

#define FW_TABLE_VERSION     1u
#define FW_TABLE_BYTES       65536u
#define FW_TABLE_CONNECTIONS 512u /* the most recently opened that still live */
#define FW_TABLE_NEIGHBOURS  512u
#define FW_TABLE_PORTS       (NETQ_PORTS_MAX + 1) /* the last is "host" */

/* State, its name, idle time-out in seconds; netstack/firewall/conn_*.c cite the sources. */
#define FW_CONN_STATE_TABLE(X)                                                                     \
	X(FREE, "free", 0)                                                                         \
	X(TCP_SYN_SENT, "syn-sent", 240)                                                           \
	X(TCP_SYN_RECEIVED, "syn-received", 240)                                                   \
	X(TCP_ESTABLISHED, "established", 7440)                                                    \
	X(TCP_CLOSING, "closing", 240) /* one side has sent FIN */                                 \
	X(TCP_CLOSED, "closed", 240)   /* both have */                                             \
	X(TCP_RESET, "reset", 240)                                                                 \
	X(UDP_ONE_WAY, "one-way", 120)                                                             \
	X(UDP_TWO_WAY, "two-way", 300)                                                             \
	X(ICMP_QUERY, "query", 60)                                                                 \
	X(OTHER, "other", 300)

enum fw_conn_state {
#define X(name, text, timeout_s) FW_CONN_##name,
	FW_CONN_STATE_TABLE(X)
#undef X
		FW_CONN_STATE_COUNT
};

static inline const char *fw_conn_state_text(unsigned state)
{
	switch (state) {
#define X(name, text, timeout_s)                                                                   \
	case FW_CONN_##name:                                                                       \
		return text;
		FW_CONN_STATE_TABLE(X)
#undef X
	default:
		return "unknown";
	}
}

#define FW_NEIGHBOUR_STATE_TABLE(X)                                                                \
	X(EMPTY, "empty")                                                                          \
	X(INCOMPLETE, "incomplete") /* asked, no answer yet */                                     \
	X(REACHABLE, "reachable")                                                                  \
	X(PROBING, "probing") /* known and used, but asked again */                                \
	X(FAILED, "failed")   /* asked often enough */

enum fw_neighbour_state {
#define X(name, text) FW_NEIGHBOUR_##name,
	FW_NEIGHBOUR_STATE_TABLE(X)
#undef X
		FW_NEIGHBOUR_STATE_COUNT
};

static inline const char *fw_neighbour_state_text(unsigned state)
{
	switch (state) {
#define X(name, text)                                                                              \
	case FW_NEIGHBOUR_##name:                                                                  \
		return text;
		FW_NEIGHBOUR_STATE_TABLE(X)
#undef X
	default:
		return "unknown";
	}
}

struct fw_table_port {
	uint64_t rx_frames, rx_bytes;
	uint64_t tx_frames, tx_bytes;
	uint64_t dropped;    /* received here and not passed, all reasons */
	uint64_t complaints; /* about its driver */
	uint32_t attached;   /* 1: the manifest has such a port */
	uint32_t ready;      /* 1: its driver has said so */
	uint32_t link;       /* enum netq_link */
	uint32_t speed_mbit;
	uint32_t zone; /* enum netconf_zone */
	uint8_t mac[6];
	uint8_t reserved[6];
};

struct fw_table_connection {
	uint32_t source, destination;             /* as the initiator sent it */
	uint32_t reply_source, reply_destination; /* as the answers come */
	uint16_t source_port, destination_port;   /* ICMP: id in one of them */
	uint16_t reply_source_port, reply_destination_port;
	uint8_t protocol;
	uint8_t state;              /* enum fw_conn_state */
	uint8_t from_zone, to_zone; /* enum netconf_zone */
	uint8_t translated;         /* 1: by NAT */
	uint8_t reserved[3];
	uint32_t age_s, idle_s;
};

struct fw_table_neighbour {
	uint32_t address;
	uint8_t mac[6];
	uint8_t state; /* enum fw_neighbour_state */
	uint8_t zone;
	uint32_t confirmed_s; /* seconds ago */
};

struct fw_table {
	uint32_t version;              /* FW_TABLE_VERSION */
	uint32_t sequence;             /* odd: being written */
	uint64_t updated_us;           /* since boot */
	uint32_t lives;                /* starts of the firewall since boot */
	uint32_t configuration_serial; /* of struct netconf; 0: none, nothing passes */
	uint32_t connections_used, connections_capacity;
	uint32_t connections_restored, connections_discarded; /* at the last restart */
	uint32_t connections_by_state[16];
	uint64_t connections_opened;            /* in all lives */
	uint64_t forwarded, deferred, consumed; /* outcomes, in all lives */
	uint64_t dropped[FW_REASONS_MAX];       /* by enum fw_reason, in all lives */
	uint64_t rule_hits[NETCONF_RULES_MAX];  /* by the rule's number in the document */
	struct fw_table_port ports[FW_TABLE_PORTS];
	uint32_t connection_count; /* of those below */
	uint32_t neighbour_count;
	struct fw_table_connection connections[FW_TABLE_CONNECTIONS];
	struct fw_table_neighbour neighbours[FW_TABLE_NEIGHBOURS];
};

_Static_assert(sizeof(struct fw_table) <= FW_TABLE_BYTES, "region size");
_Static_assert((int)FW_CONN_STATE_COUNT <= 16, "connections_by_state");

/* The sequence to read under; odd: the firewall is writing, try again. */
static inline uint32_t fw_table_begin(const struct fw_table *table)
{
	return __atomic_load_n(&table->sequence, __ATOMIC_ACQUIRE);
}

/* True if what was read since fw_table_begin gave `sequence` belongs together. */
static inline bool fw_table_done(const struct fw_table *table, uint32_t sequence)
{
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	return (sequence & 1u) == 0 &&
	       __atomic_load_n(&table->sequence, __ATOMIC_RELAXED) == sequence;
}

#endif
