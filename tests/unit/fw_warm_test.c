/* Flows over a warm reboot, after which the clock begins anew. */
#include "tests/unit/fw_world.h"

#include <cmocka.h>
#include <string.h>

#define BOOT_S 3600u /* long before its end the old boot's times are in the new one's future */

static int setup(void **state)
{
	struct world *w = world_new();

	fw_flows_rebase(w->flows, w->flows_bytes, 1);
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	world_free(*state);
	return 0;
}

/* A connection to the server, open; and its times as if it were BOOT_S old and busy. */
static void connection_open(struct world *w, unsigned record, uint16_t port)
{
	struct frame f;

	frame_tcp(&f, CLIENT, port, SERVER, 80, TCP_SYN, 1000, 0, 0);
	world_send(w, LAN_PORT, &f);
	assert_int_equal(w->verdict.outcome, FW_FORWARD);
	frame_tcp(&f, SERVER, 80, WAN_ADDRESS, port, TCP_SYN | TCP_ACK, 5000, 1001, 0);
	world_send(w, WAN_PORT, &f);
	assert_int_equal(w->verdict.outcome, FW_FORWARD);
	frame_tcp(&f, CLIENT, port, SERVER, 80, TCP_ACK, 1001, 5001, 0);
	world_send(w, LAN_PORT, &f);
	assert_int_equal(w->flows->conns[record].state, FW_CONN_TCP_ESTABLISHED);
	w->flows->conns[record].last_seen_s = BOOT_S;
}

static void reboot(struct world *w)
{
	w->now_us = 1000000;
	fw_flows_rebase(w->flows, w->flows_bytes, 2);
	world_restart(w);
}

static void a_flow_goes_on_after_a_warm_reboot(void **state)
{
	struct world *w = *state;
	struct frame f;

	connection_open(w, 1, 20000);
	reboot(w);
	assert_int_equal(w->fw.conns.restored, 1);
	world_run(w, 1); /* the sweep for time-outs has been round */
	frame_tcp(&f, SERVER, 80, WAN_ADDRESS, 20000, TCP_ACK, 5001, 1001, 100);
	world_send(w, WAN_PORT, &f);
	assert_int_equal(w->verdict.outcome, FW_FORWARD);
	assert_true((w->verdict.ports & FW_PORT_BIT(LAN_PORT)) !=
		    0); /* where it is has to be learnt */
	assert_int_equal(w->flows->conns[1].created_s, 0);
}

static void a_damaged_flow_stays_damaged(void **state)
{
	struct world *w = *state;

	connection_open(w, 1, 20000);
	connection_open(w, 2, 20001);
	w->flows->conns[2].key[0].source ^= 1;
	reboot(w);
	assert_int_equal(w->fw.conns.restored, 1);
	assert_int_equal(w->fw.conns.discarded, 1);
}

/*
 * Every bit of a record: what identifies the flow and how it is translated is under the checksum;
 * what changes with each packet is not believed anyway, but learnt again.
 */
static void a_flipped_bit_costs_that_flow_or_changes_nothing(void **state)
{
	struct world *w = *state;
	unsigned discarded = 0;
	struct frame f;

	connection_open(w, 1, 20000);
	connection_open(w, 2, 20001);
	struct conn whole[3] = { w->flows->conns[0], w->flows->conns[1], w->flows->conns[2] };
	for (size_t bit = 0; bit < 8 * sizeof(struct conn); bit++) {
		memcpy(w->flows->conns, whole, sizeof whole);
		((uint8_t *)&w->flows->conns[2])[bit / 8] ^= (uint8_t)(1u << bit % 8);
		world_restart(w);
		discarded += w->fw.conns.discarded;
		assert_int_equal(w->fw.conns.restored + w->fw.conns.discarded, 2);
		frame_tcp(&f, SERVER, 80, WAN_ADDRESS, 20000, TCP_ACK, 5001, 1001, 100);
		assert_int_equal(world_send(w, WAN_PORT, &f).outcome, FW_FORWARD);
		frame_tcp(&f, SERVER, 80, WAN_ADDRESS, 20001, TCP_ACK, 5001, 1001, 100);
		world_send(w, WAN_PORT, &f);
		assert_int_equal(w->verdict.outcome == FW_FORWARD, w->fw.conns.discarded == 0);
	}
	print_message("%u of %zu bits are under the checksum\n", discarded,
		      8 * sizeof(struct conn));
	assert_true(discarded >= 8 * (sizeof whole[0].key + sizeof whole[0].check));
}

static void an_idle_flow_times_out_in_the_new_boot(void **state)
{
	struct world *w = *state;

	connection_open(w, 1, 20000);
	reboot(w);
	world_pass_time(w, 8000 * 1000000ull); /* RFC 5382 REQ-5: 2 h 4 min and more */
	world_run(w, 10);
	assert_int_equal(w->fw.conns.used, 0);
}

static void within_a_boot_times_go_on(void **state)
{
	struct world *w = *state;
	uint32_t created_s;

	connection_open(w, 1, 20000);
	created_s = w->flows->conns[1].created_s;
	assert_int_not_equal(created_s, 0);
	fw_flows_rebase(w->flows, w->flows_bytes, 1);
	assert_int_equal(w->flows->conns[1].created_s, created_s);
	assert_int_equal(w->flows->conns[1].last_seen_s, BOOT_S);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(a_flow_goes_on_after_a_warm_reboot),
		TEST(a_damaged_flow_stays_damaged),
		TEST(a_flipped_bit_costs_that_flow_or_changes_nothing),
		TEST(an_idle_flow_times_out_in_the_new_boot),
		TEST(within_a_boot_times_go_on),
	};
#undef TEST

	return cmocka_run_group_tests(tests, NULL, NULL);
}
