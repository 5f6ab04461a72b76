/* See clients.h. */
#include "netstack/inet/clients.h"

#include "netstack/inet/held.h"
#include "netstack/inet/requests.h"
#include "netstack/inet/watch.h"

#include <stddef.h>

static uint32_t generations[SERVICE_MAX]; /* 0: none */
static uint64_t *seen_slots;

void inet_clients_init(uint64_t *seen)
{
	for (uint32_t slot = 0; slot < SERVICE_MAX; slot++)
		generations[slot] = 0;
	seen_slots = seen;
}

static void client_forget(uint32_t slot)
{
	struct inet_socket *socket;
	uint32_t cursor = 0;

	inet_held_forget(slot);
	inet_watch_clear(slot);
	while ((socket = inet_socket_next(slot, &cursor)) != NULL) {
		inet_socket_close(socket);
		cursor = 0; /* closing a listener frees others, too */
	}
	generations[slot] = 0;
}

void inet_client_seen(endpoint_t client)
{
	uint32_t *known = &generations[client.slot];

	if (*known != 0 && *known != client.generation)
		client_forget(client.slot);
	*known = client.generation;
	*seen_slots |= 1ull << client.slot;
}

void inet_client_gone(endpoint_t client)
{
	if (generations[client.slot] == client.generation)
		client_forget(client.slot);
}

void inet_clients_check(const struct kernel_table *table)
{
	for (uint64_t left = *seen_slots; left != 0; left &= left - 1) {
		uint32_t slot = (uint32_t)__builtin_ctzll(left);
		const volatile struct service_entry *entry = &table->services[slot];

		if (generations[slot] != 0 &&
		    (entry->state != SERVICE_ALIVE || entry->generation != generations[slot]))
			client_forget(slot);
	}
}
