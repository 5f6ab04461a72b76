#include "netstack/firewall/neighbour.h"

#include "netstack/firewall/frame.h"

#include <string.h>

static uint32_t set_of(const struct neighbour_table *table, uint8_t zone, uint32_t address)
{
	uint64_t word = ((uint64_t)zone << 32 | address) ^ table->secret;

	word = (word ^ (word >> 31)) * 0x9e3779b97f4a7c15u;
	return (uint32_t)(word >> 57);
}
_Static_assert(NEIGHBOUR_SETS == 128, "set_of gives seven bits");

static uint32_t neighbour_check(const struct neighbour *neighbour)
{
	uint64_t mac = 0;

	memcpy(&mac, &neighbour->mac, sizeof neighbour->mac);
	mac = (mac ^ ((uint64_t)neighbour->zone << 56) ^ 0x6e65696768626f72u) * 0x9e3779b97f4a7c15u;
	return (uint32_t)(((mac ^ neighbour->address) * 0xd6e8feb86659fd93u) >> 32);
}

static bool neighbour_checks_out(const struct neighbour *neighbour)
{
	return neighbour_is_known(neighbour) && frame_mac_is_station(&neighbour->mac) &&
	       (neighbour->zone == ZONE_LAN || neighbour->zone == ZONE_WAN) &&
	       neighbour->check == neighbour_check(neighbour);
}

/* The hash may have another secret now: move what is kept to where it will be found. */
static void neighbour_adopt(struct neighbour_table *table, const struct neighbour *old)
{
	uint16_t index = neighbour_make(table, old->zone, old->address, 0);

	neighbour_confirm(&table->entries[index], &old->mac, 0);
	table->entries[index].confirmed_ms = 0u - NEIGHBOUR_REACHABLE_MS; /* ask again */
}

void neighbour_init(struct neighbour_table *table, struct neighbour *entries, bool restore,
		    uint64_t secret)
{
	static struct neighbour old[NEIGHBOURS];

	*table = (struct neighbour_table){ .secret = secret, .entries = entries };
	memcpy(old, entries, sizeof old);
	memset(entries, 0, sizeof old);
	for (unsigned i = 0; restore && i < NEIGHBOURS; i++)
		if (neighbour_checks_out(&old[i]))
			neighbour_adopt(table, &old[i]);
}

uint16_t neighbour_find(const struct neighbour_table *table, uint8_t zone, uint32_t address)
{
	uint32_t first = set_of(table, zone, address) * NEIGHBOUR_WAYS;

	for (uint32_t index = first; index < first + NEIGHBOUR_WAYS; index++)
		if (neighbour_is(&table->entries[index], zone, address))
			return (uint16_t)index;
	return NEIGHBOUR_NONE;
}

/* A set in which there never was one is passed over, so that an empty table costs little. */
uint16_t neighbour_next(const struct neighbour_table *table, uint16_t index)
{
	while (index < NEIGHBOURS) {
		unsigned set = index / NEIGHBOUR_WAYS;
		uint64_t used = table->used[set / 64] >> set % 64;

		if (used == 0)
			index = (uint16_t)((set / 64 + 1) * 64 * NEIGHBOUR_WAYS);
		else if ((used & 1) == 0)
			index = (uint16_t)((set + (unsigned)__builtin_ctzll(used)) *
					   NEIGHBOUR_WAYS);
		else if (table->entries[index].state == FW_NEIGHBOUR_EMPTY)
			index++;
		else
			return index;
	}
	return NEIGHBOURS;
}

/* How gladly we give up an entry; the greater the gladder. */
static unsigned neighbour_dispensability(const struct neighbour *neighbour)
{
	switch ((enum fw_neighbour_state)neighbour->state) {
	case FW_NEIGHBOUR_EMPTY:
		return 4;
	case FW_NEIGHBOUR_FAILED:
		return neighbour->pinned ? 0 : 3;
	case FW_NEIGHBOUR_INCOMPLETE:
		return neighbour->pinned ? 0 : 2;
	case FW_NEIGHBOUR_REACHABLE:
	case FW_NEIGHBOUR_PROBING:
	case FW_NEIGHBOUR_STATE_COUNT:
		return neighbour->pinned ? 0 : 1;
	}
	return 0;
}

static bool gives_way_before(const struct neighbour *a, const struct neighbour *b, uint32_t now_ms)
{
	unsigned of_a = neighbour_dispensability(a), of_b = neighbour_dispensability(b);

	if (of_a != of_b)
		return of_a > of_b;
	return now_ms - a->used_ms > now_ms - b->used_ms;
}

uint16_t neighbour_make(struct neighbour_table *table, uint8_t zone, uint32_t address,
			uint32_t now_ms)
{
	uint16_t found = neighbour_find(table, zone, address);
	uint32_t first = set_of(table, zone, address) * NEIGHBOUR_WAYS;
	uint32_t victim = first;

	if (found != NEIGHBOUR_NONE)
		return found;
	for (uint32_t index = first + 1; index < first + NEIGHBOUR_WAYS; index++)
		if (gives_way_before(&table->entries[index], &table->entries[victim], now_ms))
			victim = index;
	table->used[first / NEIGHBOUR_WAYS / 64] |= 1ull << first / NEIGHBOUR_WAYS % 64;
	table->entries[victim] = (struct neighbour){ .address = address,
						     .zone = zone,
						     .state = FW_NEIGHBOUR_INCOMPLETE,
						     .used_ms = now_ms,
						     .next_ms = now_ms };
	return (uint16_t)victim;
}

void neighbour_confirm(struct neighbour *neighbour, const mac_t *mac, uint32_t now_ms)
{
	neighbour->mac = *mac;
	neighbour->confirmed_ms = now_ms;
	neighbour->tries = 0;
	neighbour->check = neighbour_check(neighbour);
	neighbour->state = FW_NEIGHBOUR_REACHABLE;
}
