/* See socket_table.h. */
#include "netstack/inet/socket_table.h"

#include "netstack/inet/journal.h"

#include <assert.h>
#include <string.h>

#define ID_INDEX_BITS    8
#define ID_SEQUENCE_BITS 16
#define ID_LIFE_MASK     0x7fu /* keeps an id positive */

_Static_assert(INET_SOCKETS <= 1u << ID_INDEX_BITS, "the index fits its bits");

static struct inet_socket sockets[INET_SOCKETS];
static uint16_t sequences[INET_SOCKETS];
static unsigned owned[SERVICE_MAX];
static uint32_t life_mark;
static bool changed;

static uint32_t id_of_life(uint32_t id)
{
	return id >> (ID_INDEX_BITS + ID_SEQUENCE_BITS);
}

void inet_sockets_init(uint32_t life)
{
	memset(sockets, 0, sizeof(sockets));
	memset(owned, 0, sizeof(owned));
	life_mark = life & ID_LIFE_MASK;
	changed = false;
}

static uint32_t id_make(uint32_t index)
{
	if (++sequences[index] == 0)
		sequences[index] = 1; /* so that no id is 0 */
	return life_mark << (ID_INDEX_BITS + ID_SEQUENCE_BITS) |
	       (uint32_t)sequences[index] << ID_INDEX_BITS | index;
}

enum status inet_socket_alloc(endpoint_t owner, enum socket_type type, struct inet_socket **socket)
{
	assert(owner.slot < SERVICE_MAX);
	if (owned[owner.slot] >= SOCKET_MAX)
		return E_FULL;
	for (uint32_t i = 0; i < INET_SOCKETS; i++) {
		if (sockets[i].state != INET_SOCKET_FREE)
			continue;
		sockets[i] = (struct inet_socket){
			.id = id_make(i), .state = INET_SOCKET_NEW, .type = type, .owner = owner
		};
		owned[owner.slot]++;
		*socket = &sockets[i];
		return OK;
	}
	return E_FULL;
}

struct inet_socket *inet_socket_restore(uint32_t id, endpoint_t owner, enum socket_type type)
{
	struct inet_socket *socket = &sockets[id % INET_SOCKETS];

	if (id == 0 || owner.slot >= SERVICE_MAX || socket->state != INET_SOCKET_FREE)
		return NULL;
	*socket = (struct inet_socket){
		.id = id, .state = INET_SOCKET_NEW, .type = type, .owner = owner, .restored = true
	};
	owned[owner.slot]++;
	sequences[id % INET_SOCKETS] = (uint16_t)(id >> ID_INDEX_BITS);
	return socket;
}

void inet_socket_free(struct inet_socket *socket)
{
	assert(socket->state != INET_SOCKET_FREE);
	assert(socket->tcp == NULL && socket->udp == NULL);
	inet_journal_socket_gone(socket);
	owned[socket->owner.slot]--;
	socket->state = INET_SOCKET_FREE;
	socket->id = 0;
}

static bool owner_is(const struct inet_socket *socket, endpoint_t owner)
{
	return socket->owner.slot == owner.slot && socket->owner.generation == owner.generation;
}

enum status inet_socket_find(endpoint_t owner, uint32_t id, struct inet_socket **socket)
{
	struct inet_socket *entry = &sockets[id % INET_SOCKETS];

	if (entry->id != id && id_of_life(id) != life_mark)
		return E_RESET;
	if (id == 0 || entry->id != id || !owner_is(entry, owner))
		return E_ABSENT;
	/*
	 * One that waits to be accepted is not yet its owner's to use, unless our
	 * former life has told the owner and could not take that down.
	 */
	if (entry->listener != NULL && !entry->restored)
		return E_ABSENT;
	*socket = entry;
	return OK;
}

struct inet_socket *inet_socket_next(uint32_t owner_slot, uint32_t *cursor)
{
	while (*cursor < INET_SOCKETS) {
		struct inet_socket *socket = &sockets[(*cursor)++];
		if (socket->state != INET_SOCKET_FREE && socket->owner.slot == owner_slot)
			return socket;
	}
	return NULL;
}

static bool addresses_overlap(uint32_t a, uint32_t b)
{
	return a == 0 || b == 0 || a == b;
}

bool inet_socket_port_taken(const struct inet_socket *self, struct inet_name name)
{
	for (uint32_t i = 0; i < INET_SOCKETS; i++) {
		const struct inet_socket *other = &sockets[i];
		bool claims = other->state == INET_SOCKET_NEW ||
			      other->state == INET_SOCKET_LISTENING ||
			      (other->type == SOCKET_DATAGRAM && other->state != INET_SOCKET_FREE);
		if (claims && other != self && other->type == self->type &&
		    other->local.port == name.port &&
		    addresses_overlap(other->local.address, name.address))
			return true;
	}
	return false;
}

void inet_sockets_changed(void)
{
	changed = true;
}

bool inet_sockets_changed_take(void)
{
	bool was = changed;
	changed = false;
	return was;
}
