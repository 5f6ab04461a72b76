/* Receiving with the RTL8139 driver: set-up, ring, overflows, and devices that lie. */
#include "drivers/net/rtl8139/registers.h"
#include "drivers/net/rtl8139/rtl8139.h"
#include "tests/unit/rtl8139_device.h"

#include <string.h>

/* --- Set-up ---------------------------------------------------------------------- */

static void it_says_who_it_is_and_that_it_is_ready(void **state)
{
	(void)state;
	assert_int_equal(world.driver.ready, 1);
	assert_int_equal(world.driver.link, NETQ_LINK_UP);
	assert_int_equal(world.driver.speed_mbit, 100);
	assert_memory_equal(world.driver.mac, "\x52\x54\x00\x12\x34\x56", 6);
	assert_string_equal(world.driver.model, "RTL8139C+");
	assert_true(world.irq_enabled);
	assert_int_equal(device.resets, 1);
}

static void a_device_that_stays_in_reset_is_tried_again_until_it_works(void **state)
{
	(void)state;
	rtl8139_device_init();
	device.stuck_reset = true;
	world_start(false);
	world_pass(3500000);
	assert_int_equal(world.driver.ready, 0);
	assert_int_equal(device.resets, 4);
	device.stuck_reset = false;
	world_pass(1100000);
	assert_int_equal(world.driver.ready, 1);
	assert_true(device_receive_next(60));
	world_work(true);
	assert_int_equal(world_consume(9), 1);
}

/* --- Receiving -------------------------------------------------------------------- */

static void frames_are_published_where_they_lie(void **state)
{
	(void)state;
	assert_true(device_receive_next(60) && device_receive_next(1518) &&
		    device_receive_next(61));
	world_work(true);
	assert_int_equal(world.driver.rx_produced, 3);
	assert_int_equal(world.driver.rx[0].offset, 4);
	assert_int_equal(world.driver.rx[1].offset, 4 + 68);
	assert_int_equal(world_consume(9), 3);
	assert_int_equal(world.driver.statistics.rx_frames, 3);
	assert_int_equal(world.driver.statistics.rx_bytes, 60 + 1518 + 61);
}

static void the_firewall_is_woken_only_if_it_asked(void **state)
{
	(void)state;
	world.firewall.rx_wake = 0;
	world.notified = 0;
	device_receive_next(60);
	world_work(true);
	assert_int_equal(world.notified, 1);
	device_receive_next(60);
	world_work(true);
	assert_int_equal(world.notified, 1);
	world.firewall.rx_wake = 2;
	device_receive_next(60);
	world_work(true);
	assert_int_equal(world.notified, 2);
}

static void every_interrupt_is_acknowledged_after_the_device_is_quiet(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 20; i++) {
		device_receive_next(60);
		assert_true(device_interrupts());
		world_work(true);
		assert_int_equal(world.irq_acks, i + 1);
		assert_false(device_interrupts());
		world_consume(9);
	}
	assert_int_equal(world.driver.statistics.interrupts, 20);
}

static void a_lost_interrupt_costs_no_more_than_the_watch_interval(void **state)
{
	(void)state;
	device_receive_next(60);
	world_pass(NIC_WATCH_US + 1000);
	assert_int_equal(world_consume(9), 1);
}

static void a_lost_interrupt_after_a_pause_costs_more_but_little(void **state)
{
	static const uint32_t pauses_us[] = { NIC_WATCH_US, NIC_PAUSE_US };
	static const uint32_t costs_us[] = { NIC_PAUSE_US, NIC_LINK_US };

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		world_pass(pauses_us[i] + 1000);
		device_receive_next(60);
		world_pass(costs_us[i]);
		assert_int_equal(world_consume(9), 1);
		device_receive_next(60);
		world_pass(NIC_WATCH_US + 1000);
		assert_int_equal(world_consume(9), 1);
	}
}

static void a_device_at_rest_is_left_alone_but_for_looks_that_all_take_at_once(void **state)
{
	(void)state;
	world_pass(2 * NIC_ACTIVE_US);
	unsigned before = world.calls;
	world_pass(25 * SERVICE_REST_US);
	assert_in_range(world.calls - before, 25, 250);
	device_receive_next(60);
	world_pass(SERVICE_REST_US + 1000);
	assert_int_equal(world_consume(9), 1);
}

static void frames_go_round_the_ring_for_ever(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 3000; i++) {
		assert_true(device_receive_next(60 + i * 37 % 1459));
		if (i % 11 == 0) {
			world_work(true);
			world_consume(64);
		}
	}
	world_work(true);
	world_consume(64);
	assert_int_equal(world.rx_next, 3000);
	assert_int_equal(world.rx_twice + device.resets - 1 + device.lost, 0);
}

static void room_is_given_back_only_for_what_is_consumed(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 6; i++)
		device_receive_next(1518);
	world_work(true);
	uint16_t before = device.capr;
	world_work(true);
	assert_int_equal(device.capr, before);
	world_consume(3);
	world_work(true);
	assert_int_equal((uint16_t)(device.capr - before), 3 * 1528);
	/* A little is not worth it, unless the device has run out of room. */
	world_consume(1);
	world_work(true);
	assert_int_equal((uint16_t)(device.capr - before), 3 * 1528);
	device.isr |= INT_RXOVW;
	world_work(true);
	world_pass(NIC_HELD_US + 10);
	assert_int_equal((uint16_t)(device.capr - before), 4 * 1528);
}

static void a_full_queue_loses_nothing_that_the_ring_can_hold(void **state)
{
	(void)state;
	unsigned fitted = 0;

	while (device_receive_next(60))
		fitted++;
	assert_true(fitted > NETQ_RX_SLOTS);
	world_work(true);
	assert_int_equal(world.driver.rx_produced, NETQ_RX_SLOTS);
	world_consume(NETQ_RX_SLOTS);
	world_pass(NIC_HELD_US + 10);
	world_consume(NETQ_RX_SLOTS);
	assert_int_equal(world.rx_next, fitted);
	assert_int_equal(world.driver.statistics.rx_queue_full, 0);
}

static void reception_goes_on_after_an_overflow(void **state)
{
	(void)state;
	while (device_receive_next(1518))
		;
	world_work(true);
	assert_int_equal(world.driver.statistics.rx_overflow, 1);
	assert_false(device_interrupts());
	world_consume(64);
	world_pass(NIC_HELD_US + 10);
	assert_true(device_receive_next(1518));
	world_work(true);
	world_consume(64);
	assert_int_equal(world.rx_next, device.next_received);
	assert_int_equal(device.resets, 1);
}

static void a_receiver_that_overflows_with_an_empty_ring_is_reset(void **state)
{
	(void)state;
	device.frozen_capr = true;
	for (unsigned i = 0; i < 20 && device.resets == 1; i++) {
		device_receive_next(60);
		world_work(true);
	}
	world_pass(NIC_HELD_US);
	assert_int_equal(device.resets, 2);
	assert_int_equal(world.driver.statistics.device_resets, 1);
	device.frozen_capr = false;
	device_receive_next(60);
	world_work(true);
	assert_int_equal(world_consume(9), 1);
}

static void a_frame_still_being_written_is_waited_for(void **state)
{
	(void)state;
	uint32_t header = 70u << 16 | RX_STATUS_OK;

	device_receive_header(66, 0, RX_UNFINISHED << 16);
	world_work(true);
	assert_int_equal(world.driver.rx_produced, 0);
	memcpy(world.rx, &header, sizeof header);
	world_work(true);
	assert_int_equal(world_consume(9), 1);
	assert_int_equal(device.resets, 1);
}

static void a_frame_that_is_never_finished_resets_the_receiver(void **state)
{
	(void)state;
	device_receive_header(66, 0, RX_UNFINISHED << 16);
	world_work(true);
	world_pass(15 * NIC_HELD_US);
	assert_int_equal(device.resets, 2);
}

static void damaged_and_long_frames_are_counted_and_skipped(void **state)
{
	(void)state;
	device_receive_header(100, 7, 104u << 16 | RX_STATUS_CRC);
	world_work(true);
	device_receive_header(3000, 7, 3004u << 16 | RX_STATUS_OK);
	device_receive_next(60);
	world_work(true);
	assert_int_equal(world_consume(9), 1);
	assert_int_equal(world.driver.statistics.rx_crc, 1);
	assert_int_equal(world.driver.statistics.rx_length, 1);
	assert_int_equal(device.resets, 1);
}

static const uint32_t lies[] = { 0, 4, 17, 1000, 1600, 2000, 20000, 32764, 65535 };

static void a_lying_length_resets_the_receiver_and_nothing_else(void **state)
{
	(void)state;
	for (unsigned i = 0; i < sizeof lies / sizeof lies[0]; i++) {
		rtl8139_device_start(NULL);
		world.rx_next = 0;
		device_receive_next(60);
		device_receive_header(60, 99, lies[i] << 16 | RX_STATUS_OK);
		device_receive_next(60);
		world_work(true);
		assert_int_equal(world_consume(9), 1);
		world_pass(15 * NIC_HELD_US);
		assert_int_equal(device.resets, 2);
		/* What lay behind the lie is gone with it. */
		world.rx_next = device.next_received;
		device_receive_next(60);
		world_work(true);
		assert_int_equal(world_consume(9), 1);
	}
}

static void a_write_position_outside_the_ring_resets_the_device(void **state)
{
	(void)state;
	static const uint16_t positions[] = { 0x8000, 0xfffc, 2 };

	for (unsigned i = 0; i < 3; i++) {
		rtl8139_device_start(NULL);
		device.cbr = positions[i];
		device.isr |= INT_ROK;
		world_work(true);
		world_pass(NIC_HELD_US);
		assert_int_equal(device.resets, 2);
		assert_int_equal(world.driver.rx_produced, 0);
	}
}

static void a_restart_waits_until_the_firewall_has_read_the_ring(void **state)
{
	(void)state;
	device_receive_next(60);
	device_receive_header(60, 99, 0);
	world_work(true);
	world_pass(NIC_HELD_US * 3);
	assert_int_equal(device.resets, 1);
	world_consume(1);
	world_pass(NIC_HELD_US * 2);
	assert_int_equal(device.resets, 2);
	/* But not for ever. */
	world.rx_next = 2;
	device.next_received = 2;
	device_receive_next(60);
	device_receive_header(60, 99, 0);
	world_work(true);
	world_pass(NIC_DRAIN_US + NIC_HELD_US);
	assert_int_equal(device.resets, 3);
}

static void an_index_that_makes_no_sense_is_complained_about_once(void **state)
{
	(void)state;
	device_receive_next(60);
	world_work(true);
	world.firewall.rx_consumed = 77;
	world_work(true);
	world_work(true);
	assert_int_equal(world.complained, 1);
	assert_int_equal(world.complaint, COMPLAINT_RING_INDEX);
	world.firewall.rx_consumed = 0;
	world_work(true);
	assert_int_equal(world_consume(9), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(it_says_who_it_is_and_that_it_is_ready,
				       rtl8139_device_start),
		cmocka_unit_test_setup(a_device_that_stays_in_reset_is_tried_again_until_it_works,
				       rtl8139_device_start),
		cmocka_unit_test_setup(frames_are_published_where_they_lie, rtl8139_device_start),
		cmocka_unit_test_setup(the_firewall_is_woken_only_if_it_asked,
				       rtl8139_device_start),
		cmocka_unit_test_setup(every_interrupt_is_acknowledged_after_the_device_is_quiet,
				       rtl8139_device_start),
		cmocka_unit_test_setup(a_lost_interrupt_costs_no_more_than_the_watch_interval,
				       rtl8139_device_start),
		cmocka_unit_test_setup(a_lost_interrupt_after_a_pause_costs_more_but_little,
				       rtl8139_device_start),
		cmocka_unit_test_setup(
			a_device_at_rest_is_left_alone_but_for_looks_that_all_take_at_once,
			rtl8139_device_start),
		cmocka_unit_test_setup(frames_go_round_the_ring_for_ever, rtl8139_device_start),
		cmocka_unit_test_setup(room_is_given_back_only_for_what_is_consumed,
				       rtl8139_device_start),
		cmocka_unit_test_setup(a_full_queue_loses_nothing_that_the_ring_can_hold,
				       rtl8139_device_start),
		cmocka_unit_test_setup(reception_goes_on_after_an_overflow, rtl8139_device_start),
		cmocka_unit_test_setup(a_receiver_that_overflows_with_an_empty_ring_is_reset,
				       rtl8139_device_start),
		cmocka_unit_test_setup(a_frame_still_being_written_is_waited_for,
				       rtl8139_device_start),
		cmocka_unit_test_setup(a_frame_that_is_never_finished_resets_the_receiver,
				       rtl8139_device_start),
		cmocka_unit_test_setup(damaged_and_long_frames_are_counted_and_skipped,
				       rtl8139_device_start),
		cmocka_unit_test_setup(a_lying_length_resets_the_receiver_and_nothing_else,
				       rtl8139_device_start),
		cmocka_unit_test_setup(a_write_position_outside_the_ring_resets_the_device,
				       rtl8139_device_start),
		cmocka_unit_test_setup(a_restart_waits_until_the_firewall_has_read_the_ring,
				       rtl8139_device_start),
		cmocka_unit_test_setup(an_index_that_makes_no_sense_is_complained_about_once,
				       rtl8139_device_start),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
