/*
 * Whole packets, hostile in every byte, through the whole core. The input is a
 * series of packets; each begins with two control bytes:
 *
 *	byte 0	bits 0-2: where it comes in (LAN, WAN, second LAN port, host, and
 *		what waits in the queue); bit 3: make its checksums right; bit 4:
 *		make its Ethernet header right; bits 5-7: time passes, 0 to 7 x 20 s
 *	byte 1	length, in units of 6 bytes
 *
 * After each packet the invariants of a verdict are asserted, after all of them
 * those of the tables, and that a restart keeps every flow.
 */
#include "tests/unit/fw_world.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define FLOWS 64u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static struct world *w;
static struct world pristine; /* w as it was made: making one anew is slow */
static uint8_t *pristine_flows;

static void world_make(void)
{
	w = world_new_sized(FLOWS);
	world_introduce(w, LAN_PORT, &mac_client2, CLIENT2);
	w->netconf.rules[0] = world_rule(RULE_ALLOW, ZONE_WAN, ZONE_HOST);
	w->netconf.rules[0].protocol = IPPROTO_UDP_NUMBER;
	w->netconf.rules[0].destination_port_low = 53;
	w->netconf.rules[0].destination_port_high = 53;
	w->netconf.rule_count = 1;
	w->netconf.forwards[0] =
		(struct netconf_forward){ IPPROTO_TCP_NUMBER, 1, 80, 89, 8080, CLIENT, 0 };
	w->netconf.forwards[1] =
		(struct netconf_forward){ IPPROTO_UDP_NUMBER, 1, 1, 52, 1, CLIENT2, 1 };
	w->netconf.forward_count = 2;
	assert(world_configure(w) == NULL);
	world_discard_queued(w);
	pristine = *w;
	pristine_flows = malloc(w->flows_bytes);
	memcpy(pristine_flows, w->flows, w->flows_bytes);
}

static void world_begin(void)
{
	if (w == NULL)
		world_make();
	*w = pristine;
	memcpy(w->flows, pristine_flows, w->flows_bytes);
}

static bool is_ip(const struct frame *f)
{
	return be16_get(&((const struct ethernet_header *)f->buffer)->type) == ETHERTYPE_IPV4;
}

/* What may leave to whom. */
static void verdict_check(void)
{
	const struct fw_verdict *verdict = &w->verdict;
	const struct ipv4_header *ip = frame_ip(&w->out);

	if (verdict->outcome != FW_FORWARD) {
		assert(verdict->outcome != FW_DROP ||
		       (verdict->reason > 0 && verdict->reason < FW_REASON_COUNT));
		return;
	}
	assert(verdict->ports != 0 && (verdict->ports >> FW_PORTS) == 0);
	assert((verdict->ports & (FW_PORT_BIT(3) | FW_PORT_BIT(4) | FW_PORT_BIT(5))) == 0);
	assert(verdict->bytes >= ETHERNET_HEADER_BYTES && verdict->bytes <= 1514);
	if ((verdict->ports & FW_PORT_BIT(WAN_PORT)) != 0 && is_ip(&w->out)) {
		/* Nothing leaves for the WAN but with our address: translated, or our own. */
		assert(be32_get(&ip->source) == WAN_ADDRESS || be32_get(&ip->source) == 0 ||
		       be32_get(&ip->destination) == IPV4_LIMITED_BROADCAST);
		assert(be16_get(&ip->total_bytes) + ETHERNET_HEADER_BYTES == verdict->bytes);
	}
}

/* A whole packet that came with right sums leaves with right sums. */
static void sums_check(bool sealed)
{
	if (sealed && w->verdict.outcome == FW_FORWARD && is_ip(&w->out))
		assert(frame_sums_hold(w->out.buffer + ETHERNET_HEADER_BYTES,
				       w->out.bytes - ETHERNET_HEADER_BYTES));
}

/* Makes the checksums right, if the lengths allow it. */
static bool packet_seal(struct frame *f)
{
	unsigned there, header_bytes, total_bytes, least;
	struct ipv4_header *ip = frame_ip(f);

	if (f->bytes < ETHERNET_HEADER_BYTES + IPV4_HEADER_BYTES)
		return false;
	there = f->bytes - ETHERNET_HEADER_BYTES;
	header_bytes = (ip->version_ihl & 15u) * 4;
	total_bytes = be16_get(&ip->total_bytes);
	least = ip->protocol == IPPROTO_TCP_NUMBER ? 20 : 8;
	if (header_bytes < 20 || total_bytes > there || total_bytes < header_bytes + least)
		return false;
	if (ip->protocol == IPPROTO_UDP_NUMBER)
		be16_set(&((struct udp_header *)frame_l4(f))->length_bytes,
			 (uint16_t)(total_bytes - header_bytes));
	if (ip->protocol == IPPROTO_TCP_NUMBER || ip->protocol == IPPROTO_UDP_NUMBER ||
	    ip->protocol == IPPROTO_ICMP_NUMBER)
		frame_seal(f);
	else
		frame_seal_ip(f);
	return (be16_get(&ip->fragment) & 0x3fff) == 0;
}

static void packet_run(uint8_t control, const uint8_t *data, unsigned bytes)
{
	static const unsigned ports[8] = {
		LAN_PORT, WAN_PORT, LAN_PORT2, FW_PORT_HOST, LAN_PORT, WAN_PORT, 4, FW_PORT_HOST,
	};
	unsigned port = ports[control & 7u];
	struct frame f = { .bytes = bytes };
	bool sealed = false;

	memcpy(f.buffer, data, bytes);
	if (port == FW_PORT_HOST && bytes < ETHERNET_HEADER_BYTES)
		return;
	if ((control & 16u) != 0 && bytes >= ETHERNET_HEADER_BYTES) {
		if (port == WAN_PORT)
			frame_from_wan(&f);
		else
			frame_from_lan(&f);
	}
	if ((control & 8u) != 0)
		sealed = packet_seal(&f);
	world_pass_time(w, (uint64_t)(control >> 5) * 20000000u);
	fw_tick(&w->fw);
	world_send(w, port, &f);
	verdict_check();
	sums_check(sealed);
	for (unsigned i = 0; i < 2 * QUEUE_ENTRIES && world_take(w); i++)
		verdict_check();
}

/* The counts of the tables agree with what is in them. */
static void tables_check(void)
{
	uint32_t used = 0, bound = 0, references = 0, states = 0;

	for (uint32_t index = 1; index < w->fw.conns.capacity; index++) {
		const struct conn *conn = &w->fw.conns.records[index];

		if (conn->state == FW_CONN_FREE)
			continue;
		used++;
		bound += conn->bound;
		assert(conn_checks_out(conn));
		for (uint32_t d = 0; d < 2; d++)
			assert(conn_key_of_node(&w->fw.conns,
						conn_lookup(&w->fw.conns, &conn->key[d])) ==
			       &conn->key[d]);
	}
	for (uint32_t i = 1; i < w->fw.nat.fresh; i++)
		references += w->fw.nat.room.bindings[i].references;
	for (unsigned state = 1; state < FW_CONN_STATE_COUNT; state++)
		states += w->fw.conns.by_state[state];
	assert(used == w->fw.conns.used && used == states && bound == references);
	assert(used <= FLOWS);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	uint32_t used;

	world_begin();
	while (bytes >= 2) {
		unsigned length = data[1] * 6u;

		if (length > bytes - 2)
			length = (unsigned)(bytes - 2);
		packet_run(data[0], data + 2, length);
		data += 2 + length;
		bytes -= 2 + length;
	}
	tables_check();
	used = w->fw.conns.used;
	if (used == 0)
		return 0;
	world_restart(w);
	assert(w->fw.conns.restored == used && w->fw.conns.discarded == 0);
	tables_check();
	return 0;
}
