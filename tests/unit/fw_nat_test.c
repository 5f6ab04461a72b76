/* Source NAT: which ports, and never two endpoints on one. */
#include "tests/unit/fw_world.h"

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

static struct frame f;

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

/* The port on the WAN of a UDP packet sent by the LAN. */
static uint16_t outside_port(struct world *w, uint32_t from, uint16_t port, uint32_t to)
{
	frame_udp(&f, from, port, to, 53, 10);
	world_send(w, LAN_PORT, &f);
	assert_int_equal(w->verdict.outcome, FW_FORWARD);
	assert_int_equal(be32_get(&frame_ip(&w->out)->source), WAN_ADDRESS);
	assert_true(frame_sums_hold(w->out.buffer + 14, w->out.bytes - 14));
	return be16_get(&((struct udp_header *)frame_l4(&w->out))->source_port);
}

static void port_is_kept_if_free(void **state)
{
	assert_int_equal(outside_port(*state, CLIENT, 6000, SERVER), 6000);
}

static void udp_mapping_is_endpoint_independent(void **state)
{
	struct world *w = *state;
	uint16_t first;

	outside_port(w, CLIENT2, 6000, SERVER); /* so that ours cannot be kept */
	first = outside_port(w, CLIENT, 6000, SERVER);
	assert_int_not_equal(first, 6000);
	assert_int_equal(outside_port(w, CLIENT, 6000, SERVER2), first);
	assert_int_equal(w->fw.nat.used, 2);
}

static void no_two_endpoints_share_a_port(void **state)
{
	struct world *w = *state;
	static uint8_t taken[65536];

	memset(taken, 0, sizeof taken);
	for (uint32_t host = 0; host < 200; host++) {
		uint16_t port = outside_port(w, CLIENT + host, 6000, SERVER);

		assert_int_equal(taken[port], 0);
		assert_true(port >= 1024);
		taken[port] = 1;
	}
}

static void low_ports_stay_low(void **state)
{
	struct world *w = *state;

	assert_int_equal(outside_port(w, CLIENT, 123, SERVER), 123);
	assert_true(outside_port(w, CLIENT2, 123, SERVER) < 1024);
}

static void answers_reach_the_endpoint_with_its_own_port(void **state)
{
	struct world *w = *state;
	uint16_t port;

	outside_port(w, CLIENT2, 6000, SERVER);
	port = outside_port(w, CLIENT, 6000, SERVER);
	frame_udp(&f, SERVER, 53, WAN_ADDRESS, port, 99);
	world_send(w, WAN_PORT, &f);
	assert_int_equal(w->verdict.outcome, FW_FORWARD);
	assert_int_equal(be32_get(&frame_ip(&w->out)->destination), CLIENT);
	assert_int_equal(be16_get(&((struct udp_header *)frame_l4(&w->out))->destination_port),
			 6000);
	assert_true(frame_sums_hold(w->out.buffer + 14, w->out.bytes - 14));
}

static void strangers_cannot_use_a_mapping(void **state)
{
	struct world *w = *state;

	outside_port(w, CLIENT, 6000, SERVER);
	frame_udp(&f, SERVER2, 53, WAN_ADDRESS, 6000, 10);
	world_send(w, WAN_PORT, &f);
	assert_int_equal(w->verdict.reason, DROP_DEFAULT_DENIED);
	frame_udp(&f, SERVER, 54, WAN_ADDRESS, 6000, 10);
	world_send(w, WAN_PORT, &f);
	assert_int_equal(w->verdict.reason, DROP_DEFAULT_DENIED);
}

static void the_appliances_own_port_is_not_given_away(void **state)
{
	struct world *w = *state;

	frame_udp(&f, WAN_ADDRESS, 6000, SERVER, 53, 10);
	world_send(w, FW_PORT_HOST, &f);
	assert_int_equal(w->verdict.outcome, FW_FORWARD);
	assert_int_equal(w->verdict.ports, FW_PORT_BIT(WAN_PORT));
	assert_int_not_equal(outside_port(w, CLIENT, 6000, SERVER), 6000);
	frame_udp(&f, SERVER, 53, WAN_ADDRESS, 6000, 10);
	world_send(w, WAN_PORT, &f);
	assert_int_equal(w->verdict.ports, FW_PORT_BIT(FW_PORT_HOST));
}

static void ping_ids_are_kept_apart(void **state)
{
	struct world *w = *state;
	uint16_t ids[2];

	world_introduce(w, LAN_PORT, &mac_client2, CLIENT2);
	world_discard_queued(w);
	for (uint32_t host = 0; host < 2; host++) {
		frame_echo(&f, ICMP_ECHO_REQUEST, CLIENT + host, SERVER, 7, 20);
		world_send(w, LAN_PORT, &f);
		assert_int_equal(w->verdict.outcome, FW_FORWARD);
		ids[host] = be16_get(&((struct icmp_header *)frame_l4(&w->out))->id);
	}
	assert_int_not_equal(ids[0], ids[1]);
	frame_echo(&f, ICMP_ECHO_REPLY, SERVER, WAN_ADDRESS, ids[1], 20);
	world_send(w, WAN_PORT, &f);
	assert_int_equal(be32_get(&frame_ip(&w->out)->destination), CLIENT + 1);
	assert_int_equal(be16_get(&((struct icmp_header *)frame_l4(&w->out))->id), 7);
	assert_true(frame_sums_hold(w->out.buffer + 14, w->out.bytes - 14));
}

static void a_ping_id_of_zero_works(void **state)
{
	struct world *w = *state;

	frame_echo(&f, ICMP_ECHO_REQUEST, CLIENT, SERVER, 0, 20);
	world_send(w, LAN_PORT, &f);
	assert_int_equal(w->verdict.outcome, FW_FORWARD);
	frame_echo(&f, ICMP_ECHO_REPLY, SERVER, WAN_ADDRESS, 0, 20);
	world_send(w, WAN_PORT, &f);
	assert_int_equal(w->verdict.outcome, FW_FORWARD);
	assert_int_equal(be32_get(&frame_ip(&w->out)->destination), CLIENT);
}

static void changed_port_survives_a_restart(void **state)
{
	struct world *w = *state;
	uint16_t port;

	outside_port(w, CLIENT2, 6000, SERVER);
	port = outside_port(w, CLIENT, 6000, SERVER);
	world_restart(w);
	assert_int_equal(outside_port(w, CLIENT, 6000, SERVER2), port);
	assert_int_equal(outside_port(w, CLIENT2, 6000, SERVER2), 6000);
}

static void bindings_end_with_their_last_flow(void **state)
{
	struct world *w = *state;

	outside_port(w, CLIENT, 6000, SERVER);
	world_run(w, 100);
	world_introduce(w, WAN_PORT, &mac_gateway, GATEWAY);
	world_discard_queued(w);
	outside_port(w, CLIENT, 6000, SERVER2);
	world_run(w, 30);
	assert_int_equal(w->fw.conns.used, 1);
	assert_int_equal(w->fw.nat.used, 1);
	world_run(w, 100);
	assert_int_equal(w->fw.nat.used, 0);
}

static void exhausted_range_refuses(void **state)
{
	static struct nat_binding bindings[2048];
	static uint16_t inside[2048], outside_heads[2048];
	const struct nat_room room = { bindings, inside, outside_heads, 2048, 11 };
	struct nat nat;
	uint16_t outside;
	unsigned given = 0;

	(void)state;
	nat_init(&nat, &room, 5);
	for (uint32_t host = 0; host < 1100; host++)
		given += nat_acquire(&nat, (struct nat_endpoint){ host + 1, 5, IPPROTO_UDP_NUMBER },
				     &outside) == FW_REASON_NONE;
	/* All of 1 to 1023 but those that the bounded search did not come by. */
	assert_in_range(given, 900, 1023);
	for (uint32_t host = 0; host < 1100; host++)
		if (nat_acquire(&nat, (struct nat_endpoint){ host + 1, 5, IPPROTO_UDP_NUMBER },
				&outside) == FW_REASON_NONE)
			nat_release(&nat, (struct nat_endpoint){ host + 1, 5, IPPROTO_UDP_NUMBER });
	assert_true(nat.used >= given);
}

/* Oracle: random flows with random addresses, every checksum recomputed from scratch. */
static void incremental_checksums_agree_with_recomputed_ones(void **state)
{
	struct world *w = *state;

	srand(1);
	for (unsigned i = 0; i < 3000; i++) {
		uint32_t client = CLIENT + (uint32_t)rand() % 200;
		uint32_t server = 0x08000000u + (uint32_t)rand() % 0x1000000u;
		uint16_t port = (uint16_t)(1 + rand() % 65535);
		unsigned data = (unsigned)rand() % 1400;

		switch (rand() % 3) {
		case 0: frame_udp(&f, client, port, server, 53, data); break;
		case 1:
			frame_tcp(&f, client, port, server, 80, TCP_SYN, (uint32_t)rand(), 0, data);
			break;
		default: frame_echo(&f, ICMP_ECHO_REQUEST, client, server, port, data); break;
		}
		world_send(w, LAN_PORT, &f);
		if (w->verdict.outcome == FW_FORWARD)
			assert_true(frame_sums_hold(w->out.buffer + 14, w->out.bytes - 14));
		else
			assert_int_equal(w->verdict.reason, DROP_NAT_EXHAUSTED);
	}
	assert_true(w->fw.forwarded > 2500);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(port_is_kept_if_free),
		TEST(udp_mapping_is_endpoint_independent),
		TEST(no_two_endpoints_share_a_port),
		TEST(low_ports_stay_low),
		TEST(answers_reach_the_endpoint_with_its_own_port),
		TEST(strangers_cannot_use_a_mapping),
		TEST(the_appliances_own_port_is_not_given_away),
		TEST(ping_ids_are_kept_apart),
		TEST(a_ping_id_of_zero_works),
		TEST(changed_port_survives_a_restart),
		TEST(bindings_end_with_their_last_flow),
		TEST(exhausted_range_refuses),
		TEST(incremental_checksums_agree_with_recomputed_ones),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
