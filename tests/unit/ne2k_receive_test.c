/* Receiving with the NE2000 driver: set-up, ring, overflows, and cards that lie. */
#include "drivers/net/ne2k/ne2k.h"
#include "drivers/net/ne2k/registers.h"
#include "tests/unit/ne2k_device.h"

#include <string.h>

/* --- Set-up ------------------------------------------------------------------------ */

static void it_says_who_it_is_and_that_it_is_ready(void **state)
{
	(void)state;
	assert_int_equal(world.driver.ready, 1);
	assert_int_equal(world.driver.link, NETQ_LINK_UNKNOWN);
	assert_memory_equal(world.driver.mac, "\x52\x54\x00\x12\x34\x56", 6);
	assert_memory_equal(device.par, "\x52\x54\x00\x12\x34\x56", 6);
	assert_string_equal(world.driver.model, "NE2000 PCI");
	assert_int_equal(device.rcr, RCR_AB | RCR_AM);
}

static void it_finds_out_how_much_memory_the_card_has(void **state)
{
	(void)state;
	assert_int_equal(device.pstop, MEMORY_END_32K);
	ne2k_device_init();
	device.small = true;
	world_start(false);
	assert_int_equal(device.pstop, MEMORY_END_16K);
}

static void it_uses_the_wide_data_port_only_if_it_works(void **state)
{
	(void)state;
	assert_int_equal(ne2k.data_width, 4);
	ne2k_device_init();
	device.words_only = true;
	world_start(false);
	assert_int_equal(ne2k.data_width, 2);
	assert_true(device_receive_next(61));
	world_send(63, 0);
	world_work(true);
	assert_int_equal(world_consume(9), 1);
	device_assert_sent(1);
}

static void a_card_whose_memory_does_not_answer_is_gone(void **state)
{
	(void)state;
	ne2k_device_init();
	device.dma_hangs = true;
	world_start(false);
	world_work(false);
	assert_int_equal(world.driver.ready, 0);
	assert_true(world.nic.gone);
	device.dma_hangs = false;
	world_pass(2100000);
	assert_int_equal(world.driver.ready, 1);
}

/* --- Receiving --------------------------------------------------------------------- */

static void frames_go_round_the_ring_for_ever(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 3000; i++) {
		assert_true(device_receive_next(60 + i * 37 % 1459));
		if (i % 5 == 0) {
			world_work(true);
			world_consume(64);
		}
	}
	world_work(true);
	world_consume(64);
	assert_int_equal(world.rx_next, 3000);
	assert_int_equal(world.rx_twice + device.resets - 1 + device.lost, 0);
}

static void every_interrupt_is_acknowledged_after_the_card_is_quiet(void **state)
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
}

static void a_firewall_that_is_behind_holds_frames_in_the_card(void **state)
{
	(void)state;
	unsigned fitted = 0, published;

	/* 68 KiB of buffers take fewer than this; the card keeps the others. */
	while (fitted < 60) {
		fitted += device_receive_next(1518);
		world_work(true);
	}
	published = world.driver.rx_produced;
	assert_in_range(published, 40, 59);
	for (unsigned i = 0; i < 5; i++) {
		world_consume(64);
		world_pass(NIC_HELD_US + 10);
	}
	assert_int_equal(world.rx_next, fitted);
	assert_int_equal(world.driver.statistics.rx_overflow, 0);
}

static void an_overflow_is_recovered_as_the_datasheet_says(void **state)
{
	(void)state;
	while (device_receive_next(1518))
		;
	world_work(true);
	assert_int_equal(device.command & CR_STP, CR_STP);
	world_pass(OVERFLOW_STOP_US + 4 * NIC_HELD_US);
	assert_int_equal(device.overflow_stops, 1);
	assert_int_equal(device.tcr, 0);
	world_consume(64);
	assert_int_equal(world.rx_next, device.next_received);
	assert_true(device_receive_next(1518));
	world_work(true);
	assert_int_equal(world_consume(9), 1);
	assert_int_equal(world.driver.statistics.rx_overflow, 1);
	assert_int_equal(device.resets, 1);
}

static void a_transmission_that_an_overflow_cut_off_is_made_again(void **state)
{
	(void)state;
	device.slow = true;
	world_send(60, 0);
	world_send(60, 1);
	world_work(false);
	while (device_receive_next(1518))
		;
	world_work(true);
	world_pass(OVERFLOW_STOP_US + 4 * NIC_HELD_US);
	assert_true(device_send_one(true));
	world_work(true);
	assert_true(device_send_one(true));
	world_work(true);
	device_assert_sent(2);
	assert_int_equal(world.driver.statistics.tx_timeouts, 0);
}

static void clones_that_leave_a_page_free_are_understood(void **state)
{
	(void)state;
	device.extra_page = true;
	for (unsigned i = 0; i < 300; i++) {
		assert_true(device_receive_next(60 + i * 5 % 1459));
		world_work(true);
		world_consume(9);
	}
	assert_int_equal(world.rx_next, 300);
	assert_int_equal(device.resets, 1);
}

static void lie_next_outside(void)
{
	device_last_header()[HEADER_NEXT] = 0x20;
}

static void lie_next_behind(void)
{
	device_last_header()[HEADER_NEXT] = RING_START;
}

static void lie_next_itself(void)
{
	device_last_header()[HEADER_NEXT] = (uint8_t)(device.current - 1);
}

static void lie_count_long(void)
{
	device_last_header()[HEADER_COUNT + 1] = 0xff;
}

static void lie_count_short(void)
{
	device_last_header()[HEADER_COUNT] = 4;
}

static void (*const lies[])(void) = { lie_next_outside, lie_next_behind, lie_next_itself,
				      lie_count_long, lie_count_short };

static void a_lying_header_resets_the_card_and_nothing_else(void **state)
{
	(void)state;
	for (unsigned i = 0; i < sizeof lies / sizeof lies[0]; i++) {
		ne2k_device_start(NULL);
		world.rx_next = 0;
		device_receive_next(60);
		device_receive(60, 99);
		lies[i]();
		world_work(true);
		assert_int_equal(world_consume(9), 1);
		world_pass(NIC_HELD_US + 10);
		assert_int_equal(device.resets, 2);
		device_receive_next(60);
		world_work(true);
		assert_int_equal(world_consume(9), 1);
	}
}

static void damaged_and_long_frames_are_counted_and_skipped(void **state)
{
	(void)state;
	device_receive(100, 9);
	device_last_header()[HEADER_STATUS] = 0x02;
	device_receive(1700, 9);
	device_receive_next(60);
	device.counters[1] = 3;
	device.counters[2] = 4;
	device.isr |= ISR_RXE;
	world_work(true);
	assert_int_equal(world_consume(9), 1);
	assert_int_equal(world.driver.statistics.rx_crc, 4);
	assert_int_equal(world.driver.statistics.rx_length, 1);
	assert_int_equal(world.driver.statistics.rx_overflow, 4);
	assert_int_equal(device.resets, 1);
}

/* Short frames, then full ones until no more fit; the driver comes too late for all of them. */
static void a_card_that_takes_a_full_ring_for_an_empty_one_is_not_led_there(void **state)
{
	(void)state;
	device.full_is_empty = true;
	for (unsigned burst = 0; burst < 200; burst++) {
		for (unsigned i = 0; i < burst % 5; i++)
			assert_true(device_receive_next(60));
		while (device_receive_next(1514))
			;
		for (unsigned i = 0; i < 4; i++) {
			world_work(true);
			world_consume(64);
			world_pass(NIC_HELD_US + 10);
		}
		assert_int_equal(world.rx_next, device.next_received);
	}
	assert_int_equal(device.resets, 1);
}

/* RS asks drivers every 12.5 ms, and a machine on a busy host is slow. */
static void it_breathes_between_frames_received_and_sent(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 16; i++)
		assert_true(device_receive_next(1514));
	world.breaths = 0;
	world_work(true);
	assert_in_range(world.breaths, 16, 24);
	assert_int_equal(world_consume(64), 16);
	for (unsigned i = 0; i < 32; i++)
		world_send(1514, i);
	world.breaths = 0;
	world_work(false);
	device_assert_sent(32);
	assert_in_range(world.breaths, 16, 40);
}

#define TEST(name) cmocka_unit_test_setup(name, ne2k_device_start)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(it_says_who_it_is_and_that_it_is_ready),
		TEST(it_finds_out_how_much_memory_the_card_has),
		TEST(it_uses_the_wide_data_port_only_if_it_works),
		TEST(a_card_whose_memory_does_not_answer_is_gone),
		TEST(frames_go_round_the_ring_for_ever),
		TEST(every_interrupt_is_acknowledged_after_the_card_is_quiet),
		TEST(a_firewall_that_is_behind_holds_frames_in_the_card),
		TEST(an_overflow_is_recovered_as_the_datasheet_says),
		TEST(a_transmission_that_an_overflow_cut_off_is_made_again),
		TEST(clones_that_leave_a_page_free_are_understood),
		TEST(a_lying_header_resets_the_card_and_nothing_else),
		TEST(damaged_and_long_frames_are_counted_and_skipped),
		TEST(a_card_that_takes_a_full_ring_for_an_empty_one_is_not_led_there),
		TEST(it_breathes_between_frames_received_and_sent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
