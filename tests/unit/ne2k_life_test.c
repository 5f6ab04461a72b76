/* Sending with the NE2000 driver, its modes, and its next life. */
#include "drivers/net/ne2k/ne2k.h"
#include "drivers/net/ne2k/registers.h"
#include "tests/unit/ne2k_device.h"

#include <string.h>

/* --- Sending -------------------------------------------------------------------------- */

static void frames_leave_in_order(void **state)
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
}

static void a_slow_card_is_given_two_frames_and_interrupts_for_more(void **state)
{
	(void)state;
	device.slow = true;
	for (unsigned i = 0; i < 10; i++)
		world_send(60 + i, i);
	world_work(false);
	for (unsigned i = 0; i < 10; i++) {
		assert_true(device_send_one(true));
		assert_true(device_interrupts());
		world_work(true);
		assert_int_equal(world.driver.tx_consumed, i + 1);
	}
	device_assert_sent(10);
	assert_false(device_interrupts());
}

static void a_frame_that_could_not_be_sent_is_counted_and_the_rest_goes_on(void **state)
{
	(void)state;
	device.slow = true;
	world_send(60, 9);
	world_send(60, 0);
	world_work(false);
	assert_true(device_send_one(false));
	world_work(true);
	assert_true(device_send_one(true));
	world_work(true);
	device_assert_sent(1);
	assert_int_equal(world.driver.statistics.tx_errors, 1);
	assert_int_equal(world.driver.tx_consumed, 2);
}

static void a_transmitter_that_hangs_is_reset_and_everything_sent_again(void **state)
{
	(void)state;
	device.tx_hangs = true;
	for (unsigned i = 0; i < 5; i++)
		world_send(60, i);
	world_pass(NIC_TX_TIMEOUT_US - 1000);
	assert_int_equal(device.resets, 1);
	world_pass(2000);
	assert_int_equal(device.resets, 2);
	assert_int_equal(world.driver.statistics.tx_timeouts, 1);
	device_assert_sent(5);
}

static void an_impossible_length_is_dropped_with_a_complaint(void **state)
{
	(void)state;
	world_send(60, 0);
	world_send(60, 9);
	world_send(60, 1);
	world.firewall.tx[1].length_bytes = 59;
	world_work(false);
	device_assert_sent(2);
	assert_int_equal(world.complained, 1);
	assert_int_equal(world.driver.tx_consumed, 3);
}

/* --- Mode, and a card that goes away ---------------------------------------------------- */

static void modes_change_without_a_reset(void **state)
{
	(void)state;
	world.firewall.promiscuous = 1;
	world.firewall.mode_sequence++;
	world_work(false);
	assert_int_equal(device.rcr, RCR_AB | RCR_AM | RCR_PRO);
	assert_int_equal(device.mar[7], 0xff);
	world.firewall.promiscuous = 0;
	memcpy(world.firewall.multicast[0], "\x01\x00\x5e\x00\x00\x01", 6);
	world.firewall.multicast_count = 1;
	world.firewall.mode_sequence++;
	world_work(false);
	assert_int_equal(device.rcr, RCR_AB | RCR_AM);
	unsigned bits = 0;
	for (unsigned i = 0; i < 8; i++)
		bits += (unsigned)__builtin_popcount(device.mar[i]);
	assert_int_equal(bits, 1);
	assert_int_equal(device.resets, 1);
}

static void a_card_that_reads_as_ones_is_gone_until_it_is_back(void **state)
{
	(void)state;
	world.absent = true;
	world_work(true);
	assert_true(world.nic.gone);
	assert_int_equal(world.irq_acks, 1);
	for (unsigned i = 0; i < 100; i++)
		world_send(60, 9);
	world_pass(2500000);
	assert_int_equal(world.driver.tx_consumed, 100);
	world.absent = false;
	world_pass(1100000);
	world_send(60, 0);
	device_receive_next(60);
	world_work(true);
	device_assert_sent(1);
	assert_int_equal(world_consume(9), 1);
}

/* --- The next life ------------------------------------------------------------------------ */

static void restart(void)
{
	memset(&ne2k, 0xee, sizeof ne2k);
	memset(&world.nic, 0xee, sizeof world.nic);
	world_start(true);
}

static void the_next_life_takes_the_card_over_as_it_runs(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 10; i++)
		device_receive_next(700);
	world_work(true);
	world_consume(5);
	device_receive_next(60); /* while nobody was there */
	restart();
	world_work(false);
	world_consume(64);
	assert_int_equal(device.resets, 1);
	assert_int_equal(world.rx_next, 11);
	assert_int_equal(world.rx_twice, 0);
}

static void card_stops(void)
{
	device.command = CR_STOP;
}

static void ring_moves(void)
{
	device.pstart++;
}

static void station_changes(void)
{
	device.par[3]++;
}

static void boundary_leaves(void)
{
	device.boundary = 0x10;
}

static void write_page_leaves(void)
{
	device.current = 0xff;
}

static void notes_are_damaged(void)
{
	world.driver.driver_private[1] ^= 1;
}

static void (*const damages[])(void) = { card_stops,      ring_moves,        station_changes,
					 boundary_leaves, write_page_leaves, notes_are_damaged };

static void what_does_not_check_out_is_set_up_afresh(void **state)
{
	(void)state;
	for (unsigned i = 0; i < sizeof damages / sizeof damages[0]; i++) {
		ne2k_device_start(NULL);
		device_receive_next(60);
		world_work(true);
		world_consume(9);
		damages[i]();
		restart();
		assert_int_equal(device.resets, 2);
		device_receive_next(60);
		world_send(60, 0);
		world_work(true);
		assert_int_equal(world_consume(9), 1);
		device_assert_sent(1);
	}
}

static void (*const losses[])(void) = { ring_moves, station_changes, boundary_leaves,
					write_page_leaves, card_stops };

static void a_card_that_loses_its_registers_is_reset(void **state)
{
	(void)state;
	for (unsigned i = 0; i < sizeof losses / sizeof losses[0]; i++) {
		ne2k_device_start(NULL);
		device_receive_next(60);
		world_work(true);
		world_consume(9);
		world_pass(2 * NIC_LINK_US);
		assert_int_equal(device.resets, 1);
		losses[i]();
		world_pass(SERVICE_REST_US + 2 * NIC_DRAIN_US);
		assert_int_equal(device.resets, 2);
		device_receive_next(60);
		world_work(true);
		assert_int_equal(world_consume(9), 1);
	}
}

static void what_cannot_be_read_is_written_again(void **state)
{
	(void)state;
	uint8_t rcr = device.rcr, imr = device.imr;

	device.rcr = RCR_MON;
	device.tcr = TCR_LOOP;
	device.imr = 0;
	world_pass(2 * NIC_LINK_US);
	assert_int_equal(device.rcr, rcr);
	assert_int_equal(device.tcr, 0);
	assert_int_equal(device.imr, imr);
	assert_int_equal(device.resets, 1);
}

/* Every frame left, in order; the one on its way when we died perhaps twice. */
static void assert_sent_at_least_once(unsigned count)
{
	unsigned next = 0;

	for (unsigned i = 0; i < device.sent_count; i++) {
		assert_in_range(device.sent[i], next == 0 ? 0 : next - 1, next);
		next = device.sent[i] + 1;
	}
	assert_int_equal(next, count);
	assert_in_range(device.sent_count, count, count + 1);
}

/* The life ends at the nth kernel call, for every n that occurs, amid traffic in both directions.
 */
static void a_death_at_any_kernel_call_loses_no_frame(void **state)
{
	(void)state;
	bool alive = false;
	unsigned calls;

	for (calls = 0; !alive; calls++) {
		ne2k_device_start(NULL);
		for (unsigned i = 0; i < 12; i++) {
			device_receive_next(60 + i * 120);
			world_send(60 + i * 40, i);
		}
		world.firewall.rx_wake = 5;
		alive = world_work_or_die(true, calls);
		if (alive)
			break;
		device_receive_next(100);
		restart();
		world_work(false);
		world_consume(64);
		world_pass(NIC_HELD_US * 2);
		world_consume(64);
		assert_int_equal(world.rx_next, 13);
		assert_in_range(world.rx_twice, 0, 1);
		assert_sent_at_least_once(12);
		assert_int_equal(world.driver.tx_consumed, 12);
		assert_int_equal(device.resets, 1);
	}
	assert_true(calls > 30);
}

static void a_death_during_set_up_ends_in_a_set_up(void **state)
{
	(void)state;
	for (unsigned calls = 0;; calls++) {
		ne2k_device_init();
		if (world_start_or_die(calls))
			break;
		restart();
		device_receive_next(60);
		world_send(60, 0);
		world_work(true);
		assert_int_equal(world_consume(9), 1);
		device_assert_sent(1);
	}
}

#define TEST(name) cmocka_unit_test_setup(name, ne2k_device_start)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(frames_leave_in_order),
		TEST(a_slow_card_is_given_two_frames_and_interrupts_for_more),
		TEST(a_frame_that_could_not_be_sent_is_counted_and_the_rest_goes_on),
		TEST(a_transmitter_that_hangs_is_reset_and_everything_sent_again),
		TEST(an_impossible_length_is_dropped_with_a_complaint),
		TEST(modes_change_without_a_reset),
		TEST(a_card_that_reads_as_ones_is_gone_until_it_is_back),
		TEST(the_next_life_takes_the_card_over_as_it_runs),
		TEST(what_does_not_check_out_is_set_up_afresh),
		TEST(a_card_that_loses_its_registers_is_reset),
		TEST(what_cannot_be_read_is_written_again),
		TEST(a_death_at_any_kernel_call_loses_no_frame),
		TEST(a_death_during_set_up_ends_in_a_set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
