/*
 * What the data plane's inner operations cost: a frame's way through a ring, a
 * flow's look-up, a decision by the rules. The firewall's own code, over tables
 * of ours.
 */
#include "drivers/net/rx_queue.h"
#include "netstack/firewall/conn.h"
#include "netstack/firewall/fw.h"
#include "netstack/firewall/rule_index.h"
#include "netstack/wire/ipv4.h"
#include "services/runtime/service.h"
#include "tests/bench/micro/costs.h"

#include <string.h>

#define LOOKS        1000u
#define HOST         0x0a000000u
#define SERVER       0xcb007101u
#define FRAME_BYTES  60u
#define RULES_MAX    10000u
#define RULE_BUCKETS 32768u

static struct netq_driver drv;
static struct netq_firewall fw_side;
static struct rx_queue queue;
static uint8_t frames[NETQ_RX_SLOTS][64];
static struct conn_table conns;
static struct conn_room conn_room;
static struct netconf_rule rules[RULES_MAX];
static struct rule_kind kinds[RULES_MAX];
static uint16_t heads[RULE_BUCKETS], next[RULES_MAX];

void net_costs_init(void)
{
	const struct start_map *map = region_find("flows");

	if (map == NULL)
		service_panic("no region for flows");
	conn_room = flow_room_divide((struct fw_flows *)map->address, map->size_bytes).conns;
	rx_queue_attach(&queue, &drv, &fw_side, 0);
}

/* --- Rings ------------------------------------------------------------------- */

/* The consumer's part as netq.h has it: index checked, descriptor read once and checked, copied. */
static void frames_take(uint8_t *to)
{
	uint32_t consumed = fw_side.rx_consumed;
	uint32_t filled = netq_load(&drv.rx_produced) - consumed;

	if (filled > NETQ_RX_SLOTS)
		service_panic("ring index");
	for (uint32_t i = 0; i < filled; i++) {
		struct netq_rx_desc desc = drv.rx[consumed % NETQ_RX_SLOTS];

		if (desc.offset > sizeof(frames) - FRAME_BYTES || desc.length_bytes != FRAME_BYTES)
			service_panic("ring descriptor");
		memcpy(to, (const uint8_t *)frames + desc.offset, FRAME_BYTES);
		netq_store(&fw_side.rx_consumed, ++consumed);
	}
}

/* Filled, published and taken; the consumer is awake, so nobody is notified. */
uint64_t cost_ring(unsigned batch)
{
	static uint8_t taken_frame[64];

	fw_side.rx_wake = queue.published - 1;
	uint64_t begin = ticks();
	for (unsigned i = 0; i < batch; i++)
		if (rx_queue_has_room(&queue))
			rx_queue_put(&queue, (uint32_t)sizeof(frames[0]) * (i % NETQ_RX_SLOTS),
				     FRAME_BYTES);
	rx_queue_publish(&queue);
	frames_take(taken_frame);
	rx_queue_refresh(&queue);
	uint64_t taken = ticks() - begin;

	if (rx_queue_outstanding(&queue) != 0)
		service_panic("the ring is not empty");
	return taken / batch;
}

/* --- Flows ------------------------------------------------------------------- */

static union conn_key key_of(unsigned flow)
{
	return (union conn_key){ .source = HOST + (flow >> 8),
				 .destination = SERVER,
				 .source_port = (uint16_t)(1024 + flow % 256),
				 .destination_port = 53,
				 .protocol = IPPROTO_UDP_NUMBER,
				 .zone = ZONE_LAN };
}

static void flows_open(unsigned flows)
{
	static const uint64_t secret[2] = { 0x243f6a8885a308d3u, 0x13198a2e03707344u };

	conn_table_init(&conns, &conn_room, false, secret);
	while (!conn_table_is_ready(&conns))
		(void)conn_adopt(&conns);
	for (unsigned flow = 0; flow < flows; flow++) {
		struct conn *conn = conn_allocate(&conns);

		if (conn == NULL)
			service_panic("no room for flow %u", flow);
		conn->key[0] = key_of(flow);
		conn->key[1] = conn_key_reverse(&conn->key[0], ZONE_WAN);
		conn_state_set(&conns, conn, FW_CONN_UDP_TWO_WAY);
		(void)conn_open(&conns, conn, 1);
	}
}

/* LOOKS of them, spread over `flows`, from the one numbered `first`. */
static uint64_t flows_look(unsigned flows, unsigned first, bool known)
{
	uint64_t begin = ticks();

	for (unsigned look = 0; look < LOOKS; look++) {
		union conn_key key = key_of(first + look * 97u % flows);

		if ((conn_lookup(&conns, &key) != CONN_NONE) != known)
			service_panic("flow look-up %u", look);
	}
	return (ticks() - begin) / LOOKS;
}

uint64_t cost_flow_known(unsigned flows)
{
	flows_open(flows);
	return flows_look(flows, 0, true);
}

uint64_t cost_flow_unknown(unsigned flows)
{
	flows_open(flows);
	return flows_look(flows, flows, false);
}

/* --- Rules ------------------------------------------------------------------- */

/* By turns: an address to be kept in, one to be kept out, a port of a network, a larger network. */
static struct netconf_rule rule_of(unsigned i)
{
	struct netconf_rule rule = { .action = RULE_DENY,
				     .from_zone = ZONE_LAN,
				     .to_zone = ZONE_WAN,
				     .source_port_high = 65535,
				     .destination_port_high = 65535 };

	rule.destination = 0x20000000u + (i << 8);
	rule.destination_mask = i % 4 == 3 ? 0xffff0000u : i % 4 == 2 ? 0xffffff00u : 0xffffffffu;
	rule.destination &= rule.destination_mask;
	if (i % 4 == 0) {
		rule.source = rule.destination;
		rule.source_mask = 0xffffffffu;
		rule.destination = rule.destination_mask = 0;
	}
	if (i % 4 == 2) {
		rule.protocol = IPPROTO_TCP_NUMBER;
		rule.destination_port_low = rule.destination_port_high = 80;
	}
	return rule;
}

/* The last one matches: one address, one port. */
static struct rule_index rules_fill(unsigned count)
{
	struct rule_index_room room = { kinds, heads, next, RULE_BUCKETS, RULES_MAX };

	for (unsigned i = 0; i + 1 < count; i++)
		rules[i] = rule_of(i);
	rules[count - 1] = (struct netconf_rule){ .action = RULE_ALLOW,
						  .from_zone = ZONE_LAN,
						  .to_zone = ZONE_WAN,
						  .protocol = IPPROTO_TCP_NUMBER,
						  .destination = SERVER,
						  .destination_mask = 0xffffffffu,
						  .source_port_high = 65535,
						  .destination_port_low = 80,
						  .destination_port_high = 80 };
	uint32_t kind_count = rule_index_build(&room, rules, count);
	return (struct rule_index){ rules, kinds, heads, next, count, kind_count, RULE_BUCKETS };
}

static uint64_t last_rule_find(const struct rule_index *index, unsigned count)
{
	union conn_key key = key_of(0);

	key.protocol = IPPROTO_TCP_NUMBER;
	key.destination_port = 80;
	uint64_t begin = ticks();
	uint32_t rule = rule_index_find(index, &key, ZONE_WAN);
	uint64_t taken = ticks() - begin;

	if (rule != count - 1)
		service_panic("rule %u decided", rule);
	return taken;
}

uint64_t cost_rules(unsigned count)
{
	struct rule_index index = rules_fill(count);

	return last_rule_find(&index, count);
}

/* The worst that rules can be: no two look at the same bits. */
uint64_t cost_rules_unlike(unsigned count)
{
	struct rule_index_room room = { kinds, heads, next, RULE_BUCKETS, RULES_MAX };
	struct rule_index index = rules_fill(count);

	for (unsigned i = 0; i + 1 < count; i++) {
		rules[i].source_mask = ~0u << (1 + i % 31);
		rules[i].source = 0x80000000u;
		rules[i].destination_mask = ~0u << (1 + i / 31 % 31);
		rules[i].destination &= rules[i].destination_mask;
	}
	index.kind_count = rule_index_build(&room, rules, count);
	return last_rule_find(&index, count);
}
