/*
 * The configuration in force: the region "netconf", two copies of which `current`
 * names the valid one. Readers may look at any instant, and config may die at
 * any: the switch is one store. Pure.
 */
#ifndef CONFIG_FORCE_H
#define CONFIG_FORCE_H

#include "services/proto/netconf.h"

#include <stdbool.h>

/* The copy in force, or NULL if there is none that checks out. */
const struct netconf *force_current(const struct netconf_region *region);
/* Puts *netconf in force under the next serial. False: it is already. */
bool force_put(struct netconf_region *region, struct netconf *netconf);

/*
 * Puts the copy that was in force before this one in force again. False: there is none, or it does
 * not check out.
 */
bool force_return(struct netconf_region *region);

#endif
