/* The configuration in force, copied and checked before it is used. */
#ifndef RUNTIME_NETCONF_COPY_H
#define RUNTIME_NETCONF_COPY_H

#include "services/proto/netconf.h"

#include <stdbool.h>

/*
 * True if *copy has changed: a later configuration than it holds is in force and
 * is sound. Cheap if there is none, so it may be called often. Pure.
 */
bool netconf_copy_update(const struct netconf_region *region, struct netconf *copy);

#endif
