/* Connection table and TCP states. */
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

/* A segment of the one connection of these tests, from direction 0 or 1. */
static enum fw_outcome segment(struct world *w, unsigned d, uint8_t flags, uint32_t sequence,
			       uint32_t acknowledgement, unsigned data_bytes)
{
	if (d == 0)
		frame_tcp(&f, CLIENT, 4000, SERVER, 80, flags, sequence, acknowledgement,
			  data_bytes);
	else
		frame_tcp(&f, SERVER, 80, WAN_ADDRESS, 4000, flags, sequence, acknowledgement,
			  data_bytes);
	return world_send(w, d == 0 ? LAN_PORT : WAN_PORT, &f).outcome;
}

static const struct conn *the_conn(struct world *w)
{
	assert_int_equal(w->fw.conns.used, 1);
	for (uint32_t index = 1; index < w->fw.conns.fresh; index++)
		if (w->fw.conns.records[index].state != FW_CONN_FREE)
			return &w->fw.conns.records[index];
	fail();
	return NULL;
}

static void assert_state(struct world *w, enum fw_conn_state state)
{
	assert_string_equal(fw_conn_state_text(the_conn(w)->state), fw_conn_state_text(state));
}

static void establish(struct world *w)
{
	assert_int_equal(segment(w, 0, TCP_SYN, 100, 0, 0), FW_FORWARD);
	assert_state(w, FW_CONN_TCP_SYN_SENT);
	assert_int_equal(segment(w, 1, TCP_SYN | TCP_ACK, 900, 101, 0), FW_FORWARD);
	assert_state(w, FW_CONN_TCP_SYN_RECEIVED);
	assert_int_equal(segment(w, 0, TCP_ACK, 101, 901, 0), FW_FORWARD);
	assert_state(w, FW_CONN_TCP_ESTABLISHED);
}

static void handshake_establishes(void **state)
{
	establish(*state);
}

static void simultaneous_open_establishes(void **state)
{
	struct world *w = *state;

	segment(w, 0, TCP_SYN, 100, 0, 0);
	assert_int_equal(segment(w, 1, TCP_SYN, 900, 0, 0), FW_FORWARD);
	assert_int_equal(segment(w, 0, TCP_SYN | TCP_ACK, 100, 901, 0), FW_FORWARD);
	assert_int_equal(segment(w, 1, TCP_SYN | TCP_ACK, 900, 101, 0), FW_FORWARD);
	assert_int_equal(segment(w, 0, TCP_ACK, 101, 901, 10), FW_FORWARD);
	assert_state(w, FW_CONN_TCP_ESTABLISHED);
}

static void fins_of_both_sides_close(void **state)
{
	struct world *w = *state;

	establish(w);
	segment(w, 0, TCP_FIN | TCP_ACK, 101, 901, 0);
	assert_state(w, FW_CONN_TCP_CLOSING);
	segment(w, 0, TCP_FIN | TCP_ACK, 101, 901, 0); /* again: still one side only */
	assert_state(w, FW_CONN_TCP_CLOSING);
	assert_int_equal(segment(w, 1, TCP_ACK, 901, 102, 500), FW_FORWARD); /* half open */
	segment(w, 1, TCP_FIN | TCP_ACK, 1401, 102, 0);
	assert_state(w, FW_CONN_TCP_CLOSED);
	assert_int_equal(segment(w, 0, TCP_ACK, 102, 1402, 0), FW_FORWARD);
	assert_state(w, FW_CONN_TCP_CLOSED);
}

static void closed_connection_can_be_opened_again_from_the_same_port(void **state)
{
	struct world *w = *state;

	fins_of_both_sides_close(state);
	assert_int_equal(segment(w, 0, TCP_SYN, 77777777, 0, 0), FW_FORWARD);
	assert_state(w, FW_CONN_TCP_SYN_SENT);
	assert_int_equal(segment(w, 1, TCP_SYN | TCP_ACK, 55555555, 77777778, 0), FW_FORWARD);
	assert_int_equal(segment(w, 0, TCP_ACK, 77777778, 55555556, 0), FW_FORWARD);
	assert_state(w, FW_CONN_TCP_ESTABLISHED);
	segment(w, 0, TCP_FIN | TCP_ACK, 77777778, 55555556, 0);
	assert_state(w, FW_CONN_TCP_CLOSING);
}

/* A SYN of sequence number 77777777 has passed: its answer, and data. */
static void assert_opens_anew(struct world *w)
{
	assert_int_equal(segment(w, 1, TCP_SYN | TCP_ACK, 55555555, 77777778, 0), FW_FORWARD);
	assert_state(w, FW_CONN_TCP_SYN_RECEIVED);
	assert_int_equal(segment(w, 0, TCP_ACK, 77777778, 55555556, 10), FW_FORWARD);
	assert_state(w, FW_CONN_TCP_ESTABLISHED);
}

/* RFC 9293, 3.5.1: the client has lost power, and the server has let the connection go. */
static void a_connection_that_its_server_forgot_can_be_opened_again(void **state)
{
	struct world *w = *state;

	establish(w);
	assert_int_equal(segment(w, 0, TCP_SYN, 77777777, 0, 0), FW_FORWARD);
	assert_state(w, FW_CONN_TCP_ESTABLISHED);
	assert_opens_anew(w);
	assert_int_equal(segment(w, 1, TCP_ACK, 55555556, 77777788, 10), FW_FORWARD);
	assert_int_equal(segment(w, 1, TCP_ACK, 901, 101, 10), FW_DROP);
}

static void a_half_closed_connection_that_its_server_forgot_can_be_opened_again(void **state)
{
	struct world *w = *state;

	establish(w);
	segment(w, 1, TCP_FIN | TCP_ACK, 901, 101, 0);
	segment(w, 0, TCP_SYN, 77777777, 0, 0);
	assert_opens_anew(w);
	segment(w, 0, TCP_FIN | TCP_ACK, 77777788, 55555556, 0);
	assert_state(w, FW_CONN_TCP_CLOSING); /* the old FIN counts no more */
}

/* The SYN alone, or an answer to another one, moves no window. */
static void a_syn_that_is_not_taken_up_changes_nothing(void **state)
{
	struct world *w = *state;

	establish(w);
	assert_int_equal(segment(w, 1, TCP_SYN | TCP_ACK, 55555555, 1, 0), FW_FORWARD);
	assert_int_equal(segment(w, 0, TCP_SYN, 77777777, 0, 0), FW_FORWARD);
	assert_int_equal(segment(w, 1, TCP_SYN | TCP_ACK, 55555555, 77777779, 0), FW_FORWARD);
	assert_int_equal(segment(w, 0, TCP_ACK, 77777778, 55555556, 10), FW_DROP);
	assert_int_equal(segment(w, 1, TCP_ACK, 55555556, 77777778, 10), FW_DROP);
	assert_int_equal(segment(w, 0, TCP_ACK, 101, 901, 10), FW_FORWARD);
	assert_int_equal(segment(w, 1, TCP_ACK, 901, 111, 10), FW_FORWARD);
	assert_state(w, FW_CONN_TCP_ESTABLISHED);
}

/* RFC 9293, 3.5.1, figure 9: its acknowledgement, a reset with that number, and the SYN again. */
static void a_connection_that_its_client_forgot_is_ended_and_opened_again(void **state)
{
	struct world *w = *state;

	fins_of_both_sides_close(state);
	segment(w, 0, TCP_SYN, 77777777, 0, 0);
	assert_int_equal(segment(w, 0, TCP_RST, 102, 0, 0), FW_DROP);
	assert_int_equal(segment(w, 1, TCP_ACK, 1402, 102, 0), FW_FORWARD);
	assert_int_equal(segment(w, 0, TCP_RST, 103, 0, 0), FW_DROP);
	assert_int_equal(segment(w, 0, TCP_RST, 102, 0, 0), FW_FORWARD);
	assert_int_equal(segment(w, 0, TCP_SYN, 77777777, 0, 0), FW_FORWARD);
	assert_int_equal(segment(w, 1, TCP_SYN | TCP_ACK, 55555555, 102, 0), FW_DROP);
	assert_opens_anew(w);
}

static void data_of_an_old_connection_does_not_pass_with_a_new_one(void **state)
{
	struct world *w = *state;

	fins_of_both_sides_close(state);
	segment(w, 0, TCP_SYN, 77777777, 0, 0);
	assert_int_equal(segment(w, 1, TCP_ACK, 1402, 102, 10), FW_DROP);
	assert_int_equal(segment(w, 1, TCP_FIN | TCP_ACK, 1402, 102, 0), FW_DROP);
	assert_state(w, FW_CONN_TCP_SYN_SENT);
}

static void forged_reset_outside_the_window_changes_nothing(void **state)
{
	struct world *w = *state;

	establish(w);
	assert_int_equal(segment(w, 1, TCP_RST, 901 + (1u << 20), 0, 0), FW_DROP);
	assert_int_equal(w->verdict.reason, DROP_TCP_WINDOW);
	assert_state(w, FW_CONN_TCP_ESTABLISHED);
}

static void traffic_after_a_reset_revives_the_connection(void **state)
{
	struct world *w = *state;

	establish(w);
	assert_int_equal(segment(w, 1, TCP_RST, 901, 0, 0), FW_FORWARD);
	assert_state(w, FW_CONN_TCP_RESET);
	assert_int_equal(segment(w, 0, TCP_ACK, 101, 901, 10), FW_FORWARD);
	assert_state(w, FW_CONN_TCP_ESTABLISHED);
}

static void reset_with_a_wrong_checksum_changes_nothing(void **state)
{
	struct world *w = *state;

	establish(w);
	frame_tcp(&f, SERVER, 80, WAN_ADDRESS, 4000, TCP_RST, 901, 0, 0);
	((struct tcp_header *)frame_l4(&f))->checksum.byte[0] ^= 1;
	world_send(w, WAN_PORT, &f);
	assert_int_equal(w->verdict.reason, DROP_TCP_CHECKSUM);
	assert_state(w, FW_CONN_TCP_ESTABLISHED);
}

static void data_may_run_as_far_ahead_as_the_scaled_window(void **state)
{
	struct world *w = *state;
	struct tcp_header *tcp;

	frame_tcp(&f, CLIENT, 4000, SERVER, 80, TCP_SYN, 100, 0, 4);
	tcp = frame_l4(&f);
	tcp->data_offset = 6 << 4;
	memcpy(tcp + 1, (uint8_t[]){ 3, 3, 7, 0 }, 4);
	frame_seal(&f);
	world_send(w, LAN_PORT, &f);
	segment(w, 1, TCP_SYN | TCP_ACK, 900, 101, 0);
	segment(w, 0, TCP_ACK, 101, 901, 0); /* window 0xffff << 7: 8 MiB */
	assert_int_equal(segment(w, 1, TCP_ACK, 901 + 5000000, 101, 100), FW_FORWARD);
	assert_int_equal(segment(w, 1, TCP_ACK, 901 + 5000000 + 9000000, 101, 100), FW_DROP);
}

static void sequence_numbers_may_wrap(void **state)
{
	struct world *w = *state;
	uint32_t sequence = 0xfffffff0u;

	segment(w, 0, TCP_SYN, sequence - 1, 0, 0);
	segment(w, 1, TCP_SYN | TCP_ACK, 900, sequence, 0);
	for (unsigned i = 0; i < 10; i++, sequence += 1000)
		assert_int_equal(segment(w, 0, TCP_ACK, sequence, 901, 1000), FW_FORWARD);
	assert_int_equal(segment(w, 1, TCP_ACK, 901, sequence, 0), FW_FORWARD);
}

static void restart_in_mid_window_wedges_nothing(void **state)
{
	struct world *w = *state;

	establish(w);
	segment(w, 1, TCP_ACK, 901, 101, 1400);
	world_restart(w);
	world_introduce(w, LAN_PORT, &mac_client, CLIENT);
	assert_int_equal(segment(w, 1, TCP_ACK, 901, 101, 1400), FW_FORWARD); /* sent again */
	assert_int_equal(segment(w, 0, TCP_ACK, 101, 901 + 2800, 0), FW_FORWARD);
	assert_int_equal(segment(w, 1, TCP_ACK, 901 + 2800, 101, 1400), FW_FORWARD);
	assert_state(w, FW_CONN_TCP_ESTABLISHED);
}

static void assert_lives_s(struct world *w, unsigned seconds)
{
	world_pass_time(w, (uint64_t)(seconds - 10) * 1000000);
	world_run(w, 5);
	assert_int_equal(w->fw.conns.used, 1);
	world_run(w, 10);
	assert_int_equal(w->fw.conns.used, 0);
	assert_int_equal(w->fw.nat.used, 0);
}

static void established_lives_2_h_4_min(void **state)
{
	establish(*state);
	assert_lives_s(*state, 7440);
}

static void half_open_lives_4_min(void **state)
{
	segment(*state, 0, TCP_SYN, 100, 0, 0);
	assert_lives_s(*state, 240);
}

static void udp_one_way_lives_2_min(void **state)
{
	frame_udp(&f, CLIENT, 4000, SERVER, 53, 10);
	world_send(*state, LAN_PORT, &f);
	assert_lives_s(*state, 120);
}

static void udp_two_way_lives_5_min(void **state)
{
	frame_udp(&f, CLIENT, 4000, SERVER, 53, 10);
	world_send(*state, LAN_PORT, &f);
	frame_udp(&f, SERVER, 53, WAN_ADDRESS, 4000, 10);
	world_send(*state, WAN_PORT, &f);
	assert_lives_s(*state, 300);
}

static void ping_lives_60_s(void **state)
{
	frame_echo(&f, ICMP_ECHO_REQUEST, CLIENT, SERVER, 1, 10);
	world_send(*state, LAN_PORT, &f);
	assert_lives_s(*state, 60);
}

static void icmp_errors_keep_no_flow_alive(void **state)
{
	struct world *w = *state;
	struct frame sent;

	frame_udp(&f, CLIENT, 4000, SERVER, 53, 10);
	world_send(w, LAN_PORT, &f);
	sent = w->out;
	frame_icmp_error(&f, ICMP_UNREACHABLE, 3, SERVER, WAN_ADDRESS, &sent, 28);
	for (unsigned i = 0; i < 13; i++) {
		world_run(w, 10);
		world_introduce(w, LAN_PORT, &mac_client, CLIENT);
		world_discard_queued(w);
		world_send(w, WAN_PORT, &f);
	}
	assert_int_equal(w->fw.conns.used, 0);
}

static void full_table_refuses_and_recovers(void **state)
{
	struct world *w = world_new_sized(100);

	(void)state;
	for (uint16_t port = 1000; port < 1120; port++) {
		frame_udp(&f, CLIENT, port, SERVER, 53, 10);
		world_send(w, LAN_PORT, &f);
		assert_int_equal(w->verdict.outcome, port < 1100 ? FW_FORWARD : FW_DROP);
	}
	assert_int_equal(w->fw.dropped[DROP_FLOW_TABLE_FULL], 20);
	assert_int_equal(w->fw.conns.used, 100);
	assert_int_equal(w->fw.nat.used, 100);
	world_run(w, 130);
	assert_int_equal(w->fw.conns.used, 0);
	world_introduce(w, WAN_PORT, &mac_gateway, GATEWAY);
	world_discard_queued(w);
	world_send(w, LAN_PORT, &f);
	assert_int_equal(w->verdict.outcome, FW_FORWARD);
	world_free(w);
}

/* Of 200 hosts, the n-th of each from its n-th port to `servers` of them. */
static void flows_open(struct world *w, uint32_t flows, uint32_t servers)
{
	for (uint32_t i = 0; i < flows; i++) {
		uint32_t inside = i / servers;

		frame_udp(&f, CLIENT + inside % 200, (uint16_t)(1024 + inside / 200),
			  SERVER + i % servers, 53, 10);
		world_send(w, LAN_PORT, &f);
		assert_int_equal(w->verdict.outcome, FW_FORWARD);
	}
}

static void the_products_region_holds_32_k_flows_and_restores_them(void **state)
{
	struct world *w = *state;
	uint32_t capacity = w->fw.conns.capacity - 1;

	assert_true(capacity >= 32638);
	flows_open(w, capacity, 1);
	world_restart(w);
	assert_int_equal(w->fw.conns.restored, capacity);
	assert_int_equal(w->fw.nat.used, capacity);
}

/* A firewall that comes back looks at the records behind them by the run, and writes to none. */
static void free_records_above_all_flows_are_left_alone(void **state)
{
	struct world *w = *state;
	uint32_t capacity = w->fw.conns.capacity, turns = 1;

	flows_open(w, 3, 1);
	memset(&w->flows->conns[2], 0, sizeof w->flows->conns[2]);
	memset(&w->flows->conns[100].check, 0x5a, sizeof w->flows->conns[100].check);
	fw_init(&w->fw, w->flows, w->flows_bytes, true, 44);
	while (!fw_adopt(&w->fw))
		turns++;
	assert_true(turns <= capacity / (FW_ADOPT_RECORDS * CONN_FRESH_RUN) + 1);
	assert_int_equal(w->fw.conns.restored, 2);
	assert_int_equal(w->fw.conns.fresh, 4);
	assert_true(w->flows->conns[100].check == 0x5a5a5a5a5a5a5a5au);
	assert_null(world_configure(w));
	flows_open(w, capacity - 1, 1);
	assert_int_equal(w->fw.conns.used, capacity - 1); /* the hole among them, too */
}

static void flows_ask_new_rules_a_few_at_a_time(void **state)
{
	struct world *w = *state;

	flows_open(w, 3 * FW_SWEEP_RECHECKS, 1);
	w->netconf.rules[0] = world_rule(RULE_DENY, ZONE_ANY, ZONE_ANY);
	w->netconf.rule_count = 1;
	assert_null(world_configure(w));
	for (uint32_t left = 3; left-- > 0;) {
		fw_tick(&w->fw);
		assert_int_equal(w->fw.conns.used, left * FW_SWEEP_RECHECKS);
	}
}

static void a_larger_region_holds_100000_flows_and_restores_them_in_parts(void **state)
{
	struct world *w = world_new_sized(100000);
	unsigned parts = 1;

	(void)state;
	assert_int_equal(w->fw.conns.capacity, 100001);
	flows_open(w, 100000, 2);
	world_send(w, LAN_PORT, &f);
	assert_int_equal(w->verdict.outcome, FW_FORWARD); /* the last: it is known */
	frame_udp(&f, CLIENT, 60000, SERVER, 53, 10);
	world_send(w, LAN_PORT, &f);
	assert_int_equal(w->verdict.reason, DROP_FLOW_TABLE_FULL);
	fw_init(&w->fw, w->flows, w->flows_bytes, true, 44);
	while (!fw_adopt(&w->fw)) {
		assert_in_range(w->fw.conns.restored, (parts - 1) * FW_ADOPT_RECORDS + 1,
				parts * FW_ADOPT_RECORDS);
		parts++;
	}
	assert_int_equal(parts, (100000 + FW_ADOPT_RECORDS - 1) / FW_ADOPT_RECORDS);
	assert_int_equal(w->fw.conns.restored, 100000);
	assert_int_equal(w->fw.nat.used, 50000);
	world_free(w);
}

/* Of every size: all parts within the region, none over another, and not one record less than fits.
 */
static void a_region_is_divided_without_overlap(void **state)
{
	(void)state;
	for (size_t bytes = flow_room_bytes(2); bytes < 100u << 20; bytes += bytes / 7 + 1) {
		struct fw_flows *flows = (struct fw_flows *)(uintptr_t)0x100000;
		uintptr_t end = (uintptr_t)flows + bytes;
		struct flow_room room = flow_room_divide(flows, bytes);

		assert_true(flow_room_bytes(room.conns.capacity) <= bytes);
		assert_true(flow_room_bytes(room.conns.capacity + 1) > bytes);
		assert_true(1u << room.conns.bucket_bits >= 2 * room.conns.capacity);
		assert_true((uintptr_t)room.nat.bindings >=
			    (uintptr_t)(flows->conns + room.conns.capacity));
		assert_true((uintptr_t)room.conns.heads >=
			    (uintptr_t)(room.nat.bindings + room.nat.capacity));
		assert_true((uintptr_t)room.nat.inside >=
			    (uintptr_t)(room.conns.heads + (1ull << room.conns.bucket_bits)));
		assert_true((uintptr_t)room.nat.outside >=
			    (uintptr_t)(room.nat.inside + (1ull << room.nat.bucket_bits)));
		assert_true((uintptr_t)(room.nat.outside + (1ull << room.nat.bucket_bits)) <= end);
	}
	assert_int_equal(flow_room_capacity(100), 0);
}

/* Whatever one wild byte hits, a restart keeps all flows or all but that one. */
static void one_wild_byte_costs_at_most_one_flow(void **state)
{
	struct world *w = world_new_sized(20);
	size_t bytes = 20 * sizeof(struct conn);
	uint8_t *start, *saved = malloc(w->flows_bytes);

	(void)state;
	for (uint16_t port = 1000; port < 1020; port++) {
		frame_udp(&f, CLIENT, port, SERVER, 53, 10);
		world_send(w, LAN_PORT, &f);
	}
	start = (uint8_t *)&w->flows->conns[1];
	memcpy(saved, w->flows, w->flows_bytes);
	for (size_t at = 0; at < bytes; at++) {
		memcpy(w->flows, saved, w->flows_bytes);
		start[at] ^= (uint8_t)(1 + at % 255);
		world_restart(w);
		assert_in_range(w->fw.conns.restored, 19, 20);
	}
	free(saved);
	world_free(w);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(handshake_establishes),
		TEST(simultaneous_open_establishes),
		TEST(fins_of_both_sides_close),
		TEST(closed_connection_can_be_opened_again_from_the_same_port),
		TEST(a_connection_that_its_server_forgot_can_be_opened_again),
		TEST(a_half_closed_connection_that_its_server_forgot_can_be_opened_again),
		TEST(a_syn_that_is_not_taken_up_changes_nothing),
		TEST(a_connection_that_its_client_forgot_is_ended_and_opened_again),
		TEST(data_of_an_old_connection_does_not_pass_with_a_new_one),
		TEST(forged_reset_outside_the_window_changes_nothing),
		TEST(traffic_after_a_reset_revives_the_connection),
		TEST(reset_with_a_wrong_checksum_changes_nothing),
		TEST(data_may_run_as_far_ahead_as_the_scaled_window),
		TEST(sequence_numbers_may_wrap),
		TEST(restart_in_mid_window_wedges_nothing),
		TEST(established_lives_2_h_4_min),
		TEST(half_open_lives_4_min),
		TEST(udp_one_way_lives_2_min),
		TEST(udp_two_way_lives_5_min),
		TEST(ping_lives_60_s),
		TEST(icmp_errors_keep_no_flow_alive),
		TEST(full_table_refuses_and_recovers),
		TEST(the_products_region_holds_32_k_flows_and_restores_them),
		TEST(free_records_above_all_flows_are_left_alone),
		TEST(flows_ask_new_rules_a_few_at_a_time),
		TEST(a_larger_region_holds_100000_flows_and_restores_them_in_parts),
		TEST(a_region_is_divided_without_overlap),
		TEST(one_wild_byte_costs_at_most_one_flow),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
