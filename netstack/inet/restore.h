/*
 * Carries on where a former life ended: sockets and connections out of
 * inet.state, before the first packet is looked at.
 */
#ifndef INET_RESTORE_H
#define INET_RESTORE_H

#include "netstack/inet/preserved.h"

struct inet_restored {
	unsigned sockets, connections;
	unsigned discarded; /* did not check out, or could not be rebuilt */
};

/* Once, with addresses configured; `region` is what the journal was begun with. */
struct inet_restored inet_restore(struct preserved_region *region);

#endif
