/* ARP and the neighbour table, and the bridge's table. */
#include "netstack/wire/arp.h"
#include "tests/unit/fw_world.h"

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#define STRANGER (WAN_ADDRESS + 7)

static struct frame f;
static const mac_t mac_stranger = { { 2, 0, 0, 0, 2, 7 } };

static int setup(void **state)
{
	*state = world_new();
	return 0;
}

static int teardown(void **state)
{
	world_free(*state);
	return 0;
}

static const struct arp_packet *arp_out(const struct world *w)
{
	return (const struct arp_packet *)(w->out.buffer + 14);
}

static void own_addresses_are_answered_for(void **state)
{
	struct world *w = *state;

	frame_arp(&f, ARP_REQUEST, &mac_client2, CLIENT2, LAN_ADDRESS);
	assert_int_equal(world_send(w, LAN_PORT2, &f).outcome, FW_CONSUME);
	assert_true(world_take(w));
	assert_int_equal(w->verdict.ports, FW_PORT_BIT(LAN_PORT2));
	assert_int_equal(be16_get(&arp_out(w)->operation), ARP_REPLY);
	assert_memory_equal(&arp_out(w)->sender_mac, &mac_lan, 6);
	assert_int_equal(be32_get(&arp_out(w)->sender_address), LAN_ADDRESS);
	assert_memory_equal(w->out.buffer, &mac_client2, 6);
	assert_false(world_take(w));
}

static void the_lan_address_is_not_answered_for_on_the_wan(void **state)
{
	struct world *w = *state;

	frame_arp(&f, ARP_REQUEST, &mac_gateway, GATEWAY, LAN_ADDRESS);
	assert_int_equal(world_send(w, WAN_PORT, &f).outcome, FW_CONSUME);
	assert_false(world_take(w));
}

static void requests_between_lan_stations_are_flooded(void **state)
{
	struct world *w = *state;

	frame_arp(&f, ARP_REQUEST, &mac_client, CLIENT, CLIENT2);
	assert_int_equal(world_send(w, LAN_PORT, &f).ports, FW_PORT_BIT(LAN_PORT2));
}

static void probes_are_answered_and_not_learned(void **state)
{
	struct world *w = *state;

	frame_arp(&f, ARP_REQUEST, &mac_client2, 0, LAN_ADDRESS);
	world_send(w, LAN_PORT, &f);
	assert_true(world_take(w));
	assert_int_equal(neighbour_find(&w->fw.neighbours, ZONE_LAN, 0), NEIGHBOUR_NONE);
}

static void a_packet_waits_for_its_next_hop_and_then_leaves(void **state)
{
	struct world *w = *state;

	frame_udp(&f, CLIENT, 5000, STRANGER, 53, 100);
	assert_int_equal(world_send(w, LAN_PORT, &f).outcome, FW_DEFER);
	assert_true(world_take(w));
	assert_int_equal(w->verdict.ports, FW_PORT_BIT(WAN_PORT));
	assert_int_equal(be16_get(&arp_out(w)->operation), ARP_REQUEST);
	assert_int_equal(be32_get(&arp_out(w)->target_address), STRANGER);
	assert_int_equal(be32_get(&arp_out(w)->sender_address), WAN_ADDRESS);
	assert_false(world_take(w));
	frame_arp(&f, ARP_REPLY, &mac_stranger, STRANGER, WAN_ADDRESS);
	frame_ethernet(&f, &mac_wan, &mac_stranger, ETHERTYPE_ARP);
	assert_int_equal(world_send(w, WAN_PORT, &f).outcome, FW_CONSUME);
	assert_true(world_take(w));
	assert_int_equal(w->verdict.outcome, FW_FORWARD);
	assert_memory_equal(w->out.buffer, &mac_stranger, 6);
	assert_int_equal(frame_ip(&w->out)->ttl, 63);
	assert_true(frame_sums_hold(w->out.buffer + 14, w->out.bytes - 14));
	assert_int_equal(w->fw.conns.used, 1);
}

static void silence_is_reported_as_host_unreachable(void **state)
{
	struct world *w = *state;
	unsigned requests = 0, errors = 0;

	frame_udp(&f, CLIENT, 5000, STRANGER, 53, 100);
	world_send(w, LAN_PORT, &f);
	for (unsigned i = 0; i < 60; i++) {
		while (world_take(w)) {
			const struct icmp_header *icmp = frame_l4(&w->out);

			if (w->verdict.outcome != FW_FORWARD)
				continue;
			if (be16_get(&((struct ethernet_header *)w->out.buffer)->type) ==
			    ETHERTYPE_ARP) {
				requests++;
				continue;
			}
			errors++;
			assert_int_equal(icmp->type, ICMP_UNREACHABLE);
			assert_int_equal(icmp->code, ICMP_UNREACHABLE_HOST);
			/* It quotes what the client sent, not what we made of it. */
			assert_memory_equal(icmp + 1, f.buffer + 14, 128);
			assert_memory_equal(w->out.buffer, &mac_client, 6);
		}
		world_pass_time(w, 100000);
		fw_tick(&w->fw);
	}
	assert_int_equal(requests, NEIGHBOUR_TRIES);
	assert_int_equal(errors, 1);
}

static void requests_are_a_second_apart(void **state)
{
	struct world *w = *state;
	unsigned requests = 0;

	frame_udp(&f, CLIENT, 5000, STRANGER, 53, 100);
	for (unsigned i = 0; i < 20; i++) {
		world_send(w, LAN_PORT, &f);
		while (world_take(w))
			requests++;
		world_pass_time(w, 40000);
		fw_tick(&w->fw);
	}
	assert_int_equal(requests, 1);
}

static void a_known_neighbour_is_used_while_it_is_asked_again(void **state)
{
	struct world *w = *state;

	world_run(w, 61);
	world_discard_queued(w);
	frame_udp(&f, CLIENT, 5000, SERVER, 53, 100);
	assert_int_equal(world_send(w, LAN_PORT, &f).outcome, FW_FORWARD);
	assert_true(world_take(w));
	assert_memory_equal(w->out.buffer, &mac_gateway, 6); /* asked directly */
	assert_int_equal(be32_get(&arp_out(w)->target_address), GATEWAY);
	world_introduce(w, WAN_PORT, &mac_gateway, GATEWAY);
	world_discard_queued(w);
	world_send(w, LAN_PORT, &f);
	assert_false(world_take(w));
}

static void neighbours_survive_a_restart(void **state)
{
	struct world *w = *state;

	world_restart(w);
	frame_udp(&f, CLIENT, 5000, SERVER, 53, 100);
	assert_int_equal(world_send(w, LAN_PORT, &f).outcome, FW_FORWARD);
	assert_memory_equal(w->out.buffer, &mac_gateway, 6);
}

static void damaged_neighbours_do_not(void **state)
{
	struct world *w = *state;

	for (unsigned i = 0; i < NEIGHBOURS; i++)
		w->flows->neighbours[i].mac.byte[5] ^= 1;
	world_restart(w);
	frame_udp(&f, CLIENT, 5000, SERVER, 53, 100);
	assert_int_equal(world_send(w, LAN_PORT, &f).outcome, FW_DEFER);
}

/* Every bit of the gateway's entry: asked again, or what it says is what it said. */
static void a_flipped_bit_in_a_neighbour_sends_nothing_astray(void **state)
{
	struct world *w = *state;
	uint16_t at = neighbour_find(&w->fw.neighbours, ZONE_WAN, GATEWAY);
	struct neighbour whole[NEIGHBOURS];
	unsigned asked = 0;

	assert_int_not_equal(at, NEIGHBOUR_NONE);
	memcpy(whole, w->flows->neighbours, sizeof whole);
	for (size_t bit = 0; bit < 8 * sizeof whole[0]; bit++) {
		memcpy(w->flows->neighbours, whole, sizeof whole);
		((uint8_t *)&w->flows->neighbours[at])[bit / 8] ^= (uint8_t)(1u << bit % 8);
		world_restart(w);
		world_discard_queued(w);
		frame_udp(&f, CLIENT, 5000, SERVER, 53, 100);
		if (world_send(w, LAN_PORT, &f).outcome == FW_FORWARD)
			assert_memory_equal(w->out.buffer, &mac_gateway, 6);
		else
			asked++;
	}
	assert_true(asked >=
		    8 * (sizeof whole[0].address + sizeof whole[0].mac + sizeof whole[0].check));
}

static void a_scan_cannot_push_out_the_gateway(void **state)
{
	struct world *w = *state;
	uint16_t gateway;

	frame_udp(&f, CLIENT, 5000, SERVER, 53, 100);
	world_send(w, LAN_PORT, &f);
	for (uint32_t i = 0; i < 60000; i++) {
		uint16_t index =
			neighbour_make(&w->fw.neighbours, ZONE_LAN, 0x0a000000u + i, w->fw.now_ms);

		neighbour_confirm(&w->fw.neighbours.entries[index], &mac_stranger, w->fw.now_ms);
	}
	gateway = neighbour_find(&w->fw.neighbours, ZONE_WAN, GATEWAY);
	assert_int_not_equal(gateway, NEIGHBOUR_NONE);
	assert_memory_equal(&w->fw.neighbours.entries[gateway].mac, &mac_gateway, 6);
	world_send(w, LAN_PORT, &f);
	assert_int_equal(w->verdict.outcome, FW_FORWARD);
}

static void bystanders_are_not_added(void **state)
{
	struct world *w = *state;

	for (uint32_t host = 20; host < 250; host++) {
		frame_arp(&f, ARP_REQUEST, &mac_stranger, (LAN_ADDRESS & ~0xffu) + host, CLIENT2);
		world_send(w, LAN_PORT, &f);
	}
	for (unsigned i = 0, used = 0; i < NEIGHBOURS; i++) {
		used += w->flows->neighbours[i].state != FW_NEIGHBOUR_EMPTY;
		assert_in_range(used, 0, 2);
	}
}

static void addresses_are_announced_when_they_come_into_force(void **state)
{
	struct world *w = *state;
	unsigned seen = 0;

	w->netconf.serial++;
	assert_null(world_configure(w));
	while (world_take(w)) {
		assert_int_equal(be32_get(&arp_out(w)->sender_address),
				 be32_get(&arp_out(w)->target_address));
		seen |= w->verdict.ports;
	}
	assert_int_equal(seen,
			 FW_PORT_BIT(LAN_PORT) | FW_PORT_BIT(WAN_PORT) | FW_PORT_BIT(LAN_PORT2));
}

static void bridge_forgets_after_5_minutes(void **state)
{
	static struct bridge bridge;

	(void)state;
	bridge_init(&bridge, 1);
	bridge_learn(&bridge, &mac_client, 2, 1000);
	assert_int_equal(bridge_lookup(&bridge, &mac_client, 1300), 2);
	assert_int_equal(bridge_lookup(&bridge, &mac_client, 1301), FW_PORT_NONE);
}

static void bridge_takes_any_number_of_stations(void **state)
{
	static struct bridge bridge;
	mac_t mac = mac_client;

	(void)state;
	bridge_init(&bridge, 1);
	for (unsigned i = 0; i < 65536; i++) {
		mac.byte[4] = (uint8_t)(i >> 8);
		mac.byte[5] = (uint8_t)i;
		bridge_learn(&bridge, &mac, (uint8_t)(i % 3), i);
		assert_int_equal(bridge_lookup(&bridge, &mac, i), i % 3);
	}
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(own_addresses_are_answered_for),
		TEST(the_lan_address_is_not_answered_for_on_the_wan),
		TEST(requests_between_lan_stations_are_flooded),
		TEST(probes_are_answered_and_not_learned),
		TEST(a_packet_waits_for_its_next_hop_and_then_leaves),
		TEST(silence_is_reported_as_host_unreachable),
		TEST(requests_are_a_second_apart),
		TEST(a_known_neighbour_is_used_while_it_is_asked_again),
		TEST(neighbours_survive_a_restart),
		TEST(damaged_neighbours_do_not),
		TEST(a_flipped_bit_in_a_neighbour_sends_nothing_astray),
		TEST(a_scan_cannot_push_out_the_gateway),
		TEST(bystanders_are_not_added),
		TEST(addresses_are_announced_when_they_come_into_force),
		TEST(bridge_forgets_after_5_minutes),
		TEST(bridge_takes_any_number_of_stations),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
