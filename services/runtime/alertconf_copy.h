/* How alerts are mailed, copied and checked before it is used. */
#ifndef RUNTIME_ALERTCONF_COPY_H
#define RUNTIME_ALERTCONF_COPY_H

#include "services/proto/alertconf.h"

#include <stdbool.h>

/* As netconf_copy_update: true if *copy has changed. Pure. */
bool alertconf_copy_update(const struct alertconf_region *region, struct alertconf *copy);

#endif
