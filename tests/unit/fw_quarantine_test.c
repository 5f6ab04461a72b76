/* What the firewall learns from its deaths: quarantine.c, and fw_port.c around it. */
#include "netstack/firewall/quarantine.h"
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

/* A frame with a payload of `bytes` arrives on `port`. */
static void receive(struct rings *r, unsigned port, unsigned bytes)
{
	struct frame f;

	if (port == FW_PORT_HOST)
		frame_udp(&f, WAN_ADDRESS, 5000, SERVER, 53, bytes);
	else
		frame_udp(&f, CLIENT, 5000, SERVER, 53, bytes);
	ring_receive(r, port, &f);
}

/* The firewall dies while it deals with the next frame of `port`, and begins its next life. */
static bool dies_at(struct rings *r, unsigned port)
{
	r->quarantine.at_port = port + 1;
	fw_ports_init(&r->ports, &r->w->fw, &r->quarantine);
	for (unsigned i = 0; i < FW_PORTS; i++)
		if (i == LAN_PORT || i == WAN_PORT || i == LAN_PORT2 || i == FW_PORT_HOST)
			rings_attach(r, i, true);
	return fw_ports_blame(&r->ports, 1000);
}

static void work_until_idle(struct rings *r)
{
	for (int i = 0; i < 100 && fw_ports_work(&r->ports); i++)
		;
}

static void a_packet_that_kills_twice_is_dropped_the_third_time(void **state)
{
	struct rings *r = *state;
	struct frame out;

	receive(r, LAN_PORT, 101);
	receive(r, LAN_PORT, 102);
	assert_false(dies_at(r, LAN_PORT));
	assert_true(quarantine_is_empty(&r->quarantine));
	assert_true(dies_at(r, LAN_PORT));
	assert_false(quarantine_is_empty(&r->quarantine));
	work_until_idle(r);
	assert_int_equal(r->w->fw.dropped[DROP_QUARANTINED], 1);
	assert_int_equal(r->quarantine.packets[1].dropped, 1);
	assert_int_equal(r->quarantine.packets[1].port, LAN_PORT);
	assert_int_equal(r->quarantine.packets[1].length_bytes, 42 + 101);
	assert_int_equal(r->ring[LAN_PORT].own.rx_consumed, 2);
	assert_true(ring_transmit(r, WAN_PORT, &out));
	assert_int_equal(out.bytes, 42 + 102);
	assert_false(ring_transmit(r, WAN_PORT, &out));
}

static void it_is_dropped_whenever_it_comes_again(void **state)
{
	struct rings *r = *state;

	receive(r, LAN_PORT, 101);
	(void)dies_at(r, LAN_PORT);
	(void)dies_at(r, LAN_PORT);
	for (unsigned i = 0; i < 5; i++)
		receive(r, LAN_PORT, 101);
	work_until_idle(r);
	assert_int_equal(r->w->fw.dropped[DROP_QUARANTINED], 6);
	assert_int_equal(r->ring[WAN_PORT].own.tx_produced, 0);
}

static void inets_packets_are_no_exception(void **state)
{
	struct rings *r = *state;

	receive(r, FW_PORT_HOST, 101);
	(void)dies_at(r, FW_PORT_HOST);
	assert_true(dies_at(r, FW_PORT_HOST));
	work_until_idle(r);
	assert_int_equal(r->w->fw.dropped[DROP_QUARANTINED], 1);
}

static void two_packets_that_killed_once_each_are_innocent(void **state)
{
	struct rings *r = *state;

	receive(r, LAN_PORT, 101);
	assert_false(dies_at(r, LAN_PORT));
	work_until_idle(r);
	receive(r, LAN_PORT, 102);
	assert_false(dies_at(r, LAN_PORT));
	work_until_idle(r);
	assert_int_equal(r->w->fw.dropped[DROP_QUARANTINED], 0);
	assert_int_equal(r->ring[WAN_PORT].own.tx_produced, 2);
}

static void nobody_is_blamed_for_a_death_between_packets(void **state)
{
	struct rings *r = *state;

	receive(r, LAN_PORT, 101);
	work_until_idle(r);
	assert_int_equal(r->quarantine.at_port, 0);
	receive(r, LAN_PORT, 101);
	(void)dies_at(r, LAN_PORT);
	r->quarantine.at_port = 0;
	assert_false(fw_ports_blame(&r->ports, 1));
	assert_int_equal(r->quarantine.suspect.length_bytes, 0);
}

static void a_note_that_makes_no_sense_blames_nobody(void **state)
{
	struct rings *r = *state;

	receive(r, LAN_PORT, 101);
	r->ring[LAN_PORT].driver.rx[0].offset = 0xfffffff0u;
	assert_false(dies_at(r, LAN_PORT));
	assert_false(dies_at(r, LAN_PORT));
	assert_false(dies_at(r, 77));
	assert_false(dies_at(r, UINT32_MAX - 1));
	assert_false(dies_at(r, WAN_PORT)); /* its queue is empty */
	assert_true(quarantine_is_empty(&r->quarantine));
}

static void the_latest_packets_are_kept(void **state)
{
	struct quarantine *q = calloc(1, sizeof *q);
	uint8_t frame[100] = { 0 };

	(void)state;
	quarantine_open(q, false);
	for (uint8_t i = 1; i <= QUARANTINE_PACKETS + 3; i++) {
		frame[7] = i;
		assert_false(quarantine_blame(q, frame, sizeof frame, 0, i));
		assert_true(quarantine_blame(q, frame, sizeof frame, 0, i));
	}
	for (uint8_t i = 1; i <= QUARANTINE_PACKETS + 3; i++) {
		frame[7] = i;
		assert_int_equal(quarantine_holds(q, frame, sizeof frame), i > 3);
		assert_false(quarantine_holds(q, frame, sizeof frame - 1));
	}
	free(q);
}

static void the_region_is_kept_or_made_anew(void **state)
{
	struct quarantine *q = calloc(1, sizeof *q);

	(void)state;
	memset(q, 0xa5, sizeof *q);
	quarantine_open(q, true);
	assert_true(quarantine_is_empty(q));
	uint8_t frame[60] = { 1 };
	(void)quarantine_blame(q, frame, sizeof frame, 0, 1);
	(void)quarantine_blame(q, frame, sizeof frame, 0, 1);
	quarantine_open(q, true);
	assert_int_equal(q->sequence, 1);
	quarantine_open(q, false);
	assert_true(quarantine_is_empty(q));
	free(q);
}

/* A life of `us`; true: the flows are to be begun anew. */
static bool life(struct quarantine *q, uint64_t us, bool by_itself, bool explained)
{
	quarantine_life_begins(q, 1000000);
	return quarantine_life_ended(q, by_itself, explained, 1000000 + us);
}

static void short_lives_in_a_row_condemn_the_flows(void **state)
{
	struct quarantine *q = calloc(1, sizeof *q);

	(void)state;
	for (unsigned round = 0; round < 2; round++) {
		for (unsigned i = 1; i < FIREWALL_SHORT_LIVES_MAX; i++)
			assert_false(life(q, 1000, true, false));
		assert_true(life(q, 1000, true, false));
	}
	for (unsigned i = 0; i < 20; i++) {
		assert_false(life(q, 1000, true, false));
		assert_false(life(q, 1000, true, false));
		assert_false(life(q, 1000, true, false));
		assert_false(life(q, FIREWALL_SHORT_LIFE_US, true, false)); /* a longer one */
	}
	for (unsigned i = 0; i < 20; i++)
		assert_false(life(q, 1000, false, false)); /* the administrator's wish */
	for (unsigned i = 0; i < 20; i++)
		assert_false(life(q, 1000, true, true));
	free(q);
}

/* --- Flipped bits --------------------------------------------------------------------------- */

#define FRAME_BYTES 60u

static uint8_t killer[FRAME_BYTES] = { 1 }, another[FRAME_BYTES] = { 2 },
	       suspect[FRAME_BYTES] = { 3 };

/* Two packets in quarantine, a third suspect, and one short life less than condemns the flows. */
static void region_fill(struct quarantine *q)
{
	memset(q, 0, sizeof *q);
	quarantine_open(q, false);
	assert_false(quarantine_blame(q, killer, FRAME_BYTES, LAN_PORT, 1));
	assert_true(quarantine_blame(q, killer, FRAME_BYTES, LAN_PORT, 2));
	assert_false(quarantine_blame(q, another, FRAME_BYTES, LAN_PORT, 3));
	assert_true(quarantine_blame(q, another, FRAME_BYTES, LAN_PORT, 4));
	assert_false(quarantine_blame(q, suspect, FRAME_BYTES, LAN_PORT, 5));
	for (unsigned i = 1; i < FIREWALL_SHORT_LIVES_MAX; i++)
		assert_false(life(q, 1000, true, false));
}

/* The next life begins with one bit of what lies at `at` flipped. */
static void open_flipped(struct quarantine *q, const struct quarantine *whole, size_t at,
			 size_t bit)
{
	*q = *whole;
	((uint8_t *)q)[at + bit / 8] ^= (uint8_t)(1u << bit % 8);
	quarantine_open(q, true);
}

/* A bit of what the checksum is over, or of the checksum. */
static bool is_checked(size_t bit)
{
	size_t byte = bit / 8;

	return byte >= offsetof(struct quarantine_packet, port) &&
	       byte < offsetof(struct quarantine_packet, bytes) + FRAME_BYTES;
}

static void a_flipped_bit_in_a_packet_frees_that_packet_only(void **state)
{
	struct quarantine *whole = calloc(1, sizeof *whole), *q = calloc(1, sizeof *q);

	(void)state;
	region_fill(whole);
	for (size_t bit = 0; bit < 8 * sizeof q->packets[0]; bit++) {
		open_flipped(q, whole, offsetof(struct quarantine, packets[1]), bit);
		assert_true(quarantine_holds(q, another, FRAME_BYTES));
		if (is_checked(bit))
			assert_false(quarantine_holds(q, killer, FRAME_BYTES));
		assert_false(quarantine_holds(q, q->packets[1].bytes, FRAME_BYTES) &&
			     is_checked(bit));
	}
	free(whole);
	free(q);
}

static void a_flipped_bit_in_the_suspect_convicts_nobody(void **state)
{
	struct quarantine *whole = calloc(1, sizeof *whole), *q = calloc(1, sizeof *q);

	(void)state;
	region_fill(whole);
	for (size_t bit = 0; bit < 8 * sizeof q->suspect; bit++) {
		open_flipped(q, whole, offsetof(struct quarantine, suspect), bit);
		assert_int_equal(quarantine_blame(q, suspect, FRAME_BYTES, LAN_PORT, 6),
				 !is_checked(bit));
		assert_true(quarantine_holds(q, killer, FRAME_BYTES));
	}
	free(whole);
	free(q);
}

static void a_flipped_bit_in_the_head_costs_no_flows(void **state)
{
	struct quarantine *whole = calloc(1, sizeof *whole), *q = calloc(1, sizeof *q);

	(void)state;
	region_fill(whole);
	for (size_t bit = 0; bit < 8 * offsetof(struct quarantine, suspect); bit++) {
		size_t byte = bit / 8;

		open_flipped(q, whole, 0, bit);
		bool is_count = byte >= offsetof(struct quarantine, short_lives) &&
				byte < offsetof(struct quarantine, life_begun_us);
		assert_int_equal(q->short_lives,
				 byte < 4 || is_count ? 0 : FIREWALL_SHORT_LIVES_MAX - 1);
		assert_int_equal(q->sequence, byte < 4 ? 0 : 2);
		assert_int_equal(quarantine_holds(q, killer, FRAME_BYTES), byte >= 4);
	}
	free(whole);
	free(q);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(a_packet_that_kills_twice_is_dropped_the_third_time),
		TEST(it_is_dropped_whenever_it_comes_again),
		TEST(inets_packets_are_no_exception),
		TEST(two_packets_that_killed_once_each_are_innocent),
		TEST(nobody_is_blamed_for_a_death_between_packets),
		TEST(a_note_that_makes_no_sense_blames_nobody),
		TEST(the_latest_packets_are_kept),
		TEST(the_region_is_kept_or_made_anew),
		TEST(short_lives_in_a_row_condemn_the_flows),
		TEST(a_flipped_bit_in_a_packet_frees_that_packet_only),
		TEST(a_flipped_bit_in_the_suspect_convicts_nobody),
		TEST(a_flipped_bit_in_the_head_costs_no_flows),
	};
#undef TEST

	return cmocka_run_group_tests(tests, NULL, NULL);
}
