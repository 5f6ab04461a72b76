/*
 * What is in force: the regions "netconf", "alertconf" and "webconf", each with two
 * copies of which `current` names the valid one. Readers may look at any instant,
 * and config may die at any: the switch is one store. Pure.
 */
#ifndef CONFIG_FORCE_H
#define CONFIG_FORCE_H

#include "services/config/compile.h"

#include <stdbool.h>
#include <stddef.h>

/* How a copy begins, in each of the three regions. */
struct force_head {
	uint32_t crc32; /* zlib's, of what follows */
	uint32_t version;
	uint32_t serial;
};

/* A region, whatever it is of: its index and its two copies. */
struct force {
	uint32_t *current;
	void *copies[2];
	size_t bytes; /* of a copy */
	uint32_t version;
	/* Netconf's lists, one of each copy, in which their checksum stands; else nothing. */
	void *lists[2];
	size_t lists_bytes, lists_crc32_at;
};

struct force force_of_netconf(struct netconf_region *region);
struct force force_of_alertconf(struct alertconf_region *region);
struct force force_of_webconf(struct webconf_region *region);

/* The copy in force, or NULL if there is none that checks out. */
const void *force_current(const struct force *force);
/* Puts *copy, with netconf's *lists, in force under the next serial. False: it is already. */
bool force_put(const struct force *force, void *copy, const void *lists);
/*
 * Puts the copy that was in force before this one in force again. False: there is none, or it does
 * not check out.
 */
bool force_return(const struct force *force);

#endif
