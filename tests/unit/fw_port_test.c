/* The firewall's end of the queues, against drivers that behave and that do not. */
#include "netstack/firewall/arp.h"
#include "netstack/firewall/snapshot.h"
#include "services/runtime/service.h"
#include "tests/unit/fw_rings.h"

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

static int setup(void **state)
{
	*state = rings_new();
	return 0;
}

static int teardown(void **state)
{
	rings_free(*state);
	return 0;
}

static void work_until_idle(struct rings *r)
{
	for (int i = 0; i < 100 && fw_ports_work(&r->ports); i++)
		;
}

static void a_frame_goes_from_ring_to_ring(void **state)
{
	struct rings *r = *state;
	struct frame f, out;

	frame_udp(&f, CLIENT, 5000, SERVER, 53, 100);
	ring_receive(r, LAN_PORT, &f);
	work_until_idle(r);
	assert_true(ring_transmit(r, WAN_PORT, &out));
	assert_int_equal(out.bytes, f.bytes);
	assert_true(frame_sums_hold(out.buffer + 14, out.bytes - 14));
	assert_memory_equal(out.buffer + 42, f.buffer + 42, 100);
	assert_int_equal(r->ring[LAN_PORT].own.rx_consumed, 1);
	assert_false(ring_transmit(r, LAN_PORT, &out));
}

static void wrong_guess_only_costs_a_copy(void **state)
{
	struct rings *r = *state;
	struct frame f, out;

	for (int i = 0; i < 20; i++) {
		frame_udp(&f, CLIENT, 5000, i % 2 == 0 ? SERVER : LAN_ADDRESS, 53, 100);
		ring_receive(r, LAN_PORT, &f);
		work_until_idle(r);
		assert_true(ring_transmit(r, i % 2 == 0 ? WAN_PORT : FW_PORT_HOST, &out));
		assert_true(frame_sums_hold(out.buffer + (i % 2 == 0 ? 14 : 0), 128));
	}
	for (unsigned port = 0; port < FW_PORTS; port++)
		assert_false(ring_transmit(r, port, &out));
}

static void flooded_frames_are_whole_on_every_port(void **state)
{
	struct rings *r = *state;
	struct frame f, out;

	frame_udp(&f, 0, 68, IPV4_LIMITED_BROADCAST, 67, 300);
	frame_ethernet(&f, &mac_all, &mac_client, ETHERTYPE_IPV4);
	r->ports.ports[LAN_PORT].guess = LAN_PORT2;
	ring_receive(r, LAN_PORT, &f);
	work_until_idle(r);
	assert_true(ring_transmit(r, LAN_PORT2, &out));
	assert_memory_equal(out.buffer, f.buffer, f.bytes);
	assert_true(ring_transmit(r, FW_PORT_HOST, &out));
	assert_int_equal(out.bytes, f.bytes - 14);
	assert_memory_equal(out.buffer, f.buffer + 14, out.bytes);
}

static void short_frames_leave_padded_with_zeros(void **state)
{
	struct rings *r = *state;
	struct frame f, out;

	memset(r->ring[WAN_PORT].tx, 0x5a, sizeof r->ring[WAN_PORT].tx);
	frame_udp(&f, CLIENT, 5000, SERVER, 53, 1);
	memset(f.buffer + f.bytes, 0x77, 60 - f.bytes);
	f.bytes = 60;
	ring_receive(r, LAN_PORT, &f);
	work_until_idle(r);
	assert_true(ring_transmit(r, WAN_PORT, &out));
	assert_int_equal(out.bytes, 60);
	for (unsigned i = 43; i < 60; i++)
		assert_int_equal(out.buffer[i], 0);
}

static void signal_only_if_the_wake_index_is_passed(void **state)
{
	struct rings *r = *state;
	struct frame f;

	frame_udp(&f, CLIENT, 5000, SERVER, 53, 100);
	r->ring[WAN_PORT].driver.tx_wake = 2;
	notified_count[RING_SLOT(WAN_PORT)] = 0;
	for (unsigned i = 0; i < 5; i++) {
		ring_receive(r, LAN_PORT, &f);
		work_until_idle(r);
		assert_int_equal(notified_count[RING_SLOT(WAN_PORT)], i >= 2);
	}
}

static void one_signal_for_a_batch(void **state)
{
	struct rings *r = *state;
	struct frame f;

	frame_udp(&f, CLIENT, 5000, SERVER, 53, 100);
	r->ring[WAN_PORT].driver.tx_wake = 0;
	notified_count[RING_SLOT(WAN_PORT)] = 0;
	for (unsigned i = 0; i < 30; i++)
		ring_receive(r, LAN_PORT, &f);
	work_until_idle(r);
	assert_int_equal(r->ring[WAN_PORT].own.tx_produced, 30);
	assert_int_equal(notified_count[RING_SLOT(WAN_PORT)], 1);
}

static void when_idle_every_port_is_armed_at_its_consumed_index(void **state)
{
	struct rings *r = *state;
	struct frame f;

	frame_udp(&f, CLIENT, 5000, SERVER, 53, 100);
	for (unsigned i = 0; i < 3; i++)
		ring_receive(r, LAN_PORT, &f);
	work_until_idle(r);
	assert_int_equal(r->ring[LAN_PORT].own.rx_wake, 3);
	assert_int_equal(r->ring[WAN_PORT].own.rx_wake, 0);
	assert_int_equal(r->ring[FW_PORT_HOST].own.rx_wake, 0);
}

static void a_flooding_port_gets_only_its_batch(void **state)
{
	struct rings *r = *state;
	struct frame f;

	frame_udp(&f, CLIENT, 5000, SERVER, 53, 100);
	for (unsigned i = 0; i < 31; i++)
		ring_receive(r, LAN_PORT, &f);
	r->ring[LAN_PORT].driver.rx_produced = 200; /* descriptors of zeros: too short */
	assert_true(fw_ports_work(&r->ports));
	assert_int_equal(r->ring[LAN_PORT].own.rx_consumed, FW_PORT_BATCH);
	work_until_idle(r);
	assert_int_equal(r->ring[LAN_PORT].own.rx_consumed, 200);
}

/* A machine may take long for each frame: RS's question is not to wait for all of them. */
static void rs_may_be_answered_within_a_batch(void **state)
{
	struct rings *r = *state;
	struct frame f;

	frame_udp(&f, CLIENT, 5000, SERVER, 53, 100);
	breaths = 0;
	fw_ports_work(&r->ports);
	assert_int_equal(breaths, 0);
	for (unsigned i = 0; i < FW_PORT_BATCH; i++)
		ring_receive(r, LAN_PORT, &f);
	ring_receive(r, WAN_PORT, &f);
	fw_ports_work(&r->ports);
	assert_int_equal(breaths, FW_PORT_BATCH / FW_PORT_BREATH + 1);
}

static void queue_fill(struct rings *r, const struct frame *f)
{
	for (unsigned i = 0; i < FW_PORT_TX_LIMIT; i++) {
		ring_receive(r, LAN_PORT, f);
		work_until_idle(r);
	}
}

static void frames_wait_for_a_driver_that_is_soon_back(void **state)
{
	struct rings *r = *state;
	struct frame f;

	frame_udp(&f, CLIENT, 5000, SERVER, 53, 100);
	queue_fill(r, &f);
	for (unsigned i = 0; i < 10; i++)
		ring_receive(r, LAN_PORT, &f);
	world_pass_time(r->w, (FW_PORT_HOLD_MS - 2) * 1000u);
	assert_false(fw_ports_work(&r->ports));
	assert_int_equal(r->ports.held, FW_PORT_BIT(LAN_PORT));
	assert_int_equal(r->ring[LAN_PORT].own.rx_consumed, FW_PORT_TX_LIMIT);
	rings_transmit_all(r);
	work_until_idle(r);
	assert_int_equal(r->ports.held, 0);
	assert_int_equal(r->ring[WAN_PORT].own.tx_produced, FW_PORT_TX_LIMIT + 10);
	assert_int_equal(r->w->fw.dropped[DROP_TX_FULL], 0);
}

/* Else a slow port would hold up what goes to the others. */
static void a_queue_that_stays_congested_holds_up_nobody(void **state)
{
	struct rings *r = *state;
	struct frame f, out;

	frame_udp(&f, CLIENT, 5000, SERVER, 53, 100);
	queue_fill(r, &f);
	ring_receive(r, LAN_PORT, &f);
	work_until_idle(r);
	world_pass_time(r->w, FW_PORT_HOLD_MS * 1000u);
	for (unsigned i = 0; i < 10; i++) {
		assert_true(ring_transmit(r, WAN_PORT, &out));
		ring_receive(r, LAN_PORT, &f);
		ring_receive(r, LAN_PORT, &f);
		work_until_idle(r);
		assert_int_equal(r->ports.held, 0);
	}
	assert_int_equal(r->w->fw.dropped[DROP_TX_FULL], 11);
}

static void a_flood_does_not_stop_arp(void **state)
{
	struct rings *r = *state;
	struct frame f, out;

	frame_udp(&f, CLIENT, 5000, SERVER, 53, 100);
	queue_fill(r, &f);
	ring_receive(r, LAN_PORT, &f);
	work_until_idle(r);
	world_pass_time(r->w, FW_PORT_HOLD_MS * 1000u);
	work_until_idle(r);
	assert_int_equal(r->w->fw.dropped[DROP_TX_FULL], 1);
	arp_announce(&r->w->fw, ZONE_WAN);
	work_until_idle(r);
	assert_int_equal(r->ring[WAN_PORT].own.tx_produced, FW_PORT_TX_LIMIT + 1);
	for (unsigned i = 0; i <= FW_PORT_TX_LIMIT; i++)
		assert_true(ring_transmit(r, WAN_PORT, &out));
	assert_memory_equal(out.buffer + 12, "\x08\x06", 2);
}

static void full_transmit_queue_drops_and_recovers(void **state)
{
	struct rings *r = *state;
	struct frame f;

	frame_udp(&f, CLIENT, 5000, SERVER, 53, 100);
	queue_fill(r, &f);
	for (unsigned i = 0; i < 10; i++)
		ring_receive(r, LAN_PORT, &f);
	work_until_idle(r);
	world_pass_time(r->w, FW_PORT_HOLD_MS * 1000u);
	work_until_idle(r);
	assert_int_equal(r->ring[WAN_PORT].own.tx_produced, FW_PORT_TX_LIMIT);
	assert_int_equal(r->w->fw.dropped[DROP_TX_FULL], 10);
	rings_transmit_all(r);
	ring_receive(r, LAN_PORT, &f);
	work_until_idle(r);
	assert_int_equal(r->ring[WAN_PORT].own.tx_produced, FW_PORT_TX_LIMIT + 1);
}

static void an_rx_index_out_of_range_is_a_complaint(void **state)
{
	struct rings *r = *state;

	r->ring[LAN_PORT].driver.rx_produced = NETQ_RX_SLOTS + 1;
	work_until_idle(r);
	work_until_idle(r);
	assert_int_equal(complained_count[RING_SLOT(LAN_PORT)], 1);
	assert_int_equal(complained_last[RING_SLOT(LAN_PORT)], COMPLAINT_RING_INDEX);
	assert_int_equal(r->ring[LAN_PORT].own.rx_consumed, 0);
}

static void a_tx_index_out_of_range_is_a_complaint(void **state)
{
	struct rings *r = *state;
	struct frame f;

	frame_udp(&f, CLIENT, 5000, SERVER, 53, 100);
	r->ring[WAN_PORT].driver.tx_consumed = 5000;
	for (unsigned i = 0; i < FW_PORT_TX_LIMIT + 1; i++) {
		ring_receive(r, LAN_PORT, &f);
		work_until_idle(r);
	}
	assert_int_equal(complained_count[RING_SLOT(WAN_PORT)], 1);
	assert_int_equal(r->ring[WAN_PORT].own.tx_produced, FW_PORT_TX_LIMIT);
}

static void a_descriptor_outside_the_region_is_a_complaint(void **state)
{
	struct rings *r = *state;
	static const struct netq_rx_desc bad[] = {
		{ .offset = NETQ_RX_BYTES - 10, .length_bytes = 60 },
		{ .offset = 0xffffffffu, .length_bytes = 60 },
		{ .offset = NETQ_RX_BYTES, .length_bytes = 14 },
		{ .offset = 0xfffffff0u, .length_bytes = 1500 },
	};

	for (unsigned i = 0; i < sizeof bad / sizeof *bad; i++) {
		r->ring[LAN_PORT].driver.rx[i] = bad[i];
		r->ring[LAN_PORT].driver.rx_produced++;
		work_until_idle(r);
		assert_int_equal(complained_count[RING_SLOT(LAN_PORT)], i + 1);
	}
	assert_int_equal(complained_last[RING_SLOT(LAN_PORT)], COMPLAINT_RING_BUFFER);
}

static void a_frame_at_the_very_end_of_the_region_is_taken(void **state)
{
	struct rings *r = *state;
	struct frame f;
	struct ring *ring = &r->ring[LAN_PORT];

	frame_udp(&f, CLIENT, 5000, SERVER, 53, 101);
	ring->driver.rx[0] = (struct netq_rx_desc){ .offset = NETQ_RX_BYTES - f.bytes,
						    .length_bytes = (uint16_t)f.bytes };
	memcpy(ring->rx + NETQ_RX_BYTES - f.bytes, f.buffer, f.bytes);
	ring->driver.rx_produced = 1;
	work_until_idle(r);
	assert_int_equal(r->ring[WAN_PORT].own.tx_produced, 1);
	assert_int_equal(complained_count[RING_SLOT(LAN_PORT)], 0);
}

static void a_group_mac_of_a_driver_is_refused(void **state)
{
	struct rings *r = *state;

	r->ring[LAN_PORT2].driver.mac[0] = 1;
	fw_port_refresh(&r->ports, LAN_PORT2);
	assert_int_equal(complained_last[RING_SLOT(LAN_PORT2)], COMPLAINT_PROTOCOL);
	assert_int_equal(r->w->fw.mac[LAN_PORT2].byte[0], 2);
}

static void a_silent_transmitter_is_complained_about(void **state)
{
	struct rings *r = *state;
	struct frame f;

	frame_udp(&f, CLIENT, 5000, SERVER, 53, 100);
	ring_receive(r, LAN_PORT, &f);
	work_until_idle(r);
	for (unsigned ms = 0; ms < FW_PORT_STALL_MS - 100; ms += 100) {
		world_pass_time(r->w, 100000);
		fw_ports_tick(&r->ports);
	}
	assert_int_equal(complained_count[RING_SLOT(WAN_PORT)], 0);
	world_pass_time(r->w, 200000);
	fw_ports_tick(&r->ports);
	assert_int_equal(complained_count[RING_SLOT(WAN_PORT)], 1);
	assert_int_equal(complained_last[RING_SLOT(WAN_PORT)], COMPLAINT_STALLED);
	assert_int_equal(complained_count[RING_SLOT(LAN_PORT)], 0);
}

/* The queue is full at each look, and what was sent in between has been noticed already. */
static void a_busy_transmitter_is_not_complained_about(void **state)
{
	struct rings *r = *state;
	struct frame f, out;

	frame_udp(&f, CLIENT, 5000, SERVER, 53, 100);
	queue_fill(r, &f);
	for (unsigned ms = 0; ms < 2 * FW_PORT_STALL_MS; ms += FW_TICK_MS) {
		assert_true(ring_transmit(r, WAN_PORT, &out));
		ring_receive(r, LAN_PORT, &f);
		ring_receive(r, LAN_PORT, &f);
		work_until_idle(r);
		world_pass_time(r->w, FW_TICK_MS * 1000u);
		fw_ports_tick(&r->ports);
	}
	assert_int_equal(complained_count[RING_SLOT(WAN_PORT)], 0);
}

static void restart_goes_on_at_the_preserved_indices(void **state)
{
	struct rings *r = *state;
	struct frame f, out;

	frame_udp(&f, CLIENT, 5000, SERVER, 53, 100);
	for (unsigned i = 0; i < 10; i++)
		ring_receive(r, LAN_PORT, &f);
	work_until_idle(r);
	ring_receive(r, LAN_PORT, &f); /* while the firewall is dead */
	world_restart(r->w);
	fw_ports_init(&r->ports, &r->w->fw, &r->quarantine);
	notified_count[RING_SLOT(WAN_PORT)] = 0;
	for (unsigned port = 0; port < 3; port++)
		rings_attach(r, port, true);
	rings_attach(r, FW_PORT_HOST, true);
	assert_int_equal(notified_count[RING_SLOT(WAN_PORT)], 1);
	work_until_idle(r);
	assert_int_equal(r->ring[LAN_PORT].own.rx_consumed, 11);
	for (unsigned i = 0; i < 11; i++)
		assert_true(ring_transmit(r, WAN_PORT, &out));
	assert_true(frame_sums_hold(out.buffer + 14, out.bytes - 14));
}

static void restart_with_damaged_indices_starts_with_empty_queues(void **state)
{
	struct rings *r = *state;

	r->ring[LAN_PORT].driver.rx_produced = 1000;
	r->ring[LAN_PORT].own.rx_consumed = 1u << 31;
	r->ring[LAN_PORT].own.tx_produced = 77777;
	rings_attach(r, LAN_PORT, true);
	assert_int_equal(r->ring[LAN_PORT].own.rx_consumed, 1000);
	assert_int_equal(r->ring[LAN_PORT].own.tx_produced, 0);
}

static void lan_ports_of_a_bridge_are_promiscuous(void **state)
{
	struct rings *r = *state;

	assert_int_equal(r->ring[LAN_PORT].own.promiscuous, 1);
	assert_int_equal(r->ring[LAN_PORT2].own.promiscuous, 1);
	assert_int_equal(r->ring[WAN_PORT].own.promiscuous, 0);
	assert_int_equal(r->ring[LAN_PORT].own.mode_sequence, 1);
	r->w->netconf.zone[LAN_PORT2] = ZONE_NONE;
	assert_null(world_configure(r->w));
	fw_ports_mode_set(&r->ports);
	assert_int_equal(r->ring[LAN_PORT].own.promiscuous, 0);
	assert_int_equal(r->ring[LAN_PORT].own.mode_sequence, 2);
}

static void snapshot_shows_flows_and_keeps_counters_over_a_restart(void **state)
{
	struct rings *r = *state;
	struct fw_table *table = calloc(1, FW_TABLE_BYTES);
	struct frame f;
	uint32_t sequence;

	snapshot_init(table, &r->w->fw, &r->ports, false);
	assert_int_equal(fw_table_begin(table) & 1, 1);
	frame_udp(&f, CLIENT, 5000, SERVER, 53, 100);
	ring_receive(r, LAN_PORT, &f);
	frame_udp(&f, SERVER, 53, WAN_ADDRESS, 5001, 100);
	ring_receive(r, WAN_PORT, &f);
	work_until_idle(r);
	snapshot_write(table, &r->w->fw, &r->ports, 1);
	sequence = fw_table_begin(table);
	assert_int_equal(table->connection_count, 1);
	assert_int_equal(table->connections[0].source, CLIENT);
	assert_int_equal(table->connections[0].reply_destination, WAN_ADDRESS);
	assert_int_equal(table->neighbour_count, 2);
	assert_int_equal(table->ports[LAN_PORT].rx_frames, 1);
	assert_int_equal(table->ports[WAN_PORT].dropped, 1);
	assert_true(fw_table_done(table, sequence));
	world_restart(r->w);
	fw_ports_init(&r->ports, &r->w->fw, &r->quarantine);
	snapshot_init(table, &r->w->fw, &r->ports, true);
	assert_false(fw_table_done(table, sequence));
	assert_int_equal(r->w->fw.dropped[DROP_DEFAULT_DENIED], 1);
	assert_int_equal(r->ports.ports[LAN_PORT].rx_frames, 1);
	assert_int_equal(table->lives, 2);
	free(table);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(a_frame_goes_from_ring_to_ring),
		TEST(wrong_guess_only_costs_a_copy),
		TEST(flooded_frames_are_whole_on_every_port),
		TEST(short_frames_leave_padded_with_zeros),
		TEST(signal_only_if_the_wake_index_is_passed),
		TEST(one_signal_for_a_batch),
		TEST(when_idle_every_port_is_armed_at_its_consumed_index),
		TEST(a_flooding_port_gets_only_its_batch),
		TEST(rs_may_be_answered_within_a_batch),
		TEST(frames_wait_for_a_driver_that_is_soon_back),
		TEST(a_queue_that_stays_congested_holds_up_nobody),
		TEST(a_flood_does_not_stop_arp),
		TEST(full_transmit_queue_drops_and_recovers),
		TEST(an_rx_index_out_of_range_is_a_complaint),
		TEST(a_tx_index_out_of_range_is_a_complaint),
		TEST(a_descriptor_outside_the_region_is_a_complaint),
		TEST(a_frame_at_the_very_end_of_the_region_is_taken),
		TEST(a_group_mac_of_a_driver_is_refused),
		TEST(a_silent_transmitter_is_complained_about),
		TEST(a_busy_transmitter_is_not_complained_about),
		TEST(restart_goes_on_at_the_preserved_indices),
		TEST(restart_with_damaged_indices_starts_with_empty_queues),
		TEST(lan_ports_of_a_bridge_are_promiscuous),
		TEST(snapshot_shows_flows_and_keeps_counters_over_a_restart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
