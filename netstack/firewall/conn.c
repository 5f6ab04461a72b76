#include "netstack/firewall/conn.h"

#include "netstack/wire/ipv4.h"

#include <string.h>

static const uint16_t timeouts_s[FW_CONN_STATE_COUNT] = {
#define X(name, text, timeout_s) timeout_s,
	FW_CONN_STATE_TABLE(X)
#undef X
};

static uint32_t conn_index(const struct conn_table *table, const struct conn *conn)
{
	return (uint32_t)(conn - table->records);
}

/* Two multiplications mix all of both words into the upper half; the second by a secret. */
static uint32_t *head_of(const struct conn_table *table, const union conn_key *key)
{
	uint64_t hash = (key->words[0] ^ table->secret[0]) * 0x9e3779b97f4a7c15u;

	hash = (hash ^ (hash >> 32) ^ key->words[1]) * table->secret[1];
	return &table->heads[hash >> table->hash_shift];
}

union conn_key conn_key_reverse(const union conn_key *key, uint8_t zone)
{
	union conn_key reversed = { .words = { 0, 0 } };

	reversed.source = key->destination;
	reversed.destination = key->source;
	reversed.source_port = key->destination_port;
	reversed.destination_port = key->source_port;
	reversed.protocol = key->protocol;
	reversed.zone = zone;
	return reversed;
}

uint32_t conn_lookup(const struct conn_table *table, const union conn_key *key)
{
	uint32_t node = *head_of(table, key);

	while (node != CONN_NONE && !conn_key_same(conn_key_of_node(table, node), key))
		node = conn_link_of_node(table, node)->next;
	return node;
}

static uint32_t node_of(const struct conn_table *table, const struct conn *conn, unsigned direction)
{
	return (uint32_t)((const uint8_t *)&conn->key[direction] - (const uint8_t *)table->records);
}

static void node_link(struct conn_table *table, uint32_t node)
{
	uint32_t *head = head_of(table, conn_key_of_node(table, node));

	conn_link_of_node(table, node)->next = *head;
	*head = node;
}

static void node_unlink(struct conn_table *table, uint32_t node)
{
	uint32_t *link = head_of(table, conn_key_of_node(table, node));

	while (*link != CONN_NONE && *link != node)
		link = &conn_link_of_node(table, *link)->next;
	if (*link == node)
		*link = conn_link_of_node(table, node)->next;
}

static uint64_t check_mix(uint64_t sum, uint64_t word)
{
	sum = (sum ^ word) * 0xff51afd7ed558ccdu;
	return sum ^ (sum >> 29);
}

/* Covers what identifies and translates the flow; what changes per packet has its own ranges. */
static uint64_t conn_check(const struct conn *conn)
{
	uint64_t sum = 0x42756c6b68656164u;

	for (unsigned d = 0; d < 2; d++) {
		sum = check_mix(sum, conn->key[d].words[0]);
		sum = check_mix(sum, conn->key[d].words[1]);
		sum = check_mix(sum, (uint64_t)conn->ip_delta[d] << 16 | conn->l4_delta[d]);
	}
	sum = check_mix(sum, (uint64_t)conn->serial << 32 | conn->created_s);
	return check_mix(sum, (uint64_t)conn->translated << 8 | conn->bound);
}

static bool state_fits_protocol(enum fw_conn_state state, uint8_t protocol)
{
	switch (state) {
	case FW_CONN_FREE:
	case FW_CONN_STATE_COUNT: return false;
	case FW_CONN_TCP_SYN_SENT:
	case FW_CONN_TCP_SYN_RECEIVED:
	case FW_CONN_TCP_ESTABLISHED:
	case FW_CONN_TCP_CLOSING:
	case FW_CONN_TCP_CLOSED:
	case FW_CONN_TCP_RESET: return protocol == IPPROTO_TCP_NUMBER;
	case FW_CONN_UDP_ONE_WAY:
	case FW_CONN_UDP_TWO_WAY: return protocol == IPPROTO_UDP_NUMBER;
	case FW_CONN_ICMP_QUERY: return protocol == IPPROTO_ICMP_NUMBER;
	case FW_CONN_OTHER: return true;
	}
	return false;
}

static bool zone_is_side(uint8_t zone)
{
	return zone == ZONE_LAN || zone == ZONE_WAN || zone == ZONE_HOST;
}

bool conn_checks_out(const struct conn *conn)
{
	const union conn_key *key = conn->key;

	return (conn->state ^ conn->state_inverse) == 0xff && conn->check == conn_check(conn) &&
	       state_fits_protocol(conn->state, key[0].protocol) &&
	       key[0].protocol == key[1].protocol && zone_is_side(key[0].zone) &&
	       zone_is_side(key[1].zone) && key[0].zero == 0 && key[1].zero == 0 &&
	       conn->translated <= 1 && conn->bound <= 1;
}

void conn_rebase(struct conn *conn)
{
	if (!conn_checks_out(conn))
		return;
	conn->created_s = conn->last_seen_s = 0;
	conn->check = conn_check(conn);
}

static void state_store(struct conn *conn, enum fw_conn_state state)
{
	/* Readers after a crash take a record by its state: it goes last, and whole. */
	uint16_t word = (uint16_t)((~state & 0xffu) << 8 | state);

	__atomic_store_n(&conn->state_word, word, __ATOMIC_RELEASE);
}

static void free_push(struct conn_table *table, uint32_t index)
{
	state_store(&table->records[index], FW_CONN_FREE);
	table->records[index].link[0].next = table->free_head;
	table->free_head = index;
}

static void conn_link(struct conn_table *table, struct conn *conn)
{
	node_link(table, node_of(table, conn, 0));
	node_link(table, node_of(table, conn, 1));
	table->used++;
	table->by_state[conn->state]++;
	table->recent[table->recent_next] = conn_index(table, conn);
	table->recent_serial[table->recent_next] = conn->serial;
	table->recent_next = (table->recent_next + 1) % CONN_RECENT;
}

/* Takes over a record of a former life, or says that it cannot be. */
static bool conn_restore(struct conn_table *table, struct conn *conn)
{
	if (!conn_checks_out(conn) || conn_lookup(table, &conn->key[0]) != CONN_NONE ||
	    conn_lookup(table, &conn->key[1]) != CONN_NONE)
		return false;
	/* What passes per packet is not covered by the checksum: learn it again, and ask the
	   rules again, as they may have changed while we were dead. */
	conn->epoch = 0;
	conn->hop[0] = conn->hop[1] = 0;
	conn->unsynced = 3;
	if (conn->serial >= table->serial)
		table->serial = conn->serial + 1;
	conn_link(table, conn);
	return true;
}

void conn_table_init(struct conn_table *table, const struct conn_room *room, bool restore,
		     const uint64_t secret[2])
{
	memset(table, 0, sizeof *table);
	memset(room->heads, 0, sizeof room->heads[0] << room->bucket_bits);
	table->records = room->records;
	table->heads = room->heads;
	table->hash_shift = 64 - room->bucket_bits;
	table->capacity = room->capacity;
	table->fresh = room->capacity;
	table->adopt_next = room->capacity - 1;
	table->restores = restore;
	table->serial = 1;
	table->secret[0] = secret[0];
	table->secret[1] = secret[1] | 1u; /* odd, or bits would be lost */
}

static bool fresh_skip(struct conn_table *table)
{
	uint32_t first = table->adopt_next, at = first;
	uint32_t end = first > CONN_FRESH_RUN ? first - CONN_FRESH_RUN : 0;

	if (first + 1 != table->fresh)
		return false;
	while (at > end && table->records[at].state == FW_CONN_FREE)
		at--;
	table->adopt_next = at;
	table->fresh = at + 1;
	return at < first;
}

struct conn *conn_adopt(struct conn_table *table)
{
	uint32_t index;
	struct conn *conn;

	if (fresh_skip(table))
		return NULL;
	/* Downwards, so that the free list hands out low records first. */
	index = table->adopt_next--;
	conn = &table->records[index];
	if (table->restores && conn->state != FW_CONN_FREE) {
		if (conn_restore(table, conn)) {
			table->restored++;
			return conn;
		}
		table->discarded++;
	}
	free_push(table, index);
	return NULL;
}

struct conn *conn_allocate(struct conn_table *table)
{
	uint32_t index = table->free_head;

	if (index != CONN_NONE)
		table->free_head = table->records[index].link[0].next;
	else if (table->fresh < table->capacity)
		index = table->fresh++;
	else
		return NULL;
	memset(&table->records[index], 0, sizeof table->records[index]);
	return &table->records[index];
}

void conn_abandon(struct conn_table *table, struct conn *conn)
{
	free_push(table, conn_index(table, conn));
}

uint32_t conn_open(struct conn_table *table, struct conn *conn, uint32_t now_s)
{
	enum fw_conn_state state = conn->state;

	conn->serial = table->serial++;
	conn->created_s = now_s;
	conn->last_seen_s = now_s;
	conn->check = conn_check(conn);
	state_store(conn, state);
	conn_link(table, conn);
	table->opened++;
	return node_of(table, conn, 0);
}

void conn_close(struct conn_table *table, struct conn *conn)
{
	uint32_t index = conn_index(table, conn);

	table->by_state[conn->state]--;
	state_store(conn, FW_CONN_FREE);
	node_unlink(table, node_of(table, conn, 0));
	node_unlink(table, node_of(table, conn, 1));
	table->used--;
	free_push(table, index);
}

void conn_state_set(struct conn_table *table, struct conn *conn, enum fw_conn_state state)
{
	table->by_state[conn->state]--;
	table->by_state[state]++;
	state_store(conn, state);
}

bool conn_expired(const struct conn *conn, uint32_t now_s)
{
	/* Signed, so that a last_seen_s from the future (damaged) does not make it immortal. */
	int32_t idle_s = (int32_t)(now_s - conn->last_seen_s);

	return idle_s < 0 || idle_s > timeouts_s[conn->state];
}
