/* See cache.h. */
#include "appliance/dnsd/cache.h"

#include <string.h>

/* DNSSEC's records come only if asked for, and unchecked answers only who wants them so. */
static bool is_for(const struct cache_entry *entry, const struct dns_query *query)
{
	return entry->query.dnssec == query->dnssec && entry->query.unchecked == query->unchecked &&
	       dns_query_same(&entry->query, query);
}

const struct cache_entry *cache_find(struct cache *cache, const struct dns_query *query,
				     uint64_t now_s)
{
	for (unsigned i = 0; i < CACHE_ENTRIES; i++) {
		struct cache_entry *entry = &cache->entries[i];

		if (now_s >= entry->until_s || !is_for(entry, query))
			continue;
		entry->used = ++cache->turn;
		cache->hits++;
		return entry;
	}
	cache->misses++;
	return NULL;
}

/* The query's own, else one that holds no more, else the one used longest ago. */
static struct cache_entry *room_find(struct cache *cache, const struct dns_query *query,
				     uint64_t now_s)
{
	struct cache_entry *best = &cache->entries[0];

	for (unsigned i = 0; i < CACHE_ENTRIES; i++) {
		struct cache_entry *entry = &cache->entries[i];

		if (entry->until_s != 0 && is_for(entry, query))
			return entry;
		bool over = now_s >= entry->until_s, best_over = now_s >= best->until_s;
		if ((over && !best_over) || (over == best_over && entry->used < best->used))
			best = entry;
	}
	return best;
}

void cache_keep(struct cache *cache, const struct dns_query *query, const uint8_t *bytes,
		const struct dns_answer *answer, uint64_t now_s)
{
	if (answer->ttl_s == 0 || answer->bytes > CACHE_ANSWER_BYTES)
		return;
	struct cache_entry *entry = room_find(cache, query, now_s);
	entry->query = *query;
	entry->kept_s = now_s;
	entry->until_s = now_s + answer->ttl_s;
	entry->used = ++cache->turn;
	entry->bytes = answer->bytes;
	memcpy(entry->answer, bytes, answer->bytes);
}
