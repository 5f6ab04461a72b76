#include "netstack/firewall/fragment.h"

static uint32_t set_of(const struct fragment_table *table, const struct packet *p)
{
	uint64_t word = p->key.words[0] ^ ((uint64_t)p->fragment_id << 40) ^ table->secret;

	word = (word ^ (word >> 31)) * 0x9e3779b97f4a7c15u;
	return (uint32_t)(word >> 58);
}
_Static_assert(FRAGMENT_SETS == 64, "set_of gives six bits");

static bool entry_is(const struct fragment_entry *entry, const struct packet *p)
{
	return entry->node != CONN_NONE && entry->source == p->key.source &&
	       entry->destination == p->key.destination && entry->id == p->fragment_id &&
	       entry->protocol == p->key.protocol && entry->zone == p->key.zone;
}

void fragment_remember(struct fragment_table *table, const struct conn_table *conns,
		       const struct packet *p, uint32_t node, uint32_t now_s)
{
	struct fragment_entry *set = table->entries[set_of(table, p)];
	struct fragment_entry *victim = set;

	for (unsigned way = 0; way < FRAGMENT_WAYS; way++) {
		if (entry_is(&set[way], p)) {
			victim = &set[way];
			break;
		}
		if (set[way].seen_s < victim->seen_s)
			victim = &set[way];
	}
	*victim = (struct fragment_entry){ .source = p->key.source,
					   .destination = p->key.destination,
					   .id = p->fragment_id,
					   .protocol = p->key.protocol,
					   .zone = p->key.zone,
					   .node = node,
					   .serial = conn_of_node(conns, node)->serial,
					   .seen_s = now_s };
}

uint32_t fragment_lookup(const struct fragment_table *table, const struct conn_table *conns,
			 const struct packet *p, uint32_t now_s)
{
	const struct fragment_entry *set = table->entries[set_of(table, p)];

	for (unsigned way = 0; way < FRAGMENT_WAYS; way++) {
		const struct conn *conn = conn_of_node(conns, set[way].node);

		if (entry_is(&set[way], p) && now_s - set[way].seen_s <= FRAGMENT_TIMEOUT_S &&
		    conn->state != FW_CONN_FREE && conn->serial == set[way].serial)
			return set[way].node;
	}
	return CONN_NONE;
}
