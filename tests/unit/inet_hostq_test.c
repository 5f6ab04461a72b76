/* INET's end of the queue to the firewall: netstack/inet/hostq.c. */
#include "netstack/inet/hostq.h"
#include "tests/unit/unit.h"

#include <string.h>

static struct netq_driver own;
static struct netq_firewall peer;
static uint8_t out_slots[HOSTQ_RX_BYTES], in_slots[NETQ_TX_BYTES];
static struct hostq q;

static int setup(void **state)
{
	(void)state;
	memset(&own, 0, sizeof(own));
	memset(&peer, 0, sizeof(peer));
	hostq_init(&q, &own, &peer, out_slots, in_slots);
	return 0;
}

static void peer_sends(uint16_t length_bytes, uint16_t interface)
{
	peer.tx[peer.tx_produced % NETQ_TX_SLOTS] =
		(struct netq_tx_desc){ .length_bytes = length_bytes, .interface = interface };
	peer.tx_produced++;
}

static void full_queue_refuses_until_the_firewall_consumes(void **state)
{
	(void)state;
	for (unsigned i = 0; i < HOSTQ_SLOTS; i++) {
		assert_non_null(hostq_slot(&q));
		hostq_put(&q, 40, 0);
	}
	assert_null(hostq_slot(&q));
	assert_int_equal(q.full, 1);
	hostq_flush(&q);
	peer.rx_consumed = 1;
	assert_ptr_equal(hostq_slot(&q), out_slots);
	assert_int_equal(hostq_complaint_take(&q), COMPLAINT_NONE);
}

static void each_packet_in_flight_has_its_own_slot(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < 3 * NETQ_RX_SLOTS; i++) {
		uint8_t *slot = hostq_slot(&q);
		hostq_put(&q, 60, 1);
		hostq_flush(&q);
		const struct netq_rx_desc *desc = &own.rx[i % NETQ_RX_SLOTS];
		assert_ptr_equal(out_slots + desc->offset, slot);
		assert_int_equal(desc->offset, i % HOSTQ_SLOTS * HOSTQ_SLOT_BYTES);
		assert_int_equal(desc->length_bytes, 60);
		assert_int_equal(desc->interface, 1);
		peer.rx_consumed = own.rx_produced;
	}
}

static void what_waits_can_be_dropped_unseen(void **state)
{
	struct hostq_packet packet;

	(void)state;
	for (unsigned i = 0; i < 5; i++)
		peer_sends(60, 0);
	hostq_skip(&q);
	assert_int_equal(own.tx_consumed, 5);
	assert_false(hostq_take(&q, &packet));
	peer_sends(61, 0);
	assert_true(hostq_take(&q, &packet));
	assert_int_equal(packet.length_bytes, 61);
	assert_int_equal(hostq_complaint_take(&q), COMPLAINT_NONE);
}

static void the_firewall_is_notified_only_if_it_asked(void **state)
{
	(void)state;
	peer.rx_wake = 0;
	assert_false(hostq_flush(&q)); /* nothing new */
	hostq_slot(&q);
	hostq_put(&q, 40, 0);
	assert_true(hostq_flush(&q));
	hostq_slot(&q);
	hostq_put(&q, 40, 0);
	assert_false(hostq_flush(&q)); /* it is awake: its wake index is behind */
	peer.rx_wake = 2;
	hostq_slot(&q);
	hostq_put(&q, 40, 0);
	assert_true(hostq_flush(&q));
}

static void packets_come_in_order_and_arming_sees_a_late_one(void **state)
{
	struct hostq_packet packet;

	(void)state;
	assert_true(hostq_arm(&q));
	peer_sends(100, 1);
	assert_false(hostq_arm(&q));
	assert_true(hostq_take(&q, &packet));
	assert_int_equal(packet.length_bytes, 100);
	assert_int_equal(packet.interface, 1);
	assert_ptr_equal(packet.bytes, in_slots);
	hostq_release(&q);
	assert_int_equal(own.tx_consumed, 1);
	assert_true(hostq_arm(&q));
	assert_int_equal(own.tx_wake, 1);
}

static void a_lying_descriptor_is_skipped_and_complained_of(void **state)
{
	struct hostq_packet packet;

	(void)state;
	peer_sends(HOSTQ_PACKET_MIN - 1, 0);
	peer_sends(NETQ_TX_SLOT_BYTES + 1, 0);
	peer_sends(60, HOSTQ_INTERFACES);
	peer_sends(60, 0);
	assert_true(hostq_take(&q, &packet));
	assert_ptr_equal(packet.bytes, in_slots + 3 * NETQ_TX_SLOT_BYTES);
	assert_int_equal(q.malformed, 3);
	assert_int_equal(hostq_complaint_take(&q), COMPLAINT_RING_BUFFER);
	assert_int_equal(hostq_complaint_take(&q), COMPLAINT_NONE);
}

static void an_index_out_of_range_is_complained_of_and_recovered_from(void **state)
{
	struct hostq_packet packet;

	(void)state;
	peer.tx_produced = NETQ_TX_SLOTS + 1;
	assert_false(hostq_take(&q, &packet));
	assert_int_equal(hostq_complaint_take(&q), COMPLAINT_RING_INDEX);
	peer_sends(60, 0);
	assert_true(hostq_take(&q, &packet));
}

static void a_consumed_index_from_the_future_frees_nothing(void **state)
{
	(void)state;
	for (unsigned i = 0; i < HOSTQ_SLOTS; i++) {
		hostq_slot(&q);
		hostq_put(&q, 40, 0);
	}
	hostq_flush(&q);
	peer.rx_consumed = HOSTQ_SLOTS + 1;
	assert_null(hostq_slot(&q));
	assert_int_equal(hostq_complaint_take(&q), COMPLAINT_RING_INDEX);
	assert_null(hostq_slot(&q));
	assert_int_equal(hostq_complaint_take(&q), COMPLAINT_NONE); /* once */
}

static void a_new_life_takes_up_where_the_old_one_ended(void **state)
{
	struct hostq_packet packet;

	(void)state;
	own.rx_produced = 1000;
	peer.rx_consumed = 990;
	own.tx_consumed = 77;
	peer.tx_produced = 78;
	peer.tx[77] = (struct netq_tx_desc){ .length_bytes = 60 };
	hostq_init(&q, &own, &peer, out_slots, in_slots);
	assert_int_equal(own.rx_produced, 1000);
	assert_true(hostq_take(&q, &packet));
	assert_ptr_equal(packet.bytes, in_slots + 77 * NETQ_TX_SLOT_BYTES);
}

static void a_new_life_starts_empty_after_a_wild_write(void **state)
{
	struct hostq_packet packet;

	(void)state;
	own.rx_produced = 0x12345678;
	own.tx_consumed = 0x9abcdef0;
	peer.rx_consumed = 10;
	peer.tx_produced = 20;
	hostq_init(&q, &own, &peer, out_slots, in_slots);
	assert_int_equal(own.rx_produced, 10);
	assert_int_equal(own.tx_consumed, 20);
	assert_false(hostq_take(&q, &packet));
	assert_non_null(hostq_slot(&q));
	assert_int_equal(hostq_complaint_take(&q), COMPLAINT_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(full_queue_refuses_until_the_firewall_consumes, setup),
		cmocka_unit_test_setup(each_packet_in_flight_has_its_own_slot, setup),
		cmocka_unit_test_setup(what_waits_can_be_dropped_unseen, setup),
		cmocka_unit_test_setup(the_firewall_is_notified_only_if_it_asked, setup),
		cmocka_unit_test_setup(packets_come_in_order_and_arming_sees_a_late_one, setup),
		cmocka_unit_test_setup(a_lying_descriptor_is_skipped_and_complained_of, setup),
		cmocka_unit_test_setup(an_index_out_of_range_is_complained_of_and_recovered_from,
				       setup),
		cmocka_unit_test_setup(a_consumed_index_from_the_future_frees_nothing, setup),
		cmocka_unit_test_setup(a_new_life_takes_up_where_the_old_one_ended, setup),
		cmocka_unit_test_setup(a_new_life_starts_empty_after_a_wild_write, setup),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
