/* See watch.h. */
#include "netstack/inet/watch.h"

#include "netstack/inet/poll.h"
#include "services/runtime/service.h"

#include <assert.h>
#include <string.h>

struct watch {
	endpoint_t client;
	uint32_t count;
	struct socket_poll polls[SOCKET_POLL_MAX];
};

static struct watch watches[SERVICE_MAX];
static uint64_t armed; /* a bit a slot */

void inet_watch_set(endpoint_t client, const struct socket_poll *polls, uint32_t count)
{
	assert(client.slot < SERVICE_MAX && count <= SOCKET_POLL_MAX);
	struct watch *watch = &watches[client.slot];

	watch->client = client;
	watch->count = count;
	memcpy(watch->polls, polls, count * sizeof(*polls));
	armed |= 1ull << client.slot;
}

void inet_watch_clear(uint32_t slot)
{
	armed &= ~(1ull << slot);
}

void inet_watch_check(void)
{
	for (uint64_t left = armed; left != 0; left &= left - 1) {
		uint32_t slot = (uint32_t)__builtin_ctzll(left);
		struct watch *watch = &watches[slot];
		if (inet_poll(watch->client, watch->polls, watch->count) == 0)
			continue;
		inet_watch_clear(slot);
		service_notify(slot);
	}
}
