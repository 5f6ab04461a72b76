#include "netstack/firewall/flow_room.h"

/* As many buckets as nodes or more: a chain has one entry on average. */
static uint32_t bits_for(uint32_t entries)
{
	uint32_t bits = 4;

	while (bits < 31 && 1u << bits < entries)
		bits++;
	return bits;
}

/* There are no more ports that they could stand for, but one set a protocol. */
static uint32_t bindings_for(uint32_t capacity)
{
	return capacity < NAT_BINDINGS_MAX ? capacity : NAT_BINDINGS_MAX;
}

size_t flow_room_bytes(uint32_t capacity)
{
	uint32_t bindings = bindings_for(capacity);

	return sizeof(struct fw_flows) + capacity * sizeof(struct conn) +
	       (sizeof(uint32_t) << bits_for(2 * capacity)) +
	       bindings * sizeof(struct nat_binding) + (2 * sizeof(uint16_t) << bits_for(bindings));
}

/* By halves: more records never take less. */
uint32_t flow_room_capacity(size_t bytes)
{
	size_t most = bytes / sizeof(struct conn);
	uint32_t fits = 0, above = most < CONN_MAX ? (uint32_t)most + 1 : CONN_MAX + 1;

	while (above - fits > 1) {
		uint32_t middle = fits + (above - fits) / 2;

		if (flow_room_bytes(middle) <= bytes)
			fits = middle;
		else
			above = middle;
	}
	return fits;
}

struct flow_room flow_room_divide(struct fw_flows *flows, size_t bytes)
{
	uint32_t capacity = flow_room_capacity(bytes), bindings = bindings_for(capacity);
	struct flow_room room = {
		.conns = { .records = flows->conns,
			   .capacity = capacity,
			   .bucket_bits = bits_for(2 * capacity) },
		.nat = { .capacity = bindings, .bucket_bits = bits_for(bindings) },
	};

	/* By falling alignment: each begins where the one before ends. */
	room.nat.bindings = (struct nat_binding *)(flows->conns + capacity);
	room.conns.heads = (uint32_t *)(room.nat.bindings + bindings);
	room.nat.inside = (uint16_t *)(room.conns.heads + (1ull << room.conns.bucket_bits));
	room.nat.outside = room.nat.inside + (1ull << room.nat.bucket_bits);
	return room;
}
