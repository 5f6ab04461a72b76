/*
 * Answers kept for as long as their TTL allows, positive and negative (RFC 2308).
 * A bounded table; when it is full the answer that was used longest ago goes. Pure.
 */
#ifndef DNSD_CACHE_H
#define DNSD_CACHE_H

#include "appliance/dnsd/message.h"

#define CACHE_ENTRIES      192u
#define CACHE_ANSWER_BYTES DNS_UDP_BYTES /* a longer answer is not kept */

struct cache_entry {
	struct dns_query query;
	uint64_t kept_s, until_s, used; /* until 0: free; used: the turn it was last used */
	size_t bytes;
	uint8_t answer[CACHE_ANSWER_BYTES];
};

struct cache {
	uint64_t turn, hits, misses;
	struct cache_entry entries[CACHE_ENTRIES];
};

/* NULL if there is none that still holds. */
const struct cache_entry *cache_find(struct cache *cache, const struct dns_query *query,
				     uint64_t now_s);
void cache_keep(struct cache *cache, const struct dns_query *query, const uint8_t *bytes,
		const struct dns_answer *answer, uint64_t now_s);

#endif
