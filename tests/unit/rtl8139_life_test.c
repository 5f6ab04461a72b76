/* The RTL8139 driver when its device goes away, and when it dies itself. */
#include "drivers/net/rtl8139/registers.h"
#include "drivers/net/rtl8139/rtl8139.h"
#include "tests/unit/rtl8139_device.h"

#include <string.h>

/* --- A device that goes away -------------------------------------------------------------- */

static void a_device_that_reads_as_ones_is_gone_until_it_is_back(void **state)
{
	(void)state;
	world_send(60, 0);
	world_work(false);
	world.absent = true;
	world_work(true);
	assert_int_equal(world.driver.link, NETQ_LINK_DOWN);
	assert_int_equal(world.irq_acks, 1);
	for (unsigned i = 0; i < 100; i++)
		world_send(60, 7);
	world_pass(2500000);
	assert_int_equal(world.driver.tx_consumed, 101); /* nothing piles up */
	world.absent = false;
	world_pass(1100000);
	assert_int_equal(world.driver.link, NETQ_LINK_UP);
	world_send(60, 1);
	device_receive_next(60);
	world_work(true);
	device_assert_sent(2);
	assert_int_equal(world_consume(9), 1);
}

/* --- The next life --------------------------------------------------------------------------- */

static void restart(void)
{
	memset(&rtl8139, 0xee, sizeof rtl8139);
	memset(&world.nic, 0xee, sizeof world.nic);
	world_start(true);
}

static void the_next_life_takes_the_device_over_as_it_runs(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 40; i++)
		device_receive_next(700);
	world_work(true);
	world_consume(20);
	device_receive_next(60); /* while nobody was there */
	restart();
	world_work(false);
	world_consume(64);
	assert_int_equal(device.resets, 1);
	assert_int_equal(world.rx_next, 41);
	assert_int_equal(world.rx_twice, 0);
}

static void what_was_sent_meanwhile_is_not_sent_again(void **state)
{
	(void)state;
	device.slow = true;
	for (unsigned i = 0; i < 9; i++)
		world_send(60, i);
	world_work(false);
	device_send_one(); /* one of four is through */
	restart();
	world_work(false);
	while (device_send_one())
		world_work(true);
	device_assert_sent(9);
	assert_int_equal(world.driver.tx_consumed, 9);
	assert_int_equal(device.resets, 1);
}

static void a_full_ring_moves_on_in_the_next_life(void **state)
{
	(void)state;
	while (device_receive_next(1518))
		;
	world_work(true);
	restart();
	world_work(false);
	world_consume(64);
	world_pass(NIC_HELD_US * 2);
	assert_true(device_receive_next(1518));
	world_work(true);
	world_consume(64);
	assert_int_equal(world.rx_next, device.next_received);
	assert_int_equal(device.resets, 1);
}

static void rbstart_moves(void)
{
	device.rbstart += 4096;
}

static void receiver_stops(void)
{
	device.command &= (uint8_t)~CR_RE;
}

static void mode_changes(void)
{
	device.rcr |= RCR_AAP;
}

static void notes_are_damaged(void)
{
	world.driver.driver_private[1] ^= 1;
}

/* What only the checksum can tell. */
static void epoch_is_damaged(void)
{
	world.driver.driver_private[0] ^= 1ull << 32; /* the checksum itself */
}

static void write_position_leaves(void)
{
	device.cbr = 0x9000;
}

static void indices_are_wild(void)
{
	world.driver.rx_produced += 1000;
	world.firewall.rx_consumed += 1000;
}

static void (*const damages[])(void) = {
	rbstart_moves,    receiver_stops,        mode_changes,     notes_are_damaged,
	epoch_is_damaged, write_position_leaves, indices_are_wild,
};

static void what_does_not_check_out_is_set_up_afresh(void **state)
{
	(void)state;
	for (unsigned i = 0; i < sizeof damages / sizeof damages[0]; i++) {
		rtl8139_device_start(NULL);
		device_receive_next(60);
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

/* --- A device that changes behind our back ---------------------------------------- */

static void station_changes(void)
{
	device.station_bits ^= 0x10;
}

static void read_position_moves(void)
{
	device.capr = (uint16_t)(device.capr + 64);
}

static void (*const losses[])(void) = { rbstart_moves, receiver_stops, mode_changes,
					station_changes, read_position_moves };

static void a_receiver_that_loses_its_registers_is_reset(void **state)
{
	(void)state;
	for (unsigned i = 0; i < sizeof losses / sizeof losses[0]; i++) {
		rtl8139_device_start(NULL);
		device_receive_next(60);
		world_work(true);
		world_consume(9);
		world_pass(2 * NIC_LINK_US);
		assert_int_equal(device.resets, 1);
		losses[i]();
		world_pass(2 * NIC_LINK_US + NIC_DRAIN_US);
		assert_int_equal(device.resets, 2);
		assert_int_equal(world.driver.statistics.device_resets, 1);
		device_receive_next(60);
		world_work(true);
		assert_int_equal(world_consume(9), 1);
	}
}

static void a_lost_interrupt_mask_or_filter_is_written_again(void **state)
{
	(void)state;
	uint16_t imr = device.imr;

	device.imr = 0;
	device.mar[0] = 0x12345;
	world_pass(2 * NIC_LINK_US);
	assert_int_equal(device.imr, imr);
	assert_int_equal(device.mar[0], 0);
	assert_int_equal(device.resets, 1);
}

/* Some of its bits do not keep what is written: no reason to reset it each second. */
static void a_chip_that_reads_otherwise_from_the_start_is_left_alone(void **state)
{
	(void)state;
	rtl8139_device_init();
	device.rcr_odd = 0x10000000;
	world_start(false);
	world_pass(10 * NIC_LINK_US);
	assert_int_equal(device.resets, 1);
}

static void wild_indices_of_our_own_are_mended(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 5; i++) {
		device_receive_next(60);
		world_send(60, i);
	}
	world_work(true);
	world_consume(9);
	world.driver.rx_produced ^= 0x5a5a5a5a;
	world.driver.tx_consumed ^= 0x5a5a5a5a;
	restart();
	device_receive_next(60);
	world_send(60, 5);
	world_work(true);
	assert_int_equal(world_consume(9), 1);
	device_assert_sent(6);
	assert_int_equal(world.complained, 0);
}

static void a_wild_descriptor_gives_the_device_no_room_in_use(void **state)
{
	(void)state;
	device_receive_next(60);
	device_receive_next(60);
	world_work(true);
	world_consume(1);
	world.driver.rx[1].offset = 0x7000;
	restart();
	assert_int_equal(device.resets, 2);
}

/*
 * The life ends at the nth kernel call, for every n that occurs, amid traffic in
 * both directions; the next one carries on. No frame may be missing, and only
 * those on their way at that moment may come twice.
 */
static void a_death_at_any_kernel_call_loses_no_frame(void **state)
{
	(void)state;
	bool alive = false;
	unsigned calls;

	for (calls = 0; !alive; calls++) {
		rtl8139_device_start(NULL);
		for (unsigned i = 0; i < 30; i++) {
			device_receive_next(60 + i * 50);
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
		assert_int_equal(world.rx_next, 31);
		assert_int_equal(world.rx_twice, 0);
		device_assert_sent(30);
		assert_int_equal(world.driver.tx_consumed, 30);
		assert_int_equal(device.resets, 1);
	}
	assert_true(calls > 10);
}

static void a_death_during_set_up_ends_in_a_set_up(void **state)
{
	(void)state;
	for (unsigned calls = 0;; calls++) {
		rtl8139_device_init();
		device.next_received = 0;
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_device_that_reads_as_ones_is_gone_until_it_is_back,
				       rtl8139_device_start),
		cmocka_unit_test_setup(the_next_life_takes_the_device_over_as_it_runs,
				       rtl8139_device_start),
		cmocka_unit_test_setup(what_was_sent_meanwhile_is_not_sent_again,
				       rtl8139_device_start),
		cmocka_unit_test_setup(a_full_ring_moves_on_in_the_next_life, rtl8139_device_start),
		cmocka_unit_test_setup(what_does_not_check_out_is_set_up_afresh,
				       rtl8139_device_start),
		cmocka_unit_test_setup(a_receiver_that_loses_its_registers_is_reset,
				       rtl8139_device_start),
		cmocka_unit_test_setup(a_lost_interrupt_mask_or_filter_is_written_again,
				       rtl8139_device_start),
		cmocka_unit_test_setup(a_chip_that_reads_otherwise_from_the_start_is_left_alone,
				       rtl8139_device_start),
		cmocka_unit_test_setup(wild_indices_of_our_own_are_mended, rtl8139_device_start),
		cmocka_unit_test_setup(a_wild_descriptor_gives_the_device_no_room_in_use,
				       rtl8139_device_start),
		cmocka_unit_test_setup(a_death_at_any_kernel_call_loses_no_frame,
				       rtl8139_device_start),
		cmocka_unit_test_setup(a_death_during_set_up_ends_in_a_set_up,
				       rtl8139_device_start),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
