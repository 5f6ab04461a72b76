/*
 * Neighbours: the MAC address of every next hop, by ARP.
 *
 *	EMPTY --needed--> INCOMPLETE --answer--> REACHABLE --60 s, used--> PROBING
 *	  ^                   |                      ^                        |
 *	  |               3 requests                 +--------answer----------+
 *	  |                   v                                           3 requests
 *	  +------3 s------ FAILED <----------------------------------------- +
 *
 * While PROBING the known MAC is used. Requests go out once a second (RFC 1122,
 * 2.3.2.1). Entries are made for next hops of our traffic and for stations that
 * ask for our own address, and for nobody else; the table is fixed, sets of
 * four; the gateway's entry is never pushed out.
 *
 * The table lies in a preserved region, each entry with a checksum: after a
 * restart the known ones are used at once, and asked again.
 */
#ifndef FIREWALL_NEIGHBOUR_H
#define FIREWALL_NEIGHBOUR_H

#include "netstack/wire/ethernet.h"
#include "services/proto/fwtable.h"

#include <stdbool.h>
#include <stdint.h>

#define NEIGHBOUR_SETS 128u
#define NEIGHBOUR_WAYS 4u
#define NEIGHBOURS     (NEIGHBOUR_SETS * NEIGHBOUR_WAYS)
#define NEIGHBOUR_NONE 0xffffu

#define NEIGHBOUR_REACHABLE_MS 60000u /* RFC 1122, 2.3.2.1: about a minute */
#define NEIGHBOUR_RETRY_MS     1000u  /* RFC 1122, 2.3.2.1: at most one request a second */
#define NEIGHBOUR_TRIES        3u
#define NEIGHBOUR_FAILED_MS    3000u   /* then we may ask again */
#define NEIGHBOUR_UNUSED_MS    300000u /* forgotten */
#define NEIGHBOUR_PENDING_MAX  3u      /* packets that wait for one */

_Static_assert(NEIGHBOURS <= FW_TABLE_NEIGHBOURS, "all can be shown");

struct neighbour {
	uint32_t address;
	mac_t mac;
	uint8_t state; /* enum fw_neighbour_state */
	uint8_t zone;
	uint8_t tries;
	uint8_t pinned; /* 1: the gateway */
	uint16_t reserved;
	uint32_t confirmed_ms; /* when its answer came; milliseconds modulo 2^32 */
	uint32_t used_ms;
	uint32_t next_ms; /* next request, or end of FAILED */
	uint32_t check;   /* over address, mac and zone */
};
_Static_assert(sizeof(struct neighbour) == 32, "two to a cache line");

struct neighbour_table {
	uint64_t secret;
	struct neighbour *entries; /* NEIGHBOURS, preserved */
	uint64_t used[NEIGHBOUR_SETS / 64]; /* a bit a set: not all of it has been empty ever */
};

/* With `restore` keeps the known entries that check out; the hash secret has to be the same. */
void neighbour_init(struct neighbour_table *table, struct neighbour *entries, bool restore,
		    uint64_t secret);

/* The index of the entry, or NEIGHBOUR_NONE. */
uint16_t neighbour_find(const struct neighbour_table *table, uint8_t zone, uint32_t address);

/* As above, but made if need be, in place of the least useful of its set. */
uint16_t neighbour_make(struct neighbour_table *table, uint8_t zone, uint32_t address,
			uint32_t now_ms);

/* The first at or behind `index` that is not empty; NEIGHBOURS: there is none. */
uint16_t neighbour_next(const struct neighbour_table *table, uint16_t index);

/* `address` has `mac`: learned from ARP. */
void neighbour_confirm(struct neighbour *neighbour, const mac_t *mac, uint32_t now_ms);

static inline bool neighbour_is(const struct neighbour *neighbour, uint8_t zone, uint32_t address)
{
	return neighbour->state != FW_NEIGHBOUR_EMPTY && neighbour->address == address &&
	       neighbour->zone == zone;
}

/* Its MAC may be used, and needs no more asking for now. */
static inline bool neighbour_is_fresh(const struct neighbour *neighbour, uint32_t now_ms)
{
	return neighbour->state == FW_NEIGHBOUR_REACHABLE &&
	       now_ms - neighbour->confirmed_ms < NEIGHBOUR_REACHABLE_MS;
}

static inline bool neighbour_is_known(const struct neighbour *neighbour)
{
	return neighbour->state == FW_NEIGHBOUR_REACHABLE ||
	       neighbour->state == FW_NEIGHBOUR_PROBING;
}

#endif
