/* Reading and writing the region "wan.lease" (services/proto/wanlease.h). Pure. */
#ifndef RUNTIME_WANLEASE_H
#define RUNTIME_WANLEASE_H

#include "services/proto/wanlease.h"

#include <stdbool.h>

/*
 * True if *copy has changed: the region holds another lease than it does, and a
 * sound one. Cheap if not, so it may be called often. *copy begins zeroed.
 */
bool wan_lease_update(const struct wan_lease_region *region, struct wan_lease *copy);

/* Puts *lease in force, with version, serial and checksum filled in. Only inet may. */
void wan_lease_write(struct wan_lease_region *region, struct wan_lease *lease);

/*
 * True if the lease's fields can be those of a host: a unicast address that is
 * neither the network's nor its broadcast, 1 to 30 bits of prefix, a gateway on
 * the same network or none.
 */
bool wan_lease_is_sane(const struct wan_lease *lease);

/* True if the WAN has the lease's address at `now_us`. */
static inline bool wan_lease_is_held(const struct wan_lease *lease, uint64_t now_us)
{
	return lease->address != 0 && now_us < lease->expires_us;
}

#endif
