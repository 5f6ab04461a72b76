/*
 * How the region "flows" is divided: what outlives the firewall, which is its head,
 * the neighbours and the records of flows, and behind it what is made from them at
 * every start: the records' index and NAT's bindings. There are as many records as
 * fit, so the size that the manifest gives the region is the size of the table.
 */
#ifndef FIREWALL_FLOW_ROOM_H
#define FIREWALL_FLOW_ROOM_H

#include "netstack/firewall/conn.h"
#include "netstack/firewall/nat.h"
#include "netstack/firewall/neighbour.h"

#define FW_FLOWS_MAGIC 0x31574f4c46484b42u /* "BKHFLOW1" */

struct fw_flows {
	uint64_t magic;
	uint32_t conn_bytes, neighbour_bytes; /* of a record each: another layout is not restored */
	uint64_t boot; /* since whose begin its times count: any number that no other boot has */
	uint8_t reserved[104];
	struct neighbour neighbours[NEIGHBOURS];
	struct conn conns[];
};
_Static_assert(offsetof(struct fw_flows, conns) % 64 == 0, "records lie on cache lines");

struct flow_room {
	struct conn_room conns;
	struct nat_room nat;
};

/* Records, with the unused first, that a region of `bytes` has room for; 0: none at all. */
uint32_t flow_room_capacity(size_t bytes);

/* The bytes that `capacity` records take, with all that belongs to them. */
size_t flow_room_bytes(uint32_t capacity);

/* Divides the region at `flows`, which has room for at least two records. */
struct flow_room flow_room_divide(struct fw_flows *flows, size_t bytes);

#endif
