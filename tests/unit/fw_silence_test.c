/* A receiver that went silent: who is asked, when the driver is blamed, and how often. */
#include "netstack/firewall/silence.h"
#include "netstack/wire/arp.h"
#include "tests/unit/fw_rings.h"

#include <cmocka.h>

#define SECOND_MS 1000u

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

static unsigned blamed(unsigned port)
{
	return complained_count[RING_SLOT(port)];
}

/* The neighbour behind `port` answers each question that the last step sent. */
static void answer(struct rings *r, unsigned port, const mac_t *mac, uint32_t address)
{
	struct frame f, out;
	uint32_t own = port == WAN_PORT ? WAN_ADDRESS : LAN_ADDRESS;
	const struct arp_packet *arp = (const void *)(out.buffer + ETHERNET_HEADER_BYTES);

	while (ring_transmit(r, port, &out)) {
		if (be16_get(&((struct ethernet_header *)out.buffer)->type) != ETHERTYPE_ARP ||
		    be32_get(&arp->target_address) != address)
			continue;
		frame_arp(&f, ARP_REPLY, mac, address, own);
		frame_ethernet(&f, port == WAN_PORT ? &mac_wan : &mac_lan, mac, ETHERTYPE_ARP);
		ring_receive(r, port, &f);
	}
}

static void step(struct rings *r)
{
	world_pass_time(r->w, FW_TICK_MS * 1000u);
	fw_ports_tick(&r->ports);
	while (fw_ports_work(&r->ports))
		;
}

/* Time passes, what is sent leaves, and nothing arrives anywhere. */
static void silent_pass(struct rings *r, unsigned ms)
{
	for (; ms != 0; ms -= FW_TICK_MS) {
		step(r);
		rings_transmit_all(r);
	}
}

/* The LAN's client sends to the WAN, which answers nothing. */
static void client_sends(struct rings *r)
{
	struct frame f;

	frame_udp(&f, CLIENT, 5000, SERVER, 53, 100);
	ring_receive(r, LAN_PORT, &f);
}

static void a_port_silent_while_we_send_is_blamed_after_four_questions(void **state)
{
	struct rings *r = *state;
	struct frame out;
	unsigned questions = 0, ms = 0;

	for (; ms < 10 * SECOND_MS && blamed(WAN_PORT) == 0; ms += FW_TICK_MS) {
		client_sends(r);
		step(r);
		while (ring_transmit(r, WAN_PORT, &out))
			questions += be16_get(&((struct ethernet_header *)out.buffer)->type) ==
				     ETHERTYPE_ARP;
	}
	assert_int_equal(complained_last[RING_SLOT(WAN_PORT)], COMPLAINT_SILENT);
	assert_int_equal(questions, SILENCE_QUESTIONS);
	assert_in_range(ms, SILENCE_SENDING_MS + SILENCE_QUESTIONS * SILENCE_PERIOD_MS,
			SILENCE_SENDING_MS + SILENCE_QUESTIONS * SILENCE_PERIOD_MS +
				5 * FW_TICK_MS);
	assert_int_equal(blamed(LAN_PORT), 0);
}

static void a_port_where_nobody_sends_anything_is_asked_later(void **state)
{
	struct rings *r = *state;
	unsigned ms = 0;

	for (; ms < 30 * SECOND_MS && blamed(WAN_PORT) == 0; ms += FW_TICK_MS)
		silent_pass(r, FW_TICK_MS);
	assert_in_range(ms, SILENCE_IDLE_MS, SILENCE_IDLE_MS + 3 * SECOND_MS);
}

static void neighbours_that_answer_prove_the_receiver(void **state)
{
	struct rings *r = *state;

	for (unsigned ms = 0; ms < 600 * SECOND_MS; ms += FW_TICK_MS) {
		step(r);
		answer(r, WAN_PORT, &mac_gateway, GATEWAY);
		answer(r, LAN_PORT, &mac_client, CLIENT);
	}
	assert_int_equal(blamed(WAN_PORT) + blamed(LAN_PORT), 0);
}

static void a_port_where_nobody_is_known_is_never_blamed(void **state)
{
	struct rings *r = *state;

	silent_pass(r, 600 * SECOND_MS);
	assert_int_equal(blamed(LAN_PORT2), 0);
	assert_true(blamed(WAN_PORT) != 0);
}

static void a_dead_neighbour_costs_a_reset_at_growing_intervals(void **state)
{
	struct rings *r = *state;
	unsigned at_s[32], count = 0;

	for (unsigned s = 0; s < 4 * 3600; s++) {
		unsigned before = blamed(WAN_PORT);

		silent_pass(r, SECOND_MS);
		assert_true(count < 32);
		if (blamed(WAN_PORT) != before)
			at_s[count++] = s;
	}
	assert_in_range(count, 10, 13);
	for (unsigned i = 2; i < count; i++)
		assert_true(at_s[i] - at_s[i - 1] >= at_s[i - 1] - at_s[i - 2]);
	assert_in_range(at_s[1] - at_s[0], 10, 14);
	assert_in_range(at_s[count - 1] - at_s[count - 2], 3600, 3605);
}

/* Until the port is blamed once more; how many seconds. */
static unsigned blamed_again_after_s(struct rings *r)
{
	unsigned before = blamed(WAN_PORT);

	for (unsigned s = 0; s < 7200; s++) {
		if (blamed(WAN_PORT) != before)
			return s;
		silent_pass(r, SECOND_MS);
	}
	return 7200;
}

static void a_reset_that_helped_is_forgotten(void **state)
{
	struct rings *r = *state;
	struct frame f;

	for (unsigned i = 0; i < 5; i++) {
		assert_in_range(blamed_again_after_s(r), 2, 12);
		frame_arp(&f, ARP_REQUEST, &mac_gateway, GATEWAY, WAN_ADDRESS);
		ring_receive(r, WAN_PORT, &f);
		silent_pass(r, FW_TICK_MS);
	}
}

static void one_that_did_not_help_makes_the_next_wait_although_something_was_heard(void **state)
{
	struct rings *r = *state;
	struct frame f;

	for (unsigned i = 0; i < 4; i++)
		blamed_again_after_s(r);
	silent_pass(r, 20 * SECOND_MS);
	frame_arp(&f, ARP_REQUEST, &mac_gateway, GATEWAY, WAN_ADDRESS);
	ring_receive(r, WAN_PORT, &f);
	assert_in_range(blamed_again_after_s(r), 55, 65);
}

static void a_port_without_link_or_driver_is_left_alone(void **state)
{
	struct rings *r = *state;

	r->ring[WAN_PORT].driver.link = NETQ_LINK_DOWN;
	r->ring[LAN_PORT].driver.ready = 0;
	silent_pass(r, 60 * SECOND_MS);
	assert_int_equal(blamed(WAN_PORT) + blamed(LAN_PORT), 0);
}

/* Time passes, all neighbours answer what they are asked, and say nothing else. */
static void quiet_pass(struct rings *r, unsigned ms)
{
	for (; ms != 0; ms -= FW_TICK_MS) {
		step(r);
		answer(r, WAN_PORT, &mac_gateway, GATEWAY);
		answer(r, LAN_PORT, &mac_client, CLIENT);
		answer(r, LAN_PORT2, &mac_client2, CLIENT2);
	}
}

static void client2_is_known(struct rings *r)
{
	struct frame f;

	frame_arp(&f, ARP_REQUEST, &mac_client2, CLIENT2, LAN_ADDRESS);
	ring_receive(r, LAN_PORT2, &f);
}

static void a_network_of_answers_only_is_asked_ever_more_seldom(void **state)
{
	struct rings *r = *state;
	uint32_t before;

	quiet_pass(r, 600 * SECOND_MS);
	before = r->ports.ports[WAN_PORT].tx_produced;
	quiet_pass(r, 600 * SECOND_MS);
	assert_in_range(r->ports.ports[WAN_PORT].tx_produced - before,
			600 * SECOND_MS / SILENCE_IDLE_LONGEST_MS - 2,
			600 * SECOND_MS / SILENCE_IDLE_LONGEST_MS + 1);
	for (unsigned ms = 0; blamed(WAN_PORT) == 0; ms += FW_TICK_MS) {
		silent_pass(r, FW_TICK_MS);
		assert_true(ms <= SILENCE_IDLE_LONGEST_MS + 3 * SECOND_MS);
	}
}

static void while_packets_pass_it_is_asked_as_soon_as_ever(void **state)
{
	struct rings *r = *state;

	client2_is_known(r);
	quiet_pass(r, 600 * SECOND_MS);
	client_sends(r);
	for (unsigned ms = 0; blamed(LAN_PORT2) == 0; ms += FW_TICK_MS) {
		struct frame out;

		step(r);
		answer(r, LAN_PORT, &mac_client, CLIENT);
		while (ring_transmit(r, LAN_PORT2, &out))
			;
		assert_true(ms <= SILENCE_IDLE_MS + 3 * SECOND_MS);
	}
}

static void who_looks_only_when_told_finds_a_silence_as_soon(void **state)
{
	struct rings *r = *state;
	unsigned looks = 0, ms = 0;

	while (blamed(WAN_PORT) == 0 && ms < 30 * SECOND_MS) {
		uint32_t next_ms = fw_ports_tick(&r->ports);

		while (fw_ports_work(&r->ports))
			;
		rings_transmit_all(r);
		next_ms = next_ms < FW_TICK_MS ? FW_TICK_MS : next_ms;
		world_pass_time(r->w, next_ms * 1000u);
		ms += next_ms;
		looks++;
	}
	assert_in_range(ms, SILENCE_IDLE_MS, SILENCE_IDLE_MS + 3 * SECOND_MS);
	assert_in_range(looks, SILENCE_QUESTIONS + 1, 4 * SILENCE_QUESTIONS);
}

/* Then the questions did not leave either, and prove nothing; the stall is found anyway. */
static void a_port_that_does_not_send_is_blamed_for_that(void **state)
{
	struct rings *r = *state;

	for (unsigned ms = 0; ms < 60 * SECOND_MS; ms += FW_TICK_MS) {
		step(r);
		assert_true(blamed(WAN_PORT) == 0 ||
			    complained_last[RING_SLOT(WAN_PORT)] == COMPLAINT_STALLED);
	}
	assert_true(blamed(WAN_PORT) != 0);
}

static void of_two_lan_ports_the_one_is_asked_where_the_station_is(void **state)
{
	struct rings *r = *state;
	struct frame f;

	client2_is_known(r);
	for (unsigned ms = 0; ms < 30 * SECOND_MS; ms += FW_TICK_MS) {
		step(r);
		answer(r, LAN_PORT, &mac_client, CLIENT);
		while (ring_transmit(r, LAN_PORT2, &f))
			;
	}
	assert_true(blamed(LAN_PORT2) != 0);
	assert_int_equal(blamed(LAN_PORT), 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(a_port_silent_while_we_send_is_blamed_after_four_questions),
		TEST(a_port_where_nobody_sends_anything_is_asked_later),
		TEST(neighbours_that_answer_prove_the_receiver),
		TEST(a_network_of_answers_only_is_asked_ever_more_seldom),
		TEST(while_packets_pass_it_is_asked_as_soon_as_ever),
		TEST(who_looks_only_when_told_finds_a_silence_as_soon),
		TEST(a_port_where_nobody_is_known_is_never_blamed),
		TEST(a_dead_neighbour_costs_a_reset_at_growing_intervals),
		TEST(a_reset_that_helped_is_forgotten),
		TEST(one_that_did_not_help_makes_the_next_wait_although_something_was_heard),
		TEST(a_port_without_link_or_driver_is_left_alone),
		TEST(a_port_that_does_not_send_is_blamed_for_that),
		TEST(of_two_lan_ports_the_one_is_asked_where_the_station_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
