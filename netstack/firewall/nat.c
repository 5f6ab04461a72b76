#include "netstack/firewall/nat.h"

#include <assert.h>
#include <string.h>

#define PROBES_MAX        512u  /* ports tried before we call it exhausted */
#define PORT_RESERVED_END 1024u /* RFC 4787, REQ-3a: the range 1 to 1023 */
#define PORT_END          65536u

static uint32_t mix(uint64_t value)
{
	value *= 0x9e3779b97f4a7c15u;
	value = (value ^ (value >> 32)) * 0xd6e8feb86659fd93u;
	return (uint32_t)(value >> 32);
}

static uint32_t bucket_of(const struct nat *nat, uint64_t words)
{
	return mix(words ^ nat->secret) & ((1u << nat->room.bucket_bits) - 1);
}

static uint16_t *inside_head(struct nat *nat, struct nat_endpoint inside)
{
	uint64_t words =
		(uint64_t)inside.address << 24 | (uint64_t)inside.port << 8 | inside.protocol;

	return &nat->room.inside[bucket_of(nat, words)];
}

static uint16_t *outside_head(struct nat *nat, uint8_t protocol, uint16_t port)
{
	return &nat->room.outside[bucket_of(nat, (uint64_t)port << 8 | protocol)];
}

static struct nat_binding *inside_find(struct nat *nat, struct nat_endpoint inside)
{
	uint16_t index = *inside_head(nat, inside);

	while (index != 0) {
		struct nat_binding *binding = &nat->room.bindings[index];

		if (binding->address == inside.address && binding->port == inside.port &&
		    binding->protocol == inside.protocol)
			return binding;
		index = binding->next_inside;
	}
	return NULL;
}

static bool outside_is_free(struct nat *nat, uint8_t protocol, uint16_t port)
{
	uint16_t index = *outside_head(nat, protocol, port);

	while (index != 0) {
		const struct nat_binding *binding = &nat->room.bindings[index];

		if (binding->outside == port && binding->protocol == protocol)
			return false;
		index = binding->next_outside;
	}
	return true;
}

void nat_init(struct nat *nat, const struct nat_room *room, uint64_t secret)
{
	*nat = (struct nat){ .room = *room, .fresh = 1, .secret = secret };
	memset(room->inside, 0, sizeof room->inside[0] << room->bucket_bits);
	memset(room->outside, 0, sizeof room->outside[0] << room->bucket_bits);
}

bool nat_protocol_has_ports(uint8_t protocol)
{
	return protocol == IPPROTO_TCP_NUMBER || protocol == IPPROTO_UDP_NUMBER ||
	       protocol == IPPROTO_ICMP_NUMBER;
}

/* 0: all are used. */
static uint16_t binding_allocate(struct nat *nat)
{
	uint32_t index = nat->free_head;

	if (index != 0)
		nat->free_head = nat->room.bindings[index].next_inside;
	else if (nat->fresh < nat->room.capacity)
		index = nat->fresh++;
	return (uint16_t)index;
}

static struct nat_binding *binding_make(struct nat *nat, struct nat_endpoint inside,
					uint16_t outside)
{
	uint16_t index = binding_allocate(nat);
	struct nat_binding *binding = &nat->room.bindings[index];
	uint16_t *head;

	if (index == 0)
		return NULL;
	nat->used++;
	*binding = (struct nat_binding){ .address = inside.address,
					 .port = inside.port,
					 .outside = outside,
					 .protocol = inside.protocol };
	head = inside_head(nat, inside);
	binding->next_inside = *head;
	*head = index;
	head = outside_head(nat, inside.protocol, outside);
	binding->next_outside = *head;
	*head = index;
	return binding;
}

/* Finds a free port of the range `low` to `end` - 1; 0 if PROBES_MAX tries met none. */
static uint16_t port_choose(struct nat *nat, struct nat_endpoint inside, uint32_t low, uint32_t end)
{
	uint32_t range = end - low;
	uint32_t at = mix(nat->secret ^ ((uint64_t)inside.address << 32 | inside.port)) % range;

	for (uint32_t probe = 0; probe < PROBES_MAX && probe < range; probe++) {
		uint16_t port = (uint16_t)(low + at);

		if (outside_is_free(nat, inside.protocol, port))
			return port;
		/* 4,093 is prime and divides neither range: every port gets its turn. */
		at = (at + 4093u) % range;
	}
	return 0;
}

enum fw_reason nat_acquire(struct nat *nat, struct nat_endpoint inside, uint16_t *outside)
{
	struct nat_binding *binding = inside_find(nat, inside);
	bool any = inside.protocol == IPPROTO_ICMP_NUMBER; /* ids have no ranges; 0 is one */
	uint32_t low = any || inside.port < PORT_RESERVED_END ? 1 : PORT_RESERVED_END;
	uint32_t end = !any && inside.port < PORT_RESERVED_END ? PORT_RESERVED_END : PORT_END;
	uint16_t port = inside.port;

	if (binding == NULL) {
		if (!outside_is_free(nat, inside.protocol, port))
			port = port_choose(nat, inside, low, end);
		if (port != 0 || any)
			binding = binding_make(nat, inside, port);
	}
	if (binding == NULL || binding->references == UINT16_MAX)
		return DROP_NAT_EXHAUSTED;
	binding->references++;
	*outside = binding->outside;
	return FW_REASON_NONE;
}

bool nat_acquire_exactly(struct nat *nat, struct nat_endpoint inside, uint16_t outside)
{
	struct nat_binding *binding = inside_find(nat, inside);

	if (binding == NULL && outside_is_free(nat, inside.protocol, outside))
		binding = binding_make(nat, inside, outside);
	if (binding == NULL || binding->outside != outside || binding->references == UINT16_MAX)
		return false;
	binding->references++;
	return true;
}

static void chain_remove(struct nat *nat, uint16_t *link, uint16_t index, bool inside)
{
	while (*link != 0 && *link != index)
		link = inside ? &nat->room.bindings[*link].next_inside
			      : &nat->room.bindings[*link].next_outside;
	if (*link == index)
		*link = inside ? nat->room.bindings[index].next_inside
			       : nat->room.bindings[index].next_outside;
}

void nat_release(struct nat *nat, struct nat_endpoint inside)
{
	struct nat_binding *binding = inside_find(nat, inside);
	uint16_t index;

	assert(binding != NULL);
	if (--binding->references > 0)
		return;
	index = (uint16_t)(binding - nat->room.bindings);
	chain_remove(nat, inside_head(nat, inside), index, true);
	chain_remove(nat, outside_head(nat, inside.protocol, binding->outside), index, false);
	binding->next_inside = (uint16_t)nat->free_head;
	nat->free_head = index;
	nat->used--;
}
