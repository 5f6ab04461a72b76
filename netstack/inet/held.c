/* See held.h. */
#include "netstack/inet/held.h"

#include <assert.h>

static struct inet_call calls[SERVICE_MAX];
static uint64_t held; /* a bit a slot */

void inet_held_add(const struct inet_call *call)
{
	assert(call->from.slot < SERVICE_MAX);
	calls[call->from.slot] = *call;
	held |= 1ull << call->from.slot;
}

void inet_held_forget(uint32_t slot)
{
	held &= ~(1ull << slot);
}

void inet_held_retry(void)
{
	for (uint64_t left = held; left != 0; left &= left - 1) {
		uint32_t slot = (uint32_t)__builtin_ctzll(left);
		struct inet_call call = calls[slot];
		/* A try may find the client dead and forget it: so forget first. */
		inet_held_forget(slot);
		if (!inet_call_try(&call))
			inet_held_add(&call);
	}
}
