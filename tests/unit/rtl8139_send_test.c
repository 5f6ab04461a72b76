/* Sending with the RTL8139 driver, its receive modes, and what both cost. */
#include "drivers/net/rtl8139/registers.h"
#include "drivers/net/rtl8139/rtl8139.h"
#include "tests/unit/rtl8139_device.h"

#include <string.h>

/* --- Sending ------------------------------------------------------------------------ */

static void frames_leave_in_order_from_where_they_lie(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 300; i++) {
		world_send(60 + i * 5 % 1459, i);
		if (i % 7 == 0)
			world_work(false);
	}
	world_work(false);
	device_assert_sent(300);
	assert_int_equal(world.driver.tx_consumed, 300);
	assert_int_equal(world.driver.statistics.tx_frames, 300);
}

static void a_slow_device_interrupts_when_it_has_sent(void **state)
{
	(void)state;
	device.slow = true;
	for (unsigned i = 0; i < 10; i++)
		world_send(60, i);
	world_work(false);
	assert_int_equal(world.driver.tx_consumed, 0);
	for (unsigned i = 0; i < 10; i++) {
		assert_true(device_send_one());
		assert_true(device_interrupts());
		world_work(true);
		assert_int_equal(world.driver.tx_consumed, i + 1);
	}
	device_assert_sent(10);
	/* Nothing in flight: sending makes no interrupts of its own any more. */
	device.slow = false;
	world_send(60, 10);
	world_work(false);
	assert_false(device_interrupts());
}

static void it_asks_to_be_woken_only_when_all_is_handed_over(void **state)
{
	(void)state;
	device.slow = true;
	for (unsigned i = 0; i < 5; i++)
		assert_int_equal(world_send(60, i), i == 0);
	world_work(false);
	assert_false(world_send(60, 5)); /* two wait for a descriptor: an interrupt will come */
	while (device_send_one())
		;
	world_work(true);
	assert_true(world_send(60, 6));
}

static void a_frame_added_while_it_arms_is_sent(void **state)
{
	(void)state;
	world_work(false);
	world.driver.tx_wake = 77; /* not armed: the signal that follows is lost */
	assert_false(world_send(60, 0));
	world_work(false);
	device_assert_sent(1);
	assert_int_equal(world.driver.tx_wake, 1);
}

static void an_impossible_length_is_dropped_with_a_complaint(void **state)
{
	(void)state;
	device.slow = true;
	world_send(60, 0);
	world_send(60, 0);
	world_send(60, 1);
	world.firewall.tx[1].length_bytes = 1519;
	world_work(false);
	assert_int_equal(world.complained, 0); /* in its turn */
	device_send_one();
	world_work(true);
	assert_int_equal(world.complained, 1);
	assert_int_equal(world.complaint, COMPLAINT_RING_BUFFER);
	device_send_one();
	world_work(true);
	device_assert_sent(2);
	assert_int_equal(world.driver.statistics.tx_errors, 1);
	assert_int_equal(world.driver.tx_consumed, 3);
}

static void an_index_beyond_the_slots_is_not_followed(void **state)
{
	(void)state;
	world.firewall.tx_produced = NETQ_TX_SLOTS + 1;
	world_work(false);
	assert_int_equal(device.sent_count, 0);
	assert_int_equal(world.complained, 1);
}

static void a_transmitter_that_hangs_is_reset_and_everything_sent_again(void **state)
{
	(void)state;
	device.slow = true;
	for (unsigned i = 0; i < 6; i++)
		world_send(60, i);
	world_pass(NIC_TX_TIMEOUT_US - 1000);
	assert_int_equal(device.resets, 1);
	device.slow = false;
	world_pass(2000);
	assert_int_equal(device.resets, 2);
	assert_int_equal(world.driver.statistics.tx_timeouts, 1);
	device_assert_sent(6);
	assert_int_equal(world.driver.tx_consumed, 6);
}

static void a_frame_in_the_fifo_is_not_sent_yet(void **state)
{
	(void)state;
	device.slow = true;
	world_send(60, 0);
	world_work(false);
	device.tsd[0] |= TSD_OWN;
	device.isr |= INT_TOK;
	world_work(true);
	assert_int_equal(world.driver.tx_consumed, 0);
	device.tsd[0] |= TSD_UNDERRUN; /* and sent again by the chip itself */
	device.isr |= INT_TOK;
	world_work(true);
	assert_int_equal(world.driver.tx_consumed, 1);
}

static void without_a_link_stale_frames_are_given_up(void **state)
{
	(void)state;
	device.slow = true;
	for (unsigned i = 0; i < 6; i++)
		world_send(60, i);
	world_work(false);
	device.media = MSR_LINK_DOWN;
	world_pass(NIC_TX_TIMEOUT_US + 1000);
	assert_int_equal(world.driver.link, NETQ_LINK_DOWN);
	assert_int_equal(world.driver.tx_consumed, 6);
	assert_int_equal(world.driver.statistics.tx_errors, 6);
	assert_int_equal(world.driver.statistics.tx_timeouts, 0);
	device.slow = false;
	device.media = 0;
	device.isr |= INT_LINK;
	world_work(true);
	assert_int_equal(world.driver.link, NETQ_LINK_UP);
	world_send(60, 0);
	world_work(false);
	device_assert_sent(1);
}

static void a_frame_that_collided_too_often_is_counted_and_the_rest_is_sent(void **state)
{
	(void)state;
	device.slow = true;
	for (unsigned i = 0; i < 3; i++)
		world_send(60, i);
	world_work(false);
	device_abort_one();
	device.slow = false;
	world_work(true);
	world_pass(NIC_HELD_US);
	assert_int_equal(world.driver.statistics.tx_errors, 1);
	assert_int_equal(device.sent_count, 2);
	assert_int_equal(device.sent[0], 1);
}

static void indices_wrap_around(void **state)
{
	(void)state;
	rtl8139_device_init();
	world.driver.rx_produced = world.firewall.rx_consumed = UINT32_MAX - 50;
	world.driver.tx_consumed = world.firewall.tx_produced = UINT32_MAX - 50;
	world.firewall.rx_wake = 2;
	world_start(false);
	world.notified = 0;
	for (unsigned i = 0; i < 100; i++) {
		device_receive_next(60);
		assert_int_equal(world_send(60, i), i != 0); /* armed once it has worked */
		world_work(true);
		world_consume(9);
		assert_int_equal(world.notified, i >= 53); /* index 2 is the 54th */
	}
	device_assert_sent(100);
	assert_int_equal(world.rx_next, 100);
	assert_int_equal(world.complained, 0);
}

/* --- Mode ------------------------------------------------------------------------------ */

static void the_filter_changes_without_a_reset(void **state)
{
	(void)state;
	static const uint8_t group[6] = { 0x01, 0x00, 0x5e, 0x00, 0x00, 0x01 };

	memcpy(world.firewall.multicast[0], group, 6);
	world.firewall.multicast_count = 1;
	world.firewall.mode_sequence++;
	world_work(false);
	/* All hosts, 224.0.0.1: CRC-32 0xb6...: the well-known bit 31 of the upper word. */
	assert_int_equal(__builtin_popcount(device.mar[0]) + __builtin_popcount(device.mar[1]), 1);
	assert_int_equal(device.resets, 1);
	world.firewall.multicast_count = 1000; /* more than there are */
	world.firewall.mode_sequence++;
	world_work(false);
	assert_int_equal(device.resets, 1);
}

static void promiscuous_mode_loses_no_frame(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 100; i++)
		device_receive_next(60);
	world.firewall.promiscuous = 1;
	world.firewall.mode_sequence++;
	world_work(true);
	assert_int_equal(device.resets, 1);
	world_consume(200);
	world_pass(NIC_HELD_US * 3);
	world_consume(200);
	world_pass(NIC_HELD_US * 3);
	assert_int_equal(device.resets, 2);
	assert_int_equal(device.rcr & RCR_AAP, RCR_AAP);
	device_receive_next(60);
	world_work(true);
	world_consume(9);
	assert_int_equal(world.rx_next, 101);
}

/* RS asks drivers every 12.5 ms, and a machine on a busy host is slow. */
static void sending_much_it_breathes_between_frames(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 64; i++)
		world_send(1514, i);
	world.breaths = 0;
	world_work(false);
	device_assert_sent(64);
	assert_in_range(world.breaths, 16, 20); /* four frames a round */
}

/* --- What it costs -------------------------------------------------------------------------- */

static void a_frame_takes_few_kernel_calls(void **state)
{
	(void)state;
	device_receive_next(60);
	world.firewall.rx_wake = UINT32_MAX;
	unsigned before = world.calls;
	world_work(true);
	assert_in_range(world.calls - before, 1, 2); /* the device, the acknowledgement */
	world_send(60, 0);
	before = world.calls;
	world_work(false);
	assert_in_range(world.calls - before, 1, 1);
	for (unsigned i = 1; i < 33; i++)
		world_send(60, i);
	before = world.calls;
	world_work(false);
	assert_in_range(world.calls - before, 1, 9); /* four frames a call */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(frames_leave_in_order_from_where_they_lie,
				       rtl8139_device_start),
		cmocka_unit_test_setup(a_slow_device_interrupts_when_it_has_sent,
				       rtl8139_device_start),
		cmocka_unit_test_setup(it_asks_to_be_woken_only_when_all_is_handed_over,
				       rtl8139_device_start),
		cmocka_unit_test_setup(a_frame_added_while_it_arms_is_sent, rtl8139_device_start),
		cmocka_unit_test_setup(an_impossible_length_is_dropped_with_a_complaint,
				       rtl8139_device_start),
		cmocka_unit_test_setup(an_index_beyond_the_slots_is_not_followed,
				       rtl8139_device_start),
		cmocka_unit_test_setup(a_transmitter_that_hangs_is_reset_and_everything_sent_again,
				       rtl8139_device_start),
		cmocka_unit_test_setup(a_frame_in_the_fifo_is_not_sent_yet, rtl8139_device_start),
		cmocka_unit_test_setup(without_a_link_stale_frames_are_given_up,
				       rtl8139_device_start),
		cmocka_unit_test_setup(
			a_frame_that_collided_too_often_is_counted_and_the_rest_is_sent,
			rtl8139_device_start),
		cmocka_unit_test_setup(indices_wrap_around, rtl8139_device_start),
		cmocka_unit_test_setup(the_filter_changes_without_a_reset, rtl8139_device_start),
		cmocka_unit_test_setup(promiscuous_mode_loses_no_frame, rtl8139_device_start),
		cmocka_unit_test_setup(sending_much_it_breathes_between_frames,
				       rtl8139_device_start),
		cmocka_unit_test_setup(a_frame_takes_few_kernel_calls, rtl8139_device_start),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
